"""话里要核对的，各由什么核对；一处也不许剩。

核对的办法有三种：引用它的断言（notes/claims.py）；同一节印出的会话、实现与图里有它；它就是编号公式的一段，或与断言引用过的公式相同。
一位的整数到处都有，印着不算；形状倒过来、数字改一个还印着的也不算：要有断言。
说“总是”“每个”一类的话，最好也由断言引用；没有引用的，一页至多三句。
"""

import functools
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path

from notes import claims, sections
from notes.assertions import Assertion, assertions, is_name, numbers, shapes
from notes.errors import Fault
from notes.files import read
from notes.mutants import changed_words
from notes.page import DOCUMENTS, Page, page_of
from notes.paths import display
from notes.prose import Text, includes, texts
from notes.tex import normal, restates

UNIVERSAL = re.compile("总是|总会|从不|任何|每个|每一|都|只有|一定|永远|所有|必然|必定")
SENTENCE = re.compile(r"(?:(?!\n[ \t]*(?:\n|[-*#|!]|\d+\.))[^。！？；|])+")
LINK = re.compile(r"\]\(([\w./-]+)\.md")
UNIVERSALS = 3  # 一页里没有断言引用的全称句，至多几句

Spans = list[tuple[int, int]]


class Coverage:
    """一页里要核对的，由什么核对。"""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.quoted: dict[Path, Spans] = claims.quoted(page)
        self.includes = list(includes(page))

    def uncovered(self) -> list[Assertion]:
        return [each for text in texts(self.page) for each in assertions(text) if not self.covers(each)]

    def covers(self, given: Assertion) -> bool:
        return self.is_quoted(given.text, given.start, given.end) or self.is_known(given)

    def is_known(self, given: Assertion) -> bool:
        """不靠断言：编号公式里有，或者印着；改错一处还有的不算，那样改错了看不出来。"""
        there = self.in_equation if given.kind == "公式" else self.is_printed
        slips = (given.words[:a] + new + given.words[b:] for a, b, new in changed_words(given.words))
        return given.kind != "行间公式" and there(given, given.words) and not any(there(given, slip) for slip in slips)

    def is_quoted(self, text: Text, start: int, end: int) -> bool:
        return any(a <= start and end <= b for a, b in self.quoted.get(text.path, ()))

    def is_printed(self, given: Assertion, words: str) -> bool:
        """读者在同一节里看到的会话、实现与图，有这个数、这个形状。"""
        first, last = given.text.section(given.line)
        near = [(path, name) for line, path, name in self.includes if first <= line < last]
        wanted = value_of(words)
        single = isinstance(wanted, Decimal) and abs(wanted) < 10 and wanted % 1 == 0
        here = given.text.path == self.page.path and not single
        return here and any(wanted in printed(path, name) for path, name in near)

    def in_equation(self, given: Assertion, words: str) -> bool:
        """话里的公式是编号公式的一段，或者断言引用过；没有运算的一个名字，哪里都有。"""
        tex = words.strip("$")
        return (
            is_name(tex)
            or normal(tex) in self.quoted_formulas
            or any(map(partial(restates, tex), self.equations(given)))
        )

    @functools.cached_property
    def quoted_formulas(self) -> set[str]:
        """断言引用过的公式；有数字的，换一处说的就是别的东西，不算。"""
        found = (each for text in texts(self.page) for each in assertions(text) if each.kind == "公式")
        quoted = {normal(each.words.strip("$")) for each in found if self.is_quoted(each.text, each.start, each.end)}
        return {tex for tex in quoted if not re.search(r"\d", tex)}

    def equations(self, given: Assertion) -> Iterator[str]:
        """这一页的编号公式，与这一段链接到的页的。"""
        yield from tagged(self.page)
        for linked in LINK.findall(given.text.words.split("\n")[given.line - 1]):
            target = (self.page.path.parent / f"{linked}.md").resolve()
            if target.is_relative_to(self.page.root / "docs") and target.is_file():
                yield from tagged(page_of(target, self.page.root))

    def universal(self) -> Iterator[tuple[int, str]]:
        """说“总是”“每个”一类的话、却没有断言引用的各句 (行, 句子)。"""
        text = texts(self.page)[0]
        for sentence in SENTENCE.finditer(text.scanned):
            words = UNIVERSAL.search(sentence[0])
            if words:
                start = sentence.start() + words.start()
                if not self.is_quoted(text, start, start + 1):
                    yield text.line(start), " ".join(text.words[sentence.start() : sentence.end()].split())


@functools.cache
def tagged(page: Page) -> tuple[str, ...]:
    """一页的编号公式；仓库自己的说明里没有。"""
    return () if page.name in DOCUMENTS else tuple(equation.tex for equation in page.markdown.equations)


def value_of(words: str) -> Decimal | tuple[int, ...] | None:
    """一小段话是哪个形状、哪个数。"""
    sizes = (sizes for _, _, sizes in shapes(words))
    return next(sizes, None) or next((number.value for number in numbers(words)), None)


@functools.cache
def printed(path: Path, name: str) -> set[Decimal | tuple[int, ...]]:
    """页面引用的一块里的数与形状。"""
    words = shown(path, name)
    return {each.value for each in numbers(words)} | {sizes for _, _, sizes in shapes(words)}


def shown(path: Path, name: str) -> str:
    """页面引用的一块里的字；图里只有写在上面的字。"""
    if not path.is_file():
        return ""
    if path.suffix == ".svg":
        return "\n".join(re.findall(r">([^<>]+)<", read(path)))
    found, _ = sections.split(path, read(path))
    return "\n".join(line for _, line in found[name].lines) if name in found else read(path)


def require(page: Page) -> None:
    """要核对的都核对了；没有断言引用的全称句不多。"""
    coverage = Coverage(page)
    if found := coverage.uncovered():
        listed = "\n".join(f"  {display(each.text.path)}:{each.line}  {each.kind}  {each.words}" for each in found)
        raise found[0].text.fault(found[0].start, f"有 {len(found)} 处没有核对：\n{listed}")
    if len(sentences := list(coverage.universal())) > UNIVERSALS:
        listed = "\n".join(f"  {display(page.path)}:{line}  {sentence}" for line, sentence in sentences)
        raise Fault(f"{page} 有 {len(sentences)} 句全称的话没有断言引用，至多 {UNIVERSALS} 句：\n{listed}")
