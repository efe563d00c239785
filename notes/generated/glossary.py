"""由术语表写出搜索的同义词：同一行里的各个名字是一回事，链接指向讲它的那一页。

中文的名字以“、”分开，英文的以“, ”分开；第一栏括号里的，以及意思里“又叫……（……）”的，也是名字。
"""

import json
import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from notes.errors import Malformed
from notes.page import Page, page_of
from notes.paths import ROOT

STORED = ROOT / "docs" / "assets" / "search" / "glossary.js"
SOURCE = Page("appendix/glossary")

ROW = re.compile(
    r"^\| \[(?P<name>[^\]]+)\]\((?P<link>[^)#]+\.md)[^)]*\)(?P<rest>[^|]*)\|(?P<meaning>.*)\|$", re.MULTILINE
)
BRACKETS = re.compile(r"（([^）]*)）")
ALIAS = re.compile(r"又叫([^，。；（|]+)(?:（([^）]*)）)?")
LEAD = re.compile(r"^(?:PyTorch 叫|NumPy 叫|又叫|也叫|又译作|旧译)\s*")
HEAD = "// 由 notes/generated/glossary.py 从术语表写成，不要手改：[各个名字, 讲它的那一页]。\n"


def names(match: re.Match[str]) -> list[list[str]]:
    """一行里的各个名字。“行优先、列优先 row-major, column-major”说的是两样东西，各自成对。"""
    chinese, english = match["name"].split("、"), BRACKETS.sub("", match["rest"]).split(",")
    if len(chinese) == len(english) > 1:
        return [cleaned(pair) for pair in zip(chinese, english, strict=True)]
    found = [*chinese, *english]
    found += [name for inside in BRACKETS.findall(match["rest"]) for name in re.split("[、,]", LEAD.sub("", inside))]
    found += [name for told in ALIAS.findall(match["meaning"]) for group in told for name in group.split("、")]
    return [cleaned(found)]


def cleaned(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, (name.strip().strip("`").replace("–", "-") for name in found))))


def require_rows(page: Page = SOURCE) -> None:
    """术语的表里，每一行都认得出来，没有两行说同一个词。"""
    first: dict[str, int] = {}
    header = 0
    for line, text in enumerate(page.markdown.text.split("\n"), 1):
        if text.startswith("| 术语 |"):
            header = line
        elif not text.startswith("|"):
            header = 0
        elif header and line > header + 1:
            if not (row := ROW.fullmatch(text)) or text.count("|") - text.count(r"\|") != 3:
                raise Malformed(page.path, line, "这一行应写成 | [术语](讲它的页.md) 英文 | 意思 |")
            for name in row["name"].split("、"):
                if name in first:
                    raise Malformed(page.path, line, f"术语“{name}”在第 {first[name]} 行已经有了")
                first[name] = line


def entries() -> list[tuple[list[str], str]]:
    """[(各个名字, 讲它的那一页的网址)]，依表里的次序。"""
    rows = ROW.finditer(SOURCE.markdown.text)
    return [(same, address(match["link"])) for match in rows for same in names(match)]


def address(link: str) -> str:
    folder = SOURCE.path.parent
    path = (folder / PurePosixPath(link)).resolve()
    return page_of(path).url


def script() -> str:
    rows = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries())
    return f'{HEAD}const GLOSSARY = [\n{rows},\n]\nif (typeof module !== "undefined") module.exports = GLOSSARY\n'
