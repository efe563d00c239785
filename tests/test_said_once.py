"""几个测试说的是同一句，只印一遍；印调用栈的一个不少。"""

from types import SimpleNamespace

from notes.said_once import once


def test_once():
    stack = ["调用栈"]
    reports = [SimpleNamespace(longrepr=each) for each in ("甲", "乙", "甲", stack, stack, "甲")]
    kept = once(reports)
    assert [each.longrepr for each in kept] == ["甲\n（另有 2 个测试也这样说）", "乙", stack, stack]
    assert kept[0] is reports[0]
