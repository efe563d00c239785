"""“abs、maximum、minimum、clip、where”一页的算子怎样验证、怎样计时。"""

import math

from notes.operators.row import SWEEP, Accuracy, Row, extreme, kink, sample, timing
from notes.operators.samples import ADDS, BINARY, UNARY

NAN = math.nan


def clamped(torch, x, a_min=None, a_max=None, min=None, max=None):
    """PyTorch 的两个界要么都是数，要么都是张量，又不肯广播 x。"""
    if a_min is None:
        return torch.clamp(x, min, max)
    upper = torch.tensor(math.inf if max is None else max, dtype=x.dtype) if a_max is None else a_max
    return torch.clamp(*torch.broadcast_tensors(x, a_min, upper))


ROWS = {
    "abs": Row(
        UNARY,
        torch=lambda torch, x: torch.abs(x),
        domain=("nonzero",),
        not_analytic="复数的 abs 是模，结果是实数",
        backward_not_analytic="复数的 sign 是 x 除以它的模，随虚部转动",
        kinks=(
            kink([0.0, -0.0], G=[3.0, 3.0], gradients=([0.0, 0.0],)),
            kink([NAN, -1.0], G=[3.0, 5.0], gradients=([NAN, -5.0],)),
        ),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=lambda np, x: np.abs(x)),
    ),
    "maximum": Row(
        BINARY,
        torch=lambda torch, x, y: torch.maximum(x, y),
        kinks=(
            kink([1.0, 1.0], [1.0, 2.0], G=[3.0, 5.0], gradients=([1.5, 0.0], [1.5, 5.0])),
            kink(0.0, [0.0, -1.0], G=[3.0, 5.0], gradients=(6.5, [1.5, 0.0])),
            kink([NAN, 1.0, 2.0], [1.0, NAN, 1.0], G=[3.0, 5.0, 7.0], gradients=([NAN, NAN, 7.0], [NAN, NAN, 0.0])),
            kink([NAN, 2.0], [1.0, 1.0], G=[3.0, 7.0], gradients=([NAN, 7.0], [NAN, 0.0])),
            kink([1.0, 2.0], [NAN, 1.0], G=[3.0, 7.0], gradients=([NAN, 7.0], [NAN, 0.0])),
        ),
        accuracy=Accuracy(),
        timing=timing("rc", "rc", autograd=lambda np, x, y: np.maximum(x, y)),
    ),
    "minimum": Row(
        BINARY,
        torch=lambda torch, x, y: torch.minimum(x, y),
        kinks=(
            kink([1.0, 1.0], [1.0, 2.0], G=[3.0, 5.0], gradients=([1.5, 5.0], [1.5, 0.0])),
            kink(0.0, [0.0, -1.0], G=[3.0, 5.0], gradients=(1.5, [1.5, 5.0])),
            kink([NAN, 1.0, 2.0], [1.0, NAN, 3.0], G=[3.0, 5.0, 7.0], gradients=([NAN, NAN, 7.0], [NAN, NAN, 0.0])),
            kink([NAN, 2.0], [1.0, 3.0], G=[3.0, 7.0], gradients=([NAN, 7.0], [NAN, 0.0])),
            kink([1.0, 2.0], [NAN, 3.0], G=[3.0, 7.0], gradients=([NAN, 7.0], [NAN, 0.0])),
        ),
        accuracy=Accuracy(),
        timing=timing("rc", "rc", autograd=lambda np, x, y: np.minimum(x, y)),
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
            # 界是数组：一边、两边，三者互相广播，另一边是数
            sample((2, 3), (3,)),
            sample((2, 3), (2, 3), (2, 3)),
            sample((3, 1), (4,), ()),
            sample((), (2, 3), (3,)),
            sample((2, 1, 3), (4, 1), (3,)),
            sample((4, 3), (3,), max=0.7),
            sample((4, 3), (), max=-0.2),
            sample((0, 3), (3,), (1, 3)),
        ),
        torch=clamped,
        kinks=(
            kink(
                [-1.0, 0.5, 2.0, -2.0, 3.0],
                G=[3.0, 5.0, 7.0, 9.0, 11.0],
                min=-1.0,
                max=2.0,
                gradients=([3.0, 5.0, 7.0, 0.0, 0.0],),
            ),
            # 碰到界的归 x；两界相等时从哪边碰到归哪边；下界大于上界时都归上界
            kink([1.0, 2.0], [1.0, 1.0], [2.0, 2.0], G=[3.0, 5.0], gradients=([3, 5], [0, 0], [0, 0])),
            kink([-1.0, 1.0, 0.0], 0.0, 0.0, G=[3.0, 5.0, 7.0], gradients=([0, 0, 7], 3, 5)),
            kink([0.0, 1.5, 3.0, 1.0], 2.0, 1.0, G=[3.0, 5.0, 7.0, 9.0], gradients=([0, 0, 0, 0], 0, 24)),
            kink([NAN, 5.0], G=[3.0, 5.0], min=0.0, max=1.0, gradients=([NAN, 0.0],)),
            kink([NAN, 1.0], [0.0, NAN], [2.0, 2.0], G=[3.0, 5.0], gradients=([NAN] * 2, [NAN] * 2, [NAN] * 2)),
        ),
        accuracy=Accuracy((extreme(SWEEP, min=-0.5, max=0.7), extreme(SWEEP, max=1.0))),
        timing=timing("rc", min=-0.5, max=0.7, autograd=lambda np, x, min, max: np.clip(x, min, max)),
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
        torch=lambda torch, x, y, condition: torch.where(torch.tensor(condition), x, y),
        linear=True,
        accuracy=ADDS,
        timing=timing(
            "rc",
            "rc",
            condition=lambda s: s.integers(2, s.r, s.c) == 1,
            torch=lambda torch, x, y, condition: torch.where(condition, x, y),
            autograd=lambda np, x, y, condition: np.where(condition, x, y),
        ),
    ),
}
