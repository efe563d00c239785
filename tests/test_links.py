"""站内的链接：文字说的就是它指的地方。"""

from dataclasses import replace

import pytest

from notes import links
from notes.errors import require_none
from notes.page import Page, documents
from notes.prose import texts


@pytest.mark.parametrize("page", documents(), ids=str)
def test_link_says_where_it_leads(page):
    require_none(
        link.text.fault(link.at, f"链接“{link.said}”{said}")
        for link in links.links(page)
        if (said := links.misleading(link))
    )


@pytest.mark.parametrize("page", documents(), ids=str)
def test_link_leads_somewhere(page):
    """网站的构建也查；这里不必等构建。"""
    require_none(links.broken(page))


def link(said, page, heading="", at="broadcasting/rules"):
    return links.Link(texts(Page(at))[0], 0, said, Page(page), heading, heading)


RIGHT = [
    ("广播的梯度", "broadcasting/gradient"),
    ("$Y=WX$ 的梯度", "matrix/product"),
    ("乘、除", "elementwise/mul_div"),
    ("下面的除以 0", "elementwise/mul_div", "除以 0"),
    ("第 35 条", "appendix/errata", "第 34、35 条：三节都写成“加法”"),
    ("CONTRIBUTING.md", "CONTRIBUTING"),
    ("右对齐", "broadcasting/rules", "", "appendix/glossary"),
]
WRONG = [
    (("多元链式法则", "matrix/kronecker"), "与它指的“vec 与 Kronecker 积”没有相同的词"),
    (("广播的梯度", "matrix/product"), "更像是指“广播的梯度”"),
    (("下面", "broadcasting/rules", "规则"), "与它指的“规则”没有相同的词"),
    (("第 36 条", "appendix/errata", "第 34、35 条"), "说的编号，“第 34、35 条”里没有"),
    (("行列式", "broadcasting/rules", "", "appendix/glossary"), "：broadcasting/rules 上没有这个词"),
]


@pytest.mark.parametrize("given", RIGHT, ids=str)
def test_right_link(given):
    assert not links.misleading(link(*given))


@pytest.mark.parametrize(("given", "sentence"), WRONG, ids=str)
def test_wrong_link(given, sentence):
    assert links.misleading(link(*given)) == sentence


def test_heading_of_an_anchor():
    page = Page("elementwise/mul_div")
    assert links.anchored(page, "两个因子写反")[0] == "两个因子写反"
    said, section = links.anchored(Page("appendix/errata"), "matrix-c")
    assert said == "记号与文字" and "| 12：" in section and "| 22：" not in section
    assert links.anchored(page, "没有这一节") == ("", "")


def test_redirected_links_are_noticed():
    """测试的测试：把一个链接改到目录里的下一页去，多半看得出来。"""
    pages = documents()
    found = [each for page in pages for each in links.links(page) if each.page != page and page != links.GLOSSARY]
    unnoticed = 0
    for each in found:
        other = pages[(pages.index(each.page) + 1) % len(pages)]
        unnoticed += not links.misleading(links.Link(each.text, each.at, each.said, other))
    assert unnoticed < len(found) / 20, f"{len(found)} 处里有 {unnoticed} 处看不出来"


BROKEN = {
    "[甲](../matrix/product.md)": "",
    "[甲](../matrix/product.md#eq-1)": "",
    "[甲](gradient.md#推导)": "",
    "`[甲](none.md)` ![甲](none.md) [甲](https://a.example/none.md)": "",
    "[甲](none.md)": "链接 none.md 指向不存在的页面",
    "[甲](product.md#规则)": "链接 product.md#规则 指向不存在的页面",
    "[甲](gradient.md#没有)": "链接 gradient.md#没有 的锚点不存在",
    "[甲](gradient.md#eq-99)": "链接 gradient.md#eq-99 的锚点不存在",
    "[甲](#没有)": "链接 #没有 的锚点不存在",
}


@pytest.mark.parametrize(("words", "sentence"), BROKEN.items(), ids=BROKEN)
def test_broken_link(words, sentence, monkeypatch):
    page = Page("broadcasting/rules")
    changed = replace(texts(page)[0], words=f"# 页\n\n{words}\n")
    monkeypatch.setattr(links, "texts", lambda each: [changed] if each == page else texts(each))
    told = [*links.broken(page)]
    assert ([each.split("\n")[1].strip() for each in told] or [""]) == [sentence]
