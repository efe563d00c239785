"""“激活函数”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import SWEEP, Accuracy, Row, extreme, kink, sample, timing
from notes.operators.samples import NO_RULE, SCIPY, UNARY

INF, NAN = float("inf"), float("nan")

ROWS = {
    "sigmoid": Row(
        UNARY,
        torch=lambda torch, x: torch.sigmoid(x),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=NO_RULE),
    ),
    "tanh": Row(
        UNARY,
        torch=lambda torch, x: torch.tanh(x),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=lambda np, x: np.tanh(x)),
    ),
    "relu": Row(
        UNARY,
        torch=lambda torch, x: torch.relu(x),
        domain=("nonzero",),
        kinks=(
            kink([0.0, -0.0, 1.0], G=[3.0, 5.0, 7.0], gradients=([0.0, 0.0, 7.0],)),
            kink([NAN, -1.0], G=[3.0, INF], gradients=([NAN, 0.0],)),
        ),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=lambda np, x: np.maximum(x, 0)),
    ),
    "leaky_relu": Row(
        (*UNARY, sample((2, 3), negative_slope=0.3), sample((4,), negative_slope=-2), sample((4,), negative_slope=0.0)),
        torch=lambda torch, x, negative_slope=0.01: torch.nn.functional.leaky_relu(x, negative_slope),
        domain=("nonzero",),
        kinks=(kink([0.0, 1.0, NAN], G=[3.0, 5.0, 7.0], gradients=([0.75, 5.0, NAN],), negative_slope=0.25),),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=NO_RULE),
    ),
    "elu": Row(
        (*UNARY, sample((2, 3), alpha=0.3), sample((4,), alpha=2)),
        torch=lambda torch, x, alpha=1.0: torch.nn.functional.elu(x, alpha),
        domain=("nonzero",),
        kinks=(kink([0.0, 1.0], G=[3.0, 5.0], gradients=([0.75, 5.0],), alpha=0.25),),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=NO_RULE),
    ),
    "softplus": Row(
        UNARY,
        torch=lambda torch, x: torch.nn.functional.softplus(x),
        kinks=(kink([0.0], G=[3.0], gradients=([1.5],)),),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=lambda np, x: np.logaddexp(0, x)),
    ),
    "silu": Row(
        UNARY,
        torch=lambda torch, x: torch.nn.functional.silu(x),
        kinks=(kink([INF, -INF, 0.0], G=[3.0, 5.0, 8.0], gradients=([3.0, 0.0, 4.0],)),),
        accuracy=Accuracy(
            (extreme(SWEEP, units=("abs(x) * tiny", "abs(G) * (sigma(x) + abs(x) * tiny)")),),
            why="x 小于 -708（float32 小于 -87）时 σ 是次正规数，乘以 x 也放大了它的舍入；梯度在 -1.28 附近过 0",
        ),
        timing=timing("rc", autograd=NO_RULE),
    ),
    "erf": Row(
        UNARY,
        torch=lambda torch, x: torch.erf(x),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=SCIPY),
    ),
    "gelu": Row(
        (*UNARY, *(sample(s.shapes[0], approximate="tanh") for s in UNARY)),
        torch=lambda torch, x, approximate="none": torch.nn.functional.gelu(x, approximate=approximate),
        kinks=tuple(
            kink([INF, -INF, 0.0], G=[3.0, 5.0, 8.0], gradients=([3.0, 0.0, 4.0],), approximate=form)
            for form in ("none", "tanh")
        ),
        accuracy=Accuracy(
            (
                extreme(SWEEP, units=("abs(x) * tiny", "abs(G) * (Phi(x) + abs(x) * tiny)")),
                extreme(
                    SWEEP,
                    units=(
                        "(1 + abs(x) ** 3 / 8) * (abs(z) + tiny)",
                        "abs(G) * (1 + abs(x) ** 3 / 8) * (Phi(x) + abs(x) * phi(x) + tiny)",
                    ),
                    approximate="tanh",
                ),
            ),
            ulps=8,
            why="Φ 要算两个多项式，各步都舍入；它是次正规数时同 silu，梯度在 -0.75 附近过 0；"
            "tanh 版里 σ(2u) 的 2u 舍入几次，左尾上放大 2u 倍，单位也乘以 1 + |x|³ / 8",
        ),
        timing=timing("rc", autograd=NO_RULE),
    ),
}
