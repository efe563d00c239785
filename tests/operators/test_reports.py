"""别处的人公开报告过的错梯度，在本站的算子上重放一遍。

值由报告或数学来，不由程序来；报告不算错、各家约定不同的，写的是本站的约定。
"""

import inspect
from dataclasses import dataclass

import numpy as np
import pytest

from notes.operators.oracles import as_tuple
from notes.operators.registry import OPERATORS

INF, NAN = np.inf, np.nan
rng = np.random.default_rng(2026)


@dataclass(frozen=True)
class Report:
    """一份报告：在哪里、说什么；本站算出的，应当是什么，相对误差至多多少。"""

    source: str
    what: str
    got: list
    expected: list
    tolerance: float = 1e-12

    def __str__(self):
        return f"{self.source}：{self.what}"


def apply(name, *inputs, dtype=float, **parameters):
    with np.errstate(all="ignore"):  # 输出是无穷大、nan 的，前向会警告
        return OPERATORS[name].apply(*(x if x is None else np.asarray(x, dtype) for x in inputs), **parameters)


def value(name, *inputs, **parameters):
    return [np.asarray(z) for z in as_tuple(apply(name, *inputs, **parameters)[0])]


def gradients(name, *inputs, G=1.0, **parameters):
    z, backward = apply(name, *inputs, **parameters)
    return list(backward(np.broadcast_to(np.asarray(G, z.dtype), z.shape)))


def second(name, x, u, h=1e-20):
    """沿 u 的二阶导数：反向走一步虚轴。"""
    z, backward = inspect.unwrap(OPERATORS[name].apply)(np.asarray(x) + 1j * h * np.asarray(u))
    return [np.imag(backward(np.ones(np.shape(z)))[0]) / h]


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def sigma(x):
    return 1 / (1 + np.exp(-np.asarray(x)))


A, B, OUT = rng.standard_normal((1, 1, 5, 3)), rng.standard_normal((1, 1, 3, 2)), rng.standard_normal((1, 1, 5, 2))
CUBE, MATRIX, VECTOR = rng.standard_normal((3, 2, 3, 2)), rng.standard_normal((4, 3)), rng.standard_normal(3)
BATCH, SHARED, UP = rng.standard_normal((2, 4, 3)), rng.standard_normal((3, 5)), rng.standard_normal((2, 4, 5))
SCORES = rng.standard_normal((4, 3))
KEPT = [0, 2, 3]  # 第 1 个样本被忽略
SMOOTH = 0.8 * np.eye(3)[[2, 0, 1]] + 0.2 / 3
WEIGHTED = np.array([0.2, 0.3]) * np.array([0.05, 0.95])  # 权重乘平滑过的目标
PAIR = softmax(np.array([3.0, 0.4]))

