"""读者怎样知道自己在哪里、往哪里走：摘要与转发时的卡片，面包屑，章的首页，首页的地图，页脚的链接，没有的网址。"""

import importlib.util
import re
import shutil
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

import pytest

from notes import config
from notes.descriptions import description
from notes.generated.chapters import chapters
from notes.page import Page, pages
from notes.paths import ROOT
from notes.site.build import run
from notes.site.html import Document, broken

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


@EACH
def test_how_to_run_and_date(page, site):
    """每一页的页脚都通到「怎样运行」，并写着这一版的日期；没有给出仓库，就没有到它的链接。"""
    document = Document.at(page.html(site))
    running = urljoin(f"/{page.url}", "/start/running/")
    assert page.url == "start/running/" or running in [urljoin(f"/{page.url}", link) for link in document.links]
    assert "本站的这一版：2026 年 1 月 1 日" in document.verified.replace("\xa0", " ")
    assert not [link for link in document.links if "/issues/new" in link or "/blob/HEAD/" in link]
    assert "md-source" not in page.html(site).read_text(encoding="utf-8")


REPOSITORY = "https://example.org/me/notes"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """只有两页的网站：给出了仓库，网址不在根上，不知道日期。"""
    folder = tmp_path_factory.mktemp("published")
    config.derive(folder)
    for name in ("snippets", "overrides", "figures"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for page in (Page("index"), Page("matrix/product")):
        copy = Page(page.name, folder).path
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(page.path, copy)
    given = {"SITE_URL": "https://example.org/notes/", "REPO_URL": f"{REPOSITORY}/", "EDITION": ""}
    run("-m", "mkdocs", "build", "-q", "-d", folder / "site", cwd=folder, **given)
    return folder / "site"


def test_links_to_a_repository(published):
    """报告错误的链接带着这一页的文件名，看源文件的链接指到它；什么也不从仓库的网站取。"""
    document = Document.at(Page("matrix/product").html(published))
    (report,) = [link for link in document.links if "/issues/" in link]
    assert report.startswith(f"{REPOSITORY}/issues/new?")
    assert parse_qs(urlsplit(report).query) == {"title": ["docs/matrix/product.md："]}
    assert f"{REPOSITORY}/blob/HEAD/docs/matrix/product.md" in document.links
    assert not [resource for resource in document.resources if "example.org" in resource]
    html = Page("matrix/product").html(published).read_text(encoding="utf-8")
    assert 'class="md-source"' in html
    assert 'data-md-component="source"' not in html


def test_no_date_when_it_is_not_known(published):
    assert "本站的这一版" not in Document.at(Page("matrix/product").html(published)).verified


def article(path):
    html = path.read_text(encoding="utf-8")
    return re.search(r"<article.*?</article>", html, re.DOTALL)[0]


def require_404(site):
    """用汉语说没有这一页，有搜索，通到各章；链接从网站的根算起。"""
    html = (site / "404.html").read_text(encoding="utf-8")
    assert "<title>没有这一页 - " in html
    shown = article(site / "404.html")
    assert "搜索</button>" in shown
    links = dict(re.findall(r'<a href="([^"]*)">(.*?)</a>', shown))
    assert list(links.values()) == ["首页", *(chapter for chapter, _ in chapters())]
    for link in links:
        assert link.startswith("/")
        assert not broken(site, "/a/b/c/index.html", link, ())


def test_404(site):
    require_404(site)


def test_404_by_zensical(built_by_zensical):
    if not importlib.util.find_spec("zensical"):
        pytest.skip("没有 zensical")
    require_404(built_by_zensical)


def test_404_below_a_folder(published):
    links = re.findall(r'href="([^"]*)"', article(published / "404.html"))
    assert links and all(unquote(link).startswith("/notes/") for link in links)


@pytest.mark.parametrize("width", [1280, 360])
def test_404_searches(width, contexts, server):
    page = contexts(viewport={"width": width, "height": 800}).new_page()
    page.goto(f"{server}no/such/page/")
    page.locator("article button").click()
    page.keyboard.type("softmax")
    page.locator(".md-search-result__item > a").first.wait_for()
    page.close()
