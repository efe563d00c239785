"""读者怎样知道自己在哪里、往哪里走：摘要与转发时的卡片，面包屑，章的首页，首页的地图，页脚的链接，没有的网址。"""

import re
from urllib.parse import urljoin

import pytest

from notes import config
from notes.descriptions import description
from notes.generated.chapters import chapters
from notes.page import Page, pages
from notes.site.html import Document

EACH = pytest.mark.parametrize("page", pages(), ids=str)


@EACH
def test_description_and_card(page, site, shared_site):
    """搜索引擎看到的摘要、转发时的卡片，都是这一页自己的。"""
    meta = Document.at(page.html(site)).meta
    home = page.url == ""
    assert meta["description"] == meta["og:description"] == description(page)
    assert meta["og:title"] == (config.settings()["site_name"] if home else page.title)
    assert meta["og:type"] == ("website" if home else "article")
    assert meta["og:site_name"] == config.settings()["site_name"]
    assert meta["og:locale"] == "zh_CN"
    assert meta["og:url"] == shared_site.url + page.url


CHAPTER = {page.name: (chapter, pages[0]) for chapter, pages in chapters() for page in pages}


@EACH
def test_breadcrumbs(page, site):
    """首页 › 章，各是链接；网站的首页没有。"""
    html = page.html(site).read_text(encoding="utf-8")
    found = re.search(r'<nav class="md-path".*?</nav>', html, re.DOTALL)
    if page.url == "":
        assert not found
        return
    crumbs = re.findall(r'href="([^"]*)".*?<span[^>]*>\s*(.*?)\s*</span>', found[0], re.DOTALL)
    chapter, first = CHAPTER[page.name]
    assert [title for _, title in crumbs] == ["首页", chapter]
    assert [resolved(page, href) for href, _ in crumbs] == ["", first.url]


def resolved(page, href):
    """从 page 里的 href 走到哪一页。"""
    return urljoin(f"/{page.url}", href).removeprefix("/")


def test_home_map_is_the_nav():
    """首页的地图与目录一致：章的首页在左，其余的页依次在右。"""
    rows = [line for line in Page("index").markdown.text.split("\n") if line.startswith("| [")]
    shown = [[re.findall(r"\]\(([^)]+)\.md\)", cell) for cell in row.strip("| ").split(" | ")] for row in rows]
    assert shown == [[[first.name], [page.name for page in rest]] for _, (first, *rest) in chapters()]


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter[0])
def test_chapter_page_shows_what_is_generated(chapter):
    """章的首页说这一章回答什么、先要知道什么，并印出由程序写的两节。"""
    page = chapter[1][0]
    assert [include.section for include in page.markdown.generated] == ["pages", "next"]
    headings = [heading.text for heading in page.markdown.headings if heading.level == 2]
    assert headings[-2:] == ["先要知道什么", "依次读"]
    assert headings[0] in ("这一章回答什么", "从哪里读起")


# 一个名字落在几行里
LINES = "link => new Set([...link.getClientRects()].map(box => Math.round(box.bottom / 8))).size"


def test_home_map_breaks_only_between_names(open_page, server):
    """手机上，地图里的每个名字都在一行里，也没有横向滚动条。"""
    page = open_page(server, viewport={"width": 360, "height": 800})
    links = page.locator(".map td a")
    assert {link.evaluate(LINES) for link in links.all() if not link.locator("mjx-container").count()} == {1}
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = "e => e.getBoundingClientRect().right > innerWidth"
    assert not any(link.evaluate(cut) for link in links.all())
