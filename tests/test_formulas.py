"""公式卡上的每一行都与算子相符；写错了的，说得出在哪里，也看得出来。"""

from dataclasses import replace
from pathlib import Path

import pytest

from notes.operators import formulas
from notes.files import Malformed, display
from notes.operators import OPERATORS, where
from notes.operators.oracles import cases
from notes.operators.samples import SAMPLES

NAMES = [name for name in OPERATORS if name in SAMPLES]


@pytest.mark.parametrize("name", NAMES)
def test_line(name):
    """docstring 里的“前向”“反向”两行，在全部样本上与算子相符。"""
    error = falsehood(name)
    if error:
        pytest.fail(f"{where(OPERATORS[name])}\n  {error}", pytrace=False)


def falsehood(name, **changes):
    """两行（换成 changes 里的写法之后）不对在哪里；没有错时返回 None。"""
    try:
        forward, backward = formulas.lines(OPERATORS[name].__wrapped__)
        forward = replace(forward, text=changes.get("forward", forward.text))
        formulas.check(OPERATORS[name], forward, replace(backward, text=changes.get("backward", backward.text)))
    except Malformed as error:
        return str(error)
    except Exception as error:
        return f"{type(error).__name__}：{error}"
    return None


@pytest.mark.parametrize("name", NAMES)
def test_mistake_is_noticed(name):
    """前向、反向的各个表达式变号，两个梯度对调，都看得出来。"""
    apply = OPERATORS[name]
    if falsehood(name):
        pytest.fail(f"{where(apply)}\n  没有改就已经不符，见 test_line", pytrace=False)
    forward, backward = formulas.lines(apply.__wrapped__)
    _, inputs, parameters, _ = next(cases(apply, SAMPLES[name]))
    outputs = apply(*inputs, **parameters)[0]
    tried = [{"forward": negated(forward.text, isinstance(outputs, tuple))}]
    for k, (part, parameter) in enumerate(zip(backward.parts, formulas.positional(apply.__wrapped__))):
        wrong = negated(part, parameter.kind == parameter.VAR_POSITIONAL)
        tried.append({"backward": ", ".join([*backward.parts[:k], wrong, *backward.parts[k + 1 :]])})
    if len(backward.parts) > 1:
        tried.append({"backward": ", ".join(backward.parts[::-1])})
    survivors = [changes for changes in tried if not falsehood(name, **changes)]
    assert not survivors, f"{name} 的公式这样写错，没有被发现：{survivors}"


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
