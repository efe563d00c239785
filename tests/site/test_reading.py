"""Chromium、Firefox 与 WebKit 里读起来都一样：位置准，标签页一起换，标点不挤、不在行首，手机上不必左右滚动。

缺哪个浏览器就跳过哪个，并说明；CI 三个都有。
"""

import time
import zlib

import pytest

from notes.page import pages
from notes.site import browsers
from notes.site.anchors import STANDS, STILL, TOLERANCE, anchors, astray, missed
from notes.site.lines import punctuation

WIDTHS = (1280, 360)
HEIGHT = 900
UNFOLD = "document.querySelectorAll('details').forEach(details => details.open = true)"
FITS = "document.documentElement.scrollWidth <= innerWidth"
# 屏幕上的第一个标题是第几个，在哪个高度
PLACE = """(() => {
  const all = [...document.querySelectorAll("article :is(h1, h2, h3)")].map(heading => heading.getBoundingClientRect().top)
  const at = all.findIndex(top => top > 60)
  return [at, all[at]]
})()"""
# 读者的手一碰到链接，屏幕之外的就全部排好
TOUCH = "document.querySelector('article a').dispatchEvent(new PointerEvent('pointerdown', {bubbles: true}))"
# Material 滚动之后 0.25 秒还会改网址末尾的标题
SETTLED = "new Promise(done => setTimeout(done, 500))"
# 有一个标签页叫 PyTorch，选中的却不是它
LEFT_BEHIND = """[...document.querySelectorAll(".tabbed-set")].filter(set => {
  const chosen = [...set.querySelectorAll(":scope > .tabbed-labels > label")].find(l => l.textContent.trim() === "PyTorch")
  return chosen && !document.getElementById(chosen.htmlFor).checked
}).length"""

CHOOSE = """[...document.querySelectorAll(".tabbed-labels > label > a")]
  .filter(tab => tab.textContent.trim() === "PyTorch" && tab.checkVisibility()).slice(0, 1).map(tab => tab.id = "chosen")"""

LAST = """[...document.querySelectorAll(".md-sidebar--secondary [data-md-component=toc] a")]
  .filter(link => link.getBoundingClientRect().bottom < innerHeight / 2).at(-1).id = 'chosen'"""


def drawn(things, *seed):
    """看似随意、每次都一样地抽一个。"""
    return things[zlib.crc32("/".join(map(str, seed)).encode()) % len(things)]


@pytest.fixture
def longest(site, server):
    """最长的一页的网址与那里的位置。"""
    page = max(pages(), key=lambda page: len(page.html(site).read_bytes()))
    return server + page.url, anchors(page, site)


def pytest_generate_tests(metafunc):
    """平常一页只在一个浏览器里、用一种宽度看，每次都一样；--every-browser 全都看。"""
    if "launched" not in metafunc.fixturenames:
        return
    if "width" not in metafunc.fixturenames:
        metafunc.parametrize("launched", browsers.NAMES, indirect=True, scope="session")
    else:
        every = [(name, page, width) for page in pages() for name in browsers.NAMES for width in WIDTHS]
        usual = [drawn(every[at : at + 6], every[at][1]) for at in range(0, len(every), 6)]
        chosen = every if metafunc.config.getoption("--every-browser") else usual
        chosen.sort(key=lambda each: (each[0], each[2]))  # 改一次大小，开着的一页就要重新排版，所以同样宽的连着看
        ids = [f"{name}-{page}-{width}" for name, page, width in chosen]
        metafunc.parametrize(("launched", "page", "width"), chosen, ids=ids, indirect=["launched"], scope="session")


def test_page(page, width, reader, server, site):
    """从网址直接打开抽中的一个标题或公式，停在该停的地方；再在页内逐个滚到全部；每一行都好好的。"""
    names = anchors(page, site)
    reader.size(width, HEIGHT)
    assert not list(missed(reader, server + page.url, [drawn(names, reader.name, page)]))
    assert not astray(reader, names)
    reader.evaluate(UNFOLD)
    wait_for(reader, FITS, "整页要左右滚动")  # 边栏收起来要一会儿
    begins, squeezed = punctuation(reader)
    assert not begins, "行首的标点"
    assert not squeezed, "不到一个字宽的标点"


