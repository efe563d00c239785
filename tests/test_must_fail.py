"""测试的测试之二：must_fail/ 里的会话各有一步印错了（行末有“# 假”），都要被发现，而且只报那一步。"""

from pathlib import Path

import pytest

from notes import sessions
from notes.sessions import report

CASES = sorted((Path(__file__).parent / "must_fail").glob("*.pycon"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_false_output_is_noticed(path):
    sections, actual = sessions.execute(path)
    wrong = sessions.mismatches(sections["case"], actual["case"])
    assert [step.source[0].endswith("# 假") for step, _ in wrong] == [True]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_rewriting_makes_it_true_and_changes_nothing_else(path, tmp_path):
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    sections = sessions.parse(copy)
    assert sessions.rewrite(copy, sections, sessions.run(copy, sections)) == 1
    again = sessions.parse(copy)
    assert not sessions.mismatches(again["case"], sessions.run(copy, again)["case"])
    (wrong, got), = sessions.mismatches(sections["case"], sessions.execute(path)[1]["case"])
    before, after = path.read_bytes().split(b"\n"), copy.read_bytes().split(b"\n")
    start = wrong.line - 1 + len(wrong.source)
    assert after == before[:start] + [line.encode() for line in got] + before[start + len(wrong.want) :]


def test_rewriting_keeps_the_line_endings(tmp_path):
    path = tmp_path / "crlf.pycon"
    path.write_bytes(b">>> # --8<-- [start:a]\r\n>>> 1 + 1\r\n3\r\n>>> # --8<-- [end:a]\r\n")
    sections = sessions.parse(path)
    sessions.rewrite(path, sections, sessions.run(path, sections))
    assert path.read_bytes() == b">>> # --8<-- [start:a]\r\n>>> 1 + 1\r\n2\r\n>>> # --8<-- [end:a]\r\n"


def test_report_names_page_line_and_heading(tmp_path):
    path = tmp_path / "rules.pycon"
    path.write_text(">>> # --8<-- [start:a]\n>>> 1 + 1\n3\n>>> # --8<-- [end:a]\n")
    sections = sessions.parse(path)
    page = tmp_path / "rules.md"
    page.write_text('# 广播\n\n## 规则\n\n### 报错\n\n```pycon\n--8<-- "rules.pycon:a"\n```\n')
    told = report(path, sections["a"], sessions.run(path, sections)["a"], "rules.pycon", tmp_path)
    assert told.split("\n") == [
        f"{page.as_posix()}:8 · 广播 › 规则 › 报错",
        f"{path.as_posix()}:2  输出与文档不符",
        "    >>> 1 + 1",
        "  文档  3",
        "  实际  2",
        "若改动是有意的：make update",
    ]
