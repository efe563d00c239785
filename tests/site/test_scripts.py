"""overrides/main.html 里的几段脚本，各在真的浏览器里看一看；去掉其中一段，就有测试失败。"""

import pytest

from notes.page import pages

INDEX = "search_index.json"
OFFLINE = ["iframe-worker.js", "links.js"]
# 记下 Material 的脚本把配色改成了什么，又有什么原样再设了一遍；要在它之前装好。
# 网页开头的一小段里设的不算：那时还没有东西可画
RECORD = """
  window.changed = []
  window.again = []
  const { setAttribute } = Element.prototype
  Element.prototype.setAttribute = function (name, value) {
    const early = document.currentScript && !document.currentScript.src
    if (this === document.body && name.startsWith("data-md-color") && !early)
      (this.getAttribute(name) === value ? again : changed).push(name)
    setAttribute.call(this, name, value)
  }"""
# 会滚动的框：[放不下, tabIndex]，只看看得见的；代码由 Material 自己管
BOXES = """() => [...document.querySelectorAll(".md-typeset__scrollwrap, .tabbed-labels, .mjx-display")]
  .filter(e => e.localName === "div" && e.checkVisibility())
  .map(e => [e.scrollWidth > e.clientWidth, e.tabIndex])"""


def address_with(server, site, wanted):
    """网站里第一个有 wanted 这段 HTML 的页面。"""
    return server + next(page.url for page in pages() if wanted in page.html(site).read_text(encoding="utf-8"))


@pytest.fixture
def requests(browser):
    """call(网址) 打开一页，返回 (页, 它取过的各个网址)；打开之后取的也在里面。"""
    contexts = []

    def call(address):
        contexts.append(browser.new_context())
        page, asked = contexts[-1].new_page(), []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        page.wait_for_load_state("networkidle")
        return page, asked

    yield call
    for context in contexts:
        context.close()


def count(asked, name):
    return sum(name in url for url in asked)


def test_index_is_fetched_only_to_search(requests, server):
    """打开一页不取索引；焦点到了搜索框，取一次。"""
    page, asked = requests(server)
    assert count(asked, INDEX) == 0
    page.locator("input[name=query]").fill("梯度")
    page.locator(".md-search-result__item > a").first.wait_for()
    assert count(asked, INDEX) == 1


def test_index_is_fetched_when_the_pointer_comes_near(requests, server):
    """鼠标到了搜索框上，就先去取。"""
    page, asked = requests(server)
    with page.expect_response(lambda response: INDEX in response.url):
        page.locator(".md-search__form").hover()
    assert count(asked, INDEX) == 1


def test_index_is_fetched_for_a_search_hit(requests, server, site):
    """从搜索结果点进来的，要它标出搜的词。"""
    page, asked = requests(address_with(server, site, "梯度") + "?h=梯度")
    page.locator("article mark").first.wait_for()
    assert count(asked, INDEX) == 1


@pytest.mark.parametrize(("scheme", "shown"), [("light", "default"), ("dark", "slate")])
def test_palette_is_not_set_again(scheme, shown, open_page, server):
    """打开网页时，配色没有原样再设一遍的；换配色的按钮照常，换过之后再打开也是如此。"""
    page = open_page(server, color_scheme=scheme)
    page.wait_for_load_state("networkidle")
    page.add_init_script(RECORD)
    page.reload()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("again") == []
    if scheme == "light":
        assert set(page.evaluate("changed")) <= {"data-md-color-media"}
    seen = [page.locator("body").get_attribute("data-md-color-scheme")]
    for _ in range(3):
        page.locator("[data-md-component=palette] label:visible").click()
        seen.append(page.locator("body").get_attribute("data-md-color-scheme"))
    assert seen == [shown, "default", "slate", shown]
    page.locator("[data-md-component=palette] label:visible").click()
    page.reload()
    page.wait_for_load_state("networkidle")
    assert page.locator("body").get_attribute("data-md-color-scheme") == "default"
    assert page.evaluate("again") == []


def test_what_overflows_can_be_reached(open_page, server, site):
    """放不下的框用键盘够得着，放得下的不必；宽窄变了也跟着变。"""
    page = open_page(address_with(server, site, 'class="tabbed-set'))
    check_boxes(page)


def test_what_overflows_can_be_reached_after_instant_navigation(open_page, server, site):
    target = address_with(server, site, 'class="tabbed-set')
    page = open_page(server)
    page.wait_for_load_state("networkidle")
    page.evaluate("window.same = true")
    page.locator(f".md-nav a[href*='{target.removeprefix(server)}']").first.evaluate("link => link.click()")
    page.locator("article .tabbed-labels").first.wait_for(state="attached")
    check_boxes(page)
    assert page.evaluate("window.same"), "应当不重新加载整页"


def check_boxes(page):
    """窄屏上、宽屏上，每个框的 tabIndex 都与放不放得下相符，两种都有。"""
    page.add_style_tag(content="* { content-visibility: visible !important }")
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    seen = set()
    for width in (1280, 200, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(f"({BOXES})().every(([over, index]) => index === (over ? 0 : -1))")
        boxes = page.evaluate(BOXES)
        assert boxes
        seen.update(over for over, _ in boxes)
    assert seen == {True, False}


def test_code_can_be_reached(open_page, server, site):
    """放不下的代码也够得着。"""
    page = open_page(address_with(server, site, "<code"), viewport={"width": 390, "height": 844})
    page.wait_for_load_state("networkidle")
    page.wait_for_function(
        "[...document.querySelectorAll('pre > code')].filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth)"
        ".every(e => e.tabIndex === 0)"
    )


def test_offline_scripts_only_from_disk(requests, server, site):
    _, asked = requests((site / "index.html").as_uri())
    assert [count(asked, name) for name in OFFLINE] == [1, 1]
    _, asked = requests(server)
    assert [count(asked, name) for name in OFFLINE] == [0, 0]


def test_formula_font_is_preloaded(requests, server, site):
    """有公式的页在网上预载字体；没有公式的、从磁盘打开的不预载。"""
    preload = "link[rel=preload][as=font][crossorigin][href$='assets/mathjax/mathjax.woff2']"
    for page in pages():
        html = page.html(site).read_text(encoding="utf-8")
        assert ('rel="preload"' in html) == ("<mjx-container" in html), page
    address = address_with(server, site, "<mjx-container")
    page, asked = requests(address)
    assert page.locator(preload).count() == 1
    assert count(asked, "mathjax.woff2") == 1, "预载的与样式表要的是同一个"
    page, _ = requests((site / address.removeprefix(server) / "index.html").as_uri())
    assert page.locator(preload).count() == 0
