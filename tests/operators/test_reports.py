"""别处的人公开报告过的错梯度，在本站的算子上重放一遍。

值由报告或数学来，不由程序来；报告不算错、各家约定不同的，写的是本站的约定。
"""

import inspect
from dataclasses import dataclass

import numpy as np
import pytest

from engine.program import program
from engine.tape import F
from notes.operators.oracles import as_tuple
from notes.operators.registry import OPERATORS

INF, NAN = np.inf, np.nan
EDGE = 37.42994775023705  # e 的负 EDGE 次方是 2⁻⁵⁴，加到 1 上看不见
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
    """对各个输入的梯度；有几个输出的，每个的上游梯度都是 G。"""
    z, backward = apply(name, *inputs, **parameters)
    with np.errstate(all="ignore"):
        return list(backward(*(np.broadcast_to(np.asarray(G, each.dtype), each.shape) for each in as_tuple(z))))


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


def differences(name, inputs, k, G, h=1e-5, **parameters):
    """⟨G, 输出⟩ 对第 k 个输入的中心差分。"""

    def loss(at, step):
        moved = [np.array(x, float) for x in inputs]
        moved[k][at] += step
        return float((np.asarray(apply(name, *moved, **parameters)[0]) * G).sum())

    x = np.asarray(inputs[k], float)
    return np.array([(loss(at, h) - loss(at, -h)) / (2 * h) for at in np.ndindex(x.shape)]).reshape(x.shape)


def image(*rows):
    """一张一个通道的图。"""
    return np.array([[rows]], float)


def composed(function, *inputs):
    """用记下的数写的函数的梯度。"""
    with np.errstate(all="ignore"):
        z, backward = program(function)(*(np.asarray(x, float) for x in inputs))
        return list(backward(np.ones(z.shape)))


GRID = image([1, 2, 3, 4, 5, 6], [7, 88, 9, 10, 11, 12], [13, 14, 15, 16, 17, 18], [19, 20, 21, 22, 23, 24])
ONLY_88 = image([0] * 6, [0, 4, 0, 0, 0, 1], [0] * 6, [0, 0, 0, 0, 0, 1])
CUT = {"kernel_size": (1, 2), "stride": (1, 2), "ceil_mode": True}
CHANNELS, SCALE, SHIFT = rng.standard_normal((2, 6, 4)), rng.uniform(0.5, 2, 6), rng.standard_normal(6)
UP3, DEEP = rng.standard_normal((2, 6, 4)), rng.standard_normal((2, 3, 4, 5))
CROSS = np.ascontiguousarray(DEEP.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)  # 同一个数组，通道在内存的最后
PORTRAIT, BIG = rng.standard_normal((1, 1, 5, 2)), rng.standard_normal((1, 1, 10, 4))
STATE = [rng.standard_normal(shape) for shape in ((1, 3), (6, 2), (6, 2), (6,), (6,))]
CELL = [rng.standard_normal(shape) for shape in ((3, 2), (3, 2), (8, 1), (8, 2), (8,), (8,))]
SPOTS = rng.standard_normal((2, 4))
Q, K, V = (rng.standard_normal((2, 4)) for _ in range(3))
ROPE_X, ROPE_G = rng.standard_normal((2, 3, 4)), rng.standard_normal((2, 3, 4))
SIGNAL, KERNEL, IMAGE = (
    rng.standard_normal((1, 2, 7)),
    rng.standard_normal((3, 2, 3)),
    rng.standard_normal((2, 1, 4, 4)),
)
POSITIVE = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]])
CLASSES, SIGNED = np.array([[0.3, 0.1, -1.1], [-0.2, 2.2, 0.3]]), np.array([0.958, 1.3221, -0.7506])


