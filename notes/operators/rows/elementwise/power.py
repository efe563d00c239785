"""“幂、指数、对数、开方”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import SWEEP, Accuracy, Row, extreme, kink, timing
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
            kink(0.0, -1.0, G=-3.0, gradients=(float("inf"), float("inf"))),
            kink(-2.0, 3.0, G=-3.0, gradients=(-36.0, float("nan"))),
        ),
        # 幂上溢、下溢而导数不然的，也在里面
        accuracy=Accuracy(
            tuple(
                extreme(x, y, units=("", "abs(G * y) * (x ** (y - 1) + tiny)", "abs(G * log(x)) * (z + tiny)"))
                for x, y in (
                    (SWEEP, SWEEP),
                    ([1e30, 1e-30, 1e30, 1e-30, 1e37, 3.0], [1.5, 1.45, -1.0, -1.5, 9.1, -3.0]),
                )
            ),
            why="幂是次正规数时，乘以 y 与 ln x 也放大了它的舍入",
        ),
        timing=timing("rc", "rc", autograd=lambda np, x, y: np.power(x, y)),
    ),
    "exp": Row(
        UNARY,
        torch=lambda torch, x: torch.exp(x),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=lambda np, x: np.exp(x)),
    ),
    "log": Row(
        UNARY,
        torch=lambda torch, x: torch.log(x),
        domain=("positive",),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=lambda np, x: np.log(x)),
    ),
    "log1p": Row(
        UNARY,
        torch=lambda torch, x: torch.log1p(x),
        domain=("positive",),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=lambda np, x: np.log1p(x)),
    ),
    "expm1": Row(
        UNARY,
        torch=lambda torch, x: torch.expm1(x),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=lambda np, x: np.expm1(x)),
    ),
    "sqrt": Row(
        UNARY,
        torch=lambda torch, x: torch.sqrt(x),
        domain=("positive",),
        kinks=(kink([0.0, 4.0], G=[3.0, 3.0], gradients=([float("inf"), 0.75],)),),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=lambda np, x: np.sqrt(x)),
    ),
    "sin": Row(
        UNARY,
        torch=lambda torch, x: torch.sin(x),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=lambda np, x: np.sin(x)),
    ),
    "cos": Row(
        UNARY,
        torch=lambda torch, x: torch.cos(x),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=lambda np, x: np.cos(x)),
    ),
}
