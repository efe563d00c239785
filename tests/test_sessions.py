"""会话的机器：写错的文件各得一句话；印错的输出都要被发现；改写只改变了的。"""

from pathlib import Path

import pytest

from notes import sessions
from notes.executions import execute

OPEN, CLOSE = ">>> # --8<-- [start:a]\n", ">>> # --8<-- [end:a]\n"
MALFORMED = {
    "小节开了两次": (OPEN + ">>> 1\n1\n" + CLOSE + OPEN + ">>> 1\n1\n" + CLOSE, 5, "小节 a 在第 1 行已经有了"),
    "小节里又开小节": (OPEN + ">>> x = 1\n>>> # --8<-- [start:b]\n", 3, "小节 a 还没有结束，又开始了 b"),
    "没有结束": (OPEN + ">>> x = 1\n", 1, "小节 a 没有结束"),
    "没有开始": (">>> # --8<-- [end:a]\n", 1, "小节 a 在这里结束，却没有开始"),
    "结束的是另一个": (OPEN + ">>> x = 1\n>>> # --8<-- [end:b]\n", 3, "小节 b 在这里结束，却没有开始"),
    "标记写错": (">>> # --8<-- [begin:a]\n", 1, "小节的标记应写成 >>> # --8<-- [start:名字] 或 [end:名字]"),
    "小节之外的代码": (">>> x = 1\n", 1, "这一行不在任何小节里"),
    "小节之外的文字": (OPEN + ">>> x = 1\n" + CLOSE + "说明\n", 4, "这一行不在任何小节里"),
    "空的小节": (OPEN + CLOSE, 1, "小节 a 是空的"),
    "输出在代码之前": (OPEN + "1\n" + CLOSE, 2, "输出之前没有代码"),
    "提示符后没有空格": (OPEN + ">>> x = 1\n>>>x\n" + CLOSE, 3, "提示符 >>> 之后要有一个空格"),
    "语法错误": (OPEN + ">>> x = 1\n>>> x = = 2\n" + CLOSE, 3, "语法错误：invalid syntax"),
    "续行里的语法错误": (OPEN + ">>> for i in range(2):\n...     i = = 2\n" + CLOSE, 3, "语法错误：invalid syntax"),
}
# must_fail/ 里的会话各有一步印错了，行末有“# 假”
MUST_FAIL = sorted((Path(__file__).parent / "must_fail").glob("*.pycon"))


@pytest.mark.parametrize(("text", "line", "sentence"), MALFORMED.values(), ids=MALFORMED)
def test_malformed(text, line, sentence, tmp_path, complains):
    path = tmp_path / "a.pycon"
    path.write_text(text, encoding="utf-8")
    complains(sessions.parse, path, line, sentence)


@pytest.fixture(params=MUST_FAIL, ids=lambda path: path.stem)
def false(request):
    return request.param


def test_false_output_is_noticed(false):
    done = run(false)
    wrong = sessions.mismatches(*done)
    assert [step.source[0].endswith("# 假") for step, _ in wrong] == [True]


def run(path):
    """must_fail/ 里的一个会话：(小节, 真实的输出)。"""
    found = sessions.parse(path)
    return found["case"], sessions.run(path, found)["case"]


def test_rewriting_makes_it_true_and_changes_nothing_else(false, tmp_path):
    copy = tmp_path / false.name
    found = sessions.parse(false)
    actual = sessions.run(false, found)
    copy.write_bytes(sessions.rewritten(false, found, actual))
    assert not sessions.mismatches(*run(copy))
    ((wrong, got),) = sessions.mismatches(found["case"], actual["case"])
    before, after = false.read_bytes().split(b"\n"), copy.read_bytes().split(b"\n")
    assert after == before[: wrong.end] + [line.encode() for line in got] + before[wrong.end + len(wrong.want) :]


def test_rewriting_keeps_the_line_endings(tmp_path):
    path = tmp_path / "crlf.pycon"
    path.write_bytes(b">>> # --8<-- [start:a]\r\n>>> 1 + 1\r\n3\r\n>>> # --8<-- [end:a]\r\n")
    found = sessions.parse(path)
    made = sessions.rewritten(path, found, sessions.run(path, found))
    assert made == b">>> # --8<-- [start:a]\r\n>>> 1 + 1\r\n2\r\n>>> # --8<-- [end:a]\r\n"


def test_report_names_page_line_and_heading(tmp_path):
    path, page = tmp_path / "snippets" / "rules.pycon", tmp_path / "docs" / "rules.md"
    for file in (path, page):
        file.parent.mkdir()
    path.write_text(">>> # --8<-- [start:a]\n>>> 1 + 1\n3\n>>> # --8<-- [end:a]\n")
    page.write_text('# 广播\n\n## 规则\n\n### 报错\n\n```pycon\n--8<-- "rules.pycon:a"\n```\n')
    found = sessions.parse(path)["a"]
    assert sessions.report(path, found, execute(path, tmp_path).outputs["a"], tmp_path).split("\n") == [
        f"{page.as_posix()}:8 · 广播 › 规则 › 报错",
        f"{path.as_posix()}:2  输出与文档不符",
        "    >>> 1 + 1",
        "  文档  3",
        "  实际  2",
        "若改动是有意的：make update",
    ]