def rotated(x, turn):
    """RoPE 照定义：位置 p 的第 i 对转 turn · p · 10000^(-2i/d)，前一半与后一半配对。"""
    angle = turn * np.arange(3)[:, None] * 10000.0 ** (-np.arange(2) / 2)
    a, b = x[..., :2], x[..., 2:]
    return np.concatenate([a * np.cos(angle) - b * np.sin(angle), b * np.cos(angle) + a * np.sin(angle)], -1)


def three_steps(w, u):
    """h 从 0 起，三次 tanh(w + u h)，输入都是 1。"""
    h = np.zeros((1, 1))
    for _ in range(3):
        h = F.rnn_tanh_cell(np.ones((1, 1)), h, w, u)
    return h


def slope_of_three_steps(w, u):
    """同上，h 对 u 的导数，从前往后推。"""
    h, slope = 0.0, 0.0
    for _ in range(3):
        after = np.tanh(w + u * h)
        h, slope = after, (1 - after**2) * (h + u * slope)
    return slope


def gru_from_zero(w, b, c):
    """从 h = 0 走一步：n 里的 r 乘偏置 c，不因 h 是 0 就省掉。"""
    r, u, n = w.reshape(3, -1) + b.reshape(3, -1)
    r, u, hidden = sigma(r + c[:2]), sigma(u + c[2:4]), c[4:]
    return (1 - u) * np.tanh(n + r * hidden)


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


