"""公式用到的字形：收集、合并、与已生成的样式表比较。"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from .messages import say

MANIFEST = "manifest.json"


class Usage:
    """字符 (变体, 码位)、可伸展定界符（码位）、元素种类，各是一个集合。"""

    def __init__(self) -> None:
        self.chars: set[tuple[str, int]] = set()
        self.delimiters: set[int] = set()
        self.kinds: set[str] = set()

    def add(self, used: dict[str, Any]) -> None:
        self.chars.update(map(tuple, used["chars"]))
        self.delimiters.update(used["delimiters"])
        self.kinds.update(used["kinds"])

    def as_dict(self) -> dict[str, Any]:
        return {
            "chars": sorted(map(list, self.chars)),
            "delimiters": sorted(self.delimiters),
            "kinds": sorted(self.kinds),
        }

    def missing_from(self, manifest: dict[str, Any], language: str) -> str:
        """样式表里没有的东西，写成一句话；都有则为空。"""
        there = Usage()
        there.add(manifest["used"])
        chars = [
            say("glyph", language, character=chr(n), variant=variant) for variant, n in sorted(self.chars - there.chars)
        ]
        delimiters = [say("stretchy", language, character=chr(n)) for n in sorted(self.delimiters - there.delimiters)]
        kinds = [f"<{kind}>" for kind in sorted(self.kinds - there.kinds)]
        return say("separator", language).join(chars + delimiters + kinds)


EMPTY: dict[str, Any] = {"used": Usage().as_dict()}


def read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        return _load(path, path.stat().st_mtime_ns)
    except (OSError, ValueError):
        return EMPTY


@lru_cache(maxsize=8)
def _load(path: Path, _modified: int) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return manifest
