"""只核对一页（--page a/b）：不属于任何一页的测试文件不导入，别的页的测试不生成，几秒就好。"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from notes.files import read
from notes.page import Page
from notes.paths import ROOT

# 测试文件里这样写的，有一页一页的测试
ABOUT_PAGES = re.compile(r"\bpages\(\)|\bdocuments\(\)|\bpage_of\(|\bOPERATORS\.|\bartifacts\(\)|\bwith_notebooks\(\)")


def is_about_pages(path: Path) -> bool:
    """这个测试文件里可能有属于一页的测试；另一个包 mathjax/ 的没有。"""
    return path.is_relative_to(ROOT / "tests") and bool(ABOUT_PAGES.search(read(path)))


def page_among(values: Iterable[object]) -> Page | None:
    """一组参数属于哪一页：其中有一页，或有属于一页的东西。"""
    for value in values:
        page = value if isinstance(value, Page) else getattr(value, "page", None)
        if isinstance(page, Page):
            return page
    return None


def page_of(item: Any) -> Page | None:
    """一个测试属于哪一页。"""
    parameters = getattr(item, "callspec", None)
    return page_among(parameters.params.values()) if parameters else None


def narrow(metafunc: Any, wanted: str) -> None:
    """metafunc 只生成 wanted 一页的测试；与页无关的参数照旧。"""
    parametrize = metafunc.parametrize

    def narrowed(names: Any, given: Iterable[Any], *rest: Any, **options: Any) -> None:
        several = not isinstance(names, str) or "," in names
        kept = list(given)
        found = [page_among(values_of(each, several)) for each in kept]
        if any(found):
            mine = [page is None or str(page) == wanted for page in found]
            ids = options.get("ids")
            if ids is not None and not callable(ids):
                options["ids"] = [each for each, here in zip(ids, mine, strict=True) if here]
            kept = [each for each, here in zip(kept, mine, strict=True) if here]
        parametrize(names, kept, *rest, **options)

    metafunc.parametrize = narrowed


def values_of(given: Any, several: bool) -> Iterable[object]:
    """parametrize 的一项：pytest.param(…)，一组值，或只有一个值。"""
    return given.values if hasattr(given, "marks") else given if several else (given,)
