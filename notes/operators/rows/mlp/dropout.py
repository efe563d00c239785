"""“dropout”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import SWEEP, Accuracy, Row, extreme, kink, sample, timing
from notes.operators.samples import NO_RULE

INF, NAN = float("inf"), float("nan")


def dropout(torch, x, *, p=0.5, mask):
    """PyTorch 的掩码是它自己抽的，给不进去；照它的算法写，p = 1 时全丢。"""
    return x * torch.as_tensor(mask, dtype=x.dtype) * (1 / (1 - p) if p < 1 else 0)


ROWS = {
    "dropout": Row(
        (
            sample((), mask=True),
            sample((), mask=False, p=0.3),
            sample((3,), mask=[True, False, True], p=0.3),
            sample((2, 3), mask=[[True, False, True], [False, False, True]]),
            sample((2, 3), mask=[[True], [False]], p=0.9),
            sample((2, 3), mask=[True, False, True], p=0.0),
            sample((2, 3), mask=[[True, False, True], [False, False, True]], p=1),
            sample((2, 3, 2, 2), mask=[[[[True]], [[False]], [[True]]], [[[False]], [[True]], [[True]]]], p=0.3),
            sample((0, 3), mask=[True, False, True]),
            sample((3, 0), mask=[[True], [False], [True]]),
        ),
        torch=dropout,
        linear=True,
        kinks=(
            kink([INF, NAN, 4.0], G=[1.0, 2.0, 3.0], gradients=([0.0, 0.0, 6.0],), mask=[False, False, True]),
            kink([INF, 1.0], G=[INF, 2.0], gradients=([0.0, 0.0],), mask=[True, True], p=1.0),
        ),
        accuracy=Accuracy(
            tuple(extreme(SWEEP, p=p, mask=keep) for p in (0.1, 0.5, 0.9, 1.0) for keep in (True, False))
        ),
        timing=timing("rc", autograd=NO_RULE, p=0.3, mask=lambda size: size.integers(10, size.r, size.c) >= 3),
    ),
}
