"""“求和、平均、方差、范数”一页的算子怎样验证、怎样计时。"""

import math

from notes.operators.row import Accuracy, Row, extreme, kink, sample, timing
from notes.operators.samples import EMPTY, LINES, PARTLY, REDUCTION, reduction

# 无偏的、分母更小的，也只算一部分
DDOF = (
    sample((3, 2), axis=0, ddof=1),
    sample((2, 3, 4), axis=(0, 2), ddof=3),
    sample((2, 4), axis=1, ddof=1, where=[[True, True, False, True], [True, False, True, False]]),
)

ROWS = {
    "sum": Row(
        REDUCTION
        + EMPTY
        + PARTLY
        + (sample((2, 3), axis=1, initial=-0.5), sample((2, 3), initial=2, where=[True, False, True])),
        torch=reduction(lambda torch, x: x.sum(-1)),
        linear=True,
        accuracy=Accuracy(
            tuple(extreme(line, units=("sum(abs(x))", "")) for line in LINES),
            why="一正一负可以相消，单位随各项绝对值之和",
        ),
        timing=timing(
            "rc", axis=1, torch=lambda torch, x, axis: x.sum(axis), autograd=lambda np, x, axis: np.sum(x, axis)
        ),
    ),
    "mean": Row(
        REDUCTION + PARTLY,
        torch=reduction(lambda torch, x: x.mean(-1)),
        linear=True,
        accuracy=Accuracy(
            tuple(extreme(line, units=("sum(abs(x)) / x.size", "")) for line in LINES),
            why="同 sum",
        ),
        timing=timing(
            "rc", axis=1, torch=lambda torch, x, axis: x.mean(axis), autograd=lambda np, x, axis: np.mean(x, axis)
        ),
    ),
    "var": Row(
        REDUCTION + PARTLY + DDOF,
        # PyTorch 对零尺寸的输入会警告，这时结果也是零尺寸的
        torch=reduction(lambda torch, x, ddof=0: x.var(-1, correction=ddof) if x.numel() else x.sum(-1)),
        kinks=(
            kink([[0.1, 0.1, 0.1]], G=1.0, gradients=([[0.0, 0.0, 0.0]],)),
            kink([2.0**1000, -(2.0**1000)], G=2.0, gradients=([2.0**1001, -(2.0**1001)],)),
        ),
        accuracy=Accuracy(
            tuple(extreme(line, units=("", "abs(G) * max(abs(x - sum(x) / x.size)) / x.size")) for line in LINES),
            why="离平均近的一项，梯度是两个相近的数之差，单位随最大的一项",
        ),
        timing=timing(
            "rc",
            axis=1,
            torch=lambda torch, x, axis: x.var(axis, correction=0),
            autograd=lambda np, x, axis: np.var(x, axis),
        ),
    ),
    "std": Row(
        # 一组只有一个数时恒为 0，导数就是 0
        REDUCTION + PARTLY + DDOF,
        # PyTorch 对零尺寸的输入会警告，这时结果也是零尺寸的
        torch=reduction(lambda torch, x, ddof=0: x.std(-1, correction=ddof) if x.numel() else x.sum(-1)),
        kinks=(
            kink([2.0, 2.0, 2.0], G=3.0, gradients=([0.0, 0.0, 0.0],)),
            kink([0.1, 5.0, 0.1, 0.1], G=3.0, where=[True, False, True, True], gradients=([0.0, 0.0, 0.0, 0.0],)),
            kink([2.0**1000, -(2.0**1000)], G=2.0, gradients=([1.0, -1.0],)),
            kink([0.1, 0.1, 0.1], G=1.0, ddof=1, gradients=([0.0, 0.0, 0.0],)),
            kink([[1.0, 5.0], [0.1, 0.1]], G=[2.0, 3.0], axis=1, gradients=([[-1.0, 1.0], [0.0, 0.0]],)),
        ),
        accuracy=Accuracy(
            tuple(extreme(line, units=("", "abs(G) / sqrt(x.size)")) for line in LINES),
            why="同 var",
        ),
        timing=timing(
            "rc",
            axis=1,
            torch=lambda torch, x, axis: x.std(axis, correction=0),
            autograd=lambda np, x, axis: np.std(x, axis),
        ),
    ),
    "norm": Row(
        REDUCTION
        + EMPTY
        + tuple(sample((2, 3, 4), axis=(0, 2), ord=p) for p in (1, 2.5, 3, math.inf))
        + tuple(sample((2, 3), axis=-1, keepdims=True, ord=p) for p in (1, 2.5, 3, math.inf))
        + (sample((), ord=3), sample((0, 3), axis=1, ord=math.inf), sample((2, 0), axis=1, ord=1)),
        torch=reduction(lambda torch, x, ord=2: torch.linalg.vector_norm(x, ord, -1)),
        domain=("nonzero",),
        kinks=(
            kink([0.0, 0.0], G=3.0, gradients=([0.0, 0.0],)),
            kink([[3.0, 4.0], [0.0, 0.0]], G=[5.0, 1.0], axis=1, gradients=([[3.0, 4.0], [0.0, 0.0]],)),
            kink([0.0, 0.0], G=3.0, ord=3, gradients=([0.0, 0.0],)),
            kink([0.0, 2.0, -2.0], G=3.0, ord=1, gradients=([0.0, 3.0, -3.0],)),
            kink([2.0, -2.0, 1.0], G=4.0, ord=math.inf, gradients=([2.0, -2.0, 0.0],)),
            kink([0.0, 0.0], G=4.0, ord=math.inf, gradients=([0.0, 0.0],)),
            kink([math.nan, 2.0], G=4.0, ord=math.inf, gradients=([math.nan, math.nan],)),
            # 平方会上溢、下溢的
            kink([3 * 2.0**1000, -4 * 2.0**1000], G=5.0, gradients=([3.0, -4.0],)),
            kink([3 * 2.0**-1000, -4 * 2.0**-1000], G=5.0, gradients=([3.0, -4.0],)),
        ),
        accuracy=Accuracy(
            ulps=16,
            why="阶不是 1、2 时要算两次幂",
            extremes=tuple(extreme([line], axis=1, ord=p) for p in (2, 1, 3) for line in LINES)
            + tuple(extreme([x], axis=1) for x in ([3e37, 1.0, 2e38], [1e-38, 2e-38, 1e-45], [3e-20, 2e20, 1.0])),
        ),
        timing=timing(
            "rc",
            axis=1,
            torch=lambda torch, x, axis: torch.linalg.vector_norm(x, 2, axis),
            autograd=lambda np, x, axis: np.linalg.norm(x, None, axis),
        ),
    ),
}
