"""make bench 的计时样本：三家算的是同一件事，比用时才有意义；页面上的一句话找得到。"""

import importlib.util
from functools import partial

import numpy as np
import pytest

from notes.errors import Fault
from notes.operators.programs import PROGRAMS
from notes.operators.registry import OPERATORS
from start.verification import agree
from tools.bench import attention, layers, programs
from tools.bench.engines import AUTOGRAD, ENGINES, OURS, SIZES, TORCH, prepare

SMALLEST = min(SIZES)
PACKAGES = {TORCH: "torch", AUTOGRAD: "autograd"}
COMPARED = [
    (operator, engine)
    for engine in PACKAGES
    for operator in OPERATORS.values()
    if engine != AUTOGRAD or callable(operator.row.timing.autograd)
]


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=str)
def test_timing_runs(operator):
    gradients = ENGINES[OURS](operator, *prepare(operator, SMALLEST, "float32"))()
    assert all(g.dtype == np.float32 and np.isfinite(g).all() for g in gradients)


@pytest.mark.parametrize(("operator", "engine"), COMPARED, ids=str)
def test_timing_is_the_same_computation(operator, engine):
    if not importlib.util.find_spec(PACKAGES[engine]):
        pytest.skip(f"没有装 {PACKAGES[engine]}")
    prepared = prepare(operator, SMALLEST, "float64")
    gradients, others = (ENGINES[e](operator, *prepared)() for e in (OURS, engine))
    for gradient, other in zip(gradients, others, strict=True):
        if not agree(gradient, np.asarray(other), 1e-12):
            raise Fault(f"{operator.where()}\n  计时样本的梯度与 {engine} 的不符")


@pytest.mark.parametrize(
    "calls",
    [*(partial(layers.calls, layer) for layer in layers.LAYERS), *(case.calls for case in attention.CASES)],
    ids=[*map(str, layers.LAYERS), *map(str, attention.CASES)],
)
def test_layers_are_the_same_computation(calls):
    """卷积的层与注意力：两家算的是同一件事。"""
    if not importlib.util.find_spec(PACKAGES[TORCH]):
        pytest.skip(f"没有装 {PACKAGES[TORCH]}")
    ours, theirs = calls("float64")
    for gradient, other in zip(ours(), theirs(), strict=True):
        assert agree(gradient, np.asarray(other), 1e-10)


def test_tape_and_hand_compute_the_same():
    x, y = np.random.default_rng(0).standard_normal((2, 50))
    (value, backward), (by_hand, by_hand_backward) = programs.recorded(x, y), programs.by_hand(x, y)
    assert value == by_hand
    for gradient, other in zip(backward(1.0), by_hand_backward(1.0), strict=True):
        assert agree(gradient, other, 1e-15)


def test_steps_are_counted():
    counted = {str(each): programs.steps(each) for each in PROGRAMS}
    assert counted == {
        "two_layers": 4,
        "residual": 4,
        "attention": 5,
        "composed_attention": 6,
        "multi_head_attention": 12,
        "euler": 4000,
        "stacked": 3,
        "rnn": 7,
    }
