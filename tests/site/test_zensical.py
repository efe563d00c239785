"""同一份 mkdocs.yml 也能用 Zensical 构建，正文与 MkDocs 的一样。

需要 requirements-dev.txt 里的 zensical；没有就跳过，并说明。
"""

import importlib.util
import re

import pytest

from notes.page import pages
from notes.site.html import RUN, broken_links, foreign_resources

ARTICLE = re.compile(r'<article class="md-content__inner[^>]*>(.*?)</article>', re.DOTALL)
RAW_TEX = re.compile(r'<(?:span|div) class="arithmatex">\s*\\[(\[]')


EACH = pytest.mark.parametrize("page", pages(), ids=str)


@pytest.fixture(scope="session")
def zensical(built_by_zensical):
    if not importlib.util.find_spec("zensical"):
        pytest.skip("没有 zensical")
    return built_by_zensical


def article(path):
    """正文的 HTML。Zensical 去掉搜索用的属性，印出搜索用的 tags，加一个跳转用的锚点；这些与空行不算不同。

    “运行”的按钮由 tools/publish.py 写进去，Zensical 的网站里没有。
    """
    text = RUN.sub("", ARTICLE.search(path.read_text(encoding="utf-8"))[1])
    text = re.sub(r'<nav class="md-tags".*?</nav>', "", text, flags=re.DOTALL)
    text = text.replace(" data-search-exclude", "").replace('<a id="__skip" tabindex="-1"></a>', "")
    text = re.sub(r'(href|src)="\./', r'\1="', text)
    return [line.strip() for line in text.split("\n") if line.strip()]


@EACH
def test_same_article(page, site, zensical):
    expected, actual = article(page.html(site)), article(page.html(zensical))
    assert actual == expected


@EACH
def test_every_formula_is_typeset(page, zensical):
    html = page.html(zensical).read_text(encoding="utf-8")
    assert not RAW_TEX.search(html)
    assert "mjx-merror" not in html


@EACH
def test_links_and_resources(page, zensical):
    """源文件、笔记本与 zip 由 tools/publish.py 附上，Zensical 的网站里没有。"""
    assert not broken_links(zensical, page, absent=("/source/", "/notebooks/", "/notes.zip"))
    assert not foreign_resources(zensical, page)
