"""每一页的一句话：都有，各不相同，只有文字，排版也对。"""

import autocorrect_py
import pytest

from notes.descriptions import LONGEST, description, line
from notes.errors import Malformed
from notes.page import Page, pages


@pytest.mark.parametrize("page", pages(), ids=str)
def test_description(page):
    """排版与正文一样：汉字与字母之间空一格，标点用全角。"""
    given = description(page)
    if (wanted := autocorrect_py.format(given)) != given:
        raise Malformed(page.path, line(page), f"“{given}”应写作“{wanted}”")


def test_descriptions_differ():
    first = {}
    for page in pages():
        other = first.setdefault(description(page), page)
        if other != page:
            raise Malformed(page.path, line(page), f"description 与 {other} 的一样")


MALFORMED = {
    "没有": ("tags: [甲]", 1, "页面开头应有 description：一句话，说这一页回答什么问题"),
    "公式": ("tags: [甲]\ndescription: $Y=WX$ 的梯度为什么有一个转置？", 3, "description 只写文字，不写记号：$"),
    "代码": ("description: 算子 `add` 的反向传播是什么样的？", 2, "description 只写文字，不写记号：`"),
    "链接": ("description: 公式见[另一页](a.md)，这里不再重复。", 2, "description 只写文字，不写记号：]("),
    "太短": ("description: 求导。", 2, "description 应有 15 到 80 个字，却有 3 个"),
    "太长": (f"description: {'长' * LONGEST}。", 2, "description 应有 15 到 80 个字，却有 81 个"),
    "没有说完": ("description: 这个算子的反向是什么，怎样推出来，", 2, "description 应以句号或问号结尾"),
    "不是文字": ("description: [甲, 乙]", 2, "description 应是一句话"),
}


@pytest.mark.parametrize(("front", "at", "sentence"), MALFORMED.values(), ids=MALFORMED)
def test_malformed(front, at, sentence, tmp_path, complains):
    page = Page("a", tmp_path)
    page.path.parent.mkdir()
    page.path.write_text(f"---\n{front}\n---\n\n# 页\n", encoding="utf-8")
    complains(lambda _: description(page), page.path, at, sentence)
