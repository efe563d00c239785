"""实现文件（.py）：切成小节，导入，以及由它写的表格。"""

import ast
import functools
import importlib.util
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from notes import sections
from notes.errors import Malformed, bad_import, bad_syntax
from notes.files import read, remembered
from notes.paths import SNIPPETS


@remembered
def parse(path: Path) -> dict[str, sections.Section]:
    """把实现文件切成 {名字: 小节}；导入与文件开头的说明之外，代码都要在小节里。"""
    text = read(path)
    found, _ = sections.split(path, text)
    try:
        body = ast.parse(text).body
    except SyntaxError as error:
        raise bad_syntax(path, error) from None
    for node in body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if docstring or isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if not any(s.line < node.lineno and (node.end_lineno or node.lineno) < s.end for s in found.values()):
            raise Malformed(path, node.lineno, "这段代码不在任何小节里，页面就不会显示它")
    return found


def section_at(path: Path, line: int) -> str:
    """path 的第 line 行属于哪个小节；不在小节里是空串。"""
    return next((s.name for s in parse(path).values() if s.line < line < s.end), "")


@functools.cache
def modules() -> dict[Path, ModuleType]:
    """导入全部实现，返回 {路径: 模块}；导入不了的，说清楚错在哪一行。只有会话的章，名字一样要合适。"""
    for folder in sorted(path for path in SNIPPETS.iterdir() if path.is_dir()):
        if (wrong := misnamed(folder.name, SNIPPETS)) and (written := sorted(folder.glob("*.*py*"))):
            raise Malformed(written[0], 1, wrong)
    return {path: load(path) for path in sorted(SNIPPETS.rglob("*.py"))}


def load(path: Path, snippets: Path = SNIPPETS) -> ModuleType:
    """导入一个实现。"""
    if wrong := misnamed(path.relative_to(snippets).parts[0], snippets):
        raise Malformed(path, 1, wrong)
    try:
        return importlib.import_module(".".join(path.relative_to(snippets).with_suffix("").parts))
    except Exception as error:
        raise bad_import(path, error) from None


def misnamed(chapter: str, snippets: Path) -> str:
    """章的文件夹的名字哪里不行；行就是空串。"""
    if not re.fullmatch("[a-z][a-z0-9_]*", chapter):
        return f"章的文件夹不能叫 {chapter}：只用小写字母、数字与 _，以字母开头，才导入得了"
    if not shadowed(chapter, snippets):
        return ""
    found = place_of(chapter)
    if found is None or found.parent.name == "snippets":
        return f"导入 {chapter} 得到的不是这里的 snippets/：这个 .venv 是在别处建的；删掉它，再 make setup"
    return f"章的文件夹不能叫 {chapter}：Python 已经有这个名字的模块，导入的会是它"


def place_of(chapter: str) -> Path | None:
    """按这个名字导入，得到哪个文件夹（或文件）；什么也没有就是 None。"""
    spec = importlib.util.find_spec(chapter)
    if spec is None:
        return None
    return Path(next(iter(spec.submodule_search_locations or []), spec.origin or ""))


def shadowed(chapter: str, snippets: Path) -> bool:
    """按这个名字导入，得到的不是 snippets/ 下的文件夹。"""
    return place_of(chapter) != snippets / chapter


def tables() -> dict[Path, Callable[[], str]]:
    """由实现写的表格 {snippets/a/b.md: a/b.py 的函数 markdown}。"""
    found = ((path.with_suffix(".md"), vars(module).get("markdown")) for path, module in modules().items())
    return {path: markdown for path, markdown in found if markdown}
