"""各算子的样本：只有数据，一个算子一行。加一个算子，就在 SAMPLES 里加一行。"""

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """一组输入：各个位置参数的形状，以及关键字参数。"""

    shapes: tuple
    parameters: dict


@dataclass(frozen=True)
class Kink:
    """折点处的约定：在这些输入、这个上游梯度下，梯度应为这些值。"""

    inputs: tuple
    G: object
    gradients: tuple
    parameters: dict


@dataclass(frozen=True)
class Row:
    """一个算子怎样验证。

    samples    样本
    torch      PyTorch 里的同一个算子：第一个参数是 torch 模块
    domain     各输入取值的范围："real"、"nonzero"（离 0 至少 0.5）、"positive"、
               "invertible"（方阵，条件数小）、"positive definite"（对称正定）
    linear     对每个输入分别是线性的：差分用 h = 1，容差 1e-12
    not_analytic  前向不解析、不能用复步差分的理由；解析的留空
    kinks      折点的约定
    """

    samples: tuple
    torch: Callable
    domain: tuple = ("real", "real", "real")
    linear: bool = False
    not_analytic: str = ""
    kinks: tuple = ()


def sample(*shapes, **parameters):
    return Sample(shapes, parameters)


def kink(*inputs, G, gradients, **parameters):
    return Kink(inputs, G, gradients, parameters)


# 一个输入的逐元素算子：0 维、一维、高维、零尺寸
UNARY = (sample(()), sample((3,)), sample((2, 3)), sample((2, 1, 3)), sample((0,)), sample((0, 3)))

# 两个输入的逐元素算子：同形，两边各自、同时被广播，0 维，零尺寸（1 对 0 也算）
BINARY = (
    sample((), ()),
    sample((3,), (3,)),
    sample((), (2, 3)),
    sample((2, 3), ()),
    sample((2, 3), (3,)),
    sample((3,), (2, 3)),
    sample((2, 1), (1, 3)),
    sample((2, 1), (3,)),
    sample((1, 1), (2, 3)),
    sample((1, 3), (1, 3)),
    sample((2, 1, 3), (4, 1)),
    sample((0,), (1,)),
    sample((1, 0), (0, 1)),
    sample((0, 3), (3,)),
    sample((2, 0), ()),
)

# 归约：轴是全部、一个、负数、若干个、一个也没有，留不留轴；零尺寸的轴不被归约
REDUCTION = (
    sample(()),
    sample((), axis=(), keepdims=True),
    sample((3,)),
    sample((3,), axis=-1, keepdims=True),
    sample((2, 3, 4)),
    sample((2, 3, 4), keepdims=True),
    sample((2, 3, 4), axis=1),
    sample((2, 3, 4), axis=-3),
    sample((2, 3, 4), axis=-2, keepdims=True),
    sample((2, 3, 4), axis=(0, 2)),
    sample((2, 3, 4), axis=(-1, 0), keepdims=True),
    sample((2, 3, 4), axis=()),
    sample((2, 1, 3), axis=1),
    sample((0, 3), axis=1),
    sample((2, 0, 3), axis=(0, -1), keepdims=True),
)

# 零尺寸的轴被归约，结果有元素：空的和、空的积有定义，空的平均、空的最大没有
EMPTY = (sample((0,)), sample((0, 3), axis=0), sample((2, 0), axis=1, keepdims=True), sample((0, 0), axis=0))

# 沿一个轴的累加、累乘；axis 为 None 时先拉平
CUMULATIVE = (
    sample(()),
    sample((3,)),
    sample((1,), axis=0),
    sample((2, 3)),
    sample((2, 5), axis=1),
    sample((6, 2), axis=0),
    sample((2, 3, 4), axis=-2),
    sample((0,)),
    sample((0, 3), axis=1),
    sample((2, 0), axis=1),
)

# 最后两个轴上的三角：方的、扁的、高的，对角线上下移动乃至移出去，成批，零尺寸
TRIANGLE = (
    sample((3, 3)),
    sample((2, 4)),
    sample((4, 2), k=-1),
    sample((3, 4), k=2),
    sample((2, 3, 3), k=1),
    sample((2, 2), k=5),
    sample((2, 2), k=-5),
    sample((0, 3)),
    sample((0, 2, 2)),
)


def reduction(call):
    """把 PyTorch 里沿最后一个轴归约的 call(torch, x) 变成按 axis、keepdims 归约。"""

    def apply(torch, x, axis=None, keepdims=False, **parameters):
        axes = range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        axes = [k % x.ndim for k in axes]
        rest = [k for k in range(x.ndim) if k not in axes]
        rows = x.permute(*rest, *axes) if x.ndim else x
        rows = rows.reshape([x.shape[k] for k in rest] + [math.prod(x.shape[k] for k in axes)])
        z = call(torch, rows, **parameters)
        return z.reshape([1 if k in axes else n for k, n in enumerate(x.shape)]) if keepdims else z

    return apply


def cumulative(call):
    """PyTorch 的累加、累乘没有 axis=None：先拉平。"""
    return lambda torch, x, axis=None: call(torch, x.reshape(-1) if axis is None else x, 0 if axis is None else axis)


# 回归一类的损失：BINARY 逐项不归约，再加求和与平均；没有项时平均是 nan，不在这里比
LOSSES = tuple(Sample(s.shapes, {"reduction": "none"}) for s in BINARY) + (
    sample((), ()),
    sample((3,), (3,)),
    sample((2, 3), (2, 3), reduction="mean"),
    sample((2, 3), (3,), reduction="mean"),
    sample((2, 1), (1, 3), reduction="mean"),
    sample((2, 3), (), reduction="sum"),
    sample((3,), (2, 1), reduction="sum"),
    sample((0, 3), (3,), reduction="sum"),
)

