"""误差的上界：什么时候沿用存着的，什么时候重算；要的包没有装时不写。"""

from math import inf
from statistics import median

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


@pytest.mark.parametrize(
    ("error", "limit", "previous", "expected"),
    [
        (0.0, 4, inf, 0),
        (0.9, 4, inf, 2),
        (3.5, 4, inf, 4),
        (1.5, 4, 4, 4),
        (2.5, 4, 2, 4),
        (0.1, 16, 16, 1),
        (0.0, 4, 1, 1),
        (inf, inf, inf, inf),
    ],
    ids=["零", "留余地", "不超过上限", "沿用", "不成立", "太松", "零也沿用", "无穷大"],
)
def test_bound_in_units_of_the_last_place(error, limit, previous, expected):
    assert bounds.within(error, limit, previous) == expected


def test_the_median_operator_is_at_least_as_accurate_as_pytorch():
    """同样的输入、同样的单位；一个算子一票。"""
    rows = [known for known in bounds.stored().values() if bounds.COMPARED in known]
    assert median(row["精度"] for row in rows) <= median(row[bounds.COMPARED] for row in rows)


@pytest.fixture
def without_torch(monkeypatch):
    """当作没有装 torch。"""
    monkeypatch.setattr(Oracle, "available", property(lambda oracle: not oracle.needs))


def test_without_torch_the_stored_bound_is_kept(without_torch):
    stored = bounds.stored()
    assert bounds.bounds_of(OPERATORS["add"], stored["add"]).keys() == stored["add"].keys()
    for name in ("PyTorch", bounds.COMPARED):
        assert bounds.bounds_of(OPERATORS["add"], stored["add"])[name] == stored["add"][name]


def test_without_torch_a_new_operator_is_refused(without_torch):
    with pytest.raises(Malformed, match=r"算子 add 还没有用 PyTorch 量过：先 pip install -r requirements-dev\.txt"):
        bounds.bounds_of(OPERATORS["add"], {})
