"""读写文本文件：一律 UTF-8，换行一律 \\n。"""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from notes.errors import Malformed

Parsed = TypeVar("Parsed")


def read(path: Path) -> str:
    """全文；不是 UTF-8 的，说清楚在哪一行；带 BOM 的也不行，它会跑到页面里去。"""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Malformed(path, line, "不是 UTF-8 编码，请另存为 UTF-8") from None
    if text.startswith("\ufeff"):
        raise Malformed(path, 1, "开头有 BOM，请另存为不带 BOM 的 UTF-8")
    return text.replace("\r\n", "\n")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def remembered(parse: Callable[[Path], Parsed]) -> Callable[[Path], Parsed]:
    """读过一遍的文件没有改，就用上次读出来的：几百个测试读的是同一些文件。得到的大家共用，不要改。"""
    known: dict[Path, tuple[str, Parsed]] = {}

    @functools.wraps(parse)
    def parse_once(path: Path) -> Parsed:
        text = read(path)
        if path not in known or known[path][0] != text:
            known[path] = text, parse(path)
        return known[path][1]

    return parse_once
