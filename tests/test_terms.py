"""术语：各页写的英文与术语表一致。"""

import pytest

from notes import terms
from notes.errors import require_none
from notes.generated import glossary
from notes.page import Page, pages


@pytest.mark.parametrize("page", [page for page in pages() if page != glossary.SOURCE], ids=str)
def test_terms_agree_with_the_glossary(page):
    require_none(terms.disagreements(page))


def test_pairs_are_found():
    assert sum(1 for page in pages() for _ in terms.PAIR.finditer(page.markdown.text)) > 300


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("上游梯度（upstream gradient）", []),
        ("上游梯度（downstream gradient）", ["“上游梯度”的英文写作 downstream gradient，术语表里是 upstream gradient"]),
        ("这一个轴（stride）", ["“轴”的英文写作 stride，术语表里是 axis、dim"]),
        ("独热向量（one-hot）", []),
        ("没有收的词（unknown word）", []),
    ],
)
def test_wrong_pair_is_noticed(text, told, tmp_path):
    page = Page("a", tmp_path)
    page.path.parent.mkdir()
    page.path.write_text(f"# 页\n\n{text}\n", encoding="utf-8")
    assert [str(fault).split("\n  ")[1] for fault in terms.disagreements(page)] == told


def test_changed_glossary_is_noticed(monkeypatch):
    """测试的测试：术语表里改一个英文的词，用到它的页就不一致。"""
    changed = [[name.replace("upstream", "downstream") for name in row] for row in terms.rows()]
    monkeypatch.setattr(terms, "rows", lambda: changed)
    assert list(terms.disagreements(Page("elementwise/mul_div")))


@pytest.mark.parametrize("page", [page for page in pages() if page == glossary.SOURCE], ids=str)
def test_every_row_is_a_term(page):
    glossary.require_rows(page)


ROWS = {
    "没有链接": ("| 加倍 doubling | 乘 2 |", 5, "这一行应写成 | [术语](讲它的页.md) 英文 | 意思 |"),
    "多一栏": ("| [加倍](a.md) doubling | 乘 2 | 三 |", 5, "这一行应写成"),
    "两行": ("| [甲](a.md) a | 一 |\n| [乙、甲](a.md) b | 二 |", 6, "术语“甲”在第 5 行已经有了"),
}


@pytest.mark.parametrize(("rows", "line", "sentence"), ROWS.values(), ids=ROWS)
def test_bad_row(rows, line, sentence, tmp_path, complains):
    page = Page("a", tmp_path)
    page.path.parent.mkdir()
    page.path.write_text(f"# 页\n\n| 术语 | 意思 |\n|---|---|\n{rows}\n\n| 甲 |\n|---|\n| 乙 |\n", encoding="utf-8")
    complains(lambda _: glossary.require_rows(page), page.path, line, sentence)
