"""没有改动的不重做：MkDocs 每次都把全部页面渲染一遍、把搜索的索引切一遍、把模板编译一遍。

这里按输入（页面、它引用的文件、mkdocs.yml）的修改时间，把上次的结果留着用；模板照常套用，
所以目录、页脚总是新的。
"""

import copy
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from material.plugins.search.plugin import SearchIndex
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.theme import Theme

from notes.files import read
from notes.markdown import Equation, equations
from notes.sections import references
from notes.site.borrowed import RENDERED
from notes.site.indexing import add_skimmed

# 每一页都要读的：公式扩展拿清单来看样式表里缺不缺字形
ALWAYS = ("mkdocs.yml", "docs/assets/mathjax/manifest.json")

# 指向别的页的链接
LINK = re.compile(r"\]\(([^)\s#]+\.md)")

Stamps = list[tuple[Path, int]]


class Reuse:
    """留着的结果。said 是 MkDocs 正在说的话：渲染一页时的警告也留着，不重新渲染时再说一遍。"""

    def __init__(self, root: Path, said: list[str]) -> None:
        self.root, self.said = root, said
        self.pages: dict[str, tuple[Any, dict[str, Any], list[str]]] = {}
        self.entries: dict[str, tuple[str | None, list[dict]]] = {}
        self.environments: dict[tuple[str, ...], Any] = {}
        self.originals: dict[str, Callable] = {}

    @contextmanager
    def patched(self) -> Iterator[None]:
        """在这里面，MkDocs 用的是留着的。"""
        with (
            self.replaced(Page, "render", self.render),
            self.replaced(SearchIndex, "add_entry_from_context", self.add_entries),
            self.replaced(Theme, "get_env", self.environment),
        ):
            yield

    def replaced(self, owner: type, name: str, ours: Callable):
        self.originals[name] = getattr(owner, name)
        return patch.object(owner, name, lambda *arguments: ours(*arguments))

    def render(self, page: Page, config: MkDocsConfig, files: Files) -> None:
        key = page.markdown, self.inputs(page, config), quoted(page), sorted(files.src_uris)
        kept = self.pages.get(page.file.src_uri)
        if kept and kept[0] == key:
            restore(page, files, kept[1])
            self.said.extend(kept[2])
            return
        start = len(self.said)
        self.originals["render"](page, config, files)
        values = {name: getattr(page, name) for name in RENDERED}
        self.pages[page.file.src_uri] = key, values, self.said[start:]

    def inputs(self, page: Page, config: MkDocsConfig) -> Stamps:
        """渲染一页要读的文件，连同各自的修改时间；被引用的文件里的引用也算。"""
        folders = tuple(self.root / folder for folder in config.mdx_configs["pymdownx.snippets"]["base_path"])
        waiting = [self.root / name for name in ALWAYS] + included(page.markdown or "", folders)
        found: dict[Path, int] = {}
        while waiting:
            path = waiting.pop()
            if path not in found and path.is_file():
                found[path] = path.stat().st_mtime_ns
                waiting += nested(path, found[path], folders)
        return sorted(found.items())

    def add_entries(self, index: SearchIndex, page: Page) -> None:
        """索引在写出时还会改，所以留着的与用的各是一份。"""
        kept = self.entries.get(page.file.src_uri)
        if kept and kept[0] is page.content:
            index.entries.extend(copy.deepcopy(kept[1]))
            return
        start = len(index.entries)
        add_skimmed(index, page)
        self.entries[page.file.src_uri] = page.content, copy.deepcopy(index.entries[start:])

    def environment(self, theme: Theme) -> Any:
        """编译好的模板；MkDocs 不让 Jinja 看模板改了没有，这里要它看。"""
        key = tuple(theme.dirs)
        if key not in self.environments:
            self.environments[key] = self.originals["get_env"](theme)
            self.environments[key].auto_reload = True
            self.environments[key].loader.list_templates = partial(visible, theme.dirs)
        return self.environments[key]


def visible(tops: list[str]) -> list[str]:
    """模板的文件夹里的文件。隐藏的（Material 的一万四千个图标）MkDocs 反正不抄，不必每次走一遍。"""
    found = set()
    for top in tops:
        for folder, folders, names in os.walk(top):
            folders[:] = [name for name in folders if name[0] != "."]
            found |= {Path(folder, name).relative_to(top).as_posix() for name in names if name[0] != "."}
    return sorted(found)


def restore(page: Page, files: Files, values: dict[str, Any]) -> None:
    """把上次渲染的结果放回去；指向别的页的链接，换成这一次的那些页。"""
    vars(page).update(values)
    links = (page.links_to_anchors or {}).items()
    found = ((files.get_file_from_path(file.src_uri), anchors) for file, anchors in links)
    page.links_to_anchors = {file: anchors for file, anchors in found if file}


def included(text: str, folders: tuple[Path, ...]) -> list[Path]:
    """一段文字引用的文件；在哪个文件夹里，都试一试。"""
    return [folder / found.file for found in references(text) for folder in folders]


def quoted(page: Page) -> list[tuple[Equation, ...]]:
    """这一页链接到的各页的公式：notes/site/equation_links.py 会把它们抄一份过来。"""
    linked = {Path(page.file.abs_src_path or "").parent / target for target in LINK.findall(page.markdown or "")}
    return [numbered(path, path.stat().st_mtime_ns) for path in sorted(linked) if path.is_file()]


@cache
def numbered(path: Path, _modified: int) -> tuple[Equation, ...]:
    """一页的编号公式。"""
    return tuple(equations(read(path)))


@cache
def nested(path: Path, _modified: int, folders: tuple[Path, ...]) -> list[Path]:
    """一个文件引用的文件。"""
    return included(path.read_text(encoding="utf-8", errors="replace"), folders)
