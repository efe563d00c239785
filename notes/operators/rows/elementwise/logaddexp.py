"""“logaddexp”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Accuracy, Row, extreme, kink, timing
from notes.operators.samples import BINARY

INF, NAN = float("inf"), float("nan")

# 相近的、悬殊的、会相消的、会上溢与下溢的
PAIRS = (
    ([0.1, -0.7, 20.3, 5.0, 1e-3, 0.0, 88.5, -88.5], [0.4, -0.69, -17.9, -80.3, -1e-3, -0.0, 88.4, -88.1]),
    ([1e4, -1e4, 3e37, -3e37, 1e-30, 700.1, -700.1, -1.0], [1e4 + 3, -1e4 - 20, 1.0, 2.0, -1.0, 0.3, 0.7, -1e-30]),
)

ROWS = {
    "logaddexp": Row(
        BINARY,
        torch=lambda torch, x, y: torch.logaddexp(x, y),
        kinks=(
            kink(
                [-INF, INF, INF, -INF],
                [-INF, INF, 1.0, 2.0],
                G=[1.0, 2.0, 3.0, 4.0],
                gradients=([0.0, 1.0, 3.0, 0.0], [0.0, 1.0, 0.0, 4.0]),
            ),
            kink([1000.0, -1000.0], [1000.0, -1000.0], G=[2.0, 4.0], gradients=([1.0, 2.0], [1.0, 2.0])),
            kink([NAN], [1.0], G=[1.0], gradients=([NAN], [NAN])),
        ),
        accuracy=Accuracy(
            tuple(extreme(x, y, units=("abs(maximum(x, y)) + log(1 + exp(-abs(x - y)))", "", "")) for x, y in PAIRS),
            why="较大的一个与 ln(1 + e^-|x-y|) 可以相消，单位随两者绝对值之和",
        ),
        timing=timing("rc", "rc", autograd=lambda np, x, y: np.logaddexp(x, y)),
    ),
}
