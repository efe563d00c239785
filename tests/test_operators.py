"""每个算子、每种验证手段一个测试。"""

import pytest

from notes.operators import HAS_TORCH, OPERATORS, measure, where
from notes.operators.oracles import applicable
from notes.operators.samples import SAMPLES


def falsehood(name, oracle):
    """这种验证手段看出的错；没有错时返回 None。"""
    try:
        measure(name, oracle)
    except Exception as error:
        return f"{type(error).__name__}：{error}"
    return None


@pytest.mark.parametrize(
    ("name", "oracle"), [(n, o) for n in OPERATORS if n in SAMPLES for o in applicable(SAMPLES[n])]
)
def test_operator(name, oracle, summary):
    if oracle == "PyTorch" and not HAS_TORCH:
        pytest.skip("没有装 torch")
    error = falsehood(name, oracle)
    if error:
        pytest.fail(f"{where(OPERATORS[name])}\n  {oracle}：{error}", pytrace=False)
    summary.setdefault(oracle, []).append(name)


@pytest.mark.parametrize("name", OPERATORS)
def test_operator_has_samples(name):
    if name not in SAMPLES:
        pytest.fail(f"{where(OPERATORS[name])}\n  notes/operators/samples.py 里没有它的样本", pytrace=False)


def test_every_row_has_an_operator():
    assert set(SAMPLES) <= set(OPERATORS), "notes/operators/samples.py 里有不存在的算子"
