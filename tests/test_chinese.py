"""中文排版与写作规则。"""

import pytest

from notes import chinese
from notes.errors import require_none
from notes.page import pages
from notes.paths import ROOT, display

OTHERS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


@pytest.mark.parametrize("page", pages(), ids=str)
def test_spacing_and_punctuation(page):
    require_none(chinese.misprints(page.path))


@pytest.mark.parametrize("path", OTHERS, ids=display)
def test_spacing_and_punctuation_elsewhere(path):
    require_none(chinese.misprints(path))


@pytest.mark.parametrize("page", pages(), ids=str)
def test_writing_rules(page):
    require_none(chinese.offences(page.path))


MISTAKES = {
    "空格": ("这是test文字，有3个。\n", chinese.misprints, "“这是test文字，有3个。”应写作“这是 test 文字，有 3 个。”"),
    "公式后的空格": ("设 $x$ ，再看。\n", chinese.offences, "R18"),
    "标题的句号": ("## 规则。\n", chinese.offences, "R20"),
    "感叹号": ("注意！\n", chinese.offences, "R21"),
    "略去步骤": ("易得结论。\n", chinese.offences, "R3、R21"),
    "没有程序印出的倍数": ("一台机器上测得，它慢 3 倍。\n", chinese.offences, "R4"),
    "转置": ("即 $W^T$。\n", chinese.offences, "R17"),
}


@pytest.mark.parametrize(("text", "look", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_mistake_is_noticed(text, look, sentence, tmp_path):
    path = tmp_path / "a.md"
    path.write_text(f"---\ntags: [a]\n---\n\n{text}", encoding="utf-8")
    (told,) = look(path)
    assert str(told).startswith(f"{path.as_posix()}:5  {sentence}")
