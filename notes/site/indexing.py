"""照常用 MkDocs 构建，只是 Material 切搜索的索引时，不必走一遍公式、图与代码的颜色：七十万个元素，占了构建的一半多。

索引一字不差，由 tests/site/test_html.py 核对。用法：python -m notes.site.indexing build --strict …
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from material.plugins.search.plugin import SearchIndex
from mkdocs.__main__ import cli

# 排好的公式与画好的图：都标着 data-search-exclude，里面没有同名的元素
EXCLUDED = re.compile(r"<(mjx-container|figure)\b[^>]*\bdata-search-exclude\b.*?</\1>", re.DOTALL)
# 一块代码，以及里面给颜色用的元素
CODE = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
COLOURED = re.compile(r"</?(?:span|a)\b[^>]*>")
add_entry = SearchIndex.add_entry_from_context


def skimmed(content: str) -> str:
    """公式与图留下一个空的元素，前后的文字还是两段；代码只留文字。"""
    return CODE.sub(lambda code: COLOURED.sub("", code[0]), EXCLUDED.sub("<i></i>", content))


def add_skimmed(index: SearchIndex, page: Any) -> None:
    """把一页切成索引的条目。"""
    with patch.object(page, "content", skimmed(page.content)):
        add_entry(index, page)


@contextmanager
def quick() -> Iterator[None]:
    """在这里面，MkDocs 这样造索引。"""
    with patch.object(SearchIndex, "add_entry_from_context", add_skimmed):
        yield


if __name__ == "__main__":
    with quick():
        cli(sys.argv[1:], prog_name="mkdocs")
