"""每个算子、每种验证手段一个测试。"""

import inspect
from pathlib import Path

import pytest

from files import display
from implementations import SNIPPETS, section_at
from operators import HAS_TORCH, OPERATORS, measure
from oracles import applicable
from pages import shown_at
from samples import SAMPLES


def where(apply):
    """算子印在哪一页、写在哪个文件。"""
    path = Path(inspect.getsourcefile(apply.__wrapped__))
    line = inspect.getsourcelines(apply.__wrapped__)[1]
    page = shown_at(path.relative_to(SNIPPETS).as_posix(), section_at(path, line))
    return f"{page or '（没有页面印它）'}\n{display(path)}:{line}  算子 {apply.__name__}"


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
        pytest.fail(f"{where(OPERATORS[name])}\n  tests/samples.py 里没有它的样本", pytrace=False)


def test_every_row_has_an_operator():
    assert set(SAMPLES) <= set(OPERATORS), "tests/samples.py 里有不存在的算子"
