"""一页、一个算子的测试报错时：哪一页、哪个算子，哪个文件的哪一行，一句话。"""

import re

import pytest

from notes.operators.failures import in_short
from notes.operators.registry import OPERATORS
from notes.page import Page

ADD = OPERATORS["add"]


def wrong_inputs():
    ADD.rule(None, 1)


def wrong_test():
    raise AssertionError("不对，\n差得多")


AUTHORED = r"snippets/elementwise/add_sub.py:\d+  AttributeError：'NoneType' object has no attribute 'shape'"
HERE = r"tests/operators/test_failures.py:\d+  不对， 差得多"
WHERE = r"docs/elementwise/add_sub.md:\d+ · .+\nsnippets/elementwise/add_sub.py:\d+  算子 add\n  "
SHORT = {
    "一页": (wrong_inputs, [Page("a/b")], "docs/a/b.md\n  " + AUTHORED),
    "一页，错在测试里": (wrong_test, [3, Page("a/b")], "docs/a/b.md\n  " + HERE),
    "与页无关": (wrong_test, [3], ""),
    "一个算子": (wrong_inputs, [ADD, 3], WHERE + AUTHORED),
    "一个算子，错在测试里": (wrong_test, [3, ADD], WHERE + HERE),
}


@pytest.mark.parametrize(("call", "parameters", "sentence"), SHORT.values(), ids=SHORT)
def test_in_short(call, parameters, sentence):
    with pytest.raises((AttributeError, AssertionError)) as caught:
        call()
    assert re.fullmatch(sentence, in_short(caught.value, parameters))
