"""“交叉熵：cross_entropy、nll_loss”一页的算子怎样验证、怎样计时。"""

import math

from notes.operators.row import Accuracy, Row, Sample, extreme, kink, sample, timing
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
    # 类别有权重
    sample((3,), target=1, weight=[0.5, 3, 2]),
    sample((4, 3), target=[2, -100, 0, 1], weight=[0.5, 3, 2]),
    sample((4, 3), target=[2, 0, 1, 0], weight=[0.5, 3, 0], ignore_index=0, reduction="sum"),
    sample((2, 3, 4), target=[[0, 2, 1, -100], [1, 1, 2, 0]], weight=[0.5, 3, 2], reduction="none"),
)
IGNORED = kink([[1.0, 2.0], [3.0, 4.0]], G=5.0, gradients=([[0, 0], [0, 0]],), target=[-100, -100], weight=[2.0, 3.0])

# 概率作目标，不必加起来是 1
PROBABILITIES = (
    sample((3,), (3,)),
    sample((4, 3), (4, 3)),
    sample((4, 3), (4, 3), weight=[0.5, 3, 2], reduction="sum"),
    sample((2, 3, 4), (2, 3, 4), weight=[0.5, 3, 2]),
    sample((2, 3, 1, 2), (2, 3, 1, 2), reduction="none"),
    sample((0, 3), (0, 3), reduction="sum"),
)


def tensors(torch, x, probabilities, target, weight):
    """PyTorch 的目标与权重。"""
    target = torch.as_tensor(target, dtype=torch.int64) if probabilities is None else probabilities
    return {"target": target, "weight": weight and torch.tensor(weight, dtype=x.dtype)}


# 误差的单位随哪个数：p - q 的两项
TERMS = "abs(g) * maximum(abs(exp(logits) / S(exp(logits)) - (q > 0.5)), label_smoothing)"
# 几行数：几乎只有一个、悬殊、相近、相等、负的
LOGITS = [
    [0.0, -40.0, -41.0],
    [3.0, 3.0, -1e-3],
    [1000.0, 999.0, -1000.0],
    [80.0, 0.0, 60.0],
    [0.1] * 3,
    [-9.0, 9.0, 1.0],
]

ROWS = {
    "nll_loss": Row(
        CLASSES,
        torch=lambda torch, x, target, weight=None, **k: torch.nn.functional.nll_loss(
            x, **tensors(torch, x, None, target, weight), **k
        ),
        linear=True,
        kinks=(
            IGNORED,
            kink([[1.0, 2.0]], G=5.0, gradients=([[0, math.nan]],), target=[1], weight=[2.0, 0.0]),
            kink(
                [[1.0, -math.inf], [2.0, 3.0]], G=5.0, gradients=([[0, 0], [-5, 0]],), target=[1, 0], weight=[2.0, 0.0]
            ),
        ),
        accuracy=Accuracy((extreme([[-1.0, -2.0], [-0.3, -1e-20], [-700.0, -3.0]], target=[0, 1, 0]),)),
        timing=timing("rc", target=lambda s: s.integers(s.c, s.r), autograd=NO_RULE),
    ),
    "cross_entropy": Row(
        CLASSES
        + PROBABILITIES
        + tuple(Sample(s.shapes, s.parameters | {"label_smoothing": 0.25}) for s in CLASSES + PROBABILITIES)
        + (sample((4, 3), target=[2, 0, 2, 1], label_smoothing=1),),
        torch=lambda torch, x, q=None, target=None, weight=None, **k: torch.nn.functional.cross_entropy(
            x, **tensors(torch, x, q, target, weight), **k
        ),
        domain=("real", "positive"),
        kinks=(
            kink([1000.0, -1000.0, 1000.0], G=4.0, gradients=([2, 0, -2],), target=2),
            kink([[1000.0, -1000.0]], G=4.0, gradients=([[4, -4]],), target=[1]),
            kink([0.0, float("-inf"), 0.0], G=4.0, gradients=([2, 0, -2],), target=2),
            IGNORED,
            # 概率是 0 的类别不算，哪怕它的分数是 -inf
            kink([[0.0, -math.inf]], [[1.0, 0.0]], G=4.0, gradients=([[0, 0]], [[0, math.inf]])),
            # 权重是 0 的类别也不算
            kink([[0.0, -math.inf]], [[1.0, 0.5]], G=4.0, gradients=([[0, 0]], [[0, 0]]), weight=[1.0, 0.0]),
        ),
        accuracy=Accuracy(
            tuple(
                extreme(LOGITS, target=[0, 1, 2, 0, 1, 0], units=("", TERMS), **options)
                for options in ({"reduction": "none"}, {}, {"label_smoothing": 0.125})
            ),
            why="平滑之后 p - q 的两项可以相消，单位随两项的大小",
        ),
        timing=timing("rc", target=lambda s: s.integers(s.c, s.r), autograd=NO_RULE),
    ),
}
