"""一页要哪些实现：会话与展示的代码用到的，除去页面在那之前已经展示过的；以及哪些小节只能在仓库里运行。"""

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from notes import sessions
from notes.files import read
from notes.notebooks import library
from notes.notebooks.library import Library, Use
from notes.page import Page
from notes.paths import SNIPPETS

# 只有仓库里才有的：核对本站的程序
ONLY_IN_A_CLONE = "notes"


@dataclass
class Needed:
    """一页用到的实现；own 是它自己的模块（没有就是空串）；unfit 是只能在仓库里运行的小节；started 是已经有了的模块；
    data 是这些实现读的数据文件。
    """

    library: Library
    own: str
    unfit: set[tuple[str, str]]
    started: set[str]
    data: list[Path]

    @classmethod
    def by(cls, page: Page) -> "Needed":
        own = ".".join(page.name.split("/"))
        own = own if own in library.known() else ""
        unfit = {(page.file(path), name) for path in page.sessions for name in only_in_a_clone(path)}
        found = Library()
        shown: set[str] = set()
        # 先要了再讲的：会话用到时，页面还没有展示到它
        for include in page.markdown.includes:
            if include.file.endswith(".py") and module(include.file) != own:
                found.need([(module(include.file), "")])  # 实现的另一个文件，一开始就整个地要
            elif include.file.endswith(".py"):
                shown.add(include.section)
                found.need(foreign(own, {include.section}))
            elif include.file.endswith(".pycon") and (include.file, include.section) not in unfit:
                found.need(late(own, used(SNIPPETS / include.file, include.section), shown))
        return cls(found, own, unfit, started=set(found.wanted), data=found.data(own))

    def shown(self, file: str, section: str) -> str:
        """页面展示的一个小节，写成一格；这个模块的第一格，前面有导入的语句。"""
        unit = library.implementation(module(file))
        head = [] if unit.name in self.started else unit.needed_imports(unit.sections)
        self.started.add(unit.name)
        return f"%%module {unit.name}\n" + "\n\n\n".join(filter(None, ["\n".join(head), unit.sections[section]]))


def module(file: str) -> str:
    """页面引用的 a/b.py 是模块 a.b。"""
    return ".".join(Path(file).with_suffix("").parts)


def late(own: str, found: list[Use], shown: set[str]) -> list[Use]:
    """会话用到的，除去页面已经展示过的。"""
    if not own:
        return found
    unit = library.implementation(own)
    here = unit.defines
    return [use for use in found if use[0] != own or here.get(use[1]) not in shown]


def foreign(own: str, wanted: set[str]) -> list[Use]:
    """这几个小节用到的，别的模块里的。"""
    return [use for section in wanted for use in library.used(own, section) if use[0] != own]


@functools.cache
def used(path: Path, section: str) -> list[Use]:
    """会话的一个小节用到的实现。"""
    return list(library.uses(ast.walk(ast.parse(sessions.parse(path)[section].source())), imported(path)))


@functools.cache
def imported(path: Path) -> library.Imports:
    """整个会话导入的实现。"""
    return library.imported(whole(path))


@functools.cache
def whole(path: Path) -> ast.Module:
    """整个会话的代码。"""
    return ast.parse("\n".join(section.source() for section in sessions.parse(path).values()))


def only_in_a_clone(path: Path) -> Iterator[str]:
    """用到核对本站的程序的小节，以及接着用它们定义的名字的。"""
    if ONLY_IN_A_CLONE not in read(path):  # 多半没有，不必逐节看语法树
        return
    lost: set[str] = set()
    for section in sessions.parse(path).values():
        part = ast.parse(section.source())
        loaded = {node.id for node in ast.walk(part) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        own = set(library.bound(part))
        modules = {node.module or "" for node in ast.walk(part) if isinstance(node, ast.ImportFrom)}
        if any(module.split(".")[0] == ONLY_IN_A_CLONE for module in modules) or (loaded & lost) - own:
            lost |= own
            yield section.name
        else:
            lost -= own
