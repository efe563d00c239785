"""跑不起来的算子，一开始就得一句话：哪个文件、哪一行、哪个样本、什么错。"""

import pytest

from notes.errors import Malformed
from notes.operators import runnable
from notes.operators.registry import Operator
from notes.operators.row import Row, sample, timing
from notes.paths import display
from start.conventions import checked

HERE = __file__


def good(x):
    """好的。

    前向：2 * x
    反向：2 * G
    """
    return 2 * x, lambda G: (2 * G,)


def no_backward(x):
    """没有返回 backward。

    前向：x
    反向：G
    """
    return x


def misspelt(x):
    """名字拼错了。

    前向：x
    反向：G
    """
    return xx, lambda G: (G,)  # noqa: F821


def misspelt_backward(x):
    """反向里的名字拼错了。

    前向：x
    反向：G
    """

    def backward(G):
        return (GG,)  # noqa: F821

    return x, backward


def two_gradients(x):
    """多一个梯度。

    前向：x
    反向：G
    """
    return x + 0, lambda G: (G, G)


def overwrites(x):
    """改了输入。

    前向：x
    反向：G
    """
    x *= 2
    return x + 0, lambda G: (G,)


def no_lines(x):
    """没有两行。"""
    return x + 0, lambda G: (G,)


# {算子: (错在它的第几行，一句话)}
BAD = {
    no_backward: (0, "应返回输出与 backward 两样，却返回了 ndarray"),
    misspelt: (6, "算不了样本 (2,)：NameError：name 'xx' is not defined"),
    misspelt_backward: (8, "算不了样本 (2,)：NameError：name 'GG' is not defined"),
    two_gradients: (0, "算不了样本 (2,)：TypeError：two_gradients 有 1 个输入，backward 却返回 2 个梯度"),
    overwrites: (0, "改了自己的第 1 个输入"),
    no_lines: (0, "的 docstring 里没有“前向：”一行"),
}


@pytest.fixture
def attempt(monkeypatch):
    """call(rule) 试一个写在这里的算子。"""

    def attempt_(rule):
        monkeypatch.setattr(runnable, "location", lambda apply: (HERE, rule.__code__.co_firstlineno))
        row = Row((sample((2,)),), torch=lambda torch, x: x, timing=timing("n", autograd=""), accuracy="试试而已")
        runnable.require_runnable([Operator(checked(rule), row)])

    return attempt_


@pytest.mark.parametrize("rule", BAD, ids=lambda rule: rule.__name__)
def test_one_sentence(rule, attempt):
    line, sentence = BAD[rule]
    with pytest.raises(Malformed) as caught:
        attempt(rule)
    at = rule.__code__.co_firstlineno + line
    assert str(caught.value) == f"{display(HERE)}:{at}  算子 {rule.__name__} {sentence}"


def test_good_operator(attempt):
    attempt(good)
