"""页面上的小程序：它在哪一页，怎样在浏览器里成批地问它。"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from notes.page import pages


def page_with(script: str, site: Path) -> Path:
    """用到这个脚本的那一页，在网站里的位置。"""
    return next(page for page in pages() if script in page.markdown.meta.get("scripts", ())).html(site)


@contextmanager
def asking(browser: Any, html: Path) -> Iterator[Callable[[str, list], list]]:
    """打开这一页；得到的函数在页面里对每个输入调用 call，一次算完。"""
    page = browser.new_page()
    page.goto(html.as_uri())
    yield lambda call, inputs: json.loads(
        page.evaluate(f"text => JSON.stringify(JSON.parse(text).map({call}))", json.dumps(inputs))
    )
    page.close()


def verdict(page: Any) -> str:
    """算出的结论，一句话。"""
    return page.locator(".calc-verdict").text_content()


def rows(page: Any) -> list[list[str]]:
    """表里的字，一行一个列表。"""
    return page.locator(".calc-table tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )


def printed(page: Any) -> list[str]:
    """印出的代码与报错。"""
    return page.locator(".calculator pre").all_text_contents()


def query_of(page: Any) -> str:
    """网址里问号起的一段。"""
    return page.evaluate("location.search")


def disagreements(triples: list[tuple]) -> list[tuple]:
    """前几处不同：[(问的, 页面的, 应当的)]。"""
    return [case for case in triples if case[1] != case[2]][:5]
