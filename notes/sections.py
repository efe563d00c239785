"""小节与引用：`--8<--` 的写法只在这里认。

文件里用一对标记圈出小节，页面用 `--8<-- "a/b.py:小节"` 引用它；整个文件的引用不写小节。
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from notes.errors import Malformed

SIGN = "--8<--"
NAME = "[a-z][a-z0-9_-]*"
REFERENCE = re.compile(rf'{SIGN} "(?P<file>[^":]+)(?::(?P<section>{NAME}))?"')
# 各种文件里，标记写成什么样的注释
MARKERS = {".py": "# {}", ".pycon": ">>> # {}", ".console": "$ # {}", ".doscon": "> rem {}", ".md": "<!-- {} -->"}


@dataclass(frozen=True)
class Reference:
    """一处引用：哪个文件的哪个小节；引用整个文件时小节是空串。"""

    file: str
    section: str


@dataclass
class Section:
    """一个小节：标记所在的两行，以及夹在中间的各行 (行号, 文字)。"""

    name: str
    line: int
    end: int = 0
    lines: list[tuple[int, str]] = field(default_factory=list)


def reference(text: str) -> Reference | None:
    """这一行恰好是一处引用时，引用的是什么。"""
    found = REFERENCE.fullmatch(text)
    return Reference(found["file"], found["section"] or "") if found else None


def references(text: str) -> list[Reference]:
    """一段文字里的全部引用。"""
    return [Reference(found["file"], found["section"] or "") for found in REFERENCE.finditer(text)]


def written(name: str, text: str) -> str:
    """由程序写的 .md 里的一个小节。"""
    start, end = (MARKERS[".md"].format(f"{SIGN} [{kind}:{name}]") for kind in ("start", "end"))
    return f"{start}\n{text}{end}\n"


def split(path: Path, text: str) -> tuple[dict[str, Section], list[tuple[int, str]]]:
    """把 path 的全文切成 ({名字: 小节}, 小节之外的各行)；标记不成对、重名，都是错。"""
    sections: dict[str, Section] = {}
    outside: list[tuple[int, str]] = []
    current: Section | None = None
    for line, content in enumerate(text.split("\n"), 1):
        if SIGN not in content:
            (current.lines if current else outside).append((line, content))
            continue
        kind, name = marker(path, line, content)
        if kind == "start" and current:
            raise Malformed(path, line, f"小节 {current.name} 还没有结束，又开始了 {name}")
        if kind == "start" and name in sections:
            raise Malformed(path, line, f"小节 {name} 在第 {sections[name].line} 行已经有了")
        if kind == "end" and (current is None or current.name != name):
            raise Malformed(path, line, f"小节 {name} 在这里结束，却没有开始")
        if kind == "start":
            current = sections[name] = Section(name, line)
        elif current:
            current.end, current = line, None
    if current:
        raise Malformed(path, current.line, f"小节 {current.name} 没有结束")
    return sections, outside


def marker(path: Path, line: int, text: str) -> tuple[str, str]:
    """小节的标记：(start 或 end, 名字)。"""
    form = MARKERS[path.suffix]
    pattern = re.escape(form).replace(r"\{\}", rf"{SIGN} \[(start|end):({NAME})\]")
    found = re.fullmatch(pattern, text.rstrip())
    if not found:
        example = form.format(f"{SIGN} [start:名字]")
        raise Malformed(path, line, f"小节的标记应写成 {example} 或 [end:名字]")
    return found[1], found[2]
