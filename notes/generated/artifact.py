"""一样由程序写、又存在仓库里的东西：现在应当是什么，与存着的差在哪里，怎样改写。"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from notes.errors import Fault
from notes.page import Page
from notes.paths import display

ACCEPT = "若改动是有意的：make update"


@dataclass(frozen=True, eq=False)
class Artifact:
    """一个文件。

    path   存在哪里
    make   算出它应有的全文；它的根据不成立时抛 Fault，免得把错的写进去
    place  过时了，让人到哪里去看：页面的位置，或写它的程序；要找的写成函数，用到时才找
    page   属于哪一页；不属于哪一页的是 None
    """

    path: Path
    make: Callable[[], str | bytes]
    place: str | Callable[[], str]
    page: Page | None = None

    def __str__(self) -> str:
        return display(self.path)

    def made(self) -> bytes:
        with np.errstate(all="ignore"):
            text = self.make()
        return text.encode("utf-8") if isinstance(text, str) else text

    def stored(self) -> bytes:
        return self.path.read_bytes() if self.path.is_file() else b""

    def check(self) -> None:
        """过时了就抛 Fault，说从哪一行起不同。"""
        stored, made = self.stored(), self.made()
        if stored != made:
            place = self.place if isinstance(self.place, str) else self.place()
            raise Fault(difference(place, str(self), stored.decode("utf-8"), made.decode("utf-8")))

    def update(self) -> bool:
        """改写；本来就是最新的，一个字节也不动。返回改了没有。"""
        made = self.made()
        if made == self.stored():
            return False
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(made)
        return True


def difference(place: str, file: str, stored: str, made: str) -> str:
    """从哪一行起不同，存着的与刚生成的各是什么。"""
    old, new = stored.split("\n"), made.split("\n")
    line = next(
        (k for k, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), min(len(old), len(new))
    )

    def shown(lines):
        return lines[line] if line < len(lines) else "（没有这一行）"

    state = "过时了" if stored else "还没有生成"
    return "\n".join([place, f"{file}:{line + 1}  {state}", f"  存着  {shown(old)}", f"  现在  {shown(new)}", ACCEPT])
