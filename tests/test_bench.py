"""make bench 的计时样本：每个算子都有一行；三家算的是同一件事，比用时才有意义。"""

import importlib.util

import numpy as np
import pytest

from tools.bench.cases import CASES, SIZES
from tools.bench.engines import AUTOGRAD, ENGINES, OURS, TORCH, prepare
from notes.implementations import function
from notes.operators import OPERATORS, where

agree = function("agree")
SMALLEST = min(SIZES)
COMPARED = [(TORCH, "torch", name) for name in CASES]
COMPARED += [(AUTOGRAD, "autograd", name) for name, case in CASES.items() if callable(case.autograd)]


def test_every_operator_has_a_case():
    assert set(CASES) == set(OPERATORS), "tools/bench/cases.py 里应恰好一个算子一行"


@pytest.mark.parametrize("name", [name for name in CASES if name in OPERATORS])
def test_case_runs(name):
    gradients = ENGINES[OURS](name, *prepare(name, SMALLEST, "float32"))()
    assert all(g.dtype == np.float32 and np.isfinite(g).all() for g in gradients)


@pytest.mark.parametrize(("engine", "package", "name"), [row for row in COMPARED if row[2] in OPERATORS])
def test_case_is_the_same_computation(engine, package, name):
    if not importlib.util.find_spec(package):
        pytest.skip(f"没有装 {package}")
    prepared = prepare(name, SMALLEST, "float64")
    gradients, others = (ENGINES[e](name, *prepared)() for e in (OURS, engine))
    for gradient, other in zip(gradients, others, strict=True):
        if not agree(gradient, np.asarray(other), 1e-12):
            pytest.fail(f"{where(OPERATORS[name])}\n  计时样本的梯度与 {engine} 的不符", pytrace=False)
