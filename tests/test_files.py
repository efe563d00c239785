"""读文件：不是 UTF-8 的，说清楚在哪一行；带 BOM 的也不收。"""

import pytest

from notes import figures, implementations, markdown, sessions
from notes.files import read, remembered


@pytest.mark.parametrize(
    "parse",
    [sessions.parse, implementations.parse, markdown.parse, figures.parse],
    ids=["会话", "实现", "页面", "图"],
)
def test_not_utf8(parse, tmp_path, complains):
    path = tmp_path / "a.md"
    path.write_bytes("# 页\n\n".encode() + "求导".encode("gbk"))
    complains(parse, path, 3, "不是 UTF-8 编码，请另存为 UTF-8")


def test_byte_order_mark(tmp_path, complains):
    path = tmp_path / "a.md"
    path.write_bytes("\ufeff# 页\n".encode())
    complains(read, path, 1, "开头有 BOM，请另存为不带 BOM 的 UTF-8")


def test_remembered_until_the_file_changes(tmp_path):
    path, times = tmp_path / "a.md", []
    parse = remembered(lambda path: times.append(path) or read(path))
    path.write_text("一", encoding="utf-8")
    assert [parse(path), parse(path)] == ["一", "一"] and len(times) == 1
    path.write_text("二", encoding="utf-8")
    assert parse(path) == "二" and len(times) == 2
