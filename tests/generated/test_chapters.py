"""章的首页里由程序写的两节。"""

import pytest

from notes.descriptions import description
from notes.errors import Malformed
from notes.generated.chapters import text
from notes.page import Page


@pytest.fixture
def found(tmp_path):
    """两章，第一章的页分在两个文件夹。"""

    def page(name, title):
        path = tmp_path / "docs" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"---\ndescription: {title}这一页回答一个真有人问的问题。\n---\n\n# {title}\n", encoding="utf-8"
        )
        return Page(name, tmp_path)

    first = ("一 甲", [page("a/index", "一 甲"), page("a/x", "子"), page("b/y", "丑")])
    return [first, ("二 乙", [page("c/index", "二 乙"), page("c/z", "寅")])]


def test_text(found):
    told = text(found, 0)
    assert f"1. [子](x.md)：{description(found[0][1][1])}\n2. [丑](../b/y.md)：" in told
    assert "接着读[二 乙](../c/index.md)。\n" in told
    assert "回到[首页](../index.md)。\n" in text(found, 1)


def test_first_page_is_the_chapter(found):
    chapter, (_, *rest) = found[0]
    with pytest.raises(Malformed, match=r"一 甲 一章的第一页应是它的首页 b/index\.md"):
        text([(chapter, rest)], 0)


def test_title_is_the_chapter(found):
    with pytest.raises(Malformed, match="章的首页应以章名“三 丙”为标题"):
        text([("三 丙", found[0][1])], 0)
