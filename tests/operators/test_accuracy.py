"""精度的参照与单位：量得出末位的差，也量得出抵消、上溢、丢掉的位数。"""

import numpy as np
import pytest

from broadcasting.gradient import unbroadcast
from elementwise.activations import sigmoid
from notes.operators.accuracy import exact, mp, ulps
from notes.operators.oracles import ORACLES
from notes.operators.registry import OPERATORS
from reductions.extrema import cumsum
from start.conventions import checked


@pytest.mark.parametrize(
    ("found", "value", "expected"),
    [
        (1.0, mp.mpf(1), 0),
        (np.nextafter(1.0, 2), mp.mpf(1), 1),
        (np.nextafter(1.0, 0), mp.mpf(1), 0.5),
        (0.0, mp.mpf(2) ** -1074, 1),
        (0.0, mp.exp(-5000), 0),
        (np.inf, mp.exp(5000), 0),
        (np.inf, mp.mpf(1), np.inf),
        (np.finfo(float).max, mp.exp(5000), 1),
        (0.0, mp.mpf(0), 0),
        (2.0**-53, mp.mpf(0), np.inf),
    ],
)
def test_units_in_the_last_place(found, value, expected):
    measured = ulps(np.array(found), value, value)
    assert measured > 1e15 if expected == np.inf else measured == pytest.approx(expected)


def test_exact_zeros_may_be_left_out():
    """没有大小可比的 0，PyTorch 的不算，差在别处的照算。"""
    found, value = np.array([1e-17, np.nextafter(1.0, 2)]), exact(np.array([0.0, 1.0]))
    assert ulps(found, value, value) > 1e15
    assert ulps(found, value, value, zeros=False) == 1


def test_nan_is_infinitely_wrong():
    assert ulps(np.array([1.0, np.nan]), exact(np.array([1.0, 1.0])), exact(np.array([1.0, 1.0]))) == np.inf


def naive_sigmoid(x):
    """右尾上抵消。"""
    z = 1 / (1 + np.exp(-x))
    return z, lambda G: (z * (1 - z) * G,)


def clipped_sigmoid(x):
    """左尾上早早成了 0。"""
    z = 1 / (1 + np.exp(np.minimum(-x, 700)))
    return z, lambda G: (sigmoid(x)[1](G)[0],)


@pytest.mark.parametrize("rule", [naive_sigmoid, clipped_sigmoid])
def test_cancellation_and_lost_tails_are_noticed(rule):
    rule.__name__ = "sigmoid"
    with np.errstate(all="ignore"), pytest.raises(AssertionError, match=r"末位的 .* 个单位，应不超过 4"):
        ORACLES["精度"].measure(checked(rule), OPERATORS["sigmoid"].row)


def test_long_columns_are_added_in_groups():
    """一个接一个地加，float32 的误差与项数成正比；分组之后几乎没有。"""
    G = np.random.default_rng(0).uniform(size=(2**16, 3)).astype(np.float32)
    truth = G.astype(float).sum(axis=0)
    assert np.abs(unbroadcast(G, (3,)) / truth - 1).max() < 3e-7 < np.abs(G.sum(axis=0) / truth - 1).max()


def test_short_axes_are_added_one_by_one():
    """几根短轴并成一根长的，照样一个接一个；一根一根地加，就没有这回事。"""
    G = np.random.default_rng(0).uniform(size=(16, 16, 16, 16, 3)).astype(np.float32)
    truth = G.astype(float).sum(axis=(0, 1, 2, 3))
    assert np.abs(unbroadcast(G, (3,)) / truth - 1).max() < 3e-7 < np.abs(G.sum(axis=(0, 1, 2, 3)) / truth - 1).max()


def test_running_sums_do_not_stall_in_float32():
    x = np.full(2**16, 0.1, np.float32)
    z, backward = cumsum(x)
    assert abs(z[-1] / (x[0].astype(float) * x.size) - 1) < 1e-7
    assert abs(backward(x)[0][0] / (x[0].astype(float) * x.size) - 1) < 1e-7


@pytest.mark.release
def test_a_third_of_a_hundred_million_ones():
    ones = np.ones((2**25, 2), np.float32)
    assert unbroadcast(ones, (2,)).tolist() == [2.0**25] * 2
    assert cumsum(ones[:, 0])[0][-1] == 2.0**25
    for name in ("sum", "mean", "norm"):
        z, _ = OPERATORS[name].apply(ones, axis=0)
        assert np.abs(z / {"sum": 2.0**25, "mean": 1.0, "norm": 2.0**12.5}[name] - 1).max() < 2e-7, name
