"""“激活函数”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Row, kink, sample, timing
from notes.operators.samples import NO_RULE, SCIPY, UNARY

ROWS = {
    "sigmoid": Row(
        UNARY,
        torch=lambda torch, x: torch.sigmoid(x),
        timing=timing("rc", autograd=NO_RULE),
    ),
    "tanh": Row(
        UNARY,
        torch=lambda torch, x: torch.tanh(x),
        timing=timing("rc", autograd=lambda np, x: np.tanh(x)),
    ),
    "relu": Row(
        UNARY,
        torch=lambda torch, x: torch.relu(x),
        domain=("nonzero",),
        kinks=(kink([0.0, -0.0, 1.0], G=[3.0, 5.0, 7.0], gradients=([0.0, 0.0, 7.0],)),),
        timing=timing("rc", autograd=lambda np, x: np.maximum(x, 0)),
    ),
    "leaky_relu": Row(
        (*UNARY, sample((2, 3), negative_slope=0.3), sample((4,), negative_slope=-2), sample((4,), negative_slope=0.0)),
        torch=lambda torch, x, negative_slope=0.01: torch.nn.functional.leaky_relu(x, negative_slope),
        domain=("nonzero",),
        kinks=(kink([0.0, 1.0], G=[3.0, 5.0], gradients=([0.75, 5.0],), negative_slope=0.25),),
        timing=timing("rc", autograd=NO_RULE),
    ),
    "elu": Row(
        (*UNARY, sample((2, 3), alpha=0.3), sample((4,), alpha=2)),
        torch=lambda torch, x, alpha=1.0: torch.nn.functional.elu(x, alpha),
        domain=("nonzero",),
        kinks=(kink([0.0, 1.0], G=[3.0, 5.0], gradients=([0.75, 5.0],), alpha=0.25),),
        timing=timing("rc", autograd=NO_RULE),
    ),
    "softplus": Row(
        UNARY,
        torch=lambda torch, x: torch.nn.functional.softplus(x),
        kinks=(kink([0.0], G=[3.0], gradients=([1.5],)),),
        timing=timing("rc", autograd=lambda np, x: np.logaddexp(0, x)),
    ),
    "silu": Row(
        UNARY,
        torch=lambda torch, x: torch.nn.functional.silu(x),
        timing=timing("rc", autograd=NO_RULE),
    ),
    "erf": Row(
        UNARY,
        torch=lambda torch, x: torch.erf(x),
        timing=timing("rc", autograd=SCIPY),
    ),
    "gelu": Row(
        (*UNARY, *(sample(s.shapes[0], approximate="tanh") for s in UNARY)),
        torch=lambda torch, x, approximate="none": torch.nn.functional.gelu(x, approximate=approximate),
        timing=timing("rc", autograd=NO_RULE),
    ),
}
