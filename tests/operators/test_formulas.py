"""公式卡上的每一行都与算子相符；写错了的，说得出在哪里，也看得出来。"""

from dataclasses import replace
from pathlib import Path

import pytest

from notes.errors import Fault, Malformed
from notes.operators import formulas
from notes.operators.oracles import cases
from notes.operators.registry import OPERATORS
from notes.paths import display

EACH = pytest.mark.parametrize("operator", OPERATORS.values(), ids=str)


@EACH
def test_line(operator):
    """docstring 里的“前向”“反向”两行，在全部样本上与算子相符。"""
    formulas.require_true(operator)


def noticed(operator, **changes):
    """两行换成 changes 里的写法，看得出来吗。"""
    forward, backward = formulas.lines(operator.rule)
    forward = replace(forward, text=changes.get("forward", forward.text))
    backward = replace(backward, text=changes.get("backward", backward.text))
    try:
        formulas.check(operator, forward, backward)
    except Exception:
        return True
    return False


@EACH
def test_mistake_is_noticed(operator):
    """前向、反向的各个表达式变号，两个梯度对调，都看得出来。"""
    if noticed(operator):
        raise Fault(f"{operator.where()}\n  没有改就已经不符，见 test_line")
    forward, backward = formulas.lines(operator.rule)
    case = next(cases(operator.apply, operator.row))
    outputs = operator.apply(*case.inputs, **case.parameters)[0]
    tried = [{"forward": negated(forward.text, isinstance(outputs, tuple))}]
    for k, (part, parameter) in enumerate(zip(backward.parts, formulas.positional(operator.rule), strict=True)):
        wrong = negated(part, parameter.kind == parameter.VAR_POSITIONAL)
        tried.append({"backward": ", ".join([*backward.parts[:k], wrong, *backward.parts[k + 1 :]])})
    if len(backward.parts) > 1:
        tried.append({"backward": ", ".join(backward.parts[::-1])})
    survivors = [changes for changes in tried if not noticed(operator, **changes)]
    assert not survivors, f"{operator} 的公式这样写错，没有被发现：{survivors}"


def negated(text, several):
    return f"[-each for each in {text}]" if several else f"-({text})"


def none(x, y):
    """没有公式的两行。"""


def once(x, y):
    """只有一行。

    前向：x + y
    """


def twice(x, y):
    """写了两遍。

    前向：x + y
    前向：x + y
    反向：G, G
    """


def unclosed(x, y):
    """少一个括号。

    前向：x + y
    反向：ub(G, x), ub(G, y
    """


def one_short(x, y):
    """少一个梯度。

    前向：x + y
    反向：ub(G, x)
    """


def too_long(x, y):
    """太长。

    前向：x + y + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0 + 0
    反向：G, G
    """


@pytest.mark.parametrize(
    ("rule", "line", "sentence"),
    [
        (none, 0, "算子 none 的 docstring 里没有“前向：”一行"),
        (once, 0, "算子 once 的 docstring 里没有“反向：”一行"),
        (twice, 4, "算子 twice 的“前向”写了两行"),
        (unclosed, 4, "“反向”不是一个表达式：'(' was never closed"),
        (one_short, 4, "“反向”应有 2 个表达式，一个输入一个，却有 1 个"),
        (too_long, 3, "“前向”有 77 个字符，至多 75 个，卡片上才放得下"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_malformed_line_is_located(rule, line, sentence):
    with pytest.raises(Malformed) as caught:
        formulas.lines(rule)
    assert str(caught.value) == f"{display(Path(__file__))}:{rule.__code__.co_firstlineno + line}  {sentence}"


def test_words_hide_nothing():
    """词不与 numpy 的名字相同，每个词都有算子用到。"""
    assert not set(formulas.WORDS) & set(formulas.NUMPY)
    assert set(formulas.WORDS) == set().union(*map(formulas.words_of, OPERATORS.values()))