# 从这里起是后来重放的
REPORTS += [
    # 卷积与转置卷积
    Report(
        "pytorch/pytorch#63314",
        "转置卷积，步长 2，取错了一格",
        gradients("conv_transpose2d", image([-1.9954, -0.3385]), image([-0.7767]), stride=2, G=image([1.5, 0, 0.7]))[
            :1
        ],
        [-0.7767 * image([1.5, 0.7])],
    ),
    Report(
        "pytorch/pytorch#15501",
        "补零、步长、空洞一起用，核的梯度",
        gradients(
            "conv1d", [[[7.0, 3.0]], [[3.0, 2.0]]], [[[3.0, 6.0]], [[4.0, 2.0]]], padding=1, stride=2, dilation=2
        )[1:],
        [[[[0.0, 5.0]], [[0.0, 5.0]]]],
    ),
    Report(
        "pytorch/pytorch#5057",
        "步长 2，转置卷积是卷积的伴随",
        gradients("conv2d", BIG, image([1.0, -2.0, 0.5]), stride=2, G=np.ones((1, 1, 5, 1)))[:1],
        value("conv_transpose2d", np.ones((1, 1, 5, 1)), image([1.0, -2.0, 0.5]), stride=2, output_padding=1),
    ),
    Report(
        "pytorch/xla#2333",
        "步长 2、偶数边长：梯度与输入同形",
        gradients("conv2d", IMAGE, image(*np.ones((3, 3))), stride=2, padding=1)[:1],
        [np.ones((2, 1, 1, 1)) * np.outer([1, 2, 1, 1], [1, 2, 1, 1])],
    ),
    # 池化
    Report(
        "ahrefs/ocannl#512",
        "窗口重叠，最大的不止赢一次",
        gradients("max_pool2d", image([5, 3, 1, 2, 5]), kernel_size=(1, 2), stride=1),
        [image([1, 1, 0, 1, 1])],
    ),
    Report(
        "jmschrei/tangermeme#95",
        "赢了两个窗口，要加两次",
        gradients("max_pool2d", image([0, 0, 9, 0, 0, 0, 1, 0]), kernel_size=(1, 4), stride=(1, 2)),
        [image([0, 0, 2, 0, 0, 0, 1, 0])],
    ),
    Report(
        "FluxML/Flux.jl#1197",
        "88 赢四个窗口",
        gradients("max_pool2d", GRID, kernel_size=3, stride=2, padding=1),
        [ONLY_88],
    ),
    Report(
        "tensorflow/tensorflow#4886",
        "平局：归约均分，池化归第一个",
        gradients("max", [1.0, 2.0, 2.0, 2.0]) + gradients("max_pool2d", image([1, 2], [2, 2]), kernel_size=2),
        [[0, 1 / 3, 1 / 3, 1 / 3], image([0, 1], [0, 0])],
    ),
    Report("Theano/Theano#4568", "全相等的最大", gradients("max", np.ones((2, 2))), [np.full((2, 2), 0.25)]),
    Report(
        "tinygrad/tinygrad#12296",
        "七万个并列的最大",
        gradients("max", np.ones(70000), dtype=np.float32),
        [np.full(70000, 1 / 70000)],
        1e-6,
    ),
    Report(
        "tracel-ai/burn#5604",
        "伸出去的窗口：反向的分母与前向不同",
        value("avg_pool2d", image([1, 2, 3, 4, 5]), **CUT) + gradients("avg_pool2d", image([1, 2, 3, 4, 5]), **CUT),
        [image([1.5, 3.5, 5.0]), image([0.5, 0.5, 0.5, 0.5, 1.0])],
    ),
    Report(
        "pytorch/pytorch#198119",
        "末一个窗口只有三分之二在里面",
        gradients("avg_pool2d", image([1, 2, 3, 4, 5]), kernel_size=(1, 3), stride=(1, 3), ceil_mode=True),
        [image([1 / 3, 1 / 3, 1 / 3, 0.5, 0.5])],
    ),
    Report(
        "apple/coremltools#2844",
        "伸出去的窗口不算伸出去的",
        value("avg_pool2d", np.arange(49.0).reshape(1, 1, 7, 7), kernel_size=2, stride=3, ceil_mode=True),
        [image([4, 7, 9.5], [25, 28, 30.5], [42.5, 45.5, 48])],
    ),
    Report(
        "PaddlePaddle/Paddle#51542",
        "核 1、步长 2：输出是 (3, 4)",
        value("avg_pool2d", np.arange(42.0).reshape(1, 1, 6, 7), kernel_size=1, stride=2, ceil_mode=True),
        [np.arange(42.0).reshape(1, 1, 6, 7)[..., ::2, ::2]],
    ),
    # 插值
    Report(
        "pytorch/pytorch#30565",
        "2×2 缩成 1，应是平均",
        value("interpolate", image([1, 2], [3, 8]), size=1, mode="bilinear"),
        [image([3.5])],
    ),
    Report(
        "flagos-ai/FlagGems#5218",
        "2 放大到 10、对齐两端，梯度少了几份",
        gradients("interpolate", image([1, 2]), size=(1, 10), mode="bilinear", align_corners=True),
        [image([5, 5])],
    ),
    Report(
        "intel/torch-xpu-ops#4380",
        "高比宽大的图",
        gradients("interpolate", PORTRAIT, size=(10, 4), mode="bilinear", G=BIG),
        [differences("interpolate", (PORTRAIT,), 0, BIG, size=(10, 4), mode="bilinear")],
        1e-8,
    ),
    # 归一化
    Report(
        "uxlfoundation/oneDNN#3543",
        "分组归一化，权重不全是 1",
        gradients("group_norm", CHANNELS, SCALE, SHIFT, num_groups=3, G=UP3),
        [differences("group_norm", (CHANNELS, SCALE, SHIFT), k, UP3, num_groups=3) for k in range(3)],
        1e-7,
    ),
    Report(
        "linkedin/Liger-Kernel#1376",
        "四维的分组归一化，一个通道的元素是 H × W",
        gradients("group_norm", DEEP, np.ones(3), np.zeros(3), num_groups=3, G=DEEP**2),
        [differences("group_norm", (DEEP, np.ones(3), np.zeros(3)), k, DEEP**2, num_groups=3) for k in range(3)],
        1e-7,
    ),
    Report(
        "flagos-ai/FlagGems#5392",
        "三维的层归一化，与展成二维的相同",
        gradients("layer_norm", UP3, SCALE[:4], SHIFT[:4], normalized_shape=4, G=CHANNELS),
        [
            g.reshape(s)
            for g, s in zip(
                gradients(
                    "layer_norm",
                    UP3.reshape(12, 4),
                    SCALE[:4],
                    SHIFT[:4],
                    normalized_shape=4,
                    G=CHANNELS.reshape(12, 4),
                ),
                ((2, 6, 4), 4, 4),
                strict=True,
            )
        ],
    ),
    Report(
        "pytorch/pytorch#140913",
        "通道在内存的最后，分组归一化的权重",
        gradients("group_norm", CROSS, np.ones(3), np.zeros(3), num_groups=1, G=DEEP**2),
        gradients("group_norm", DEEP, np.ones(3), np.zeros(3), num_groups=1, G=DEEP**2),
    ),
    Report(
        "mlpack/mlpack#1923",
        "批归一化对输入的梯度",
        gradients("batch_norm", UP3, SCALE, SHIFT, training=True, G=CHANNELS)[:1],
        [differences("batch_norm", (UP3, SCALE, SHIFT), 0, CHANNELS, training=True)],
        1e-7,
    ),
    Report(
        "pyg-team/pytorch_geometric#2917",
        "全相等的一行，层归一化的梯度不是 nan",
        gradients("layer_norm", [[2.0, 2.0, 2.0]], normalized_shape=3, G=[[1.0, 2.0, 6.0]]),
        [np.array([[-2.0, -1.0, 3.0]]) / np.sqrt(1e-5)],
    ),
    Report(
        "huggingface/candle#3526",
        "RMS 归一化的两个梯度",
        gradients("rms_norm", UP3, SCALE[:4], normalized_shape=4, eps=1e-5, G=CHANNELS),
        [differences("rms_norm", (UP3, SCALE[:4]), k, CHANNELS, normalized_shape=4, eps=1e-5) for k in range(2)],
        1e-7,
    ),
    # 长度是 0 的向量
    Report("pytorch/pytorch#184575", "零向量单位化", gradients("normalize", [[0, 0]], G=[[1, 2]]), [[[1e12, 2e12]]]),
    Report(
        "keras-team/keras#23075", "零向量单位化不是 nan", value("normalize", [[0.0, 0], [3, 4]]), [[[0, 0], [0.6, 0.8]]]
    ),
    Report(
        "tracel-ai/burn#5584",
        "两个零向量的余弦",
        value("cosine_similarity", [[0, 0]], [[0, 0]], dtype=np.float32)
        + gradients("cosine_similarity", [[0, 0]], [[0, 0]]),
        [[0.0], [[0.0, 0.0]], [[0.0, 0.0]]],
    ),
    Report(
        "pytorch/pytorch#31378",
        "平行的向量，余弦不超过 1",
        [np.maximum(value("cosine_similarity", [V[0] / 3] * 4, [V[0]] * 4)[0], 1.0)],
        [[1.0] * 4],
        0,
    ),
    Report(
        "jax-ml/jax#21723",
        "长度的平方在 0 处",
        composed(lambda x: F.square(F.norm(x)), [0.0, 0.0]),
        [[0.0, 0.0]],
    ),
    Report(
        "jax-ml/jax#347",
        "没有选中的一支在 0 处",
        composed(
            lambda x: F.sum(F.where(F.norm(x, axis=1), np.ones(2), condition=np.array([True, False]))),
            [[3.0, 4.0], [0, 0]],
        ),
        [[[0.6, 0.8], [0.0, 0.0]]],
    ),
    # 方差
    Report("pytorch/pytorch#94184", "一个数的无偏方差", gradients("var", [2.0], ddof=1), [[NAN]]),
    Report(
        "gnuradio/volk#290",
        "几个相近的数的标准差",
        value("std", 1 + np.array([0, 1, 2]) * 2**-40),
        [2**-40 * (2 / 3) ** 0.5],
    ),
    # 激活函数
    Report(
        "tinygrad/tinygrad#18063",
        "很大的 hardsigmoid，3 处的梯度",
        value("hardsigmoid", [1e8, 2.68e8, INF], dtype=np.float32) + gradients("hardsigmoid", [3.0, -3.0]),
        [[1.0] * 3, [0.0, 0.0]],
    ),
    Report(
        "tinygrad/tinygrad#17852",
        "很大的 elu、selu；0 处取负的一支",
        gradients("elu", [300, 400], dtype=np.float32)
        + gradients("selu", [400], dtype=np.float32)
        + gradients("selu", [0.0]),
        [[1, 1], [1.0507009873554805], [1.0507009873554805 * 1.6732632423543772]],
        1e-6,
    ),
    # 损失
    Report(
        "chainer/chainer#1178",
        "上游梯度不是 1 的 huber",
        gradients("huber_loss", [0.5, 3.0, -3.0], [0.0] * 3, reduction="none", G=[7, 5, 2])[:1],
        [[3.5, 5.0, -2.0]],
    ),
    Report("marlbenchmark/on-policy#47", "很负的误差也有损失", value("huber_loss", [-3.0], [0.0], delta=1.0), [2.5]),
    Report(
        "pytorch/pytorch#116349",
        "全部忽略",
        value("cross_entropy", [[1.0, 2.0]], target=[-100], reduction="none")
        + value("cross_entropy", [[1.0, 2.0]], target=[-100])
        + gradients("cross_entropy", [[1.0, 2.0]], target=[-100]),
        [[0.0], NAN, [[0.0, 0.0]]],
    ),
    Report(
        "pytorch/pytorch#31295",
        "权重有负的，平均除以权重之和",
        value("nll_loss", CLASSES, target=[1, 2], weight=SIGNED),
        [-(1.3221 * 0.1 - 0.7506 * 0.3) / (1.3221 - 0.7506)],
    ),
    # 矩阵分解
    Report(
        "pytorch/pytorch#18825",
        "经过 Cholesky 与不经过，逆的迹的梯度",
        composed(lambda A: F.trace(F.inv(F.cholesky(A) @ F.swapaxes(F.cholesky(A), axis1=0, axis2=1))), POSITIVE),
        [-np.linalg.inv(POSITIVE) @ np.linalg.inv(POSITIVE)],
        1e-10,
    ),
    # 注意力与旋转位置编码
    Report(
        "pytorch/pytorch#41508",
        "整行都不看，别的行的梯度不是 nan",
        gradients("scaled_dot_product_attention", Q, K, V, attn_mask=np.array([[True, True], [False, False]])),
        [np.pad(g, ((0, 2 - len(g)), (0, 0))) for g in gradients("scaled_dot_product_attention", Q[:1], K, V)],
    ),
    Report(
        "pytorch/pytorch#101967",
        "不看的键是 nan",
        value(
            "scaled_dot_product_attention",
            Q,
            [K[0], [NAN] * 4],
            [V[0], [NAN] * 4],
            attn_mask=np.array([[True, False]] * 2),
        ),
        [[V[0]] * 2],
    ),
    Report(
        "pytorch/pytorch#109517",
        "掩码是最小的有限数",
        value("scaled_dot_product_attention", Q, K, V, attn_mask=np.array([[np.finfo(np.float32).min, 0.0]] * 2)),
        [[V[1]] * 2],
    ),
    Report(
        "huggingface/candle#3568",
        "RoPE 的反向转回去",
        gradients("rotary_embedding", ROPE_X, positions=np.arange(3), G=ROPE_G),
        [rotated(ROPE_G, -1)],
    ),
    Report(
        "PaddlePaddle/Paddle#74716",
        "相邻两个一对的 RoPE",
        gradients("rotary_embedding", ROPE_X, positions=np.arange(3), interleaved=True, G=ROPE_G),
        [rotated(ROPE_G[..., [0, 2, 1, 3]], -1)[..., [0, 2, 1, 3]]],
    ),
    # 循环网络
    Report(
        "elixir-nx/axon#646",
        "展开三步，循环的权重的梯度",
        composed(three_steps, [[0.7]], [[-1.3]])[1:],
        [[[slope_of_three_steps(0.7, -1.3)]]],
    ),
    Report(
        "ml-explore/mlx#3249",
        "GRU 从 0 开始，r 仍乘隐藏的偏置",
        value("gru_cell", np.ones((1, 1)), np.zeros((1, 2)), STATE[1][:, :1], STATE[2], *STATE[3:]),
        [[gru_from_zero(STATE[1][:, 0], STATE[3], STATE[4])]],
    ),
    Report(
        "hanbt/learn_dl#53",
        "LSTM 四个门的偏置各是各的",
        gradients("lstm_cell", np.ones((3, 1)), *CELL)[5:6],
        [gradients("lstm_cell", np.ones((3, 1)), *CELL)[3][:, 0]],
    ),
    # 嵌入
    Report(
        "pytorch/pytorch#26302",
        "补齐的一行没有梯度",
        gradients("embedding", SPOTS, indices=[0, 1, 1, 0], padding_idx=0),
        [[[0.0] * 4, [2.0] * 4]],
    ),
    # 饱和的一侧：导数小而可表示，由输出反推的 y (1 - y)、1 - y²、y + 1 给 0
    Report("pytorch/pytorch#195681", "sigmoid(37.43)", gradients("sigmoid", [EDGE, 40.0]), [np.exp([-EDGE, -40.0])]),
    Report("pytorch/pytorch#195527", "tanh(20)", gradients("tanh", [20.0]), [[4 * np.exp(-40.0)]]),
    Report(
        "pytorch/pytorch#195685",
        "float32 的 tanh",
        gradients("tanh", [-9.010913848876953], dtype=np.float32),
        [[5.9604584379258085e-08]],
        1e-6,
    ),
    Report("pytorch/pytorch#192406", "expm1(-40)", gradients("expm1", [-40.0]), [[np.exp(-40.0)]]),
    Report("jax-ml/jax#39795", "elu(-40)", gradients("elu", [-40.0]), [[np.exp(-40.0)]]),
    Report("jax-ml/jax#39796", "selu(-700)", gradients("selu", [-700.0]), [[1.7334290832552396e-304]]),
    Report(
        "jax-ml/jax#39798",
        "silu(-709)，放大 1e300 倍",
        gradients("silu", [-709.0], G=1e300),
        [[-8.614807714413836e-6]],
    ),
    Report(
        "jax-ml/jax#40384",
        "log_softmax 的两份相反",
        gradients("log_softmax", [EDGE, 0.0], G=[1, 0]),
        [np.exp(-EDGE) * np.array([1, -1])],
    ),
    Report(
        "jax-ml/jax#40344",
        "softmax 的两份相反",
        gradients("softmax", [40.0, 0.0], G=[1, 0]),
        [np.exp(-40.0) * np.array([1, -1])],
    ),
    Report(
        "pytorch/pytorch#195678",
        "cross_entropy 的两份相反",
        gradients("cross_entropy", [[EDGE, 0.0]], target=[0]),
        [np.exp(-EDGE) * np.array([[-1, 1]])],
    ),
    Report(
        "pytorch/pytorch#195529",
        "分数 40、目标 1，与分数 -40、目标 0",
        value("binary_cross_entropy_with_logits", [40, -40], [1, 0], reduction="none")
        + gradients("binary_cross_entropy_with_logits", [EDGE, -EDGE], [1, 0], reduction="sum")[:1],
        [[np.exp(-40.0)] * 2, np.exp(-EDGE) * np.array([-1, 1])],
    ),
    Report("tensorflow/tensorflow#127232", "logaddexp 的两个一样大", gradients("logaddexp", 1.0, 1.0), [0.5, 0.5]),
    # 中间的平方溢出，梯度不溢出
    Report(
        "pytorch/pytorch#193006",
        "float32 的平方和溢出",
        gradients("norm", [1e20, 1, 1], dtype=np.float32),
        [[1.0, 1e-20, 1e-20]],
        1e-6,
    ),
    Report(
        "tenstorrent/tt-metal#52376",
        "float32 的 k / x²",
        [apply("div", [1e-30, 1e20], [1e-20, 1e20], dtype=np.float32)[1](np.ones(2, np.float32))[1]],
        [[-1e10, -1e-20]],
        1e-6,
    ),
    Report(
        "tensorflow/tensorflow#125178",
        "次正规数的平方根",
        gradients("sqrt", [2.0**-1074, 2.0**-1030]),
        [[2.0**536, 2.0**514]],
    ),
    Report(
        "tenstorrent/tt-metal#56383", "0 的 1、2、½ 次方", gradients("pow", [0.0] * 3, [1, 2, 0.5])[:1], [[1, 0, INF]]
    ),
    Report("tenstorrent/tt-metal#54439", "负数的平方", gradients("pow", [-2.0, -1.0], 2.0)[:1], [[-4.0, -2.0]]),
    # 别的
    Report(
        "BobMcDear/attorch#13",
        "huber 的门槛看绝对值",
        gradients("huber_loss", [-3, -1.5, -0.5, 0, 0.5, 1.5, 3], [0] * 7, reduction="sum")[:1],
        [[-1, -1, -0.5, 0, 0.5, 1, 1]],
    ),
    Report(
        "tracel-ai/burn#1891",
        "通道各卷各的，步长 2",
        [
            gradients(
                "conv2d",
                np.arange(64).reshape(1, 4, 4, 4),
                np.arange(36).reshape(4, 1, 3, 3),
                stride=2,
                padding=1,
                groups=4,
            )[0][0, 0, :3]
        ],
        [[[4, 8, 4, 5], [8, 16, 8, 10], [4, 8, 4, 5]]],
    ),
    Report(
        "HIPS/autograd#510",
        "nd,nn->d 的梯度在对角线上",
        gradients("einsum", MATRIX, np.eye(4), subscripts="nd,nn->d"),
        [np.ones((4, 3)), np.diag(MATRIX.sum(axis=1))],
    ),
    Report(
        "HIPS/autograd#376",
        "i,i-> 的大小 1 被复制",
        gradients("einsum", [2.0, 3.0], [4.0], subscripts="i,i->"),
        [[4.0, 4.0], [5.0]],
    ),
    Report(
        "pytorch/pytorch#188344",
        "补零的平均池化，通道在内存的最后",
        gradients("avg_pool2d", CROSS, kernel_size=2, stride=1, padding=1),
        [np.ones(CROSS.shape)],
    ),
    Report(
        "pytorch/pytorch#18250",
        "与零向量的余弦",
        gradients("cosine_similarity", [[3.0, 4.0]], [[0.0, 0.0]], axis=1),
        [[[0.0, 0.0]], [[0.6e8, 0.8e8]]],
    ),
    Report(
        "ml-explore/mlx#628", "(a - b) 的 b 次方，a = b = 1", composed(lambda a, b: (a - b) ** b, 1, 1), [1.0, -1.0]
    ),
    Report(
        "ml-explore/mlx#610",
        "被广播的加，再平方",
        composed(lambda a, b: (a + b) ** 2, np.ones((3, 3)), np.ones((3, 3, 3)))[:1],
        [np.full((3, 3), 12.0)],
    ),
    Report(
        "flagos-ai/FlagGems#5212",
        "mse_loss 的上游是一个数",
        gradients("mse_loss", [1, 2, 3, 4], [0] * 4)[:1],
        [[0.5, 1, 1.5, 2]],
    ),
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
