"""每一本笔记本：格式对，页面上的代码与图都在里面，网站专用的写法一处不剩，链接通。"""

import functools
import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from notes import config, notebooks, sessions
from notes.files import read, write
from notes.notebooks import prose
from notes.notebooks.needed import Needed
from notes.notebooks.outputs import lines
from notes.page import Page, pages
from notes.paths import ROOT, SNIPPETS

PAGES = notebooks.with_notebooks()
EACH = pytest.mark.parametrize("page", PAGES, ids=str)
# 网站专用的写法：引用、提示框、标签页、标题的锚、属性、容器
FOR_THE_SITE = re.compile(r"--8<--|^(?:!!!|\?\?\?|===) |\{[#:.][\w-]+|</?div|^ {4,}```", re.MULTILINE)
LINK = re.compile(r"(?<!!)\]\(([^)\s]+)\)")


text = functools.cache(notebooks.text)


@functools.cache
def loaded(page):
    return json.loads(text(page))


def sources(page, kind):
    return ["".join(cell["source"]) for cell in loaded(page)["cells"] if cell["cell_type"] == kind]


def anchors(words):
    """标题的锚，Jupyter 的写法。"""
    return {re.sub(r"[`*$]", "", each).replace(" ", "-") for each in words}


@functools.cache
def headings(page):
    """页面上各个标题的锚；笔记本里也有，见 test_headings_are_in_the_notebook。"""
    return anchors(heading.text for heading in page.markdown.headings)


def test_pages_without_sessions_have_none():
    """没有笔记本的：首页、各章的首页、验证报告。"""
    without = {page.name for page in pages()} - {page.name for page in PAGES}
    assert {name for name in without if not name.endswith("index")} == {"appendix/verification"}


@EACH
def test_valid(page):
    nbformat = pytest.importorskip("nbformat", reason="没有装 nbformat")
    nbformat.validate(nbformat.reads(text(page), as_version=4))


@EACH
def test_headings_are_in_the_notebook(page):
    written = re.findall(r"^#{1,6} (.+)$", "\n".join(sources(page, "markdown")), re.MULTILINE)
    assert headings(page) <= anchors(written)


@EACH
def test_no_markup_of_the_site_is_left(page):
    for said in sources(page, "markdown"):
        outside = re.sub(r"^```.*?^```", "", said, flags=re.MULTILINE | re.DOTALL)
        assert not FOR_THE_SITE.search(outside)


@EACH
def test_everything_shown_is_inside(page):
    """会话的每一步、展示的每个小节都在某一格里；只能在仓库里运行的，照页面的样子印出来。"""
    code, said = "\n".join(sources(page, "code")), "\n".join(sources(page, "markdown"))
    unfit = Needed.by(page).unfit
    for include in page.markdown.includes:
        path = SNIPPETS / include.file
        if path.suffix != ".pycon":
            continue
        for step in sessions.parse(path)[include.section].steps:
            if (include.file, include.section) in unfit:
                assert "\n".join(step.shown()) in said
            else:
                assert "\n".join(step.source) in code
    assert said.count("data:image/svg+xml") == sum(each.file.endswith(".svg") for each in page.markdown.generated)


@EACH
def test_links_work_beside_the_site(page):
    """没有发布时，链接指向旁边的笔记本与网页。"""
    known = {each.notebook(ROOT): each for each in PAGES}
    html = {each.html(ROOT) for each in pages()} | {ROOT / "test-vectors.json"}
    for said in sources(page, "markdown"):
        for link in LINK.findall(said):
            if link.startswith("http"):
                continue
            path, _, anchor = unquote(link).partition("#")
            target = (page.notebook(ROOT).parent / path).resolve() if path else page.notebook(ROOT)
            assert target in html or target in known, link
            if anchor and target in known:
                assert anchor in headings(known[target]), link


def test_links_to_the_published_site(monkeypatch):
    monkeypatch.setattr(config, "published", lambda: "https://a.example/notes/")
    page = Page("broadcasting/rules")
    assert prose.address(page, "gradient.md#形状检查").startswith("https://a.example/notes/broadcasting/gradient/#%E5")
    assert prose.address(page, "../index.md") == "https://a.example/notes/"
    assert prose.address(page, "https://b.example/") == "https://b.example/"
    assert prose.address(page, "#规则") == "#" + "%E8%A7%84%E5%88%99"


def test_figure_has_its_own_colours():
    shown = prose.figure("broadcasting/rules.example.svg")
    import base64
    from xml.etree import ElementTree

    drawing = base64.b64decode(re.search(r"base64,([^\"]+)", shown)[1]).decode()
    style = ElementTree.fromstring(drawing).find("{http://www.w3.org/2000/svg}style").text
    names = set(re.findall(r"var\((--[\w-]+)\)", style))
    assert names
    assert all(f"{name}:" in style for name in names)
    assert ".cell.meets" in style


def test_same_source_same_bytes(tmp_path):
    page = PAGES[0]
    write(page.notebook(tmp_path), notebooks.text(page))
    assert read(page.notebook(tmp_path)) == notebooks.text(page)
    assert page.notebook(tmp_path) == tmp_path / "notebooks" / f"{page.name}.ipynb"
    assert lines("甲\n乙") == ["甲\n", "乙"]
    assert Path(notebooks.__file__).is_file()
