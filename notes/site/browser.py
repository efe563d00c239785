"""真的浏览器、本机上的网站，以及“打开一页，不许有任何报错”：几个测试文件共用。

需要 requirements-dev.txt 里的 playwright 与系统的 Chromium；没有就跳过，并说明。
"""

import functools
import http.server
import importlib.util
import socket
import threading
from urllib.parse import urlsplit

import pytest

from notes.site import chromium


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# 浏览器里的测试在这个端口上打开网站；即时导航要求它与 site_url 相同
PORT = free_port()


@pytest.fixture(scope="session")
def browser():
    executable = chromium.executable()
    if not executable or not importlib.util.find_spec("playwright"):
        pytest.skip("没有 Chromium 或 playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=chromium.FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def server(site):
    """本机上的网站。"""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", PORT), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{PORT}/"
        running.shutdown()


@pytest.fixture
def open_page(browser):
    """打开一页，什么都不缓存；测试结束时不许有 watch 说的麻烦。"""
    contexts, troubles = [], []

    def open_(address, **options):
        context = browser.new_context(**options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        watch(page, address, troubles)
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not troubles


@pytest.fixture(scope="session")
def window(browser):
    """一个窗口，逐页打开时样式与脚本都在缓存里。"""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def visit(window):
    """在共用的窗口里打开一页；测试结束时不许有 watch 说的麻烦。"""
    page, troubles = window.new_page(), []

    def visit_(address):
        watch(page, address, troubles)
        page.goto(address)
        return page

    yield visit_
    page.close()
    assert not troubles


def watch(page, address, troubles):
    """记下控制台的报错、失败的请求与站外的请求。"""
    host = urlsplit(address).netloc
    page.on("console", lambda m: m.type == "error" and troubles.append(f"控制台：{m.text}"))
    page.on("pageerror", lambda e: troubles.append(f"脚本：{e}"))
    page.on("requestfailed", lambda r: troubles.append(f"失败的请求：{r.url} {r.failure}"))
    page.on("request", lambda r: foreign(r.url, host) and troubles.append(f"站外的请求：{r.url}"))
    page.on("response", lambda r: r.status >= 400 and troubles.append(f"{r.status}：{r.url}"))


def foreign(address, host):
    parts = urlsplit(address)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != host
