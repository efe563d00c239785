"""“加、减、取负”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Accuracy, Row, timing
from notes.operators.samples import BINARY, UNARY

ROWS = {
    "add": Row(
        BINARY,
        torch=lambda torch, x, y: torch.add(x, y),
        linear=True,
        accuracy=Accuracy(),
        timing=timing("rc", "rc", autograd=lambda np, x, y: x + y),
    ),
    "sub": Row(
        BINARY,
        torch=lambda torch, x, y: torch.sub(x, y),
        linear=True,
        accuracy=Accuracy(),
        timing=timing("rc", "rc", autograd=lambda np, x, y: x - y),
    ),
    "neg": Row(
        UNARY,
        torch=lambda torch, x: torch.neg(x),
        linear=True,
        accuracy=Accuracy(),
        timing=timing("rc", autograd=lambda np, x: -x),
    ),
}