# 沿一个轴的算子：正、负、默认的轴，0 维（当作只有一个元素），零尺寸，轴的大小为 1、为 0
ALONG = (
    sample((4,)),
    sample((2, 3)),
    sample((2, 3), axis=0),
    sample((2, 3), axis=-2),
    sample((2, 4, 3), axis=1),
    sample((2, 4, 3), axis=-1),
    sample((3, 1), axis=1),
    sample((), axis=0),
    sample((), axis=-1),
    sample((0,), axis=0),
    sample((0, 3), axis=1),
    sample((2, 0), axis=1),
)

# 整数类别的损失：类别轴是 0 或 1；重复的类别、被忽略的位置、零尺寸
CLASSES = (
    sample((3,), target=1),
    sample((3,), target=1, reduction="none"),
    sample((4, 3), target=[2, 0, 2, 1]),
    sample((4, 3), target=[2, -100, 0, 1]),
    sample((4, 3), target=[2, 0, 1, 0], ignore_index=0, reduction="mean"),
    sample((4, 3), target=[2, 0, -100, 1], reduction="sum"),
    sample((4, 3), target=[2, -100, 0, 2], reduction="none"),
    sample((2, 3, 4), target=[[0, 2, 1, -100], [1, 1, 2, 0]]),
    sample((2, 3, 4), target=[[0, 2, 1, -100], [1, 1, 2, 0]], reduction="none"),
    sample((2, 3, 1, 2), target=[[[0, 2]], [[1, 1]]], reduction="none"),
    sample((2, 1), target=[0, 0]),
    sample((0, 3), target=[], reduction="sum"),
    sample((2, 3, 0), target=[[], []], reduction="none"),
)

def indexed(torch, x, index):
    """PyTorch 的 x[index]：列表变成张量；不认得负的步长，一维的换成逐个写出的下标。"""
    if isinstance(index, slice) and (index.step or 1) < 0:
        index = list(range(*index.indices(len(x))))
    items = index if isinstance(index, tuple) else (index,)
    return x[tuple(torch.tensor(k, dtype=None if k else torch.long) if isinstance(k, list) else k for k in items)]


# 方阵：一个，一批，批轴不止一根，零尺寸
MATRIX = (
    sample((1, 1)),
    sample((2, 2)),
    sample((3, 3)),
    sample((4, 2, 2)),
    sample((2, 1, 3, 3)),
    sample((0, 0)),
    sample((0, 2, 2)),
    sample((2, 0, 0)),
)

