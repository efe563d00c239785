"""“乘、除、倒数、平方”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Accuracy, Row, timing
from notes.operators.samples import BINARY, UNARY

ROWS = {
    "mul": Row(
        BINARY,
        torch=lambda torch, x, y: torch.mul(x, y),
        linear=True,
        accuracy=Accuracy(),
        timing=timing("rc", "rc", autograd=lambda np, x, y: x * y),
    ),
    "div": Row(
        BINARY,
        torch=lambda torch, x, y: torch.div(x, y),
        domain=("real", "nonzero"),
        accuracy=Accuracy(),
        timing=timing("rc", "rc", autograd=lambda np, x, y: x / y),
    ),
    "reciprocal": Row(
        UNARY,
        torch=lambda torch, x: torch.reciprocal(x),
        domain=("nonzero",),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=lambda np, x: np.reciprocal(x)),
    ),
    "square": Row(
        UNARY,
        torch=lambda torch, x: torch.square(x),
        accuracy=Accuracy(),
        timing=timing("rc", autograd=lambda np, x: np.square(x)),
    ),
}
