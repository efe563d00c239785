"""三个浏览器，一个样子：打开网址、改大小、运行脚本、点击、后退、刷新、截图。

同一个检查在 Chromium、Firefox 与 WebKit 里都照样跑；各自怎样驱动，在与它同名的文件里。
"""

import importlib
import time
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any, Protocol

NAMES = ("chromium", "firefox", "webkit")


class Window(Protocol):
    """一个浏览器窗口。"""

    name: str

    @property
    def troubles(self) -> list[str]:
        """打开以来见到的麻烦，各一句话。"""

    def size(self, width: int, height: int) -> None:
        """网页看得见的部分多大，单位 CSS 像素。"""

    def open(self, address: str) -> None:
        """打开网址，等到 load；只有 # 之后不同时也重新加载。"""

    def evaluate(self, expression: str) -> Any:
        """一个 JavaScript 表达式的值，须能写成 JSON；是 Promise 就等它。"""

    def click(self, selector: str) -> None:
        """像读者那样，用鼠标点第一个符合的元素，看不见就先滚到那里。"""

    def back(self) -> None:
        """后退，等到 load；没有重新加载的也可以。"""

    def reload(self) -> None:
        """刷新，等到 load。"""

    def screenshot(self, path: Path) -> None:
        """把看得见的部分存成 PNG。"""


def launch(name: str, site: str) -> AbstractContextManager[Window]:
    """启动一个无头的浏览器，用来看 site 这个网站；缺什么就抛 Fault，说怎样装。"""
    launcher: AbstractContextManager[Window] = importlib.import_module(f"{__name__}.{name}").launch(site)
    return launcher


def steps(current: str, address: str) -> list[str]:
    """依次打开什么，才一定重新加载：只有 # 之后不同时，先离开。"""
    same = current.partition("#")[0] == address.partition("#")[0]
    return ["about:blank", address] if same else [address]


def arrive(window: Window, address: str) -> None:
    """等到真的打开了：上一页正好改自己的网址时，WebDriver 会把那当作已经打开。"""
    there = f"location.href.startsWith({address.partition('?')[0].partition('#')[0]!r}) && document.readyState"
    for _ in range(200):
        with suppress(RuntimeError):  # 正在离开
            if window.evaluate(there) == "complete":
                return
        time.sleep(0.05)
    raise RuntimeError(f"打不开 {address}")


def foreign(addresses: list[str], site: str) -> list[str]:
    """从别的网站取的，各一句话。"""
    return [f"站外的请求：{a}" for a in addresses if a.startswith(("http", "ws")) and not a.startswith(site)]
