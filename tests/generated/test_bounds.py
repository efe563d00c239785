"""误差的上界：什么时候沿用存着的，什么时候重算；要的包没有装时不写。"""

from math import inf

import pytest

from notes.errors import Malformed
from notes.generated import bounds
from notes.operators.oracles import Oracle
from notes.operators.registry import OPERATORS


@pytest.mark.parametrize(
    ("error", "limit", "previous", "expected"),
    [
        (0.0, 1e-12, inf, 1e-15),
        (2e-16, 1e-12, inf, 1e-15),
        (4e-10, 1e-7, inf, 1e-8),
        (9e-8, 1e-7, inf, 1e-7),
        (4e-10, 1e-7, 1e-9, 1e-9),
        (4e-10, 1e-7, 1e-10, 1e-8),
        (4e-12, 1e-7, 1e-8, 1e-10),
    ],
    ids=["零", "舍入", "留 3 倍", "不超过容差", "沿用", "不成立", "太松"],
)
def test_bound(error, limit, previous, expected):
    assert bounds.bound(error, limit, previous) == expected


@pytest.fixture
def without_torch(monkeypatch):
    """当作没有装 torch。"""
    monkeypatch.setattr(Oracle, "available", property(lambda oracle: not oracle.needs))


def test_without_torch_the_stored_bound_is_kept(without_torch):
    stored = bounds.stored()
    assert bounds.bounds_of(OPERATORS["add"], stored["add"]).keys() == stored["add"].keys()
    assert bounds.bounds_of(OPERATORS["add"], stored["add"])["PyTorch"] == stored["add"]["PyTorch"]


def test_without_torch_a_new_operator_is_refused(without_torch):
    with pytest.raises(Malformed, match=r"算子 add 还没有用 PyTorch 量过：先 pip install -r requirements-dev\.txt"):
        bounds.bounds_of(OPERATORS["add"], {})
