"""float32 的长的一组：沿哪根轴加，误差都不随项数增长，与同样的数在 float64 里算出来的相比。"""

import math

import numpy as np
import pytest

from mlp.normalization import running_statistics
from notes.operators.registry import OPERATORS

LONG, UNITS = 200_000, 16  # 一个接一个地加，这么多个 0.1 差几千、几万个单位


def tenths(*shape):
    return np.full(shape, np.float32(0.1))


def waves(*frequencies, shape):
    """0.1 与 1 之间摆动。"""
    k = np.arange(math.prod(shape))
    return (0.55 + 0.45 * sum(np.cos(f * k) for f in frequencies) / len(frequencies)).reshape(shape)


def wave(*shape):
    return waves(0.7, shape=shape).astype(np.float32)


# 长的轴在最后与不在最后的都有；矩阵乘法是 BLAS 的事，不在这里
CASES = {
    "sum 轴 0": ("sum", [tenths(LONG, 3)], {"axis": 0}),
    "mean 轴 0": ("mean", [tenths(LONG, 3)], {"axis": 0}),
    "var 轴 0": ("var", [wave(LONG, 3)], {"axis": 0}),
    "std 轴 1": ("std", [wave(2, LONG, 2)], {"axis": 1}),
    "norm 轴 0": ("norm", [tenths(LONG, 3)], {"axis": 0}),
    "trace": ("trace", [tenths(2000, 2000)], {}),
    "add 广播": ("add", [tenths(LONG, 2), tenths(2)], {}),
    "mul 广播": ("mul", [tenths(LONG, 2), tenths(1, 2)], {}),
    "embedding": ("embedding", [tenths(2, 3)], {"indices": np.zeros(LONG, int)}),
    "logsumexp 轴 0": ("logsumexp", [tenths(LONG, 2)], {"axis": 0}),
    "softmax 轴 0": ("softmax", [tenths(LONG, 2)], {"axis": 0}),
    "log_softmax 轴 1": ("log_softmax", [tenths(2, LONG, 2)], {"axis": 1}),
    "cross_entropy 概率，类别不在最后": (
        "cross_entropy",
        [tenths(1, LONG, 2), tenths(1, LONG, 2)],
        {"reduction": "none"},
    ),
    "mse_loss": ("mse_loss", [tenths(LONG, 2), 2 * tenths(LONG, 2)], {}),
    "batch_norm": ("batch_norm", [wave(LONG, 2), tenths(2), tenths(2)], {"training": True}),
    "layer_norm 的 weight": ("layer_norm", [wave(LONG, 3), tenths(3), tenths(3)], {"normalized_shape": 3}),
    "conv2d 的核": ("conv2d", [tenths(LONG // 10, 1, 3, 3), tenths(1, 1, 3, 3), tenths(1)], {}),
    "conv2d 1×1 的核": ("conv2d", [tenths(LONG, 1, 1, 1), tenths(1, 1, 1, 1), tenths(1)], {}),
    "einsum ij->j": ("einsum", [tenths(LONG, 2)], {"subscripts": "ij->j"}),
    "einsum i->": ("einsum", [tenths(LONG)], {"subscripts": "i->"}),
    "einsum ij->i": ("einsum", [tenths(2, LONG)], {"subscripts": "ij->i"}),
    "einsum ij,kj->": ("einsum", [tenths(LONG, 2), tenths(3, 2)], {"subscripts": "ij,kj->"}),
    "einsum ii->": ("einsum", [tenths(2000, 2000)], {"subscripts": "ii->"}),
    "einsum i,j->j": ("einsum", [tenths(LONG), tenths(2)], {"subscripts": "i,j->j"}),
}


@pytest.mark.parametrize("case", CASES)
def test_the_error_does_not_grow_with_the_length(case):
    name, inputs, parameters = CASES[case]
    narrow, wide = (gradients(OPERATORS[name], dtype, inputs, parameters) for dtype in (np.float32, np.float64))
    for which, (ours, truth) in enumerate(zip(narrow, wide, strict=True)):
        assert units(ours, truth) < UNITS, "输出" if which == 0 else f"第 {which} 个梯度"


def test_running_statistics():
    x = (100 + np.arange(2**18) % 2).astype(np.float32).repeat(2).reshape(-1, 2)
    mean, var = running_statistics(x, np.zeros(2, np.float32), np.ones(2, np.float32), momentum=1.0)
    assert units(mean, x.mean(axis=0, dtype=float)) < UNITS
    assert units(var, x.var(axis=0, ddof=1, dtype=float)) < UNITS


def gradients(operator, dtype, inputs, parameters):
    """输出与各个梯度；上游梯度一半与 wave 一起摆动，一半不，梯度就不会大半抵消。"""
    z, backward = operator.apply(*[x.astype(dtype) for x in inputs], **parameters)
    return [z, *backward(waves(0.7, 1.3, shape=z.shape).astype(np.float32).astype(dtype))]


def units(ours, truth):
    """最大的差，以最大的那个数的末位为单位。"""
    return np.abs(ours - truth).max() / np.spacing(np.float32(np.abs(truth).max()))