REPORTS = [
    # 零、常数、空
    Report("pytorch/pytorch#2421", "零向量的范数，梯度是 nan", gradients("norm", [0.0]), [[0.0]]),
    Report("HIPS/autograd#151", "norm(zeros(3))", gradients("norm", [0.0] * 3), [[0.0] * 3]),
    Report("pytorch/pytorch#4320", "常数的 std", gradients("std", [[0.0] * 3] * 2, axis=1), [[[0.0] * 3] * 2]),
    Report("tensorflow/tensorflow#56830", "一个数的 std", gradients("std", [-0.83], axis=0), [[0.0]]),
    Report("jax-ml/jax#11716", "std([1, 1])", gradients("std", [1.0, 1.0]), [[0.0, 0.0]]),
    Report("KhawajaAbaid/micrograd_c#4", "abs 在 0 处给 1", gradients("abs", [0.0, -2.0]), [[0.0, -1.0]]),
    # 幂
    Report("pytorch/pytorch#8940", "x⁰ 在 0 处", gradients("pow", [0.0, 1.0], 0.0)[:1], [[0.0, 0.0]]),
    Report("PaddlePaddle/Paddle#45054", "pow(0, 0)", gradients("pow", 0.0, 0.0), [0.0, 0.0]),
    Report("tensorflow/tfjs#346", "底数 0 对指数的梯度", gradients("pow", 0.0, 2.0), [0.0, 0.0]),
    Report("roystgnr/MetaPhysicL#49", "pow(0, 1)、pow(0, 3)", gradients("pow", 0.0, [1.0, 3.0], G=[2, 5])[:1], [2.0]),
    Report("stan-dev/math#3031", "pow(0, ½)、pow(0, -1)", gradients("pow", [0.0, 0.0], [0.5, -1.0])[:1], [[INF, -INF]]),
    # 连乘、累乘里有 0
    Report("apache/mxnet#17864", "prod([4, 0])", gradients("prod", [[4.0, 0.0]], axis=1), [[[0.0, 4.0]]]),
    Report("pytorch/pytorch#82644", "只有一个 0 的 prod", gradients("prod", [0.0], axis=0), [[1.0]]),
    Report("tinygrad/tinygrad#17404", "prod([0, 2, 3])", gradients("prod", [0.0, 2.0, 3.0]), [[6.0, 0.0, 0.0]]),
    Report("tinygrad/tinygrad#17404", "prod([0, 0, 3])", gradients("prod", [0.0, 0.0, 3.0]), [[0.0] * 3]),
    Report("tensorflow/tensorflow#3862", "cumprod([0])", gradients("cumprod", [0.0]), [[1.0]]),
    Report("tensorflow/tensorflow#119430", "0 在开头", gradients("cumprod", [0.0, 2.0, 3.0]), [[9.0, 0.0, 0.0]]),
    Report("tensorflow/tensorflow#119430", "0 在末尾", gradients("cumprod", [2.0, 3.0, 0.0]), [[4.0, 2.0, 6.0]]),
    Report(
        "tensorflow/tensorflow#119430", "两个 0", gradients("cumprod", [2.0, 0.0, 0.0, 3.0]), [[1.0, 2.0, 0.0, 0.0]]
    ),
    Report("tracel-ai/burn#5141", "0 在中间", gradients("cumprod", [2.0, 0.0, 3.0, 4.0]), [[1.0, 32.0, 0.0, 0.0]]),
    # 无穷大
    Report("jax-ml/jax#6811", "logsumexp 全是 -inf", gradients("logsumexp", [-INF, -INF]), [[0.0, 0.0]]),
    Report("pytorch/pytorch#49724", "logsumexp 有 +inf", gradients("logsumexp", [INF, 1.0, INF]), [[0.5, 0.0, 0.5]]),
    Report("pytorch/pytorch#31829", "softmax 有 -inf", gradients("softmax", [-INF, 2.0], G=[3, 5]), [[0.0, 0.0]]),
    Report(
        "pytorch/pytorch#31829", "log_softmax 有 -inf", gradients("log_softmax", [-INF, 2.0], G=[3, 5]), [[3.0, -3.0]]
    ),
    # 最大、最小、截断
    Report("tensorflow/tensorflow#109337", "最大的平局均分", gradients("max", [1.0, 3.0, 3.0]), [[0.0, 0.5, 0.5]]),
    Report(
        "tinygrad/tinygrad#14716",
        "max 丢掉 nan",
        value("max", [1.0, NAN]) + gradients("max", [1.0, NAN]),
        [NAN, [NAN] * 2],
    ),
    Report("pytorch/pytorch#7002", "clamp 的边界", gradients("clip", [0.0, 1.0], min=0, max=1), [[1.0, 1.0]]),
    Report(
        "tenstorrent/tt-metal#48201",
        "两个界都是数组",
        gradients("clip", [0.5, 3.0], [0.0] * 2, [1.0] * 2)[:1],
        [[1.0, 0.0]],
    ),
    Report("Theano/Theano#633", "clip(x, 0, x) 共 1", [sum(gradients("clip", 5.0, None, 5.0))], [1.0]),
    # 广播与矩阵乘法
    Report(
        "deeplearning4j/nd4j#2424",
        "(3, 4) + (1, 4)",
        gradients("add", np.ones((3, 4)), np.ones((1, 4)))[1:],
        [[[3.0] * 4]],
    ),
    Report(
        "tracel-ai/burn#181",
        "(2, 1) + (1, 3)",
        gradients("add", [[1.0], [2.0]], [[3.0, 4.0, 5.0]]),
        [[[3.0], [3.0]], [[2.0] * 3]],
    ),
    Report(
        "harvard-edge/cs249r_book#1781",
        "矩阵乘一维",
        gradients("matmul", MATRIX, VECTOR, G=MATRIX[:, 0]),
        [[[g * v for v in VECTOR] for g in MATRIX[:, 0]], [sum(MATRIX[:, 0] * column) for column in MATRIX.T]],
    ),
    Report(
        "tensorflow/tfjs#8721",
        "成批的乘公用的一个",
        gradients("matmul", BATCH, SHARED, G=UP)[1:],
        [sum(np.outer(x, g) for xs, gs in zip(BATCH, UP, strict=True) for x, g in zip(xs, gs, strict=True))],
    ),
    Report(
        "pytorch/pytorch#53263",
        "多一个批轴，梯度不同",
        [g[0] for g in gradients("matmul", BATCH[:1], SHARED[None], G=UP[:1])],
        gradients("matmul", BATCH[0], SHARED, G=UP[0]),
    ),
    # einsum
    Report(
        "apache/mxnet#18102",
        "bnij,bnjc->bnic",
        gradients("einsum", A, B, G=OUT, subscripts="bnij,bnjc->bnic"),
        [OUT @ np.swapaxes(B, 2, 3), np.swapaxes(A, 2, 3) @ OUT],
    ),
    Report(
        "ml-explore/mlx#2376",
        "i,j->ij",
        gradients("einsum", [1.0] * 3, [2.0] * 4, subscripts="i,j->ij"),
        [[8.0] * 3, [3.0] * 4],
    ),
    Report(
        "HIPS/autograd#242",
        "abcd->bd",
        gradients("einsum", CUBE, G=2 * CUBE.sum((0, 2)), subscripts="abcd->bd"),
        [np.ones((3, 1, 3, 1)) * 2 * CUBE.sum((0, 2))[:, None, :]],
    ),
    Report(
        "LinjianMa/AutoHOOT#69", "ij->", gradients("einsum", MATRIX, G=7, subscripts="ij->"), [np.full((4, 3), 7.0)]
    ),
    # 重复的下标
    Report(
        "pytorch/pytorch#1631", "gather", gradients("take_along_axis", [0.1], indices=[0, 0], G=[0.2, 0.3]), [[0.5]]
    ),
    Report(
        "apache/mxnet#9172",
        "gather_nd",
        gradients("getitem", [[0.0, 1.0], [2.0, 3.0]], index=([1, 1, 0], [1, 1, 0])),
        [[[1.0, 0.0], [0.0, 2.0]]],
    ),
    Report(
        "ooples/AiDotNet.Tensors#894",
        "embedding",
        gradients("embedding", np.ones((4, 1)), indices=[2, 2, 0]),
        [[[1.0], [0.0], [2.0], [0.0]]],
    ),
    # 激活函数的两尾
    Report(
        "tracel-ai/burn#5373",
        "softplus(100)",
        value("softplus", [20, 50, 100], dtype=np.float32),
        [[20.0, 50.0, 100.0]],
        1e-7,
    ),
    Report(
        "tenstorrent/tt-metal#56397",
        "softplus 的尾巴",
        gradients("softplus", [85, 88, 90, 99], G=2, dtype=np.float32),
        [[2.0] * 4],
        1e-7,
    ),
    Report("tinygrad/tinygrad#1113", "sigmoid(-100)", gradients("sigmoid", [-100.0]), [[np.exp(-100.0)]]),
    Report("jeshraghian/snntorch#433", "sigmoid(-125)", gradients("sigmoid", [-125], dtype=np.float32), [[0.0]]),
    Report("harvard-edge/cs249r_book#2060", "gelu 上溢", gradients("gelu", [-1000.0, 1000.0]), [[0.0, 1.0]]),
    # 损失
    Report(
        "pytorch/pytorch#13773",
        "pos_weight",
        value("binary_cross_entropy_with_logits", [0, -120], [0, 1], pos_weight=[1, 1]),
        [(np.log(2) + 120) / 2],
    ),
    Report(
        "pytorch/pytorch#103316",
        "分数 -50",
        gradients("binary_cross_entropy_with_logits", [-50, -10, 0, 10], [1] * 4)[:1],
        [-sigma([50, 10, 0, -10]) / 4],
    ),
    Report(
        "huggingface/candle#2561",
        "分数 1000",
        value("binary_cross_entropy_with_logits", [1000], [1])
        + gradients("binary_cross_entropy_with_logits", [1000], [1])[:1],
        [0.0, [0.0]],
    ),
    Report(
        "pytorch/pytorch#73205",
        "忽略的样本也平滑",
        value("cross_entropy", SCORES, target=[2, -100, 0, 1], label_smoothing=0.2),
        [-(SMOOTH * np.log(softmax(SCORES[KEPT]))).sum() / 3],
    ),
    Report(
        "pytorch/pytorch#69339",
        "权重、平滑、忽略一起用",
        gradients("cross_entropy", [[1.0, 2.0], [3.0, 0.4]], target=[-100, 1], weight=[0.2, 0.3], label_smoothing=0.1),
        [[[0.0, 0.0], (PAIR * WEIGHTED.sum() - WEIGHTED) / 0.3]],
    ),
    Report(
        "pytorch/pytorch#89558",
        "KL 的目标有 0",
        gradients("kl_div", [-1.0, -2.0], [1.0, 0.0], reduction="sum"),
        [[-1.0, 0.0], [2.0, -INF]],
    ),
    Report("google-deepmind/optax#1786", "p、q 都是 0", value("kl_div", [0.0, -INF], [1.0, 0.0]), [0.0]),
    Report(
        "uber/causalml#167",
        "0 ln(0/q)",
        value("kl_div", np.log([0.25, 0.75]), [0.0, 1.0], reduction="sum"),
        [np.log(4 / 3)],
    ),
    # 行列式、Cholesky
    Report("pytorch/pytorch#80761", "1×1 的 0", gradients("det", [[0.0]]), [[[1.0]]]),
    Report(
        "tensorflow/tensorflow#119477",
        "奇异矩阵",
        gradients("det", [[1.0, 2.0], [2.0, 4.0]]),
        [[[4.0, -2.0], [-2.0, 1.0]]],
    ),
    # 二阶
    Report(
        "tensorflow/tensorflow#11091", "2 elu(-x) 的二阶", [2 * second("elu", [-1.0], [1.0])[0]], [[2 * np.exp(-1.0)]]
    ),
    Report("chainer/chainer#4264", "elu 在 0 两旁的二阶", second("elu", [-1e-30, 1e-30], [1.0, 1.0]), [[1.0, 0.0]]),
    Report("jax-ml/jax#23842", "没有选中的 100", gradients("logsumexp", [0.0, -INF]), [[1.0, 0.0]]),
    Report(
        "pytorch/pytorch#196704", "logaddexp 的二阶", second("logsumexp", [-1602.0, 803.0], [1.0, 1.0]), [[0.0, 0.0]]
    ),
    Report("pytorch/pytorch#2210", "log_softmax 的二阶", second("log_softmax", [0.0, 0.0], [1.0, 0.0]), [[-0.5, 0.5]]),
]


@pytest.mark.parametrize("report", REPORTS, ids=str)
def test_report(report):
    for got, expected in zip(report.got, report.expected, strict=True):
        expected = np.asarray(expected, float)
        assert np.shape(got) == expected.shape, report.got
        np.testing.assert_allclose(got, expected, report.tolerance, 1e-300)


def test_the_right_tail_of_second_derivatives_is_only_absolutely_accurate():
    """tensorflow/tensorflow#126635、jax-ml/jax#40387：softplus 的二阶在 37.43 处是 5.55e-17，它们给 0。

    本站的复步也给 0：σ = e / (1 + e) 里 e 很大时，虚部是两个相近的数之差，只准到舍入的 1e-16。左尾是准的。
    """
    x = np.array([37.42994775023705, -40.0])
    truth = np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))) ** 2
    found = second("softplus", x, np.ones(2))[0]
    assert np.abs(found - truth).max() < 2.0**-53
    assert abs(found[1] / truth[1] - 1) < 1e-12
