"""构建出的网站，以及打开它的浏览器；没有 Chromium 或 playwright 就跳过，并说明。"""

import importlib.util
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from notes.errors import Fault
from notes.site import browsers
from notes.site.browser import CHEAPER, launch, watch
from notes.site.widget import asking, page_with


@pytest.fixture(scope="session")
def built(shared_site):
    """与 make build 一样构建出的网站；构建不成就抛 Fault。"""
    return shared_site.get("built")


@pytest.fixture(scope="session")
def built_again(shared_site):
    return shared_site.get("built_again")


@pytest.fixture(scope="session")
def built_by_zensical(shared_site):
    return shared_site.get("built_by_zensical") / "site"


@pytest.fixture(scope="session")
def site(shared_site):
    """同上；构建不成就跳过，由 test_site_builds 报告。"""
    try:
        return shared_site.get("built")
    except Fault:
        pytest.skip("网站没有构建成功，见 test_site_builds")


@pytest.fixture(scope="session")
def server(shared_site, site):
    """网站在本机上的网址。"""
    return shared_site.url


@pytest.fixture(scope="session")
def browser():
    try:
        with launch(*CHEAPER) as launched:
            yield launched
    except Fault as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def widget(site, request):
    """测试文件的 SCRIPT 这个小程序在哪一页。"""
    return page_with(request.module.SCRIPT, site)


@pytest.fixture(scope="module")
def ask(browser, widget):
    """在那一页里成批地问它。"""
    with asking(browser, widget) as ask_:
        yield ask_


@pytest.fixture(scope="session")
def axe():
    """axe-core 的脚本。先把公式换成文字：字形对读屏软件隐藏，MathML 它又不读，几万个元素却都要走一遍；推导器印的留着。"""
    found = importlib.util.find_spec("axe_playwright_python")
    if not found:
        pytest.skip("没有 axe-playwright-python")
    thin = "document.querySelectorAll('mjx-container').forEach(e => e.closest('#derive') ?? e.replaceWith('公式'))"
    return f"{thin};\n" + (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def contexts(browser):
    """call(设置) 是这样设置的浏览器身份：各只有一个，样式、字体与脚本只取一次、编译一次。"""
    kept = {}

    def context(**options):
        key = str(sorted(options.items()))
        if key not in kept:
            kept[key] = browser.new_context(**options)
            kept[key].set_default_timeout(10_000)
            kept[key].new_page()  # 一直开着一个，关掉别的窗口时缓存才还在
        return kept[key]

    yield context
    for each in kept.values():
        each.close()


@pytest.fixture
def open_page(contexts):
    """在新的窗口里打开一页，别的测试存下的都忘掉了；测试结束时不许有 watch 说的麻烦。"""
    opened, troubles = [], []

    def open_(address, **options):
        page = contexts(**options).new_page()
        opened.append(page)
        watch(page, address, troubles)
        page.goto(address)
        return page

    yield open_
    for page in opened:
        forget(page)
        page.close()
    assert not troubles


def forget(page):
    """存在这个网站里的全部忘掉；样式与脚本还在缓存里。"""
    origin = "://".join(urlsplit(page.url)[:2])
    page.context.new_cdp_session(page).send(
        "Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage,indexeddb,cookies"}
    )


@pytest.fixture(scope="session")
def window(browser):
    """一个窗口，逐页打开时样式与脚本都在缓存里。"""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture(scope="session")
def tab(window, server):
    """共用的窗口里的一个标签页：逐页打开，样式、字体与脚本都不必再读、再编译。"""
    page, troubles = window.new_page(), []
    return page, troubles, watch(page, server, troubles)


@pytest.fixture
def visit(tab):
    """在共用的标签页里打开一页，宽 1280；测试结束时不许有 watch 说的麻烦。"""
    page, troubles, leave = tab

    def visit_(address):
        page.goto("about:blank")  # 上一页还没有取完的，这时就断了，不算在这一页里
        leave()
        troubles.clear()
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(address)
        return page

    yield visit_
    assert not troubles


@pytest.fixture(scope="session")
def launched(request, shared_site):
    """三个浏览器，各启动一次。"""
    try:
        with browsers.launch(request.param, shared_site.url) as window:
            yield window
    except Fault as error:
        pytest.skip(str(error))


@pytest.fixture
def reader(launched):
    """三个浏览器里的一个；测试期间不许有麻烦。"""
    before = len(launched.troubles)
    yield launched
    assert not launched.troubles[before:]
