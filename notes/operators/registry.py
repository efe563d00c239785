"""登记在册的算子，按目录的次序，各自连着 rows/ 里的一行。缺一行、多一行、写得不合，导入时就说出来。"""

import ast
import importlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from notes.config import nav, reading_order
from notes.errors import Malformed, bad_import
from notes.files import read
from notes.implementations import modules, section_at
from notes.operators.row import Row, problems
from notes.page import Page, page_of, shown_at
from notes.paths import ROOT, SNIPPETS, display
from start.conventions import OPERATORS as REGISTERED

ROWS = ROOT / "notes" / "operators" / "rows"


@dataclass(frozen=True, eq=False)
class Operator:
    """一个算子。apply 是读者用的，rule 是 operator 包起来之前的。"""

    apply: Callable
    row: Row

    @property
    def name(self) -> str:
        return self.apply.__name__

    def __str__(self) -> str:
        return self.name

    @property
    def rule(self) -> Callable:
        return inspect.unwrap(self.apply)

    @property
    def page(self) -> Page:
        """算子写在哪一页。"""
        return page_of(source(self.apply))

    def where(self) -> str:
        """算子印在哪一页、写在哪个文件，用在报错里。"""
        path, line = location(self.apply)
        shown = shown_at(path, section_at(path, line))
        return f"{shown}\n{display(path)}:{line}  算子 {self.name}"


def source(apply: Callable) -> Path:
    """算子写在哪个文件。"""
    return SNIPPETS / Path(*apply.__module__.split(".")).with_suffix(".py")


def location(apply: Callable) -> tuple[Path, int]:
    """算子写在哪个文件、哪一行。"""
    return source(apply), inspect.getsourcelines(inspect.unwrap(apply))[1]


def registry(rows: Path = ROWS) -> dict[str, Operator]:
    """{名字: 算子}：先按所在的页在目录里的次序，再按登记的次序。"""
    modules()
    written = dict(written_rows(rows))
    order = reading_order()
    found = {}
    for apply in sorted(REGISTERED.values(), key=lambda f: rank(page_of(source(f)).name, order)):
        name, page = apply.__name__, page_of(source(apply))
        home = rows / f"{page.name}.py"
        if name not in written:
            path, line = location(apply)
            raise Malformed(path, line, f"算子 {name} 还没有验证用的一行，请写进 {display(home)} 的 ROWS")
        path, line, row = written.pop(name)
        if path != home:
            raise Malformed(path, line, f"算子 {name} 在 {page.name} 一页，它的一行应写在 {display(home)}")
        for problem in problems(row, inspect.unwrap(apply)):
            raise Malformed(path, line, f"算子 {name} 的一行：{problem}")
        assert isinstance(row, Row)
        found[name] = Operator(apply, row)
    for name, (path, line, _) in written.items():
        raise Malformed(path, line, f"没有名叫 {name} 的算子")
    return found


def rank(page: str, order: list[str]) -> int:
    """一页在目录里排第几；不在目录里的排在最后。"""
    return order.index(page) if page in order else len(order)


def written_rows(rows: Path) -> Iterator[tuple[str, tuple[Path, int, object]]]:
    """rows/ 里写着的各行：算子的名字，写在哪个文件的哪一行，内容。"""
    first: dict[str, str] = {}
    for path in sorted(rows.rglob("*.py")):
        page = Page(path.relative_to(rows).with_suffix("").as_posix())
        if not page.path.is_file():
            raise Malformed(path, 1, f"没有对应的页面 {display(page.path)}")
        lines = keys(path)
        table = load(path, rows)
        for name, line in lines:
            if name in first:
                raise Malformed(path, line, f"算子 {name} 在 {first[name]} 已经有一行了")
            first[name] = f"{display(path)}:{line}"
            yield name, (path, line, table[name])


def load(path: Path, rows: Path) -> dict:
    try:
        name = ".".join(path.relative_to(rows).with_suffix("").parts)
        return importlib.import_module(f"notes.operators.rows.{name}").ROWS
    except Exception as error:
        raise bad_import(path, error) from None


def keys(path: Path) -> list[tuple[str, int]]:
    """ROWS 里各个名字在哪一行；它应当是一个直接写出的字典。"""
    try:
        body = ast.parse(read(path)).body
    except SyntaxError as error:
        raise bad_import(path, error) from None
    for node in body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "ROWS":
            named = node.value.keys if isinstance(node.value, ast.Dict) else [None]
            found = [(str(key.value), key.lineno) for key in named if isinstance(key, ast.Constant)]
            if len(found) == len(named):
                return found
            raise Malformed(path, node.lineno, "ROWS 应直接写成字典 {算子的名字: Row(…)}")
    raise Malformed(path, 1, "这里应有 ROWS = {算子的名字: Row(…)}")


OPERATORS = registry()


def chapters() -> Iterator[tuple[str, list[Operator]]]:
    """逐章给出 (章, [算子])，没有算子的章不算。"""
    for chapter, pages in nav():
        found = [operator for operator in OPERATORS.values() if operator.page.name in pages]
        if found:
            yield chapter, found
