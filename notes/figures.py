"""图：figures/ 下的函数，一个函数一幅，由会话里的变量画出来。

figures/a/b.py 的函数 example 画 a/b.pycon 的小节 example：小节一运行完，就按参数的名字取那时的
变量来画，画出的存成 figures/a/b.example.svg，由页面引用。所以图上的数就是会话里的数。
"""

import ast
import functools
import importlib.util
import inspect
from dataclasses import dataclass
from pathlib import Path

from notes import sessions
from notes.files import ROOT, Malformed, display, read
from notes.implementations import SNIPPETS, culprit

FIGURES = ROOT / "figures"


@dataclass(frozen=True)
class Figure:
    """一幅图：哪个文件的哪个函数，从哪一行起，要哪些变量。"""

    path: Path
    name: str
    line: int
    needs: tuple[str, ...]

    @property
    def stored(self):
        """存着的图。"""
        return self.path.with_suffix(f".{self.name}.svg")


def files():
    """全部画图的文件；figures/ 最上一层是共用的工具。"""
    return sorted(FIGURES.glob("*/**/*.py"))


def parse(path):
    """path 里的图 {函数名: 图}；名字以 _ 开头的函数是辅助的。"""
    try:
        body = ast.parse(read(path)).body
    except SyntaxError as error:
        raise Malformed(path, error.lineno or 1, f"语法错误：{error.msg}") from None
    found = {}
    for node in body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            if not ast.get_docstring(node):
                raise Malformed(path, node.lineno, f"{node.name} 没有说明；说明就是图的标题与替代文字")
            needs = tuple(argument.arg for argument in node.args.args)
            found[node.name] = Figure(path, node.name, node.lineno, needs)
    return found


def load(path):
    """导入画图的文件。它与实现同名，所以按路径导入。"""
    spec = importlib.util.spec_from_file_location(f"figures_of_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise Malformed(path, culprit(path, error), f"导入失败：{type(error).__name__}: {error}") from None
    return module


@functools.cache
def draw(path):
    """把 path 里的图都画出来：{函数名: 图的 HTML，画不出来的是 Malformed}。"""
    session = SNIPPETS / path.relative_to(FIGURES).with_suffix(".pycon")
    if not session.is_file():
        raise Malformed(path, 1, f"没有同名的会话 {display(session)}")
    figures, module = parse(path), load(path)
    drawn = {
        name: Malformed(path, figure.line, f"{display(session)} 里没有小节 {name}") for name, figure in figures.items()
    }

    def after(section, namespace):
        name = section.replace("-", "_")
        if name in figures:
            drawn[name] = attempt(getattr(module, name), figures[name], namespace)

    sessions.run(display(session), sessions.parse(session), after)
    return drawn


def attempt(function, figure, namespace):
    """用会话此刻的变量画一幅。"""
    missing = [name for name in figure.needs if name not in namespace]
    if missing:
        return Malformed(figure.path, figure.line, f"小节 {figure.name} 运行之后没有变量 {'、'.join(missing)}")
    try:
        return function(*(namespace[name] for name in figure.needs)).html(inspect.getdoc(function))
    except Exception as error:
        line = max(culprit(figure.path, error), figure.line)
        return Malformed(figure.path, line, f"{figure.name} 画不出来：{type(error).__name__}: {error}")
