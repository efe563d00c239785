"""“更多激活函数”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import SWEEP, Accuracy, Row, extreme, kink, timing
from notes.operators.samples import NO_RULE, UNARY

INF, NAN = float("inf"), float("nan")

ROWS = {
    "logsigmoid": Row(
        UNARY,
        torch=lambda torch, x: torch.nn.functional.logsigmoid(x),
        kinks=(kink([INF, -INF, 0.0], G=[3.0, 5.0, 8.0], gradients=([0.0, 5.0, 4.0],)),),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=lambda np, x: -np.logaddexp(0, -x)),
    ),
    "softsign": Row(
        UNARY,
        torch=lambda torch, x: torch.nn.functional.softsign(x),
        domain=("nonzero",),
        kinks=(kink([INF, -INF, 0.0, NAN], G=[3.0, 5.0, 8.0, 1.0], gradients=([0.0, 0.0, 8.0, NAN],)),),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=lambda np, x: x / (1 + np.abs(x))),
    ),
    "mish": Row(
        UNARY,
        torch=lambda torch, x: torch.nn.functional.mish(x),
        kinks=(kink([INF, -INF, 0.0, NAN], G=[3.0, 5.0, 5.0, 1.0], gradients=([3.0, 0.0, 3.0, NAN],)),),
        accuracy=Accuracy(
            (
                extreme(
                    SWEEP,
                    units=("abs(x) * tiny", "abs(G) * (tanh(log(1 + exp(x))) + abs(x) * tiny)"),
                ),
            ),
            why="同 silu：x 小于 -708（float32 小于 -87）时门是次正规数；梯度在 -1.19 附近过 0",
        ),
        timing=timing("rc", autograd=lambda np, x: x * np.tanh(np.logaddexp(0, x))),
    ),
    "relu6": Row(
        UNARY,
        torch=lambda torch, x: torch.nn.functional.relu6(x),
        domain=("nonzero",),
        kinks=(
            kink([0.0, -0.0, 6.0, 3.0, 7.0], G=[3.0, 5.0, 7.0, 2.0, 1.0], gradients=([0.0, 0.0, 0.0, 2.0, 0.0],)),
            kink([NAN, -1.0], G=[3.0, INF], gradients=([NAN, 0.0],)),
        ),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=lambda np, x: np.clip(x, 0, 6)),
    ),
    "hardsigmoid": Row(
        UNARY,
        # F.hardsigmoid 的反向在 float64 里乘的是 float32 的 1/6，差 3e-8，见页面
        torch=lambda torch, x: torch.clamp((x + 3) / 6, 0, 1),
        domain=("nonzero",),
        kinks=(
            kink([-3.0, 3.0, 0.0, 5.0], G=[3.0, 5.0, 6.0, 7.0], gradients=([0.0, 0.0, 1.0, 0.0],)),
            kink([NAN, -INF], G=[3.0, INF], gradients=([NAN, 0.0],)),
        ),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=lambda np, x: np.clip((x + 3) / 6, 0, 1)),
    ),
    "hardswish": Row(
        UNARY,
        torch=lambda torch, x: torch.nn.functional.hardswish(x),
        domain=("nonzero",),
        kinks=(
            kink([-3.0, 3.0, 0.0, -5.0], G=[3.0, 5.0, 6.0, 7.0], gradients=([0.0, 5.0, 3.0, 0.0],)),
            kink([NAN, -INF, INF], G=[3.0, 2.0, 4.0], gradients=([NAN, 0.0, 4.0],)),
        ),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=lambda np, x: x * np.clip((x + 3) / 6, 0, 1)),
    ),
    "selu": Row(
        UNARY,
        torch=lambda torch, x: torch.nn.functional.selu(x),
        domain=("nonzero",),
        kinks=(
            kink(
                [0.0, 1.0, -INF, NAN],
                G=[1.0, 1.0, 5.0, 1.0],
                gradients=([1.7580993408473766, 1.0507009873554805, 0.0, NAN],),
            ),
        ),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=NO_RULE),
    ),
}
