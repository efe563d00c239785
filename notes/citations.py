"""实现的说明里引用的公式：一律写成 公式见“页的标题”式 (n)；别的写法都是错，免得写歪了就没有人核对。"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from notes.errors import Malformed
from notes.files import read

FORM = re.compile(r"公式见“([^”]+)”((?:[式、与]*\s*\(\d+\))+)")
# 像是在引用公式的：式 (3)、公式 (3)、见…(3)、公式见…
LIKE = re.compile(r"公式见|式\s*[（(]\d+[)）]|见[“\"「『《][^”\"」』》]*[”\"」』》]\s*的?[（(]\d+[)）]")


@dataclass(frozen=True)
class Citation:
    """在哪里引用了哪一页的第几式。"""

    path: Path
    line: int
    title: str
    number: str


def citations(path: Path) -> Iterator[Citation]:
    """一个实现里的全部引用；写法不对的是错。"""
    for line, text in enumerate(read(path).split("\n"), 1):
        if LIKE.search(FORM.sub("", text)):
            raise Malformed(path, line, "引用公式请写成 公式见“页的标题”式 (n)")
        for title, numbers in FORM.findall(text):
            for number in re.findall(r"\d+", numbers):
                yield Citation(path, line, title, number)
