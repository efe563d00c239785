"""网站的一页改成书里的：链接指向书里，折叠的展开，标签页依次列出，只在屏幕上有用的去掉。"""

import pytest

from notes import book, config
from notes.book.rewriting import Rewriter, identifier
from notes.page import Page

PAGE = Page("broadcasting/rules")


def rewritten(html):
    return Rewriter(PAGE).rewrite(html)


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("#规则", "#broadcasting/rules/_89c4_5219"),
        ("../gradient/", "#broadcasting/gradient"),
        ("../gradient/#eq-1", "#broadcasting/gradient/eq-1"),
        ("../", "#broadcasting/index"),
        ("../..", "#index"),
        ("https://a.example/b#c", "https://a.example/b#c"),
        ("mailto:a@b.example", "mailto:a@b.example"),
    ],
)
def test_link(href, target):
    assert rewritten(f'<a href="{href}">甲</a>') == f'<a href="{target}">甲</a>'


def test_link_to_another_file(monkeypatch):
    """书里没有的文件：发布了就指向网站，没有就不是链接。"""
    monkeypatch.setattr(config, "published", lambda: "")
    assert rewritten('<a href="../../notes.zip">甲</a>') == "<a>甲</a>"
    monkeypatch.setattr(config, "published", lambda: "https://a.example/notes/")
    assert rewritten('<a href="../../notes.zip">甲</a>') == '<a href="https://a.example/notes/notes.zip">甲</a>'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<h2 id="甲">乙<a class="headerlink" href="#甲">&para;</a></h2>', '<h2 id="broadcasting/rules/_7532">乙</h2>'),
        (
            '<details class="success"><summary>甲</summary></details>',
            '<details class="success" open><summary>甲</summary></details>',
        ),
        ('<svg viewBox="0 0 1 1"><rect x="1" /></svg>', '<svg viewbox="0 0 1 1"><rect x="1"/></svg>'),
        ("甲 &lt; 乙 &#x2260;<br />丙", "甲 &lt; 乙 &#x2260;<br>丙"),
        ('<input id="a" type="radio" /><script>1 < 2</script>甲', "甲"),
        ('<aside class="verified"><p>甲<br>乙</p></aside>丙', "丙"),
    ],
)
def test_elements(html, expected):
    assert rewritten(html) == expected


def test_tabs_follow_their_names():
    tabs = (
        '<div class="tabbed-set"><div class="tabbed-labels"><label for="a">甲</label><label for="b">乙&amp;丙</label></div>'
        '<div class="tabbed-content"><div class="tabbed-block">1</div><div class="tabbed-block">2</div></div></div>'
    )
    assert rewritten(tabs) == (
        '<div class="tabbed-set"><div class="tabbed-content"><p class="tab">甲</p><div class="tabbed-block">1</div>'
        '<p class="tab">乙&amp;丙</p><div class="tabbed-block">2</div></div></div>'
    )


def test_names():
    assert identifier("a/b/甲 1") == "a/b/_7532_201"
    assert book.plain("<code>f</code>(𝑥) &lt; 𝐀<a>&para;</a>") == "f(x) < A"
    assert book.name_of(PAGE) == "page-broadcasting-rules"
    assert book.quoted('a"b\\') == '"a\\"b\\\\"'
