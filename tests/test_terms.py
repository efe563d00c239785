"""术语：各页写的英文与术语表一致。"""

import pytest

from notes import terms
from notes.errors import Fault
from notes.generated import glossary
from notes.page import Page, pages


@pytest.mark.parametrize("page", [page for page in pages() if page != glossary.SOURCE], ids=str)
def test_terms_agree_with_the_glossary(page):
    told = "\n".join(map(str, terms.disagreements(page)))
    if told:
        raise Fault(told)


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
