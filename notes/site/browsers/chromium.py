"""Chromium，由 playwright 驱动。"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from notes.site import browser
from notes.site.browsers import Window, steps


class Chromium:
    name = "chromium"

    def __init__(self, page: Any) -> None:
        self.page = page
        self.seen: list[str] = []

    @property
    def troubles(self) -> list[str]:
        """离开一页时还没有取完的，不算麻烦。"""
        return [trouble for trouble in self.seen if not trouble.endswith("net::ERR_ABORTED")]

    def size(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def open(self, address: str) -> None:
        for step in steps(self.evaluate("location.href"), address):
            self.page.goto(step)

    def evaluate(self, expression: str) -> Any:
        return self.page.evaluate(expression)

    def click(self, selector: str) -> None:
        self.page.locator(selector).first.click()

    def back(self) -> None:
        self.page.go_back()

    def reload(self) -> None:
        self.page.reload()

    def screenshot(self, path: Path) -> None:
        self.page.screenshot(path=path)


@contextmanager
def launch(site: str) -> Iterator[Window]:
    with browser.launch(*browser.CHEAPER) as chromium:
        window = Chromium(chromium.new_page())
        window.page.set_default_timeout(10_000)
        browser.watch(window.page, site, window.seen)
        yield window