SAMPLES = {
    "add": Row(BINARY, lambda torch, x, y: torch.add(x, y), linear=True),
    "sub": Row(BINARY, lambda torch, x, y: torch.sub(x, y), linear=True),
    "neg": Row(UNARY, lambda torch, x: torch.neg(x), linear=True),
    "mul": Row(BINARY, lambda torch, x, y: torch.mul(x, y), linear=True),
    "div": Row(BINARY, lambda torch, x, y: torch.div(x, y), domain=("real", "nonzero")),
    "reciprocal": Row(UNARY, lambda torch, x: torch.reciprocal(x), domain=("nonzero",)),
    "square": Row(UNARY, lambda torch, x: torch.square(x)),
    "matmul": Row(
        (
            sample((2, 3), (3, 4)),
            sample((1, 3), (3, 1)),
            sample((3, 1), (1, 2)),
            sample((3, 3), (3, 3)),
            sample((2, 0), (0, 3)),
            sample((0, 2), (2, 3)),
            sample((2, 3), (3, 0)),
            # 一维：点积、矩阵乘向量、向量乘矩阵，批轴在另一边
            sample((3,), (3,)),
            sample((2, 3), (3,)),
            sample((3,), (3, 4)),
            sample((5, 2, 3), (3,)),
            sample((3,), (5, 3, 4)),
            sample((1,), (1, 2)),
            sample((0,), (0,)),
            sample((2, 0), (0,)),
            # 批轴：同形，两边各自、同时被广播，零尺寸
            sample((5, 2, 3), (5, 3, 4)),
            sample((5, 2, 3), (3, 4)),
            sample((2, 3), (5, 3, 4)),
            sample((5, 1, 2, 3), (4, 3, 2)),
            sample((1, 2, 3), (5, 3, 4)),
            sample((0, 2, 3), (3, 4)),
            sample((0, 2, 3), (1, 3, 4)),
        ),
        lambda torch, a, b: torch.matmul(a, b),
        linear=True,
    ),
    "sum": Row(REDUCTION + EMPTY, reduction(lambda torch, x: x.sum(-1)), linear=True),
    "mean": Row(REDUCTION, reduction(lambda torch, x: x.mean(-1)), linear=True),
    "var": Row(
        REDUCTION + (sample((3, 2), axis=0, ddof=1), sample((2, 3, 4), axis=(0, 2), ddof=3)),
        # PyTorch 对零尺寸的输入会警告，这时结果也是零尺寸的
        reduction(lambda torch, x, ddof=0: x.var(-1, correction=ddof) if x.numel() else x.sum(-1)),
        kinks=(kink([[0.1, 0.1, 0.1]], G=1.0, gradients=([[0.0, 0.0, 0.0]],)),),
    ),
    "std": Row(
        # 一组只有一个数时恒为 0，导数就是 0
        REDUCTION + (sample((3, 2), axis=0, ddof=1), sample((2, 3, 4), axis=(0, 2), ddof=3)),
        # PyTorch 对零尺寸的输入会警告，这时结果也是零尺寸的
        reduction(lambda torch, x, ddof=0: x.std(-1, correction=ddof) if x.numel() else x.sum(-1)),
        kinks=(
            kink([2.0, 2.0, 2.0], G=3.0, gradients=([0.0, 0.0, 0.0],)),
            kink([0.1, 0.1, 0.1], G=1.0, ddof=1, gradients=([0.0, 0.0, 0.0],)),
            kink([[1.0, 5.0], [0.1, 0.1]], G=[2.0, 3.0], axis=1, gradients=([[-1.0, 1.0], [0.0, 0.0]],)),
        ),
    ),
    "norm": Row(
        REDUCTION
        + EMPTY
        + tuple(sample((2, 3, 4), axis=(0, 2), ord=p) for p in (1, 2.5, 3, math.inf))
        + tuple(sample((2, 3), axis=-1, keepdims=True, ord=p) for p in (1, 2.5, 3, math.inf))
        + (sample((), ord=3), sample((0, 3), axis=1, ord=math.inf), sample((2, 0), axis=1, ord=1)),
        reduction(lambda torch, x, ord=2: torch.linalg.vector_norm(x, ord, -1)),
        domain=("nonzero",),
        kinks=(
            kink([0.0, 0.0], G=3.0, gradients=([0.0, 0.0],)),
            kink([[3.0, 4.0], [0.0, 0.0]], G=[5.0, 1.0], axis=1, gradients=([[3.0, 4.0], [0.0, 0.0]],)),
            kink([0.0, 0.0], G=3.0, ord=3, gradients=([0.0, 0.0],)),
            kink([0.0, 2.0, -2.0], G=3.0, ord=1, gradients=([0.0, 3.0, -3.0],)),
            kink([2.0, -2.0, 1.0], G=4.0, ord=math.inf, gradients=([2.0, -2.0, 0.0],)),
            kink([0.0, 0.0], G=4.0, ord=math.inf, gradients=([0.0, 0.0],)),
        ),
    ),
    "max": Row(
        REDUCTION,
        reduction(lambda torch, x: x.amax(-1)),
        kinks=(
            kink([1.0, 3.0, 3.0], G=2.0, gradients=([0.0, 1.0, 1.0],)),
            kink([[2.0, 2.0], [1.0, 5.0]], G=[4.0, 3.0], axis=1, gradients=([[2.0, 2.0], [0.0, 3.0]],)),
            kink([0.0, -0.0, -1.0], G=[1.0], keepdims=True, gradients=([0.5, 0.5, 0.0],)),
        ),
    ),
    "min": Row(
        REDUCTION,
        reduction(lambda torch, x: x.amin(-1)),
        kinks=(
            kink([1.0, 3.0, 1.0], G=2.0, gradients=([1.0, 0.0, 1.0],)),
            kink([[2.0, 2.0], [1.0, 5.0]], G=[4.0, 3.0], axis=0, gradients=([[0.0, 3.0], [4.0, 0.0]],)),
        ),
    ),
    "prod": Row(
        REDUCTION + EMPTY,
        reduction(lambda torch, x: x.prod(-1)),
        kinks=(
            kink([2.0, 0.0, 3.0], G=5.0, gradients=([0.0, 30.0, 0.0],)),
            kink([0.0, 2.0, 0.0], G=5.0, gradients=([0.0, 0.0, 0.0],)),
            kink([[2.0, 0.0], [3.0, 4.0]], G=[1.0, 2.0], axis=1, gradients=([[0.0, 2.0], [8.0, 6.0]],)),
        ),
    ),
    "logsumexp": Row(
        REDUCTION + (sample((0, 0), axis=0),),
        reduction(lambda torch, x: torch.logsumexp(x, -1)),
        kinks=(
            kink([-math.inf, -math.inf], G=3.0, gradients=([0.0, 0.0],)),
            kink([-math.inf, 1.0], G=3.0, gradients=([0.0, 3.0],)),
            kink([1000.0, -1000.0], G=3.0, gradients=([3.0, 0.0],)),
            kink([[1000.0, 1000.0], [-1000.0, -1000.0]], G=[2.0, 4.0], axis=1, gradients=([[1.0, 1.0], [2.0, 2.0]],)),
        ),
    ),
    "cumsum": Row(CUMULATIVE, cumulative(lambda torch, x, k: x.cumsum(k)), linear=True),
    "cumprod": Row(
        CUMULATIVE + (sample((7, 2), axis=0), sample((2, 8), axis=-1), sample((9,))),
        cumulative(lambda torch, x, k: x.cumprod(k)),
        kinks=(
            kink([2.0, 0.0, 3.0, 4.0], G=[1.0, 1.0, 1.0, 1.0], gradients=([1.0, 32.0, 0.0, 0.0],)),
            kink([2.0, 0.0, 3.0, 0.0, 5.0], G=[1.0, 2.0, 3.0, 4.0, 5.0], gradients=([1.0, 22.0, 0.0, 0.0, 0.0],)),
            kink([0.0, 0.0], G=[1.0, 1.0], axis=0, gradients=([1.0, 0.0],)),
        ),
    ),
    "mse_loss": Row(
        LOSSES,
        lambda torch, x, target, **k: torch.nn.functional.mse_loss(*torch.broadcast_tensors(x, target), **k),
    ),
    "l1_loss": Row(
        LOSSES,
        lambda torch, x, target, **k: torch.nn.functional.l1_loss(*torch.broadcast_tensors(x, target), **k),
        not_analytic="绝对值不解析",
        kinks=(
            kink([1.0, 2.0, 3.0], [1.0, 5.0, 3.0], G=3.0, gradients=([0, -1, 0], [0, 1, 0])),
            kink([1.0, 2.0], 1.0, G=[5.0, 7.0], gradients=([0, 7], -7), reduction="none"),
        ),
    ),
    "huber_loss": Row(
        tuple(Sample(s.shapes, s.parameters | {"delta": 0.75}) for s in LOSSES)
        + (sample((2, 3), (2, 3)), sample((2, 3), (3,), delta=2, reduction="sum")),
        lambda torch, x, target, **k: torch.nn.functional.huber_loss(*torch.broadcast_tensors(x, target), **k),
        not_analytic="分段，clip 不解析",
        kinks=(
            kink([2.0, -2.0, 0.0], 0.0, G=[1.0, 3.0, 5.0], gradients=([2, -6, 0], 4), delta=2, reduction="none"),
            kink([1e300], [-1e300], G=[3.0], gradients=([6], [-6]), delta=2, reduction="none"),
        ),
    ),
    "softmax": Row(
        ALONG,
        lambda torch, x, axis=-1: torch.softmax(x, axis),
        kinks=(
            kink([1000.0, -1000.0, 1000.0], G=[4.0, 2.0, 8.0], gradients=([-1, 0, 1],)),
            kink([0.0, float("-inf"), 0.0], G=[4.0, 2.0, 8.0], gradients=([-1, 0, 1],)),
        ),
    ),
    "log_softmax": Row(
        ALONG,
        lambda torch, x, axis=-1: torch.log_softmax(x, axis),
        kinks=(
            kink([1000.0, -1000.0, 1000.0], G=[4.0, 2.0, 8.0], gradients=([-3, 2, 1],)),
            kink([0.0, float("-inf"), 0.0], G=[4.0, 2.0, 8.0], gradients=([-3, 2, 1],)),
        ),
    ),
    "nll_loss": Row(
        CLASSES,
        lambda torch, x, target, **k: torch.nn.functional.nll_loss(
            x, torch.as_tensor(target, dtype=torch.int64), **k
        ),
        linear=True,
        kinks=(kink([[1.0, 2.0], [3.0, 4.0]], G=5.0, gradients=([[0, 0], [0, 0]],), target=[-100, -100]),),
    ),
    "cross_entropy": Row(
        CLASSES
        + tuple(Sample(s.shapes, s.parameters | {"label_smoothing": 0.25}) for s in CLASSES)
        + (sample((4, 3), target=[2, 0, 2, 1], label_smoothing=1),),
        lambda torch, x, target, **k: torch.nn.functional.cross_entropy(
            x, torch.as_tensor(target, dtype=torch.int64), **k
        ),
        kinks=(
            kink([1000.0, -1000.0, 1000.0], G=4.0, gradients=([2, 0, -2],), target=2),
            kink([[1000.0, -1000.0]], G=4.0, gradients=([[4, -4]],), target=[1]),
            kink([0.0, float("-inf"), 0.0], G=4.0, gradients=([2, 0, -2],), target=2),
            kink([[1.0, 2.0], [3.0, 4.0]], G=5.0, gradients=([[0, 0], [0, 0]],), target=[-100, -100]),
        ),
    ),
    "binary_cross_entropy_with_logits": Row(
        (
            *(sample(s, s, reduction="none") for s in ((), (3,), (2, 1, 3), (0,), (0, 3))),
            sample((), ()),
            sample((4,), (4,)),
            sample((2, 3), (2, 3), reduction="mean"),
            sample((2, 3), (2, 3), reduction="sum"),
            sample((0, 3), (0, 3), reduction="sum"),
        ),
        lambda torch, x, target, **k: torch.nn.functional.binary_cross_entropy_with_logits(x, target, **k),
        not_analytic="为了不上溢，写成绝对值与 maximum，两者都不解析",
        kinks=(
            kink(
                [1000.0, -1000.0, 0.0],
                [0.0, 1.0, 1.0],
                G=[2.0, 3.0, 4.0],
                gradients=([2, -3, -2], [-2000, 3000, 0]),
                reduction="none",
            ),
        ),
    ),
    "kl_div": Row(
        tuple(Sample(s.shapes, s.parameters | {"log_target": k}) for k in (False, True) for s in LOSSES)
        + (
            sample((4, 3), (4, 3), reduction="batchmean"),
            sample((4, 3), (3,), reduction="batchmean", log_target=True),
            sample((), (), reduction="batchmean"),
            sample((1, 3), (1, 3)),
        ),
        lambda torch, x, target, reduction="mean", **k: (
            torch.nn.functional.kl_div(x, target, reduction="none", **k).mean()  # 直接用 mean，PyTorch 会警告
            if reduction == "mean"
            else torch.nn.functional.kl_div(x, target, reduction=reduction, **k)
        ),
        domain=("real", "positive"),
        kinks=(
            kink(
                [-1.0, -2.0],
                [0.0, 1.0],
                G=[3.0, 5.0],
                gradients=([0, -5], [float("-inf"), 15]),
                reduction="none",
            ),
            kink(
                [-1.0, -2.0],
                [float("-inf"), 0.0],
                G=[3.0, 5.0],
                gradients=([0, -5], [0, 15]),
                reduction="none",
                log_target=True,
            ),
        ),
    ),
    "outer": Row(
        (sample((2,), (3,)), sample((1,), (4,)), sample((3,), (1,)), sample((0,), (3,)), sample((2,), (0,))),
        lambda torch, x, y: torch.outer(x, y),
        linear=True,
    ),
    "linear": Row(
        (
            sample((4, 3), (2, 3), (2,)),
            sample((3,), (2, 3), (2,)),
            sample((5, 4, 3), (2, 3), (2,)),
            sample((1, 1), (1, 1), (1,)),
            sample((3, 3), (3, 3), (3,)),
            sample((0, 3), (2, 3), (2,)),
            sample((4, 0), (2, 0), (2,)),
            sample((4, 3), (0, 3), (0,)),
        ),
        lambda torch, x, weight, bias: torch.nn.functional.linear(x, weight, bias),
        linear=True,
    ),
    "inv": Row(MATRIX, lambda torch, A: torch.linalg.inv(A), domain=("invertible",)),
    "solve": Row(
        (
            sample((3, 3), (3, 2)),
            sample((3, 3), (3,)),
            sample((1, 1), (1,)),
            sample((4, 2, 2), (4, 2, 3)),
            sample((4, 2, 2), (2,)),
            sample((4, 2, 2), (2, 3)),
            sample((3, 3), (4, 3, 2)),
            sample((1, 3, 3), (2, 3, 1)),
            sample((4, 1, 2, 2), (3, 2, 1)),
            sample((0, 0), (0, 2)),
            sample((2, 2), (2, 0)),
            sample((0, 2, 2), (2, 1)),
        ),
        lambda torch, a, b: torch.linalg.solve(a, b),
        domain=("invertible", "real"),
    ),
    "cholesky": Row(
        MATRIX,
        lambda torch, A: torch.linalg.cholesky(A),
        domain=("positive definite",),
        not_analytic="LAPACK 把复矩阵当作 Hermite 矩阵，取了共轭",
    ),
    "det": Row(
        MATRIX,
        lambda torch, A: torch.linalg.det(A),
        domain=("invertible",),
        # 奇异矩阵处可微，梯度是代数余子式；PyTorch 在那里给出 0
        kinks=(
            kink([[0.0]], G=3.0, gradients=([[3.0]],)),
            kink([[0.0, 0.0], [0.0, 2.0]], G=3.0, gradients=([[6.0, 0.0], [0.0, 0.0]],)),
            kink([[0.0, 0.0], [0.0, 0.0]], G=3.0, gradients=([[0.0, 0.0], [0.0, 0.0]],)),
        ),
    ),
    "slogdet": Row(
        MATRIX,
        # PyTorch 的 sign 有时不带梯度，加上 0 就带了
        lambda torch, A: (lambda sign, value: (sign + 0 * value, value))(*torch.linalg.slogdet(A)),
        domain=("invertible",),
        not_analytic="取了行列式的绝对值与符号",
    ),
    "trace": Row(
        (
            sample((3, 3)),
            sample((2, 3)),
            sample((4, 2)),
            sample((3, 4), offset=1),
            sample((3, 4), offset=-2),
            sample((2, 2), offset=5),
            sample((2, 3, 4)),
            sample((2, 3, 4), axis1=-2, axis2=-1),
            sample((2, 3, 4), axis1=2, axis2=0, offset=1),
            sample((2, 3, 4, 3), axis1=1, axis2=3, offset=-1),
            sample((0, 3)),
            sample((0, 0)),
            sample((3, 0, 3), axis1=0, axis2=2),
        ),
        lambda torch, A, offset=0, axis1=0, axis2=1: torch.diagonal(A, offset, axis1, axis2).sum(-1),
        linear=True,
    ),
    "pow": Row(
        BINARY,
        lambda torch, x, y: torch.pow(x, y),
        domain=("positive", "real"),
        kinks=(
            kink(0.0, 2.0, G=-3.0, gradients=(0.0, 0.0)),
            kink(0.0, 0.0, G=-3.0, gradients=(0.0, 0.0)),
            kink(0.0, 1.0, G=-3.0, gradients=(-3.0, 0.0)),
            kink(0.0, 0.5, G=-3.0, gradients=(float("-inf"), 0.0)),
            kink(-2.0, 3.0, G=-3.0, gradients=(-36.0, float("nan"))),
        ),
    ),
    "exp": Row(UNARY, lambda torch, x: torch.exp(x)),
    "log": Row(UNARY, lambda torch, x: torch.log(x), domain=("positive",)),
    "log1p": Row(UNARY, lambda torch, x: torch.log1p(x), domain=("positive",)),
    "expm1": Row(UNARY, lambda torch, x: torch.expm1(x)),
    "sqrt": Row(
        UNARY,
        lambda torch, x: torch.sqrt(x),
        domain=("positive",),
        kinks=(kink([0.0, 4.0], G=[3.0, 3.0], gradients=([float("inf"), 0.75],)),),
    ),
    "sin": Row(UNARY, lambda torch, x: torch.sin(x)),
    "cos": Row(UNARY, lambda torch, x: torch.cos(x)),
    "abs": Row(
        UNARY,
        lambda torch, x: torch.abs(x),
        domain=("nonzero",),
        not_analytic="复数的 abs 是模，结果是实数",
        kinks=(kink([0.0, -0.0], G=[3.0, 3.0], gradients=([0.0, 0.0],)),),
    ),
    "maximum": Row(
        BINARY,
        lambda torch, x, y: torch.maximum(x, y),
        kinks=(
            kink([1.0, 1.0], [1.0, 2.0], G=[3.0, 5.0], gradients=([1.5, 0.0], [1.5, 5.0])),
            kink(0.0, [0.0, -1.0], G=[3.0, 5.0], gradients=(6.5, [1.5, 0.0])),
        ),
    ),
    "minimum": Row(
        BINARY,
        lambda torch, x, y: torch.minimum(x, y),
        kinks=(
            kink([1.0, 1.0], [1.0, 2.0], G=[3.0, 5.0], gradients=([1.5, 5.0], [1.5, 0.0])),
            kink(0.0, [0.0, -1.0], G=[3.0, 5.0], gradients=(1.5, [1.5, 5.0])),
        ),
    ),
    "clip": Row(
        (
            sample((), min=-0.5, max=0.5),
            sample((3,), min=0.0, max=2.0),
            sample((2, 3), min=-0.5, max=0.7),
            sample((4, 1, 3), min=-0.5),
            sample((4, 3), max=0.2),
            sample((3,), max=None, min=-1),
            sample((2, 3), min=1.0, max=-1.0),
            sample((0,), min=0.0, max=1.0),
            sample((0, 3), max=1.0),
        ),
        lambda torch, x, min=None, max=None: torch.clamp(x, min, max),
        kinks=(
            kink([-1.0, 0.5, 2.0, -2.0, 3.0], G=[3.0, 5.0, 7.0, 9.0, 11.0], min=-1.0, max=2.0,
                 gradients=([3.0, 5.0, 7.0, 0.0, 0.0],)),
        ),
    ),
    "where": Row(
        (
            sample((), (), condition=True),
            sample((3,), (3,), condition=[True, False, True]),
            sample((2, 3), (), condition=[[True, False, True], [False, False, True]]),
            sample((2, 1), (3,), condition=[True, False, True]),
            sample((3,), (2, 1), condition=False),
            sample((3,), (), condition=[[True], [False], [True], [True]]),
            sample((1, 3), (1, 1), condition=[[True], [False]]),
            sample((2, 1, 3), (4, 1), condition=[[[True]], [[False]]]),
            sample((0, 3), (3,), condition=[True, False, True]),
            sample((1,), (0,), condition=True),
        ),
        lambda torch, x, y, condition: torch.where(torch.tensor(condition), x, y),
        linear=True,
    ),
    "sigmoid": Row(UNARY, lambda torch, x: torch.sigmoid(x)),
    "tanh": Row(UNARY, lambda torch, x: torch.tanh(x)),
    "relu": Row(
        UNARY,
        lambda torch, x: torch.relu(x),
        domain=("nonzero",),
        kinks=(kink([0.0, -0.0, 1.0], G=[3.0, 5.0, 7.0], gradients=([0.0, 0.0, 7.0],)),),
    ),
    "leaky_relu": Row(
        (*UNARY, sample((2, 3), negative_slope=0.3), sample((4,), negative_slope=-2), sample((4,), negative_slope=0.0)),
        lambda torch, x, negative_slope=0.01: torch.nn.functional.leaky_relu(x, negative_slope),
        domain=("nonzero",),
        kinks=(kink([0.0, 1.0], G=[3.0, 5.0], gradients=([0.75, 5.0],), negative_slope=0.25),),
    ),
    "elu": Row(
        (*UNARY, sample((2, 3), alpha=0.3), sample((4,), alpha=2)),
        lambda torch, x, alpha=1.0: torch.nn.functional.elu(x, alpha),
        domain=("nonzero",),
        kinks=(kink([0.0, 1.0], G=[3.0, 5.0], gradients=([0.75, 5.0],), alpha=0.25),),
    ),
    "softplus": Row(
        UNARY,
        lambda torch, x: torch.nn.functional.softplus(x),
        kinks=(kink([0.0], G=[3.0], gradients=([1.5],)),),
    ),
    "silu": Row(UNARY, lambda torch, x: torch.nn.functional.silu(x)),
    "erf": Row(UNARY, lambda torch, x: torch.erf(x)),
    "gelu": Row(
        (*UNARY, *(sample(s.shapes[0], approximate="tanh") for s in UNARY)),
        lambda torch, x, approximate="none": torch.nn.functional.gelu(x, approximate=approximate),
    ),
    "reshape": Row(
        (
            sample((), shape=()),
            sample((), shape=(1, 1)),
            sample((3,), shape=3),
            sample((2, 3), shape=-1),
            sample((2, 3), shape=(3, 2)),
            sample((2, 3, 4), shape=(4, -1, 2)),
            sample((1, 1), shape=()),
            sample((0,), shape=(0, 3)),
            sample((0, 3), shape=(-1, 3)),
        ),
        lambda torch, x, shape: torch.reshape(x, shape if isinstance(shape, tuple) else (shape,)),
        linear=True,
    ),
    "transpose": Row(
        (
            sample(()),
            sample((3,)),
            sample((2, 3)),
            sample((2, 3, 4)),
            sample((2, 3, 4), axes=(1, 2, 0)),
            sample((2, 3, 4), axes=(-1, 0, -2)),
            sample((3, 3, 3), axes=[2, 0, 1]),
            sample((2, 0, 3), axes=(1, 2, 0)),
        ),
        lambda torch, x, axes=None: torch.permute(x, tuple(range(x.ndim))[::-1] if axes is None else tuple(axes)),
        linear=True,
    ),
    "swapaxes": Row(
        (
            sample((3,), axis1=0, axis2=-1),
            sample((2, 3), axis1=0, axis2=1),
            sample((2, 3, 4), axis1=-1, axis2=0),
            sample((2, 3, 4), axis1=1, axis2=1),
            sample((3, 3), axis1=0, axis2=1),
            sample((0, 3), axis1=0, axis2=1),
        ),
        lambda torch, x, axis1, axis2: torch.swapaxes(x, axis1, axis2),
        linear=True,
    ),
    "squeeze": Row(
        (
            sample(()),
            sample((3,)),
            sample((1, 1)),
            sample((1, 3, 1)),
            sample((1, 3, 1), axis=0),
            sample((1, 3, 1), axis=-1),
            sample((1, 3, 1), axis=(0, -1)),
            sample((1, 3, 1), axis=()),
            sample((1, 0)),
        ),
        lambda torch, x, axis=None: torch.squeeze(x) if axis is None else torch.squeeze(x, axis),
        linear=True,
    ),
    "expand_dims": Row(
        (
            sample((), axis=0),
            sample((3,), axis=1),
            sample((2, 3), axis=-1),
            sample((2, 3), axis=-3),
            sample((2, 3), axis=(0, -1)),
            sample((2, 3), axis=()),
            sample((0,), axis=0),
        ),
        lambda torch, x, axis: (
            torch.unsqueeze(x, axis) if isinstance(axis, int) else x[None, ..., None] if axis else x[...]
        ),
        linear=True,
    ),
    "broadcast_to": Row(
        (
            sample((), shape=()),
            sample((), shape=(2, 3)),
            sample((1,), shape=3),
            sample((3,), shape=(2, 3)),
            sample((2, 1), shape=(2, 3)),
            sample((2, 1, 3), shape=(5, 2, 4, 3)),
            sample((1, 1), shape=(1, 1)),
            sample((1,), shape=(0,)),
            sample((2, 1), shape=(2, 0)),
            sample((0, 3), shape=(2, 0, 3)),
        ),
        lambda torch, x, shape: torch.broadcast_to(x, shape if isinstance(shape, tuple) else (shape,)),
        linear=True,
    ),
    "flip": Row(
        (
            sample(()),
            sample((3,)),
            sample((2, 3)),
            sample((2, 3), axis=0),
            sample((2, 3, 4), axis=-2),
            sample((2, 3, 4), axis=(0, -1)),
            sample((2, 3), axis=()),
            sample((0, 3)),
        ),
        lambda torch, x, axis=None: torch.flip(
            x, tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        ),
        linear=True,
    ),
    "roll": Row(
        (
            sample((), shift=1),
            sample((3,), shift=1),
            sample((5,), shift=-7),
            sample((2, 3), shift=2),
            sample((2, 3), shift=1, axis=1),
            sample((3, 5), shift=(1, -2), axis=(0, -1)),
            sample((3, 5), shift=1, axis=(0, 1)),
            sample((2, 3), shift=(), axis=()),
            sample((0, 3), shift=1, axis=0),
        ),
        # PyTorch 的 roll 要求步数与轴一样多，又不认得空的元组与 0 维
        lambda torch, x, shift, axis=None: (
            x[...]
            if axis == () or not x.ndim
            else torch.roll(x, (shift,) * len(axis) if isinstance(axis, tuple) and isinstance(shift, int) else shift, axis)
        ),
        linear=True,
    ),
    "triu": Row(
        TRIANGLE,
        lambda torch, x, k=0: torch.triu(x, k),
        linear=True,
        kinks=(kink([[float("inf"), 1.0], [float("inf"), 2.0]], G=[[3.0, 4.0], [5.0, 6.0]], gradients=([[3, 4], [0, 6]],)),),
    ),
    "tril": Row(
        TRIANGLE,
        lambda torch, x, k=0: torch.tril(x, k),
        linear=True,
        kinks=(kink([[1.0, float("inf")], [1.0, 2.0]], G=[[3.0, 4.0], [5.0, 6.0]], gradients=([[3, 0], [5, 6]],)),),
    ),
    "diagonal": Row(
        (
            sample((3, 3)),
            sample((2, 3)),
            sample((4, 2)),
            sample((3, 4), offset=1),
            sample((3, 4), offset=-2),
            sample((2, 2), offset=5),
            sample((2, 3, 4)),
            sample((2, 3, 4), axis1=-2, axis2=-1),
            sample((2, 3, 4), axis1=2, axis2=0, offset=1),
            sample((2, 3, 4, 3), axis1=1, axis2=3, offset=-1),
            sample((0, 3)),
            sample((3, 0, 3), axis1=0, axis2=2),
        ),
        lambda torch, x, offset=0, axis1=0, axis2=1: torch.diagonal(x, offset, axis1, axis2),
        linear=True,
    ),
    "concatenate": Row(
        (
            sample((3,)),
            sample((3,), (2,)),
            sample((2,), (0,), (3,)),
            sample((2, 3), (1, 3), (4, 3)),
            sample((2, 3), (2, 1), (2, 4), axis=1),
            sample((2, 1, 3), (2, 5, 3), axis=-2),
            sample((2, 3), (), (4,), axis=None),
            sample((0, 3), (2, 3)),
            sample((2, 0), (1, 0)),
        ),
        lambda torch, *xs, axis=0: torch.cat([x.reshape(-1) for x in xs] if axis is None else xs, axis or 0),
        linear=True,
    ),
    "stack": Row(
        (
            sample((), ()),
            sample((3,)),
            sample((3,), (3,), axis=1),
            sample((2, 3), (2, 3), (2, 3)),
            sample((2, 3), (2, 3), (2, 3), axis=-1),
            sample((2, 3), (2, 3), axis=-2),
            sample((0, 3), (0, 3), axis=1),
        ),
        lambda torch, *xs, axis=0: torch.stack(xs, axis),
        linear=True,
    ),
    "split": Row(
        (
            sample((3,), sections=1),
            sample((4,), sections=2),
            sample((2, 6), sections=3, axis=1),
            sample((5,), sections=(1, 3)),
            sample((5, 2), sections=(2, 2, -1)),
            sample((2, 5, 3), sections=[4], axis=-2),
            sample((3,), sections=()),
            sample((0, 2), sections=2),
            sample((2, 0), sections=(1,)),
        ),
        lambda torch, x, sections, axis=0: torch.tensor_split(
            x, sections if isinstance(sections, int) else tuple(sections), axis
        ),
        linear=True,
    ),
    "pad": Row(
        (
            sample((), pad_width=2),
            sample((3,), pad_width=2),
            sample((3,), pad_width=(1, 0)),
            sample((2, 3), pad_width=(1, 2)),
            sample((2, 3), pad_width=((1, 2), (0, 3))),
            sample((2, 3), pad_width=((1,), (2,))),
            sample((2, 3, 1), pad_width=((0, 0), (2, 1), (0, 1))),
            sample((2, 3), pad_width=0),
            sample((0, 3), pad_width=1),
        ),
        # PyTorch 从最后一个轴写起
        lambda torch, x, pad_width: (
            torch.nn.functional.pad(
                x, [w for pair in torch.tensor(pad_width).expand(x.ndim, 2).tolist()[::-1] for w in pair]
            )
            if x.ndim
            else x[...]
        ),
        linear=True,
    ),
    "tile": Row(
        (
            sample((), reps=3),
            sample((), reps=(2, 3)),
            sample((3,), reps=2),
            sample((2, 3), reps=2),
            sample((2, 3), reps=(4, 2)),
            sample((2, 3, 4), reps=(3,)),
            sample((2, 3, 4), reps=(2, 3)),
            sample((3,), reps=(2, 1, 4)),
            sample((2, 3), reps=()),
            sample((2, 3), reps=(0, 2)),
            sample((0, 3), reps=(2, 2)),
        ),
        lambda torch, x, reps: torch.tile(x, reps if isinstance(reps, tuple) else (reps,)),
        linear=True,
    ),
    "getitem": Row(
        (
            sample((), index=()),
            sample((), index=None),
            sample((3,), index=-1),
            sample((3,), index=[1, 1, 0]),
            sample((5,), index=slice(None, None, -2)),
            sample((3,), index=[]),
            sample((4,), index=[True, False, True, True]),
            sample((3, 4), index=(slice(1, None), slice(None, None, 2))),
            sample((3, 4), index=(..., -2)),
            sample((3, 4), index=(slice(None), None, [3, -1, 3])),
            sample((3, 4), index=([2, 0, 2], [1, 1, -3])),
            sample((3, 4), index=([[2], [0]], [1, 3, 1])),
            sample((2, 3), index=[[True, False, True], [False, True, True]]),
            sample((2, 3, 4), index=([1, 1, 0], slice(None), [0, 0, 3])),
            sample((2, 3, 4), index=(slice(None), [2, 2], slice(1, 3))),
            sample((0, 3), index=(slice(None), [1, 1])),
            sample((2, 3), index=(slice(0), ...)),
        ),
        indexed,
        linear=True,
    ),
    "take": Row(
        (
            sample((), indices=[0, 0]),
            sample((3,), indices=-1),
            sample((3,), indices=[1, 1, 0], axis=0),
            sample((2, 3), indices=[[5, 0, -1], [0, 0, 2]]),
            sample((2, 3), indices=[2, 0, 2, 2], axis=1),
            sample((3, 2), indices=[[0, -1], [2, 1]], axis=-2),
            sample((2, 3, 4), indices=[[1], [1]], axis=1),
            sample((2, 3), indices=[], axis=0),
            sample((0, 3), indices=[1, 1], axis=1),
        ),
        lambda torch, x, indices, axis=None: indexed(
            torch,
            x.reshape(-1) if axis is None else x,
            (slice(None),) * ((axis or 0) % max(x.ndim, 1)) + (indices,),
        ),
        linear=True,
    ),
    "take_along_axis": Row(
        (
            sample((3,), indices=[1, 1, 0]),
            sample((), indices=[0, 0], axis=None),
            sample((2, 3), indices=[[2, 2], [0, -1]]),
            sample((3, 2), indices=[[0, 2], [0, 1], [-1, 1], [0, 0]], axis=0),
            sample((2, 3), indices=[[2, 2]], axis=1),
            sample((1, 3), indices=[[2, 0], [2, 1]], axis=-1),
            sample((2, 3), indices=[5, 0, 5], axis=None),
            sample((2, 3, 2), indices=[[[1, 0]], [[2, 2]]], axis=1),
            sample((2, 3), indices=[[], []]),
            sample((0, 3), indices=[[1]]),
        ),
        lambda torch, x, indices, axis=-1: torch.take_along_dim(
            x.reshape(-1) if axis is None else x,
            # PyTorch 的负下标要先换成正的
            torch.tensor(indices, dtype=torch.long) % (x.numel() if axis is None else x.shape[axis]),
            0 if axis is None else axis,
        ),
        linear=True,
    ),
    "embedding": Row(
        (
            sample((4, 3), indices=2),
            sample((4, 3), indices=[1, 1, 0]),
            sample((5, 2), indices=[[4, 0, 4], [0, 0, 2]]),
            sample((4, 3), indices=[3, 0, 3], padding_idx=1),
            sample((4, 3), indices=[0, 0, 2], padding_idx=-1),
            sample((4, 3), indices=[]),
            sample((4, 0), indices=[1, 1]),
            sample((0, 3), indices=[]),
        ),
        lambda torch, weight, indices, padding_idx=None: torch.nn.functional.embedding(
            torch.tensor(indices, dtype=torch.long), weight, padding_idx
        ),
        linear=True,
        kinks=(
            kink([[1.0, 2.0], [3.0, 4.0]], indices=[0, 1, 1], padding_idx=0, G=[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], gradients=([[0, 0], [8, 10]],)),
            kink([[1.0, 2.0], [3.0, 4.0]], indices=[0, 1, 1], padding_idx=-1, G=[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], gradients=([[1, 2], [0, 0]],)),
        ),
    ),
    "einsum": Row(
        (
            sample((), subscripts=""),
            sample((), (), subscripts=",->"),
            sample((3,), subscripts="i->i"),
            sample((3,), subscripts="i->"),
            sample((2, 3), subscripts="ij->ji"),
            sample((2, 3), subscripts="ij->j"),
            sample((3, 2), subscripts="ba"),
            sample((3, 3), subscripts="ii"),
            sample((3, 3), subscripts="ii->i"),
            sample((2, 3, 2), subscripts="iji->j"),
            sample((2, 2, 2), subscripts="iii->"),
            sample((3,), (3,), subscripts="i,i"),
            sample((2,), (3,), subscripts="i,j->ji"),
            sample((2, 3), (3, 4), subscripts="ij, jk"),
            sample((2, 3), (3, 4), subscripts="ij,jk->ki"),
            sample((2, 3), (3, 4), subscripts="ij,jk->"),
            sample((2, 3), (2, 4), subscripts="ij,ik->i"),
            sample((5, 2, 3), (5, 3, 4), subscripts="bij,bjk->bik"),
            sample((3, 3), (3, 2), subscripts="ii,ij->j"),
            sample((3, 3), (2, 4), subscripts="ii,jk->k"),
            sample((2, 1), (2, 3), subscripts="ij,ij->ij"),
            sample((1, 3), (2, 1), subscripts="ij,ij->"),
            sample((1, 1), (3,), subscripts="ii,i->i"),
            sample((2, 3), (3, 4), (4, 2), subscripts="ij,jk,ki->"),
            sample((2, 3), (1, 4), (3,), subscripts="ij,jk,j->ik"),
            sample((0, 3), (3, 2), subscripts="ij,jk->ik"),
            sample((2, 0), (0, 3), subscripts="ij,jk->ik"),
            sample((1,), (0,), subscripts="i,i->"),
        ),
        lambda torch, *xs, subscripts: torch.einsum(subscripts, *xs),
        linear=True,
    ),
}
