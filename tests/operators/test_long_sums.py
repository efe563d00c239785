"""float32 的长的一组：沿哪根轴加，误差都不随项数增长，与同样的数在 float64 里算出来的相比。"""

import math

import numpy as np
import pytest

from mlp.normalization import running_statistics
from notes.operators.oracles import as_tuple
from notes.operators.registry import OPERATORS

LONG, UNITS = 50_000, 16  # 一个接一个地加，这么多个 0.1 差几百、几千个单位


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
    "sum": ("sum", [tenths(LONG, 3)], {"axis": 0}),
    "mean": ("mean", [tenths(LONG, 3)], {"axis": 0}),
    "var": ("var", [wave(LONG, 3)], {"axis": 0}),
    "std": ("std", [wave(2, LONG, 2)], {"axis": 1}),
    "norm": ("norm", [tenths(LONG, 3)], {"axis": 0}),
    "cumsum": ("cumsum", [tenths(LONG, 2)], {"axis": 0}),
    "prod": ("prod", [1 + tenths(LONG, 2) / 10_000], {"axis": 0}),
    "cumprod": ("cumprod", [1 + tenths(LONG) / 10_000], {}),
    "logsumexp 轴 0": ("logsumexp", [tenths(LONG, 2)], {"axis": 0}),
    "logsumexp 轴 1": ("logsumexp", [wave(2, LONG)], {"axis": 1}),
    "normalize": ("normalize", [tenths(LONG, 2)], {"axis": 0}),
    "cosine_similarity": ("cosine_similarity", [wave(LONG, 2), 1 + wave(LONG, 2)], {"axis": 0}),
    "trace": ("trace", [tenths(1000, 1000)], {}),
    "add": ("add", [tenths(LONG, 2), tenths(2)], {}),
    "mul": ("mul", [tenths(LONG, 2), tenths(1, 2)], {}),
    "logaddexp": ("logaddexp", [wave(LONG, 2), tenths(2)], {}),
    "clip": ("clip", [wave(LONG, 2), tenths(2), 8 * tenths(2)], {}),
    "matmul 的批轴": ("matmul", [tenths(LONG, 1, 2), tenths(2, 1)], {}),
    "broadcast_to": ("broadcast_to", [tenths(3)], {"shape": (LONG, 3)}),
    "tile": ("tile", [tenths(3)], {"reps": LONG}),
    "pad": ("pad", [tenths(3)], {"pad_width": LONG, "mode": "edge"}),
    "getitem": ("getitem", [tenths(3)], {"index": np.zeros(LONG, int)}),
    "take": ("take", [tenths(3)], {"indices": np.zeros(LONG, int)}),
    "scatter_add": ("scatter_add", [tenths(3), tenths(LONG)], {"indices": np.zeros(LONG, int)}),
    "embedding": ("embedding", [tenths(2, 3)], {"indices": np.zeros(LONG, int)}),
    "softmax": ("softmax", [tenths(LONG, 2)], {"axis": 0}),
    "log_softmax": ("log_softmax", [tenths(2, LONG, 2)], {"axis": 1}),
    "cross_entropy": ("cross_entropy", [wave(LONG, 2)], {"target": np.zeros(LONG, int)}),
    "cross_entropy，概率，类别不在最后": (
        "cross_entropy",
        [wave(1, LONG, 2), tenths(1, LONG, 2)],
        {"reduction": "none"},
    ),
    "nll_loss": ("nll_loss", [tenths(LONG, 2)], {"target": np.zeros(LONG, int)}),
    "binary_cross_entropy_with_logits": ("binary_cross_entropy_with_logits", [wave(LONG, 2), tenths(LONG, 2)], {}),
    "kl_div": ("kl_div", [tenths(LONG, 2)] * 2, {}),
    "mse_loss": ("mse_loss", [tenths(LONG, 2), 2 * tenths(LONG, 2)], {}),
    "l1_loss": ("l1_loss", [tenths(LONG, 2), 2 * tenths(LONG, 2)], {}),
    "huber_loss": ("huber_loss", [tenths(LONG, 2), 2 * tenths(LONG, 2)], {}),
    "batch_norm": ("batch_norm", [wave(LONG, 2), tenths(2), tenths(2)], {"training": True}),
    "layer_norm": ("layer_norm", [wave(LONG, 3), tenths(3), tenths(3)], {"normalized_shape": 3}),
    "rms_norm": ("rms_norm", [wave(2, LONG)], {"normalized_shape": LONG}),
    "group_norm": ("group_norm", [wave(1, 4, LONG)], {"num_groups": 2}),
    "instance_norm": ("instance_norm", [wave(1, 2, LONG)], {}),
    "conv2d": ("conv2d", [tenths(LONG, 1, 3, 3), tenths(1, 1, 3, 3), tenths(1)], {}),
    "conv2d 1×1": ("conv2d", [tenths(LONG, 1, 1, 1), tenths(1, 1, 1, 1), tenths(1)], {}),
    "conv_transpose2d": ("conv_transpose2d", [tenths(LONG, 1, 3, 3), tenths(1, 1, 3, 3), tenths(1)], {}),
    "avg_pool2d": ("avg_pool2d", [tenths(1, 1, 450, 450)], {"kernel_size": 450}),
    "interpolate": ("interpolate", [tenths(1, 1, 1, 2)], {"size": (450, 450)}),
    "lstm_cell": ("lstm_cell", [wave(LONG // 10, 2)] * 3 + [tenths(8, 2)] * 2 + [tenths(8)] * 2, {}),
    "einsum ij->j": ("einsum", [tenths(LONG, 2)], {"subscripts": "ij->j"}),
    "einsum i->": ("einsum", [tenths(LONG)], {"subscripts": "i->"}),
    "einsum ij->i": ("einsum", [tenths(2, LONG)], {"subscripts": "ij->i"}),
    "einsum ij,kj->": ("einsum", [tenths(LONG, 2), tenths(3, 2)], {"subscripts": "ij,kj->"}),
    "einsum ii->": ("einsum", [tenths(1000, 1000)], {"subscripts": "ii->"}),
    "einsum ij,ji->j": ("einsum", [tenths(LONG, 2), tenths(2, LONG)], {"subscripts": "ij,ji->j"}),
    "einsum ij,ij->": ("einsum", [tenths(LONG, 2), tenths(LONG, 2)], {"subscripts": "ij,ij->"}),
    "einsum ij,ij->j，大小是 1": ("einsum", [tenths(LONG, 2), tenths(1, 2)], {"subscripts": "ij,ij->j"}),
    "einsum i,j->j": ("einsum", [tenths(LONG), tenths(2)], {"subscripts": "i,j->j"}),
}


def whole(x):
    return x


def widened(x):
    """最后一根轴短时由一列广播出来，步长是 0：前一根轴相邻的数在内存里虽相邻，np.sum 却仍一个接一个地加。"""
    return np.broadcast_to(x[..., :1].copy(), x.shape) if x.ndim > 1 and x.shape[-1] < 9 else x


@pytest.mark.parametrize("view", [whole, widened])
@pytest.mark.parametrize("case", CASES)
def test_the_error_does_not_grow_with_the_length(case, view):
    name, inputs, parameters = CASES[case]
    narrow, wide = (gradients(OPERATORS[name], dtype, inputs, parameters, view) for dtype in (np.float32, np.float64))
    for which, (ours, truth) in enumerate(zip(narrow, wide, strict=True)):
        assert units(ours, truth) < UNITS, f"输出与梯度里的第 {which} 个"


def test_running_statistics():
    x = (100 + np.arange(2**18) % 2).astype(np.float32).repeat(2).reshape(-1, 2)
    mean, var = running_statistics(x, np.zeros(2, np.float32), np.ones(2, np.float32), momentum=1.0)
    assert units(mean, x.mean(axis=0, dtype=float)) < UNITS
    assert units(var, x.var(axis=0, ddof=1, dtype=float)) < UNITS


def gradients(operator, dtype, inputs, parameters, view):
    """输出与各个梯度；上游梯度一半与 wave 一起摆动，一半不，梯度就不会大半抵消。"""
    outputs, backward = operator.apply(*[view(x.astype(dtype)) for x in inputs], **parameters)
    G = [view(waves(0.7, 1.3, shape=z.shape).astype(np.float32).astype(dtype)) for z in as_tuple(outputs)]
    return [*as_tuple(outputs), *backward(*G)]


def units(ours, truth):
    """最大的差，以最大的那个数的末位为单位。"""
    return np.abs(ours - truth).max() / np.spacing(np.float32(np.abs(truth).max()))
