"""图：figures/ 下的函数，一个函数一幅，由会话里的变量画出来。

figures/a/b.py 的函数 example 画 a/b.pycon 的小节 example：小节一运行完，就按参数的名字取那时的
变量来画，画出的存成 figures/a/b.example.svg，由页面引用。所以图上的数就是会话里的数。
"""

import ast
import importlib.util
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from notes import drawing
from notes.errors import Malformed, bad_import, bad_syntax, culprit
from notes.files import read, remembered
from notes.page import Page
from notes.paths import FIGURES, display


@dataclass(frozen=True)
class Figure:
    """一幅图：哪个文件的哪个函数，从哪一行起，要哪些变量。"""

    path: Path
    name: str
    line: int
    needs: tuple[str, ...]

    @property
    def stored(self) -> Path:
        """存着的图。"""
        return self.path.with_suffix(f".{self.name}.svg")


Drawn = dict[str, str | Malformed]  # {函数名: 图的 HTML，画不出来的是哪里错}


def files() -> list[Path]:
    """全部画图的文件。"""
    return sorted(FIGURES.rglob("*.py"))


@remembered
def parse(path: Path) -> dict[str, Figure]:
    """path 里的图 {函数名: 图}；名字以 _ 开头的函数是辅助的。"""
    try:
        body = ast.parse(read(path)).body
    except SyntaxError as error:
        raise bad_syntax(path, error) from None
    found = {}
    for node in body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            if not ast.get_docstring(node):
                raise Malformed(path, node.lineno, f"{node.name} 没有说明；说明就是图的标题与替代文字")
            needs = tuple(argument.arg for argument in node.args.args)
            found[node.name] = Figure(path, node.name, node.lineno, needs)
    return found


def load(path: Path) -> ModuleType:
    """导入画图的文件。它与实现同名，所以按路径导入。"""
    spec = importlib.util.spec_from_file_location(f"figures_of_{path.stem}", path)
    assert spec and spec.loader, path
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise bad_import(path, error) from None
    return module


class Painter:
    """一页的图：会话每运行完一节，就画以它命名的那一幅。"""

    def __init__(self, page: Page) -> None:
        self.figures = parse(page.figures)
        self.module = load(page.figures)
        self.drawn: Drawn = {
            name: Malformed(figure.path, figure.line, f"{display(page.session)} 里没有小节 {name}")
            for name, figure in self.figures.items()
        }

    def after(self, section: str, namespace: dict) -> None:
        name = section.replace("-", "_")
        if name in self.figures:
            self.drawn[name] = attempt(getattr(self.module, name), self.figures[name], namespace)


def attempt(function: Callable, figure: Figure, namespace: dict) -> str | Malformed:
    """用会话此刻的变量画一幅。"""
    missing = [name for name in figure.needs if name not in namespace]
    if missing:
        return Malformed(figure.path, figure.line, f"小节 {figure.name} 运行之后没有变量 {'、'.join(missing)}")
    try:
        drawn = function(*(namespace[name] for name in figure.needs))
        if not isinstance(drawn, drawing.Figure):
            return Malformed(figure.path, figure.line, f"{figure.name} 应返回画好的 Figure，却返回 {drawn!r:.80}")
        return drawn.html(inspect.getdoc(function))
    except Exception as error:
        line = max(culprit(figure.path, error), figure.line)
        return Malformed(figure.path, line, f"{figure.name} 画不出来：{type(error).__name__}: {error}")
