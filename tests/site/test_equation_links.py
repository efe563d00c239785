"""正文里的 (n) 是链接：构建时换好，跨页的也通；指着它，或用键盘走到它，公式显示在旁边。"""

import re

import pytest
from markdown import Markdown

from notes.page import pages
from notes.site.html import Document


@pytest.fixture
def convert():
    """转换一段 Markdown；公式 (1)、(2) 是这一页的。"""

    def convert_(text):
        md = Markdown(
            extensions=["pymdownx.arithmatex", "pymdownx.details", "tables", "notes.site.equation_links"],
            extension_configs={"pymdownx.arithmatex": {"generic": True}},
        )
        return md.convert(text + "\n\n$$\nx \\tag{1}\n$$\n\n$$\ny \\tag{2}\n$$\n")

    return convert_


def linked(html):
    """[(网址, 文字)]。"""
    return re.findall(r'<a class="equation-link"[^>]*href="([^"]*)"[^>]*>\((\d+)\)</a>', html)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("由 (1) 得。", ["1"]),
        ("式 (1)、(2) 与 *(2)* 相同。", ["1", "2", "2"]),
        ("| 算子 | 公式 |\n|---|---|\n| 加 | (2) |", ["2"]),
        ("出版于 (1984)，形状 (3)。", []),
        ("代码 `f(1)` 与公式 $f(1)$。", []),
        ("## 标题 (1)", []),
        ('??? success "验证 (1)"\n\n    由 (2)。', ["2"]),
        ("[链接 (1)](a.md)", []),
    ],
)
def test_which_numbers_are_links(text, expected, convert):
    assert linked(convert(text)) == [(f"#eq-{number}", number) for number in expected]


def test_words_around_are_kept(convert):
    html = convert("甲 (1) 乙*丙 (2) 丁*戊 (9) 己。")
    assert re.sub(r"<[^>]*>", "", html).startswith("甲 (1) 乙丙 (2) 丁戊 (9) 己。")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "由[梯度](matrix/product.md)的 (5)、(7) 得 (1)。",
            ["matrix/product.md#eq-5", "matrix/product.md#eq-7", "#eq-1"],
        ),
        ("由[梯度](matrix/product.md)式 (1)。再由 (2)。", ["matrix/product.md#eq-1", "#eq-2"]),
        ("见[梯度](matrix/product.md)，由 (1) 得。", ["#eq-1"]),
    ],
)
def test_numbers_after_a_link_belong_to_that_page(text, expected, convert):
    html = convert(text)
    assert [address for address, _ in linked(html)] == expected
    keys = re.findall(r'data-equation="([^"]*)" href', html)
    assert re.findall(r'<div data-equation="([^"]*)">', html) == list(dict.fromkeys(keys))
    assert "\\tag" not in html.partition("equation-previews")[2]


def test_number_that_the_other_page_lacks_is_a_warning(convert, caplog):
    convert("由[梯度](matrix/product.md)的 (99) 得。")
    assert "引用了 matrix/product.md 的式 (99)，那一页没有这条公式" in caplog.text


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_reference_leads_to_an_equation(page, site):
    """每一页的引用都指向一条公式：本页的在本页，别页的在那一页。"""
    html = page.html(site).read_text(encoding="utf-8")
    for address, number in linked(html):
        path, _, anchor = address.partition("#")
        target = page.html(site).parent / path / "index.html" if path else page.html(site)
        assert anchor == f"eq-{number}"
        assert anchor in Document.at(target.resolve()).ids, address


def test_there_are_many(site):
    """少了许多，就是有一类写法没有认出来。"""
    found = [linked(page.html(site).read_text(encoding="utf-8")) for page in pages()]
    assert sum(map(len, found)) > 450
    assert sum(not address.startswith("#") for links in found for address, _ in links) >= 10


@pytest.fixture
def opened(open_page, server, site):
    """打开第一个两种链接都有的页面，折叠块都展开。"""
    both = re.compile(r'equation-link" href="#.*equation-link" data-equation', re.DOTALL)
    found = next(p for p in pages() if both.search(p.html(site).read_text(encoding="utf-8")))

    def open_(**options):
        page = open_page(server + found.url, **options)
        page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
        return page

    return open_


OWN, OTHER = "a.equation-link:not([data-equation]):visible", "a.equation-link[data-equation]:visible"


@pytest.mark.parametrize("selector", [OWN, OTHER], ids=["本页", "别的页"])
@pytest.mark.parametrize("width", [1280, 360])
def test_pointing_or_focusing_shows_the_equation(selector, width, opened):
    page = opened(viewport={"width": width, "height": 800})
    link, card = page.locator(selector).first, page.locator(".equation-card")
    number = link.text_content().strip("()")
    link.focus()
    assert card.is_visible() and link.get_attribute("aria-describedby") == card.get_attribute("id")
    box = card.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    if selector == OWN:
        same = f"document.getElementById('eq-{number}').dataset.tex === document.querySelector('.equation-card .mjx-display').dataset.tex"
        assert page.evaluate(same)
    assert page.evaluate(
        "new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size === document.querySelectorAll('[id]').length"
    )
    page.keyboard.press("Escape")
    assert not card.is_visible()
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(1, 1)
    link.hover()
    assert card.is_visible()
    page.mouse.move(1, 1)
    assert not card.is_visible()


def test_link_jumps_to_the_equation(opened):
    page = opened()
    link = page.locator(OTHER).first
    anchor = link.get_attribute("href").partition("#")[2]
    link.click()
    page.wait_for_function(
        "anchor => document.getElementById(anchor)?.getBoundingClientRect().top < innerHeight", arg=anchor
    )
