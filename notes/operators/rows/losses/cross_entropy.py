"""“交叉熵：cross_entropy、nll_loss”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Row, Sample, kink, sample, timing
from notes.operators.samples import NO_RULE

# 整数类别的损失：类别轴是 0 或 1；重复的类别、被忽略的位置、零尺寸
CLASSES = (
    sample((3,), target=1),
    sample((3,), target=1, reduction="none"),
    sample((4, 3), target=[2, 0, 2, 1]),
    sample((4, 3), target=[2, -100, 0, 1]),
    sample((4, 3), target=[2, 0, 1, 0], ignore_index=0, reduction="mean"),
    sample((4, 3), target=[2, 0, -100, 1], reduction="sum"),
    sample((4, 3), target=[2, -100, 0, 2], reduction="none"),
    sample((2, 3, 4), target=[[0, 2, 1, -100], [1, 1, 2, 0]]),
    sample((2, 3, 4), target=[[0, 2, 1, -100], [1, 1, 2, 0]], reduction="none"),
    sample((2, 3, 1, 2), target=[[[0, 2]], [[1, 1]]], reduction="none"),
    sample((2, 1), target=[0, 0]),
    sample((0, 3), target=[], reduction="sum"),
    sample((2, 3, 0), target=[[], []], reduction="none"),
)

ROWS = {
    "nll_loss": Row(
        CLASSES,
        torch=lambda torch, x, target, **k: torch.nn.functional.nll_loss(
            x, torch.as_tensor(target, dtype=torch.int64), **k
        ),
        linear=True,
        kinks=(kink([[1.0, 2.0], [3.0, 4.0]], G=5.0, gradients=([[0, 0], [0, 0]],), target=[-100, -100]),),
        timing=timing("rc", target=lambda s: s.integers(s.c, s.r), autograd=NO_RULE),
    ),
    "cross_entropy": Row(
        CLASSES
        + tuple(Sample(s.shapes, s.parameters | {"label_smoothing": 0.25}) for s in CLASSES)
        + (sample((4, 3), target=[2, 0, 2, 1], label_smoothing=1),),
        torch=lambda torch, x, target, **k: torch.nn.functional.cross_entropy(
            x, torch.as_tensor(target, dtype=torch.int64), **k
        ),
        kinks=(
            kink([1000.0, -1000.0, 1000.0], G=4.0, gradients=([2, 0, -2],), target=2),
            kink([[1000.0, -1000.0]], G=4.0, gradients=([[4, -4]],), target=[1]),
            kink([0.0, float("-inf"), 0.0], G=4.0, gradients=([2, 0, -2],), target=2),
            kink([[1.0, 2.0], [3.0, 4.0]], G=5.0, gradients=([[0, 0], [0, 0]],), target=[-100, -100]),
        ),
        timing=timing("rc", target=lambda s: s.integers(s.c, s.r), autograd=NO_RULE),
    ),
}
