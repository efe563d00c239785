"""每一页的一句话：页面开头的 description，说这一页回答什么问题。

搜索引擎的摘要、转发时的卡片与各章的目录都用它，所以只有文字，没有记号。
"""

import re

from notes.errors import Malformed
from notes.page import Page

SHORTEST, LONGEST = 15, 80
MARKUP = re.compile(r"[$`*<>\\&\"]|\]\(|__")


def description(page: Page) -> str:
    """page 的一句话；没有写、写得不合的是错。"""
    given = page.markdown.meta.get("description")
    if not given:
        raise Malformed(page.path, 1, "页面开头应有 description：一句话，说这一页回答什么问题")
    if told := problem(given):
        raise Malformed(page.path, line(page), f"description {told}")
    return given


def problem(text: object) -> str:
    """一句话哪里不合；都合时是空串。"""
    if not isinstance(text, str):
        return "应是一句话"
    if found := MARKUP.search(text):
        return f"只写文字，不写记号：{found[0]}"
    if not SHORTEST <= len(text) <= LONGEST:
        return f"应有 {SHORTEST} 到 {LONGEST} 个字，却有 {len(text)} 个"
    return "" if text.endswith(("。", "？")) else "应以句号或问号结尾"


def line(page: Page) -> int:
    """description 写在哪一行。"""
    lines = page.markdown.text.split("\n")
    return next((k for k, text in enumerate(lines, 1) if text.startswith("description:")), 1)
