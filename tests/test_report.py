"""验证报告里的上界：什么时候沿用存着的，什么时候重算。"""

from math import inf

import pytest

from notes.generated import report


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
    assert report.bound(error, limit, previous) == expected
