"""“幂、指数、对数、开方”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Row, kink, timing
from notes.operators.samples import BINARY, UNARY

ROWS = {
    "pow": Row(
        BINARY,
        torch=lambda torch, x, y: torch.pow(x, y),
        domain=("positive", "real"),
        kinks=(
            kink(0.0, 2.0, G=-3.0, gradients=(0.0, 0.0)),
            kink(0.0, 0.0, G=-3.0, gradients=(0.0, 0.0)),
            kink(0.0, 1.0, G=-3.0, gradients=(-3.0, 0.0)),
            kink(0.0, 0.5, G=-3.0, gradients=(float("-inf"), 0.0)),
            kink(-2.0, 3.0, G=-3.0, gradients=(-36.0, float("nan"))),
        ),
        timing=timing("rc", "rc", autograd=lambda np, x, y: np.power(x, y)),
    ),
    "exp": Row(
        UNARY,
        torch=lambda torch, x: torch.exp(x),
        timing=timing("rc", autograd=lambda np, x: np.exp(x)),
    ),
    "log": Row(
        UNARY,
        torch=lambda torch, x: torch.log(x),
        domain=("positive",),
        timing=timing("rc", autograd=lambda np, x: np.log(x)),
    ),
    "log1p": Row(
        UNARY,
        torch=lambda torch, x: torch.log1p(x),
        domain=("positive",),
        timing=timing("rc", autograd=lambda np, x: np.log1p(x)),
    ),
    "expm1": Row(
        UNARY,
        torch=lambda torch, x: torch.expm1(x),
        timing=timing("rc", autograd=lambda np, x: np.expm1(x)),
    ),
    "sqrt": Row(
        UNARY,
        torch=lambda torch, x: torch.sqrt(x),
        domain=("positive",),
        kinks=(kink([0.0, 4.0], G=[3.0, 3.0], gradients=([float("inf"), 0.75],)),),
        timing=timing("rc", autograd=lambda np, x: np.sqrt(x)),
    ),
    "sin": Row(
        UNARY,
        torch=lambda torch, x: torch.sin(x),
        timing=timing("rc", autograd=lambda np, x: np.sin(x)),
    ),
    "cos": Row(
        UNARY,
        torch=lambda torch, x: torch.cos(x),
        timing=timing("rc", autograd=lambda np, x: np.cos(x)),
    ),
}
