"""实现的说明里引用的公式都在；引用写歪了也看得出来。"""

import functools

import pytest

from notes.citations import citations
from notes.errors import Malformed
from notes.files import read
from notes.page import page_of, pages
from notes.paths import SNIPPETS

SOURCES = sorted(SNIPPETS.rglob("*.py"))


@functools.cache
def numbers(title):
    """标题是 title 的页有哪些公式；没有这一页就是空的。"""
    cited = [page for page in pages() if f"\n# {title}\n" in read(page.path)]
    return {equation.number for page in cited for equation in page.markdown.equations}


@pytest.mark.parametrize(("page", "path"), [pytest.param(page_of(p), p, id=page_of(p).file(p)) for p in SOURCES])
def test_cited_equations_exist(page, path):
    for cited in citations(path):
        if cited.number not in numbers(cited.title):
            raise Malformed(path, cited.line, f"引用了“{cited.title}”式 ({cited.number})，没有这条公式")


def test_something_is_cited():
    assert sum(1 for path in SOURCES for _ in citations(path)) > 100


@pytest.fixture
def cite(tmp_path):
    """一个只有这一句话的实现里的引用。"""

    def cite_(words):
        path = tmp_path / "a.py"
        path.write_text(f'"""说明。\n\n{words}\n"""\n', encoding="utf-8")
        return path, [(cited.title, cited.number) for cited in citations(path)]

    return cite_


def test_citation_is_read(cite):
    assert cite("公式见“约定与记号”式 (1)、(2)。")[1] == [("约定与记号", "1"), ("约定与记号", "2")]
    assert cite("形状 (3) 与 (3,) 不是引用，见“约定与记号”。")[1] == []


@pytest.mark.parametrize(
    "words",
    [
        '公式见"约定与记号"式 (1)。',
        "见“约定与记号”(1)。",
        "见“约定与记号”式 (1)。",
        "公式见约定与记号式 (1)。",
        "公式见「约定与记号」式 (1)。",
        "公式见“约定与记号”。",
        "由式 (3) 得。",
        "公式见“约定与记号”式（1）。",
    ],
)
def test_odd_citation_is_refused(words, cite):
    with pytest.raises(Malformed, match=r"a\.py:3  引用公式请写成"):
        cite(words)
