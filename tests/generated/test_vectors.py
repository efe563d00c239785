"""测试向量过时没有：数只差末位的舍入不算，其余一个字也不能差。"""

import pytest

from notes.generated import vectors


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"shape": [1], "data": [1.0]}, {"shape": [1], "data": [1.0 + 1e-15]}, True),
        ({"shape": [1], "data": [1.0]}, {"shape": [1], "data": [1.0 + 1e-9]}, False),
        ({"shape": [1], "data": [1.0]}, {"shape": [1, 1], "data": [1.0]}, False),
        ({"shape": [1], "data": ["nan"]}, {"shape": [1], "data": ["nan"]}, True),
        ({"shape": [1], "data": ["nan"]}, {"shape": [1], "data": [0.0]}, False),
        ({"shape": [1], "data": ["inf"]}, {"shape": [1], "data": ["-inf"]}, False),
        ({"axis": 1}, {"axis": True}, False),
        ([1, 2], [1], False),
    ],
)
def test_vectors_are_compared(left, right, expected):
    assert vectors.same(left, right) == expected
