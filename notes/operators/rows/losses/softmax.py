"""“softmax 与 log_softmax”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Accuracy, Row, extreme, kink, sample, timing
from notes.operators.samples import LINES, NO_RULE

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
            kink([0.0, float("inf"), 0.0], G=[4.0, 2.0, 8.0], gradients=([0, 0, 0],)),
            kink(
                [[0.0, float("-inf"), 0.0], [float("-inf")] * 3],
                G=[[4.0, 2.0, 8.0]] * 2,
                gradients=([[-1, 0, 1], [float("nan")] * 3],),
            ),
        ),
        accuracy=Accuracy(
            tuple(extreme(line, units=("", "z * (abs(G[:, None] - G) @ z)")) for line in LINES),
            why="梯度是 z_k z_j (G_k - G_j) 之和，可以相消，单位随各项绝对值之和",
        ),
        timing=timing("rc", autograd=NO_RULE),
    ),
    "log_softmax": Row(
        ALONG,
        torch=lambda torch, x, axis=-1: torch.log_softmax(x, axis),
        kinks=(
            kink([1000.0, -1000.0, 1000.0], G=[4.0, 2.0, 8.0], gradients=([-3, 2, 1],)),
            kink([0.0, float("-inf"), 0.0], G=[4.0, 2.0, 8.0], gradients=([-3, 2, 1],)),
            kink([0.0, float("inf"), 0.0], G=[4.0, 2.0, 8.0], gradients=([4, -12, 8],)),
        ),
        accuracy=Accuracy(
            tuple(extreme(line, units=("", "abs(G) * (1 - exp(z)) + exp(z) * (S(abs(G)) - abs(G))")) for line in LINES),
            why="梯度是 (1 - p_k) G_k 减去 p_k 乘其余的 G，可以相消，单位随各项绝对值之和",
        ),
        timing=timing("rc", autograd=NO_RULE),
    ),
}