def test_back_and_reload_return_to_the_same_place(reader, server, longest):
    address, _ = longest
    reader.size(1280, HEIGHT)
    reader.open(address)
    reader.evaluate(TOUCH)
    reader.evaluate(STILL)
    reader.evaluate("scrollTo(0, document.documentElement.scrollHeight * 0.6)")
    reader.evaluate(SETTLED)
    at, top = reader.evaluate(PLACE)
    assert at > 3
    reader.reload()
    reader.evaluate(STILL)
    assert reader.evaluate(PLACE) == [at, pytest.approx(top, abs=TOLERANCE)], "刷新"
    reader.click(".md-sidebar--primary .md-nav__item > a.md-nav__link")
    wait_for(reader, f"location.href.split('#')[0] !== {address!r} && scrollY === 0")
    reader.back()
    wait_for(reader, f"location.href.split('#')[0] === {address!r} && scrollY > 0")
    reader.evaluate(SETTLED)
    assert reader.evaluate(PLACE) == [at, pytest.approx(top, abs=TOLERANCE)], "后退"


def test_back_on_a_slow_network(open_page, longest):
    """新的一页取得慢时，Material 会把上一页的高度记成这一页的。"""
    address, _ = longest
    page = open_page(address, viewport={"width": 1280, "height": HEIGHT})
    page.route("**/*", lambda route: (time.sleep(0.4), route.continue_()))
    page.evaluate(TOUCH)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight * 0.6)")
    page.evaluate(SETTLED)
    place, title = page.evaluate(PLACE), page.locator("h1").inner_text()
    page.locator(".md-sidebar--primary .md-nav__item > a.md-nav__link").first.click()
    page.wait_for_function("title => document.querySelector('h1').innerText !== title", arg=title)
    page.evaluate(SETTLED)
    page.go_back()
    page.wait_for_function("title => document.querySelector('h1').innerText === title", arg=title)
    page.evaluate(SETTLED)
    assert page.evaluate(PLACE) == [place[0], pytest.approx(place[1], abs=TOLERANCE)]


def test_contents_lead_to_the_heading(reader, longest):
    """一打开就点目录里的一项，那时屏幕之外的还没有排版。"""
    address, _ = longest
    reader.size(1280, HEIGHT)
    reader.open(address)
    reader.evaluate(LAST)
    reader.click("#chosen")
    wait_for(reader, "location.hash && scrollY > 0")
    reader.evaluate(STILL)
    name = reader.evaluate("decodeURIComponent(location.hash.slice(1))")
    assert reader.evaluate(f"{STANDS}({name!r})")


def test_search_hit_leads_to_the_heading(reader, longest):
    address, names = longest
    reader.size(360, HEIGHT)
    assert not list(missed(reader, f"{address}?h=梯度", [names[-1]]))


def test_tabs_change_together(reader, server, site):
    """选了 PyTorch，有 PyTorch 的标签页全都换，不论在不在屏幕上、有没有折叠；再打开别的页，也记得。"""
    texts = {page: page.html(site).read_text(encoding="utf-8") for page in pages()}
    shown = [page for page in pages() if "PyTorch</label>" in texts[page].split("<details")[0]]
    page = max(shown, key=lambda page: texts[page].count("PyTorch</label>"))
    reader.size(1280, HEIGHT)
    reader.open(server + page.url)
    assert reader.evaluate(LEFT_BEHIND) > 2
    wait_for(reader, f"{CHOOSE}.length")
    reader.click("#chosen")
    wait_for(reader, f"{LEFT_BEHIND} === 0")
    reader.open(server + next(other for other in shown if other != page).url)
    assert reader.evaluate(LEFT_BEHIND) == 0
    reader.evaluate("localStorage.clear()")


def wait_for(reader, condition, otherwise=""):
    """等到成立，至多 10 秒。"""
    end = time.monotonic() + 10
    while not reader.evaluate(condition):
        assert time.monotonic() < end, otherwise or f"等不到：{condition}"
        time.sleep(0.05)
