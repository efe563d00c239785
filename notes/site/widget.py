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
