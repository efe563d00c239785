"""中文排版：汉字与字母、数字之间的空格，全角标点，以及写作规则里机器能查的几条。"""

import re

import autocorrect_py
import pytest

from notes.files import ROOT, display, read
from notes.pages import DOCS

TEXTS = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])

RULES = {
    r"\$ +[，。；：、！？）]|`` +[，。；：、！？）]": "R18：公式、代码与全角标点之间没有空格",
    r"^#+ .*[。；：，]$": "R20：标题末尾不加标点",
    r"！|(?<=[\u4e00-\u9fff])!": "R21：不用感叹号",
    r"易得|易知|易证|显然|不难看出|众所周知|同理可得": "R3、R21：把步骤写出来",
    r"\^T\b|\^\{T\}|\^\{\\top\}|\^\\mathrm\{T\}|\^\\intercal": r"R17：转置写 ^\top",
}


def prose(path):
    """正文：页面开头的 YAML 换成空行，行号不变。"""
    return re.sub(r"\A---\n.*?\n---\n", lambda front: "\n" * front[0].count("\n"), read(path), flags=re.DOTALL)


@pytest.mark.parametrize("path", TEXTS, ids=display)
def test_spacing_and_punctuation(path):
    found = autocorrect_py.lint_for(prose(path), path.name).lines
    told = [f"{display(path)}:{r.line}  “{r.old}”应写作“{r.new}”" for r in found]
    if told:
        pytest.fail("\n".join(told), pytrace=False)


@pytest.mark.parametrize("path", sorted(DOCS.rglob("*.md")), ids=display)
def test_writing_rules(path):
    told = [
        f"{display(path)}:{line}  {rule}：{found[0]}"
        for line, text in enumerate(prose(path).split("\n"), 1)
        for pattern, rule in RULES.items()
        if (found := re.search(pattern, re.sub(r"`[^`]*`", "``", text)))
    ]
    if told:
        pytest.fail("\n".join(told), pytrace=False)


def test_linter_sees_mistakes():
    assert autocorrect_py.lint_for("这是test文字,有3个。\n", "a.md").lines
