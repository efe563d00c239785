"""同样的数，在内存里怎样摆都算得一样：列优先、隔着取、倒着取、只读的、字节次序相反的。"""

import numpy as np
import pytest

from notes.operators.oracles import as_tuple, cases, upstreams
from notes.operators.registry import OPERATORS


def layouts(x):
    """x 的各种摆法。"""
    yield "字节次序相反", x.astype(x.dtype.newbyteorder())
    if x.ndim:
        yield "列优先", np.asfortranarray(x)
        yield "隔着取", np.repeat(x, 2, axis=-1)[..., ::2]
        yield "倒着取", x[::-1].copy()[::-1]
        yield "广播的", np.broadcast_to(x, (3, *x.shape))[1]


def run(operator, inputs, upstream, parameters):
    """各个输出与梯度。"""
    outputs, backward = operator.apply(*inputs, **parameters)
    return [np.asarray(each) for each in (*as_tuple(outputs), *backward(*upstream))]


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=str)
@pytest.mark.parametrize("operator", OPERATORS.values(), ids=str)
def test_memory_layout_does_not_matter(operator, dtype):
    tolerance = 32 * np.finfo(dtype).eps  # 求和的次序可以不同
    for case in cases(operator.apply, operator.row):
        inputs = [x.astype(dtype) for x in case.inputs]
        upstream = [G.astype(dtype) for G in upstreams(case.rng, operator.apply(*inputs, **case.parameters)[0])]
        plain, count = run(operator, inputs, upstream, case.parameters), len(inputs)
        for k, array in enumerate([*inputs, *upstream]):
            for told, laid in layouts(array):
                given = [laid if j == k else x for j, x in enumerate([*inputs, *upstream])]
                found = run(operator, given[:count], given[count:], case.parameters)
                for one, other in zip(plain, found, strict=True):
                    assert one.dtype == other.dtype, f"{case.label}，第 {k} 个{told}"
                    largest = np.abs(one).max(initial=1)  # 数都在 1 附近；真值是 0 的只准到舍入
                    np.testing.assert_allclose(
                        other, one, tolerance, tolerance * largest, err_msg=f"{case.label}，第 {k} 个{told}"
                    )
