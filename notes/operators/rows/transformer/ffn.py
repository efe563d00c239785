"""“GLU 与残差”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import SWEEP, Accuracy, Row, extreme, kink, sample, timing
from notes.operators.samples import BINARY, NO_RULE

INF = float("inf")

# 前一半是 a，后一半是门：大的、小的、门关死的
HALVES = (
    [1.0, -2.0, 0.3, 5.0, 0.5, -1.25, 40.0, -40.0],
    [1e30, -1e-30, 3.0, -7.0, -60.0, 0.0, 1e-8, 80.0],
    [0.1, 2.0, 1e20, -3.0, -85.0, 85.0, -12.0, 3.0],
)

ROWS = {
    "glu": Row(
        (
            sample((2,)),
            sample((4,), axis=0),
            sample((2, 6)),
            sample((4, 3), axis=0),
            sample((2, 4, 3), axis=1),
            sample((2, 4, 3), axis=-2),
            sample((2, 3, 2)),
            sample((0, 4)),
            sample((3, 0)),
            sample((4, 0), axis=0),
        ),
        torch=lambda torch, x, axis=-1: torch.nn.functional.glu(x, axis),
        kinks=(kink([2.0, 3.0, -INF, INF], G=[3.0, 8.0], gradients=([0.0, 8.0, 0.0, 0.0],)),),
        accuracy=Accuracy(
            tuple(
                extreme(
                    x,
                    units=(
                        "abs(piece(x, 0)) * (sigma(piece(x, 1)) + tiny)",
                        "concatenate((abs(G) * (sigma(piece(x, 1)) + tiny), abs(G * z) * (1 - sigma(piece(x, 1)))"
                        " + abs(piece(x, 0)) * tiny))",
                    ),
                    axis=0,
                )
                for x in HALVES
            ),
            why="门是次正规数时（x 小于 -708，float32 小于 -87），乘以 a 也放大了它的舍入",
        ),
        timing=timing("rq", autograd=NO_RULE),
    ),
    "swiglu": Row(
        BINARY,
        torch=lambda torch, a, b: torch.nn.functional.silu(a) * b,
        kinks=(
            kink([INF, -INF, 0.0], [2.0, 2.0, 2.0], G=[3.0, 5.0, 8.0], gradients=([6.0, 0.0, 8.0], [INF, 0.0, 0.0])),
        ),
        accuracy=Accuracy(
            (
                extreme(
                    SWEEP,
                    SWEEP,
                    units=(
                        "abs(b) * (abs(a) + 1) * (sigma(a) + tiny)",
                        "abs(G * b) * (sigma(a) + (abs(a) + 1) * tiny)",
                        "abs(a) * (sigma(a) + tiny)",
                    ),
                ),
            ),
            why="同 silu：σ 是次正规数时，乘以 a、b 也放大了它的舍入；对 a 的梯度在 -1.28 附近过 0",
        ),
        timing=timing("rc", "rc", autograd=NO_RULE),
    ),
}
