"""“softmax 与 log_softmax”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Row, kink, sample, timing
from notes.operators.samples import NO_RULE

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

ROWS = {
    "softmax": Row(
        ALONG,
        torch=lambda torch, x, axis=-1: torch.softmax(x, axis),
        kinks=(
            kink([1000.0, -1000.0, 1000.0], G=[4.0, 2.0, 8.0], gradients=([-1, 0, 1],)),
            kink([0.0, float("-inf"), 0.0], G=[4.0, 2.0, 8.0], gradients=([-1, 0, 1],)),
        ),
        timing=timing("rc", autograd=NO_RULE),
    ),
    "log_softmax": Row(
        ALONG,
        torch=lambda torch, x, axis=-1: torch.log_softmax(x, axis),
        kinks=(
            kink([1000.0, -1000.0, 1000.0], G=[4.0, 2.0, 8.0], gradients=([-3, 2, 1],)),
            kink([0.0, float("-inf"), 0.0], G=[4.0, 2.0, 8.0], gradients=([-3, 2, 1],)),
        ),
        timing=timing("rc", autograd=NO_RULE),
    ),
}
