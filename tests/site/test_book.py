"""全站的 PDF：各页都在，大纲一层套一层，站内的链接都有目的地，文字抽得出，没有一处横向裁掉。"""

import importlib.util
import os
import re
import shutil
import subprocess
from collections import Counter

import pytest

from notes import book, config
from notes.book import Book, printing
from notes.errors import Fault
from notes.page import Page, pages

LINK = re.compile(r'<a href="([^"]*)"')


@pytest.fixture(scope="module")
def assembled(site):
    return book.assemble(site, "某年某月")


def test_every_page_once(assembled):
    """目录里的各章是一级，各页是二级。"""
    outline = assembled.outline
    titles = [each.title for each in outline if each.level == 1]
    assert titles == ["目录", *(chapter for chapter, _ in config.nav())]
    first = {names[0] for _, names in config.nav()}
    assert Counter(each.target for each in outline if each.level <= 2) == Counter(
        ["contents", *(book.identifier(page.name) for page in pages())]
    )
    assert sum(each.level == 1 for each in outline) == len(first) + 1
    assert all(each.title for each in outline)


def test_links_lead_somewhere(assembled):
    """一份里的，指向这一份的 id；别的一份的，那里真有；没有指向本机的。"""
    ids = [set(re.findall(r' id="([^"]+)"', text)) for text in assembled.pieces]
    everywhere = set().union(*ids)
    assert len(everywhere) == sum(len(re.findall(r' id="', text)) for text in assembled.pieces)
    for text, here in zip(assembled.pieces, ids, strict=True):
        links = set(LINK.findall(text))
        assert [link for link in links if link.startswith("#") and link[1:] not in here] == []
        elsewhere = {link.removeprefix(book.ELSEWHERE) for link in links if link.startswith(book.ELSEWHERE)}
        assert elsewhere <= everywhere - here
        assert [link for link in links if not link.startswith(("#", "https://", "http://", "mailto:"))] == []
        assert "127.0.0.1" not in "".join(links)


def test_everything_is_open(assembled):
    text = "".join(assembled.pieces)
    assert "<details" in text
    assert not re.search(r"<details(?![^>]* open)", text)
    assert "<input" not in text
    assert "headerlink" not in text


@pytest.mark.skipif(os.name == "nt", reason="由 sh 运行")
def test_chromium_fails(tmp_path, monkeypatch):
    """启动不了时，说 Chromium 的话。"""
    pytest.importorskip("playwright", reason="没有装 playwright")
    fake = tmp_path / "chromium"
    fake.write_text("#!/bin/sh\necho 坏了 >&2\nexit 3\n", encoding="utf-8")
    fake.chmod(0o755)
    monkeypatch.setattr("notes.site.browser.executable", lambda: str(fake))
    with pytest.raises(Fault, match=r"(?s)^Chromium 启动不了：.*坏了"):
        printing.print_book(Book(["一份"], []), tmp_path, tmp_path / "a.pdf")


def test_what_is_cut_off_is_told(browser, tmp_path):
    """一段、一张表、一幅图宽出版心，各说一句；放得下的不说。"""
    wide = (
        '<p style="width: 300px">甲</p><table style="width: 280px"><tr><td>乙</table><svg width="260" height="9"></svg>'
    )
    html = f'<div class="md-typeset" style="width: 250px"><p>放得下</p>{wide}</div>'
    told = printing.print_piece(browser, html, tmp_path, tmp_path / "0.pdf")
    assert told == ["宽出 50.0 像素：甲", "宽出 30.0 像素：乙", "宽出 10.0 像素："]


@pytest.fixture(scope="module")
def made(site, assembled, tmp_path_factory):
    """印好的 PDF，与横向裁掉的：整本只印一遍。"""
    if not importlib.util.find_spec("pikepdf"):
        pytest.skip("没有装 pikepdf")
    folder = tmp_path_factory.mktemp("pdf")
    copy = folder / "site"
    shutil.copytree(site, copy, ignore=shutil.ignore_patterns("notebooks", "source", "search", "notes.zip"))
    path = folder / "notes.pdf"
    try:
        return path, printing.print_book(assembled, copy, path)
    except Fault as error:
        pytest.skip(str(error))


def items(outline, level=1):
    for item in outline:
        yield level, item
        yield from items(item.children, level + 1)


@pytest.mark.release
def test_pdf(made, assembled):
    """大纲与标题相符；链接都有目的地，没有指向本机的；每一页都有文字，抽得出几句话与几行代码。"""
    import pikepdf

    printed, _ = made
    with pikepdf.open(printed) as pdf:
        number = {page.obj.objgen: k for k, page in enumerate(pdf.pages)}
        places = {str(name) for name in pdf.Root.Dests}
        with pdf.open_outline() as outline:
            found = list(items(outline.root))
        assert [(item.title, number[item.destination[0].objgen] >= 0) for _, item in found] == [
            (heading.title, True) for heading in assembled.outline
        ]
        starts = [number[item.destination[0].objgen] for _, item in found]
        assert starts == sorted(starts)
        assert {level for level, _ in found} == {1, 2, 3, 4}
        links = [link for page in pdf.pages for link in page.obj.get("/Annots", []) if link.get("/Subtype") == "/Link"]
        inside = [str(link.Dest) for link in links if "/Dest" in link]
        outside = [str(link.A.URI) for link in links if "/A" in link]
        assert len(inside) + len(outside) == len(links)
        assert len(inside) > 2000
        assert set(inside) <= places
        assert [link for link in outside if not link.startswith("https://")] == []
        assert all("/Contents" in page.obj for page in pdf.pages)
        assert str(pdf.docinfo["/Title"]) == config.settings()["site_name"]
        assert len(pdf.pages) > 900
        assert len({tuple(map(float, page.mediabox)) for page in pdf.pages}) == 1
    if not shutil.which("pdftotext"):
        pytest.skip("没有 pdftotext（poppler-utils）")
    done = subprocess.run(
        ["pdftotext", "-raw", "-l", "240", printed, "-"], capture_output=True, encoding="utf-8", check=True
    )
    text = re.sub(r"\s+", "", done.stdout)
    for said in (
        "深度学习里的求导，从定义推到代码",
        "把各个形状右对齐，缺的轴当作大小1。",
        ">>>fromstart.verificationimportagree",
    ):
        assert said in text


@pytest.mark.release
def test_nothing_is_cut_off(made):
    """照印的宽度排好，没有一段、一块代码、一张表、一条公式、一幅图宽出版心。"""
    assert made[1] == []


def test_page_names_differ():
    names = [book.name_of(page) for page in pages()]
    assert len(set(names)) == len(names)
    assert book.identifier(Page("a/b").name) == "a/b"
