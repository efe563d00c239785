"""编号公式与验证一一对应：\\tag{n} 从 1 起连续，各有小节 eq-n，紧跟着折叠印出。"""

import re

import pytest

from notes import implementations
from notes import pages
from notes import sessions
from notes.files import Malformed, display, read
from notes.implementations import SNIPPETS
from notes.pages import DOCS

PAGES = sorted(DOCS.rglob("*.md"))
CITATION = re.compile(r"公式见“([^”]+)”((?:[式、]*\s*\(\d+\))+)")


def parse(path):
    try:
        return pages.parse(path)
    except Malformed as error:
        sentence = str(error)
    pytest.fail(sentence, pytrace=False)


def equations_of(path):
    """这一页的会话里有哪些 eq- 小节：{编号: 行}。"""
    session = (SNIPPETS / path.relative_to(DOCS)).with_suffix(".pycon")
    if not session.is_file():
        return {}
    return {s.name[3:]: s.line for s in sessions.parse(session).values() if s.name.startswith("eq-")}


@pytest.mark.parametrize("path", PAGES, ids=display)
def test_tags_and_checks_match(path):
    page = parse(path)
    for expected, (line, tag) in enumerate(page.tags, 1):
        assert tag == str(expected), f"{page.where(line)}\n  公式编号是 ({tag})，按顺序应为 ({expected})"
    tags = {tag: line for line, tag in page.tags}
    checks = equations_of(path)
    for tag in tags.keys() - checks.keys():
        pytest.fail(f"{page.where(tags[tag])}\n  公式 ({tag}) 没有验证：会话里缺小节 eq-{tag}", pytrace=False)
    for tag in checks.keys() - tags.keys():
        pytest.fail(f"{display(path)}  会话里有小节 eq-{tag}，页面上没有 \\tag{{{tag}}}", pytrace=False)


@pytest.mark.parametrize("path", PAGES, ids=display)
def test_every_check_is_folded_under_its_formula(path):
    page = parse(path)
    own = (path.relative_to(DOCS)).with_suffix(".pycon").as_posix()
    folds = {title: line for line, title in page.folds}
    ends = [line for line, _ in page.tags][1:] + [10**9]
    for (line, tag), end in zip(page.tags, ends):
        fold = folds.get(f"验证 ({tag})", -1)
        assert line < fold < end, f"{page.where(line)}\n  公式 ({tag}) 之后应有折叠块“验证 ({tag})”"
        shown = [i for i in page.includes if (i.file, i.section) == (own, f"eq-{tag}")]
        assert any(fold < i.line < end for i in shown), f"{page.where(fold)}\n  折叠块里应印出小节 eq-{tag}"


def citations():
    """实现的说明里引用的公式：[(文件, 行, 页标题, 编号)]。"""
    for path in sorted(SNIPPETS.rglob("*.py")):
        for line, text in enumerate(read(path).split("\n"), 1):
            for title, numbers in CITATION.findall(text):
                for number in re.findall(r"\d+", numbers):
                    yield path, line, title, number


def test_docstrings_cite_equations_that_exist():
    titles = {page.title: page for page in pages.pages().values()}
    for path, line, title, number in citations():
        page = titles.get(title)
        assert page and number in [tag for _, tag in page.tags], (
            f"{display(path)}:{line}  引用了“{title}”式 ({number})，没有这条公式"
        )


def test_every_function_has_a_docstring():
    for path, module in implementations.modules().items():
        for value in vars(module).values():
            if callable(value) and getattr(value, "__module__", None) == module.__name__:
                assert value.__doc__, f"{display(path)}  {value.__name__} 没有说明"
