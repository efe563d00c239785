"""每个算子、每种验证手段一个测试；验证手段本身看得出各种错。"""

import warnings

import numpy as np
import pytest

from notes.operators.measure import measure
from notes.operators.oracles import ORACLES, applicable, cases, upstreams
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


def detached(x):
    """一阶都对，只是反向里的 x 成了常数。"""
    return np.exp(x), lambda G: (G * np.exp(x.real),)


def real_buffer(x):
    """梯度写进 G 那样的数组：G 是实数时，虚部放不下。"""
    return x * x, lambda G: (np.multiply(G, 2 * x, out=np.zeros_like(G)),)


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
    (clipped, {}, ["点积检验", "二阶"]),
    (detached, {}, ["二阶"]),
    (real_buffer, {}, ["二阶"]),
    (by_differences, {}, ["形状与 dtype", "复步差分", "二阶"]),
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
    with pytest.raises(
        AssertionError, match="不接受复数，求不了二阶；反向确实不解析的，在它的一行写 backward_not_analytic=理由"
    ):
        ORACLES["二阶"].measure(apply, Row((sample((2,), (2,)),), torch=None))


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
        "二阶": (1e-7, 1e-12),
        "折点": (0.0, 0.0),
        "PyTorch": (1e-12, 1e-12),
        "精度": (4, 4),
    }


# 守着验证手段自己：容差放宽、少核对一个样本、一个样本也不核对，都看得出来
LOCAL = [oracle for oracle in ORACLES.values() if not oracle.needs and oracle.name not in ("折点", "精度")]


def off(by, oracle=None, linear=False, shape=None):
    """梯度差着 by 的算子，错在 oracle 看的地方；shape 只在这个形状错。"""

    def rule(x):
        slope = np.full(x.shape, 2.0) if linear else 2 * x
        wrong = by * (shape in (None, x.shape))
        return (2 * x if linear else x * x), lambda G: (G * slope + wrong * mistake(oracle, x, G),)

    return checked(rule)


def mistake(oracle, x, G):
    """一处只有 oracle 看得见的错：只在 float32 时有，只在虚部里有，或者处处有。"""
    if str(oracle) == "二阶":
        return 1j * x.imag if np.iscomplexobj(x) else 0.0
    if str(oracle) == "形状与 dtype" and x.dtype != np.float32:
        return 0.0
    return np.sign(G + 0.1)


@pytest.mark.parametrize("linear", [False, True], ids=["不线性", "线性"])
@pytest.mark.parametrize("oracle", LOCAL, ids=str)
def test_error_just_above_the_limit_is_noticed(oracle, linear):
    """比容差大几倍的误差看得出来，小几倍的放过：容差没有放宽，也没有收紧到不能用。"""
    row = Row(ONE, torch=None, linear=linear)
    assert fails(oracle, off(20 * oracle.limit(row), oracle, linear), row)
    assert not fails(oracle, off(oracle.limit(row) / 20, oracle, linear), row)


def test_kink_off_by_one_unit_is_noticed():
    row = Row(ONE, torch=None, kinks=(kink(1.0, G=1.0, gradients=(2.0,)),))
    assert not fails(ORACLES["折点"], off(0.0), row)
    assert fails(ORACLES["折点"], off(5e-16), row)


def test_pytorch_sees_an_error_just_above_the_limit():
    torch = pytest.importorskip("torch", reason="没有装 torch")
    row = Row(ONE, torch=lambda torch, x: torch.square(x))
    oracle = ORACLES["PyTorch"]
    assert torch and fails(oracle, off(20 * oracle.tolerance), row)
    assert fails(oracle, off(20 * oracle.tolerance, ORACLES["二阶"]), row)
    assert not fails(oracle, off(0.0), row)


@pytest.mark.parametrize("wrong", [(2,), (3, 4), (5,)], ids=str)
@pytest.mark.parametrize("oracle", LOCAL, ids=str)
def test_every_sample_is_measured(oracle, wrong):
    """只在一个样本上错，不论是第几个，都看得出来。"""
    row = Row((sample((2,)), sample((3, 4)), sample((5,))), torch=None)
    assert fails(oracle, off(1.0, oracle, shape=wrong), row)


@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize("oracle", LOCAL, ids=str)
def test_every_input_is_measured(oracle, position):
    """只有一个输入的梯度错，也看得出来。"""

    def product(x, y):
        def backward(G):
            gradients = [G * y, G * x]
            gradients[position] = gradients[position] + mistake(oracle, x, G)
            return tuple(gradients)

        return x * y, backward

    assert fails(oracle, checked(product), Row((sample((3,), (3,)),), torch=None))


@pytest.mark.parametrize("oracle", ORACLES.values(), ids=str)
def test_measuring_nothing_is_a_failure(oracle):
    if not oracle.available:
        pytest.skip(f"没有装 {oracle.needs}")
    with pytest.raises(AssertionError, match="一个误差也没有量"):
        oracle.measure(off(0.0), Row((), torch=None))


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=str)
def test_oracles_are_left_out_only_for_a_reason(operator):
    """不做复步差分、不求二阶、不量精度的，写着理由；不核对折点的，没有折点；别的一样不少。"""
    left = {oracle.name for oracle in ORACLES.values()} - {oracle.name for oracle in applicable(operator.row)}
    row = operator.row
    allowed = {
        "复步差分": row.not_analytic,
        "二阶": row.backward_not_analytic,
        "折点": not row.kinks,
        "精度": isinstance(row.accuracy, str),
    }
    assert all(allowed.get(name) for name in left), left


EXCUSED = [
    (operator, ORACLES[name])
    for operator in OPERATORS.values()
    for name, reason in (
        ("复步差分", operator.row.not_analytic),
        ("二阶", operator.row.backward_not_analytic),
    )
    if reason
]


@pytest.mark.parametrize(("operator", "oracle"), EXCUSED, ids=str)
def test_an_excuse_that_is_not_needed_is_refused(operator, oracle):
    """说不能用复步差分的，真的通不过；通得过，就不该有这条理由。"""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 丢掉虚部，numpy 会警告
        assert fails(oracle, operator.apply, operator.row), f"{operator} 通得过{oracle}，不必写理由"


ARRAYS = {"condition": bool, "indices": int, "target": int}


def takes_arrays(operator):
    """参数里有没有数组。"""
    return any(name in sample.parameters for sample in operator.row.samples for name in ARRAYS)


@pytest.mark.parametrize("operator", [o for o in OPERATORS.values() if takes_arrays(o)], ids=str)
def test_array_parameters_are_copied(operator):
    """前向之后改了参数里的数组，梯度不变。"""
    for case in cases(operator.apply, operator.row):
        found = ARRAYS.keys() & case.parameters.keys()
        given = {name: np.array(case.parameters[name], ARRAYS[name]) for name in found}
        result, backward = operator.apply(*case.inputs, **case.parameters | given)
        G = upstreams(case.rng, result)
        expected = backward(*G)
        for value in given.values():
            value[...] = ~value if value.dtype == bool else 0
        for gradient, before in zip(backward(*G), expected, strict=True):
            assert np.array_equal(gradient, before), case.label
