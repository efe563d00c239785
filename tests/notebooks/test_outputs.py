"""会话的一步写成一格：存着的输出各是哪一种。"""

import pytest

from notes.notebooks.outputs import output
from notes.sessions import Step

RESULT, STREAM = "execute_result", "stream"
TRACEBACK = ["Traceback (most recent call last):", "  ..."]


@pytest.mark.parametrize(
    ("source", "want", "kinds"),
    [
        ("x = 1", [], []),
        ("x", ["1"], [RESULT]),
        ("print(x)", ["1"], [STREAM]),
        ("show(x)", ["1"], [STREAM]),
        ("for k in x:\n    print(k)", ["1", "2"], [STREAM]),
        ("np.log(0.)", ["RuntimeWarning: divide by zero encountered in log", "-inf"], [STREAM, RESULT]),
        ("x[3]", [*TRACEBACK, "IndexError: 没有"], ["error"]),
        ("run(x)", ["1", *TRACEBACK, "KeyError"], [STREAM, "error"]),
    ],
)
def test_kind(source, want, kinds):
    made = output(Step(1, source.split("\n"), want), {"print", "show"})
    assert [each["output_type"] for each in made.outputs] == kinds
    assert made.metadata == ({"tags": ["raises-exception"]} if "error" in kinds else {})


@pytest.mark.parametrize(
    ("told", "name", "message"),
    [
        ("ValueError: 甲: 乙", "ValueError", "甲: 乙"),
        ("numpy.linalg.LinAlgError: Singular matrix", "LinAlgError", "Singular matrix"),
        ("numpy._core._exceptions._UFuncOutputCastingError: 不行", "UFuncTypeError", "不行"),
        ("AssertionError", "AssertionError", ""),
    ],
)
def test_error(told, name, message):
    (error,) = output(Step(1, ["f()"], [*TRACEBACK, told]), set()).outputs
    assert (error["ename"], error["evalue"]) == (name, message)
