"""站内的链接说的是不是它指的地方：文字与那一节的标题、那一页的标题或 tags 有相同的词，而且没有别的页更像。

词是拉丁字母的一个词、汉字里相邻的两个字（单独一个字也算）。指到另一页去、文字没有跟着改，就看得出来。
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pymdownx.slugs import slugify

from notes import terms
from notes.files import read
from notes.page import DOCUMENTS, Page, documents
from notes.prose import LINK, Text, texts

GLOSSARY = Page("appendix/glossary")
ANCHOR = re.compile(r"\{#([\w-]+)\}")
WORD = re.compile(r"[a-z_][a-z0-9_]+|[\u4e00-\u9fff]+")
SLUG = slugify(case="lower")


@dataclass(frozen=True)
class Link:
    """一个站内的链接：在哪里，文字，指向哪一页的哪一节（没有就是空串）：标题与全文。"""

    text: Text
    at: int
    said: str
    page: Page
    heading: str = ""
    section: str = ""


def links(page: Page) -> Iterator[Link]:
    """一页里指向站内的链接；指向不存在的页，由 broken 说。"""
    for text, found, target, anchor in targets(page):
        if target:
            said = text.words[slice(*found.span("said"))]
            yield Link(text, found.start(), said, target, *(anchored(target, anchor) if anchor else ()))


def targets(page: Page) -> Iterator[tuple[Text, re.Match, Page | None, str]]:
    """一页里的链接，各指向哪一页（不是站内的一页就是 None）、哪个锚；行内代码里的不算。"""
    known = {each.path: each for each in documents()}
    text = texts(page)[0]
    for found in re.finditer(LINK, re.sub(r"`[^`\n]+`", lambda code: " " * len(code[0]), text.words)):
        path, _, anchor = found["url"].partition("#")
        yield text, found, known.get((page.path.parent / path).resolve()) if path else page, anchor


def broken(page: Page) -> Iterator[str]:
    """一页里指向不存在的页、不存在的一节的链接，各一句话。"""
    for text, found, target, anchor in targets(page):
        inside = re.fullmatch(r"[^:]+\.md(#.*)?", found["url"])
        if inside and not target:
            yield str(text.fault(found.start(), f"链接 {found['url']} 指向不存在的页面"))
        elif target and anchor and not anchored(target, anchor)[0] and not is_named(target, anchor):
            yield str(text.fault(found.start(), f"链接 {found['url']} 的锚点不存在"))


def is_named(page: Page, anchor: str) -> bool:
    """不是标题的锚：编号的公式，或写在页面里的 id。"""
    equations = {f"eq-{equation.number}" for equation in page.markdown.equations}
    return anchor in equations or re.search(rf'id="{re.escape(anchor)}"', read(page.path)) is not None


def anchored(page: Page, anchor: str) -> tuple[str, str]:
    """锚是 anchor 的一节：标题，与连同标题的文字。标题没有写锚，就由它的文字得到。"""
    lines = read(page.path).split("\n")
    for line, level, said in texts(page)[0].headings:
        named = ANCHOR.search(lines[line - 1])
        if anchor == (named[1] if named else SLUG(re.sub(r"[`*$]", "", said), "-")):
            outer = re.compile(rf"#{{1,{level}}} ")
            end = next((k for k in range(line, len(lines)) if outer.match(lines[k])), len(lines))
            return said, "\n".join([said, *lines[line:end]])
    return "", ""


def words(said: str) -> set[str]:
    found: set[str] = set()
    for word in WORD.findall(said.lower()):
        pairs = {word[k : k + 2] for k in range(len(word) - 1)}
        found |= pairs if word[0] >= "\u4e00" and pairs else {word}
    return found


@functools.cache
def names(page: Page) -> frozenset[str]:
    """一页的名字里的词：标题与 tags；仓库自己的说明，就是文件名。"""
    if page.name in DOCUMENTS:
        return frozenset(words(page.name))
    return frozenset(words(" ".join([page.title, *map(str, page.markdown.meta.get("tags") or ())])))


def misleading(link: Link) -> str:
    """链接的文字哪里不像它指的地方；像就是空串。"""
    if numbered := re.fullmatch(r"(?:第 )?(\d+(?:、\d+)*)(?: 条)?", link.said):
        there = re.findall(r"\d+", link.section)
        return "" if set(numbered[1].split("、")) <= set(there) else f"说的编号，“{link.heading}”里没有"
    if link.text.page == GLOSSARY and link.page != GLOSSARY:
        return "" if terms.is_used(link.said, link.page) else f"：{link.page} 上没有这个词"
    said = words(link.said)
    if said & words(link.heading):
        return ""
    scores = {page: len(said & names(page)) for page in documents()}
    best = max(scores, key=lambda page: scores[page])
    if not scores[link.page] or link.page == link.text.page:
        return f"与它指的“{link.heading or titled(link.page)}”没有相同的词"
    return "" if scores[link.page] == scores[best] else f"更像是指“{titled(best)}”"


def titled(page: Page) -> str:
    return page.name if page.name in DOCUMENTS else page.title
