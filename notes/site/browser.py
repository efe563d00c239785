"""系统的 Chromium：在哪里，怎样启动；一页里不该有的麻烦。需要 requirements-dev.txt 里的 playwright。"""

import importlib.util
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from notes.errors import Fault

NAMES = ("chromium", "chromium-browser", "google-chrome")
# 不联网、不要沙箱（容器里没有）、不要显卡
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]

# 测试另加的：显卡的进程并进主进程；一页的脚本只跑一两遍，调用十万次的才深度优化。量速度的不加
CHEAPER = ["--in-process-gpu", "--disable-software-rasterizer", "--js-flags=--invocation-count-for-turbofan=100000"]


def executable() -> str:
    """Chromium 的路径；没有装就抛 Fault，说怎样装。"""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        raise Fault("没有找到 Chromium；Debian 与 Ubuntu 上：apt-get install chromium")
    return found


class Users(threading.local):
    """playwright 认线程，各用各的。"""

    def __init__(self) -> None:
        self.found: list[Any] = []


_users = Users()


@contextmanager
def running() -> Iterator[Any]:
    """playwright；一个线程里只能运行一个，几处都要用时共用，最后用完的关掉它。"""
    from playwright.sync_api import sync_playwright

    users = _users.found
    users.append(users[0] if users else sync_playwright().start())
    try:
        yield users[0]
    finally:
        last = users.pop()
        if not users:
            last.stop()


@contextmanager
def launch(*flags: str) -> Iterator:
    """启动一个无头的 Chromium，flags 是另加的参数；缺什么就抛 Fault。"""
    program = executable()
    if not importlib.util.find_spec("playwright"):
        raise Fault("没有装 playwright；先装 requirements-dev.txt")
    from playwright.sync_api import Error

    with running() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=program, args=[*FLAGS, *flags])
        except Error as error:
            raise Fault(f"Chromium 启动不了：{error}") from None
        yield browser
        browser.close()


def watch(page, address: str, troubles: list[str]) -> Callable[[], None]:
    """往 troubles 里记下控制台的报错、失败的请求与站外的请求。

    返回的函数在离开一页之前调用：那时还没有取完的，会因此取不到，不算麻烦。
    """
    host, begun = urlsplit(address).netloc, set()

    def when(event: str, told: Callable[[Any], str]) -> None:
        page.on(event, lambda happened: troubles.extend(filter(None, [told(happened)])))

    page.on("request", lambda request: begun.add(request))
    when("console", lambda message: f"控制台：{message.text}" if message.type == "error" else "")
    when("pageerror", lambda error: f"脚本：{error}")
    when("requestfailed", lambda request: f"失败的请求：{request.url} {request.failure}" if request in begun else "")
    when("request", lambda request: f"站外的请求：{request.url}" if foreign(request.url, host) else "")
    when("response", lambda response: f"{response.status}：{response.url}" if response.status >= 400 else "")
    return begun.clear


def foreign(address: str, host: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != host
