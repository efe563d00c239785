"""“最大、连乘、logsumexp、累加”一页的算子怎样验证、怎样计时。"""

import math

from notes.operators.row import Accuracy, Row, Sample, extreme, kink, sample, timing
from notes.operators.samples import EMPTY, LINES, MOVES, NO_RULE, PARTLY, REDUCTION, SCIPY, reduction

# 有起点的：where 给或不给，起点可以压过别的
STARTED = (
    *(Sample(s.shapes, s.parameters | {"initial": 0.25}) for s in PARTLY),
    sample((2, 3), axis=1, initial=-0.5),
    sample((2, 3), axis=0, initial=3),
    sample((2, 0), axis=1, initial=2.0),
)

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


def cumulative(call):
    """PyTorch 的累加、累乘没有 axis=None：先拉平。"""
    return lambda torch, x, axis=None: call(torch, x.reshape(-1) if axis is None else x, 0 if axis is None else axis)


# 三个 SMALL 与两个 BIG 之积是 1
SMALL, BIG = 2.0**-600, 2.0**900

ROWS = {
    "max": Row(
        REDUCTION + STARTED,
        torch=reduction(lambda torch, x: x.amax(-1)),
        kinks=(
            kink([math.nan, 3.0], G=2.0, gradients=([math.nan, math.nan],)),
            kink([1.0, 3.0, 3.0], G=2.0, gradients=([0.0, 1.0, 1.0],)),
            kink([[2.0, 2.0], [1.0, 5.0]], G=[4.0, 3.0], axis=1, gradients=([[2.0, 2.0], [0.0, 3.0]],)),
            kink([0.0, -0.0, -1.0], G=[1.0], keepdims=True, gradients=([0.5, 0.5, 0.0],)),
            # initial 打平时也分一份，更大时全归它；where 之外的不算
            kink([1.0, 3.0, 3.0], G=6.0, initial=3.0, gradients=([0.0, 2.0, 2.0],)),
            kink([1.0, 3.0, 3.0], G=6.0, initial=4.0, gradients=([0.0, 0.0, 0.0],)),
            kink([5.0, 3.0, 1.0], G=6.0, initial=0.0, where=[False, True, True], gradients=([0.0, 6.0, 0.0],)),
            kink([5.0, 3.0], G=6.0, initial=0.0, where=[False, False], gradients=([0.0, 0.0],)),
        ),
        accuracy=MOVES,
        timing=timing(
            "rc", axis=1, torch=lambda torch, x, axis: x.amax(axis), autograd=lambda np, x, axis: np.max(x, axis)
        ),
    ),
    "min": Row(
        REDUCTION + STARTED,
        torch=reduction(lambda torch, x: x.amin(-1)),
        kinks=(
            kink([math.nan, 3.0], G=2.0, gradients=([math.nan, math.nan],)),
            kink([1.0, 3.0, 1.0], G=2.0, gradients=([1.0, 0.0, 1.0],)),
            kink([[2.0, 2.0], [1.0, 5.0]], G=[4.0, 3.0], axis=0, gradients=([[0.0, 3.0], [4.0, 0.0]],)),
            kink([1.0, 3.0, 1.0], G=6.0, initial=1.0, gradients=([2.0, 0.0, 2.0],)),
            kink([3.0, 3.0, 4.0], G=6.0, initial=9.0, where=[False, True, True], gradients=([0.0, 6.0, 0.0],)),
        ),
        accuracy=MOVES,
        timing=timing(
            "rc", axis=1, torch=lambda torch, x, axis: x.amin(axis), autograd=lambda np, x, axis: np.min(x, axis)
        ),
    ),
    "prod": Row(
        REDUCTION + EMPTY + PARTLY + STARTED,
        torch=reduction(lambda torch, x: x.prod(-1)),
        kinks=(
            kink([2.0, 0.0, 3.0], G=5.0, gradients=([0.0, 30.0, 0.0],)),
            kink([0.0, 2.0, 0.0], G=5.0, gradients=([0.0, 0.0, 0.0],)),
            kink([0.0, 2.0, 0.0], G=5.0, initial=3.0, where=[True, True, False], gradients=([30.0, 0.0, 0.0],)),
            kink([[2.0, 0.0], [3.0, 4.0]], G=[1.0, 2.0], axis=1, gradients=([[0.0, 2.0], [8.0, 6.0]],)),
            kink([[2.0, 0.0], [3.0, 4.0]], G=[1.0, 2.0], axis=0, gradients=([[3.0, 8.0], [2.0, 0.0]],)),
            # 中途会上溢、下溢的
            kink([[SMALL, SMALL, SMALL, BIG, BIG]], G=[2.0], axis=1, gradients=([[2 / SMALL] * 3 + [2 / BIG] * 2],)),
            kink([0.0, 0.0, BIG, BIG], G=2.0, gradients=([0.0] * 4,)),
            kink(
                [[SMALL, 0.0], [SMALL, SMALL], [BIG, BIG]],
                G=[2.0, 2.0],
                axis=0,
                gradients=([[2.0**301, 2.0**301], [2.0**301, 0.0], [0.0, 0.0]],),
            ),
        ),
        accuracy=Accuracy(
            (
                extreme([0.3, -7.1, 1e-3, 5.7]),
                extreme([1e-30, 1e-30, 3e-30, 7e35, 2e35]),
                extreme([0.1, 0.7, 1.3] * 30),
            ),
            ulps=8,
            why="每乘一次舍入一次",
        ),
        timing=timing(
            "rc",
            axis=1,
            torch=lambda torch, x, axis: x.prod(axis),
            autograd=lambda np, x, axis: np.prod(x, axis),
            domain=("near one",),
        ),
    ),
    "logsumexp": Row(
        REDUCTION + (sample((0, 0), axis=0),),
        torch=reduction(lambda torch, x: torch.logsumexp(x, -1)),
        kinks=(
            kink([-math.inf, -math.inf], G=3.0, gradients=([0.0, 0.0],)),
            kink([-math.inf, 1.0], G=3.0, gradients=([0.0, 3.0],)),
            kink([1000.0, -1000.0], G=3.0, gradients=([3.0, 0.0],)),
            kink([math.inf, 1.0, math.inf], G=3.0, gradients=([1.5, 0.0, 1.5],)),
            kink([[1000.0, 1000.0], [-1000.0, -1000.0]], G=[2.0, 4.0], axis=1, gradients=([[1.0, 1.0], [2.0, 2.0]],)),
        ),
        accuracy=Accuracy(
            tuple(extreme(line, units=("maximum(max(abs(x)), log(sum(exp(x - max(x)))))", "")) for line in LINES),
            why="m 与 log Σ 可以相消，单位随大的一个",
        ),
        timing=timing("rc", axis=1, torch=lambda torch, x, axis: torch.logsumexp(x, axis), autograd=SCIPY),
    ),
    "cumsum": Row(
        CUMULATIVE,
        torch=cumulative(lambda torch, x, k: x.cumsum(k)),
        linear=True,
        accuracy=Accuracy(
            tuple(extreme(line, units=("cumsum(abs(x))", "flip(cumsum(flip(abs(G))))")) for line in LINES),
            why="同 sum",
        ),
        timing=timing("rc", axis=1, autograd=lambda np, x, axis: np.cumsum(x, axis)),
    ),
    "cumprod": Row(
        CUMULATIVE + (sample((7, 2), axis=0), sample((2, 8), axis=-1), sample((9,))),
        torch=cumulative(lambda torch, x, k: x.cumprod(k)),
        kinks=(
            kink([2.0, 0.0, 3.0, 4.0], G=[1.0, 1.0, 1.0, 1.0], gradients=([1.0, 32.0, 0.0, 0.0],)),
            kink([2.0, 0.0, 3.0, 0.0, 5.0], G=[1.0, 2.0, 3.0, 4.0, 5.0], gradients=([1.0, 22.0, 0.0, 0.0, 0.0],)),
            kink([0.0, 0.0], G=[1.0, 1.0], axis=0, gradients=([1.0, 0.0],)),
            # 中途会上溢、下溢的
            kink([0.0] + [2.0] * 1100, G=[0.0] * 900 + [2.0] + [0.0] * 200, gradients=([2.0**901] + [0.0] * 1100,)),
            kink(
                [[SMALL, 2.0], [SMALL, 0.0], [SMALL, 4.0], [BIG, 8.0], [BIG, 2.0]],
                G=[[0.0, 1.0], [0.0, 1.0], [0.0, 1.0], [0.0, 0.0], [2.0, 0.0]],
                axis=0,
                gradients=([[2 / SMALL, 1.0], [2 / SMALL, 10.0], [2 / SMALL, 0.0], [2 / BIG, 0.0], [2 / BIG, 0.0]],),
            ),
            kink(
                [[SMALL, SMALL, SMALL, BIG, BIG]],
                G=[[0.0, 0.0, 0.0, 0.0, 2.0]],
                axis=1,
                gradients=([[2 / SMALL, 2 / SMALL, 2 / SMALL, 2 / BIG, 2 / BIG]],),
            ),
        ),
        accuracy=Accuracy(
            tuple(
                extreme(line, units=("", "flip(cumsum(flip(abs(G * z)))) / abs(x)"))
                for line in ([0.3, -7.1, 1e-3, 5.7], [1e-30, 1e-30, 3e-30, 7e35, 2e35], [0.1, 0.7, 1.3] * 30)
            ),
            ulps=16,
            why="每乘一次舍入一次；梯度的各项可以相消，单位随各项绝对值之和",
        ),
        timing=timing("rc", axis=1, autograd=NO_RULE, domain=("near one",)),
    ),
}
