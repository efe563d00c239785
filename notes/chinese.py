"""中文排版与写作规则里机器能查的：汉字与字母、数字之间的空格，全角标点，以及几条规则。"""

import re
from collections.abc import Iterator
from pathlib import Path

import autocorrect_py

from notes.errors import Malformed
from notes.files import read

RULES = {
    r"\$ +[，。；：、！？）]|`` +[，。；：、！？）]": "R18：公式、代码与全角标点之间没有空格",
    r"^#+ .*[。；：，]$": "R20：标题末尾不加标点",
    r"！|(?<=[\u4e00-\u9fff])!": "R21：不用感叹号",
    r"易得|易知|易证|显然|不难看出|众所周知|同理可得": "R3、R21：把步骤写出来",
    r"一台机器上|[快慢][约一二两三四五六七八九十几许多\d. ]+倍": "R4：没有程序印出的倍数不写，写慢在哪里、怎样量",
    r"\^T\b|\^\{T\}|\^\{\\top\}|\^\\mathrm\{T\}|\^\\intercal": r"R17：转置写 ^\top",
}


def prose(path: Path) -> str:
    """正文：页面开头的 YAML 换成空行，行号不变。"""
    return re.sub(r"\A---\n.*?\n---\n", lambda front: "\n" * front[0].count("\n"), read(path), flags=re.DOTALL)


def misprints(path: Path) -> Iterator[Malformed]:
    """空格与标点。"""
    for found in autocorrect_py.lint_for(prose(path), path.name).lines:
        yield Malformed(path, found.line, f"“{found.old}”应写作“{found.new}”")


def offences(path: Path) -> Iterator[Malformed]:
    """违反写作规则的地方。"""
    for line, text in enumerate(prose(path).split("\n"), 1):
        for pattern, rule in RULES.items():
            if found := re.search(pattern, re.sub(r"`[^`]*`", "``", text)):
                yield Malformed(path, line, f"{rule}：{found[0]}")
