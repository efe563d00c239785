"""页面的版面：验证紧跟着它的公式，规则框起来；手机上宽表格的第一列留在原处。"""

import re

import pytest
from markdown import Markdown

from notes.page import pages
from notes.site.html import Document


@pytest.fixture
def convert():
    def convert_(text):
        md = Markdown(
            extensions=["pymdownx.arithmatex", "pymdownx.details", "tables", "toc", "notes.site.page_layout"],
            extension_configs={"pymdownx.arithmatex": {"generic": True}},
        )
        return md.convert(text)

    return convert_


def outline(html):
    """各块的次序：公式记作编号，验证记作 v 加编号，段落记作它的文字。"""
    pattern = r"tag\{(\d+)\}|<summary>验证 \((\d+)\)</summary>|<p>(\w+)</p>"
    return [f"v{check}" if check else tag or words for tag, check, words in re.findall(pattern, html)]


FORMULA = "$$\nx \\tag{%s}\n$$\n\n"
CHECK = '??? success "验证 (%s)"\n\n    证\n\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FORMULA % 1 + "甲\n\n" + CHECK % 1 + "乙\n", ["1", "v1", "证", "甲", "乙"]),
        (FORMULA % 1 + CHECK % 1 + "乙\n", ["1", "v1", "证", "乙"]),
        (FORMULA % 1 + FORMULA % 2 + CHECK % 1 + CHECK % 2, ["1", "v1", "证", "2", "v2", "证"]),
        ("甲\n\n" + CHECK % 3, ["甲", "v3", "证"]),
    ],
    ids=["隔着一句话", "本来就跟着", "两条公式", "没有这条公式"],
)
def test_check_follows_its_formula(text, expected, convert):
    assert outline(convert(text)) == expected


def test_rule_is_boxed(convert):
    html = convert("# 页\n\n## 规则\n\n甲\n\n乙\n\n### 细节\n\n丙\n\n## 推导\n\n丁\n")
    assert re.search(r'<h2 id="[^"]*">规则</h2>\s*<div class="rule">\s*<p>甲</p>\s*<p>乙</p>\s*</div>\s*<h3', html)
    assert html.count("rule") == 1


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_check_follows_its_formula(page, site):
    """构建出的每一页都是如此，中间不隔别的。"""
    html = page.html(site).read_text(encoding="utf-8")
    for number in (e.number for e in page.markdown.equations):
        after = html.partition(f'id="eq-{number}"')[2].partition("</mjx-container></div>")[2]
        assert re.match(rf'\s*<details class="success">\s*<summary>验证 \({number}\)', after), number


def test_most_pages_have_a_rule(site):
    boxed = [page for page in pages() if "rule" in Document.at(page.html(site)).classes]
    headed = [p for p in pages() if any(h.level == 2 and h.text == "规则" for h in p.markdown.headings)]
    assert boxed == headed


# 横着滚到头，第一列挪了多少；没有宽表格的页是 null
MOVED = """() => {
  const wrap = [...document.querySelectorAll(".md-typeset__scrollwrap:not(.wide-first)")]
    .find(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 40)
  if (!wrap) return null
  wrap.scrollLeft = 1e4
  return [wrap.scrollLeft, wrap.querySelector("td").getBoundingClientRect().left - wrap.getBoundingClientRect().left]
}"""


def test_first_column_stays_on_a_phone(window, server, site):
    page = window.new_page()
    page.set_viewport_size({"width": 360, "height": 800})
    seen = 0
    for wide in pages():
        if seen < 3 and "<table>" in wide.html(site).read_text(encoding="utf-8"):
            page.goto(server + wide.url)
            page.wait_for_selector(".md-typeset__scrollwrap", state="attached")
            moved = page.evaluate(MOVED)
            seen += bool(moved)
            assert not moved or (moved[0] > 0 and 0 <= moved[1] < 20), wide
    page.close()
    assert seen == 3


# 最长的表格里滚到几处：表头比页头的下沿低多少，看不看得见
FOLLOWED = """async () => {
  const [head] = [...document.querySelectorAll(".tall thead")].sort((a, b) => b.parentElement.offsetHeight - a.parentElement.offsetHeight)
  const [rows, cell] = [head.parentElement, head.querySelector("th")], seen = []
  for (const part of [0.1, 0.4, 0.7]) {
    scrollTo({ top: scrollY + rows.getBoundingClientRect().top + part * rows.offsetHeight, behavior: "instant" })
    await new Promise(done => setTimeout(done, 100)) // 刚露出来的要先排好
    const on = document.elementFromPoint(cell.getBoundingClientRect().left + 5, cell.getBoundingClientRect().top + 5)
    seen.push([cell.getBoundingClientRect().top - document.querySelector(".md-header").getBoundingClientRect().bottom, cell.contains(on)])
  }
  return seen
}"""


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("name", ["appendix/glossary", "appendix/verification", "start/conventions"])
def test_header_of_a_long_table_stays_in_sight(window, server, name, width):
    """读到表格的哪一行，表头都贴着页头，也不被别的格遮着。"""
    page = window.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{server}{name}/")
    page.wait_for_selector(".tall")
    for gap, visible in page.evaluate(FOLLOWED):
        assert abs(gap) < 2 and visible
    page.close()
