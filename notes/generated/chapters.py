"""各章的首页里由程序写的两节：依次读哪几页、各回答什么问题；读完接着读哪一章。

写成 snippets/a/index.md。一页的话是它自己的 description，次序是 mkdocs.yml 的 nav，所以加页、换次序不必改章的首页。
"""

import posixpath
from collections.abc import Iterator
from functools import partial

from notes import sections
from notes.config import MKDOCS, nav
from notes.descriptions import description
from notes.errors import Malformed
from notes.files import read
from notes.generated.artifact import Artifact
from notes.page import Page
from notes.paths import SNIPPETS, display

Chapter = tuple[str, list[Page]]


def chapters() -> list[Chapter]:
    """各章与它的页，首页在最前；网站的首页不算一章。"""
    return [(chapter, [Page(name) for name in names]) for chapter, names in nav() if names != ["index"]]


def artifacts() -> Iterator[Artifact]:
    found = chapters()
    for k, (_, pages) in enumerate(found):
        stored = SNIPPETS / f"{pages[0]}.md"
        yield Artifact(stored, partial(text, found, k), f"由 {display(__file__)} 写成", pages[0])


def text(found: list[Chapter], k: int) -> str:
    """第 k 章的两节。"""
    chapter, (first, *rest) = found[k]
    require_first(chapter, first, rest)
    listed = "".join(f"{n}. {link(first, page)}：{description(page)}\n" for n, page in enumerate(rest, 1))
    if k + 1 < len(found):
        following = f"读完这一章，接着读[{found[k + 1][0]}]({address(first, found[k + 1][1][0])})。\n"
    else:
        following = f"这是最后一章，回到[首页]({address(first, Page('index'))})。\n"
    parts = sections.written("pages", listed) + "\n" + sections.written("next", following)
    return f"<!-- 由 {display(__file__)} 生成，不要手改 -->\n\n{parts}"


def require_first(chapter: str, first: Page, rest: list[Page]) -> None:
    """章的首页是它最前面的一页，与下一页同在一个文件夹，标题就是章名。"""
    line = next((n for n, text in enumerate(read(MKDOCS).split("\n"), 1) if f"- {chapter}:" in text), 1)
    wanted = f"{rest[0].name.rpartition('/')[0]}/index" if rest else f"{first}"
    if first.name != wanted:
        raise Malformed(MKDOCS, line, f"{chapter} 一章的第一页应是它的首页 {wanted}.md")
    if first.title != chapter:
        raise Malformed(first.path, first.markdown.headings[0].line, f"章的首页应以章名“{chapter}”为标题")


def link(here: Page, page: Page) -> str:
    return f"[{page.title}]({address(here, page)})"


def address(here: Page, page: Page) -> str:
    """从 here 链接到 page 的写法。"""
    return posixpath.relpath(f"{page}.md", posixpath.dirname(here.name))
