"""术语表与各页用的词：中文（英文）成对的，与术语表里的是不是一对；术语表指的页上有没有这个词。"""

import functools
import re
from collections.abc import Iterator

from notes.errors import Fault
from notes.files import read
from notes.generated import glossary
from notes.page import Page
from notes.prose import texts

PAIR = re.compile(r"(?P<chinese>[\u4e00-\u9fff]+)（(?P<english>[A-Za-z][A-Za-z –-]+)(?:，[^）]*)?）")


@functools.cache
def rows() -> list[list[str]]:
    """术语表里的各行，一行是同一样东西的各个名字，都是小写。"""
    return [[name.lower() for name in names] for names, _ in glossary.entries()]


def disagreements(page: Page) -> Iterator[Fault]:
    """一页里“上游梯度（upstream gradient）”这样的一对，中文在术语表里，英文却不是它的名字。"""
    text = texts(page)[0]
    for found in PAIR.finditer(text.words):
        english = found["english"].lower().replace("–", "-").strip()
        named = [(name, row) for row in rows() for name in row if found["chinese"].endswith(name)]
        other = [row for row in rows() if english in row and any(name in found["chinese"] for name in row)]
        if named and not other:
            name, row = max(named, key=lambda pair: len(pair[0]))
            if english not in row:
                yield text.fault(
                    found.start(), f"“{name}”的英文写作 {found['english']}，术语表里是 {'、'.join(row[1:])}"
                )


def is_used(said: str, page: Page) -> bool:
    """术语表的一行里，至少有一个名字在这一页上。"""
    row = next((row for row in rows() if said.split("、")[0].lower() in row), [said])
    return any(plain(name) in words(page) for name in row)


@functools.cache
def words(page: Page) -> str:
    return plain("".join(read(path) for path in page.sources))


def plain(words: str) -> str:
    return re.sub(r"[\s$–-]", "", words).lower()
