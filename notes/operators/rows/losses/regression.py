"""“回归损失”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import SWEEP, Accuracy, Row, Sample, extreme, kink, sample, timing
from notes.operators.samples import LOSSES, NO_RULE

# 相近的、相等的、相差悬殊的
NEIGHBOURS = ([1.0, 3.5, 1e10, -7.25, 0.1], [1.0 + 2**-20, 3.5, 1e-10, 7.0, 0.7])

ROWS = {
    "mse_loss": Row(
        LOSSES,
        torch=lambda torch, x, target, **k: torch.nn.functional.mse_loss(*torch.broadcast_tensors(x, target), **k),
        accuracy=Accuracy((extreme(SWEEP, SWEEP, reduction="none"), extreme(*NEIGHBOURS))),
        timing=timing("rc", "rc", torch=lambda torch, x, t: torch.nn.functional.mse_loss(x, t), autograd=NO_RULE),
    ),
    "l1_loss": Row(
        LOSSES,
        torch=lambda torch, x, target, **k: torch.nn.functional.l1_loss(*torch.broadcast_tensors(x, target), **k),
        not_analytic="绝对值不解析",
        backward_not_analytic="同 abs，复数的 sign 不是正负号",
        kinks=(
            kink([1.0, 2.0, 3.0], [1.0, 5.0, 3.0], G=3.0, gradients=([0, -1, 0], [0, 1, 0])),
            kink([1.0, 2.0], 1.0, G=[5.0, 7.0], gradients=([0, 7], -7), reduction="none"),
        ),
        accuracy=Accuracy((extreme(SWEEP, SWEEP, reduction="none"), extreme(*NEIGHBOURS))),
        timing=timing("rc", "rc", torch=lambda torch, x, t: torch.nn.functional.l1_loss(x, t), autograd=NO_RULE),
    ),
    "huber_loss": Row(
        tuple(Sample(s.shapes, s.parameters | {"delta": 0.75}) for s in LOSSES)
        + (sample((2, 3), (2, 3)), sample((2, 3), (3,), delta=2, reduction="sum")),
        torch=lambda torch, x, target, **k: torch.nn.functional.huber_loss(*torch.broadcast_tensors(x, target), **k),
        kinks=(
            kink([2.0, -2.0, 0.0], 0.0, G=[1.0, 3.0, 5.0], gradients=([2, -6, 0], 4), delta=2, reduction="none"),
            kink([1e300], [-1e300], G=[3.0], gradients=([6], [-6]), delta=2, reduction="none"),
        ),
        accuracy=Accuracy((extreme(SWEEP, SWEEP, delta=0.75, reduction="none"), extreme(*NEIGHBOURS, delta=2))),
        timing=timing("rc", "rc", torch=lambda torch, x, t: torch.nn.functional.huber_loss(x, t), autograd=NO_RULE),
    ),
}
