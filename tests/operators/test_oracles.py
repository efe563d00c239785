"""每个算子、每种验证手段一个测试；验证手段本身看得出各种错。"""

import numpy as np
import pytest

from notes.operators.measure import measure
from notes.operators.oracles import ORACLES, applicable
from notes.operators.registry import OPERATORS
from notes.operators.row import Row, kink, sample
from start.conventions import checked

PAIRS = [(operator, oracle) for operator in OPERATORS.values() for oracle in applicable(operator.row)]


@pytest.mark.parametrize(("operator", "oracle"), PAIRS, ids=str)
def test_operator(operator, oracle, record_property):
    if not oracle.available:
        pytest.skip(f"没有装 {oracle.needs}")
    measure(operator, oracle)
    record_property("验证手段", oracle.name)


def square(x):
    """对的。"""
    return x * x, lambda G: (2 * G * x,)


def wrong_sign(x):
    """反了号。"""
    return x * x, lambda G: (-2 * G * x,)


def clipped(x):
    """上游梯度大的时候才错。"""
    return x * x, lambda G: (2 * np.clip(G, -1, 1) * x,)


def by_differences(x):
    """梯度用差分凑出来。"""
    return np.sin(x), lambda G: (G * (np.sin(x + 6e-6) - np.sin(x - 6e-6)) / 12e-6,)


def other_kink(x):
    """0 处给 1。"""
    return np.where(x > 0, x, -x), lambda G: (G * np.where(x >= 0, 1.0, -1.0),)


def upstream_itself(x):
    """梯度就是上游梯度那块内存；checked 会复制，所以这里不用它。"""
    return x.copy(), lambda G: (G,)


ONE = (sample((2, 3)),)
NOTICED = [
    (square, {}, []),
    (wrong_sign, {}, ["中心差分", "复步差分", "点积检验"]),
    (clipped, {}, ["点积检验"]),
    (by_differences, {}, ["形状与 dtype", "复步差分"]),
    (other_kink, {"kinks": (kink(0.0, G=1.0, gradients=(0.0,)),)}, ["折点"]),
]


@pytest.mark.parametrize(("rule", "row", "expected"), NOTICED, ids=[rule.__name__ for rule, _, _ in NOTICED])
def test_what_each_oracle_sees(rule, row, expected):
    data = Row(ONE, torch=None, **row)
    assert [o.name for o in applicable(data) if not o.needs and fails(o, checked(rule), data)] == expected


def fails(oracle, apply, row):
    try:
        oracle.measure(apply, row)
    except AssertionError:
        return True
    return False


def test_shared_memory_is_seen():
    assert fails(ORACLES["形状与 dtype"], upstream_itself, Row(ONE, torch=None))


def test_function_without_complex_numbers_is_told_what_to_write():
    apply = checked(hypotenuse)
    with pytest.raises(
        AssertionError, match="前向不接受复数，做不了复步差分；确实不解析的，在它的一行写 not_analytic=理由"
    ):
        ORACLES["复步差分"].measure(apply, Row((sample((2,), (2,)),), torch=None))


def hypotenuse(x, y):
    """直角三角形的斜边。"""
    z = np.hypot(x, y)
    return z, lambda G: (G * x / z, G * y / z)


def test_tolerances_are_what_the_notes_say():
    """容差写在“怎样验证一个梯度”里；放宽一个，这里就看得见。"""
    limits = {o.name: (o.tolerance, o.linear) for o in ORACLES.values()}
    assert limits == {
        "形状与 dtype": (1e-5, 1e-5),
        "中心差分": (1e-7, 1e-12),
        "复步差分": (1e-12, 1e-12),
        "点积检验": (1e-7, 1e-12),
        "折点": (0.0, 0.0),
        "PyTorch": (1e-12, 1e-12),
    }
