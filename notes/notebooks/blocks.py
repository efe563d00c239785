"""把一页的 Markdown 切成一块块：文字、代码、图，以及提示框、折叠块、标签页。

笔记本的 Markdown 没有后面这几样，也没有引用；列表里的代码要另成一格，所以这里把它们一层层打开。
"""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field

from notes import sections
from notes.files import read
from notes.markdown import FENCE
from notes.page import Page
from notes.paths import SNIPPETS

GROUP = re.compile(r'(?P<mark>!!!|\?\?\?\+?|===) ?(?P<kind>\w*) ?"(?P<title>[^"\n]*)"')
# 只给网站用的一行：HTML 的容器、注释、样式的类名
ONLY_FOR_THE_SITE = re.compile(r"</?div\b[^>]*>|<!--.*-->|\{ ?[.#:][^}]*\}")


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Code:
    """引用的一段代码：哪个文件的哪个小节。"""

    file: str
    section: str


@dataclass(frozen=True)
class Figure:
    file: str


@dataclass(frozen=True)
class Group:
    """提示框（!!!）、折叠块（???）或标签页（===）。"""

    mark: str
    title: str
    inside: "list[Block]" = field(default_factory=list)


Block = Text | Code | Figure | Group


def blocks(page: Page) -> list[Block]:
    """一页里的各块，按先后；开头的 YAML 不算。"""
    text = re.sub(r"\A---\n.*?\n---\n", "", page.markdown.text, flags=re.DOTALL)
    return list(split(text.split("\n")))


def split(lines: list[str]) -> Iterator[Block]:
    said: list[str] = []
    rest = list(lines)
    while rest:
        line = rest.pop(0)
        bare = line.lstrip()
        indent = len(line) - len(bare)
        if found := FENCE.fullmatch(line.rstrip()):
            yield from spoken(said)
            inside = taken_until_closed(rest, found["fence"])
            if reference := sections.reference(inside[0].strip()):
                yield Code(reference.file, reference.section)
        elif found := GROUP.fullmatch(bare.rstrip()):
            yield from spoken(said)
            inside = [text[indent + 4 :] for text in taken_while_indented(rest, indent + 4)]
            yield Group(found["mark"], found["title"], list(split(inside)))
        elif (reference := sections.reference(bare.rstrip())) and reference.file.endswith(".svg"):
            yield from spoken(said)
            yield Figure(reference.file)
        elif reference:
            rest[:0] = written(reference)
        elif not ONLY_FOR_THE_SITE.fullmatch(bare.rstrip()):
            said.append(line)
    yield from spoken(said)


def spoken(said: list[str]) -> Iterator[Text]:
    """攒下的各行文字；列表里接在代码之后的，不再缩进。"""
    text = "\n".join(said).strip("\n")
    said.clear()
    if text.strip():
        head = re.match(r"(?:[ \t]+\S.*\n?|[ \t]*\n)*", text)
        indented = head[0] if head else ""
        yield Text((textwrap.dedent(indented) + text[len(indented) :]).strip("\n"))


def written(reference: sections.Reference) -> list[str]:
    """由程序写的表格。"""
    path = SNIPPETS / reference.file
    marked, outside = sections.split(path, read(path))
    return [text for _, text in (marked[reference.section].lines if reference.section else outside)]


def taken_until_closed(rest: list[str], fence: str) -> list[str]:
    taken = []
    while rest and rest[0].strip() != fence:
        taken.append(rest.pop(0))
    if rest:
        rest.pop(0)
    return taken


def taken_while_indented(rest: list[str], width: int) -> list[str]:
    """缩进至少 width 格的各行，以及夹在中间的空行。"""
    taken = []
    while rest and (not rest[0].strip() or rest[0].startswith(" " * width)):
        taken.append(rest.pop(0))
    return taken
