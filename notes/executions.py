"""每个会话在一个进程里只运行一次：得到各节真实的输出，以及由它的变量画出的图。"""

import functools
from dataclasses import dataclass
from pathlib import Path

from notes import claims, sessions
from notes.errors import Malformed
from notes.figures import Drawn, Painter
from notes.page import Page, page_of
from notes.paths import ROOT, display


@dataclass(frozen=True)
class Execution:
    """运行一个会话得到的东西；画图的程序写错了时，drawn 是错在哪里。

    这里没有存着的输出：make update 会改写它，要比较时再读文件。
    """

    outputs: sessions.Outputs
    drawn: Drawn | Malformed
    names: claims.Names  # 断言要用的变量


def execute(path: Path, root: Path = ROOT) -> Execution:
    """运行一个会话；它是页面的 NumPy 会话、这一页又有图时，一边运行一边画。"""
    return _executed(path, root)  # 写不写 root，是同一次


@functools.cache
def _executed(path: Path, root: Path) -> Execution:
    painter, used = painter_of(path, root), claims.sections_used(path)
    names = claims.Names()

    def after(section: str, namespace: dict) -> None:
        if isinstance(painter, Painter):
            painter.after(section, namespace)
        if used:
            names.record("", namespace)
        if section in used:
            names.record(section, namespace)

    outputs = sessions.run(path, sessions.parse(path), after)
    return Execution(outputs, painter.drawn if isinstance(painter, Painter) else painter, names)


def names(path: Path) -> claims.Names:
    """断言文件接着的会话的变量；没有会话的页，没有变量。"""
    session = claims.session_of(path)
    return execute(session).names if session.is_file() else claims.Names()


def painter_of(path: Path, root: Path) -> Painter | Malformed | Drawn:
    """画这一页的图的；没有图时是空的。"""
    page = page_of(path, root)
    if path != page.session or not page.figures.is_file():
        return {}
    try:
        return Painter(page)
    except Malformed as error:
        return error


def draw(page: Page) -> Drawn:
    """一页的图都画出来。"""
    if not page.session.is_file():
        raise Malformed(page.figures, 1, f"没有同名的会话 {display(page.session)}")
    drawn = execute(page.session, page.root).drawn
    if isinstance(drawn, Malformed):
        raise drawn
    return drawn
