"""“二分类损失与 KL 散度”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import SWEEP, Accuracy, Row, Sample, extreme, kink, sample, timing
from notes.operators.samples import LOSSES, NO_RULE

# 误差的单位随哪个数：σ - t 的两项，log p - x 的两项
NEAR = "abs(g) * where(x > 0, maximum(1 - target, 1 - sigma(x)), maximum(target, sigma(x)))"
KL = ("p * maximum(abs(log(p)), abs(x))", "", "abs(g) * p**log_target * (maximum(abs(log(p)), abs(x)) + 1)")
# 两组对数概率：有的相近
LOG_Q = [-90.0, -1e-3, -1.2, -1e-20, -700.0, -7.0]
LOG_P = [-80.0, -1e-3, -1.2000001, 0.0, -2.0, -7.5]

INF = float("inf")

ROWS = {
    "binary_cross_entropy_with_logits": Row(
        (
            *(sample(s, s, reduction="none") for s in ((), (3,), (2, 1, 3), (0,), (0, 3))),
            sample((), ()),
            sample((4,), (4,)),
            sample((2, 3), (2, 3), reduction="mean"),
            sample((2, 3), (2, 3), reduction="sum"),
            sample((0, 3), (0, 3), reduction="sum"),
            # 逐项的权重、正类的权重，形状各样
            sample((2, 3), (2, 3), weight=[0.5, 2, 3]),
            sample((2, 3), (2, 3), pos_weight=[[3], [0.5]], reduction="none"),
            sample((2, 3), (2, 3), weight=[[2], [0.5]], pos_weight=[0.5, 4, 0], reduction="sum"),
            sample((4,), (4,), weight=3, pos_weight=0.25),
        ),
        torch=lambda torch, x, target, weight=None, pos_weight=None, **k: (
            torch.nn.functional.binary_cross_entropy_with_logits(
                x,
                target,
                weight=None if weight is None else torch.tensor(weight, dtype=x.dtype),
                pos_weight=None if pos_weight is None else torch.tensor(pos_weight, dtype=x.dtype),
                **k,
            )
        ),
        domain=("real", "probability"),
        kinks=(
            kink(
                [1000.0, -1000.0, 0.0],
                [0.0, 1.0, 1.0],
                G=[2.0, 3.0, 4.0],
                gradients=([2, -3, -2], [-2000, 3000, 0]),
                reduction="none",
            ),
            kink(
                [INF, INF, -INF],
                [1.0, 0.0, 0.0],
                G=[2.0, 3.0, 4.0],
                gradients=([0, 3, 0], [-INF, -INF, INF]),
                reduction="none",
            ),
            # 权重是 0 的一项不算，哪怕损失是无穷大
            kink([INF, -INF], [0.0, 1.0], G=2.0, gradients=([0, 0], [0, 0]), weight=0),
            kink([-INF], [0.5], G=[2.0], gradients=([0], [0]), pos_weight=0, reduction="none"),
        ),
        accuracy=Accuracy(
            (
                extreme(SWEEP, SWEEP, units=("", NEAR, ""), reduction="none"),
                extreme([37.43, -40.0, 3.0], [1.0, 0.0, 0.25], units=("", NEAR, "")),
            ),
            why="σ - t 在两者接近时抵消，单位随 σ 与 t（x 大于 0 时随 1 - σ 与 1 - t）",
        ),
        timing=timing("rc", "rc", autograd=NO_RULE),
    ),
    "kl_div": Row(
        tuple(Sample(s.shapes, s.parameters | {"log_target": k}) for k in (False, True) for s in LOSSES)
        + (
            sample((4, 3), (4, 3), reduction="batchmean"),
            sample((4, 3), (3,), reduction="batchmean", log_target=True),
            sample((), (), reduction="batchmean"),
            sample((1, 3), (1, 3)),
        ),
        torch=lambda torch, x, target, reduction="mean", **k: (
            torch.nn.functional.kl_div(x, target, reduction="none", **k).mean()  # 直接用 mean，PyTorch 会警告
            if reduction == "mean"
            else torch.nn.functional.kl_div(x, target, reduction=reduction, **k)
        ),
        domain=("real", "positive"),
        kinks=(
            kink(
                [-1.0, -2.0],
                [0.0, 1.0],
                G=[3.0, 5.0],
                gradients=([0, -5], [float("-inf"), 15]),
                reduction="none",
            ),
            # q 也是 0 时是 +inf；上游梯度是 0 的不算
            kink(
                [-INF, -1.0, -INF],
                [0.0, 0.0, 0.0],
                G=[3.0, 0.0, 0.0],
                gradients=([0, 0, 0], [INF, 0, 0]),
                reduction="none",
            ),
            kink(
                [-1.0, -2.0],
                [float("-inf"), 0.0],
                G=[3.0, 5.0],
                gradients=([0, -5], [0, 15]),
                reduction="none",
                log_target=True,
            ),
        ),
        accuracy=Accuracy(
            (
                extreme(LOG_Q, LOG_P, units=KL, log_target=True, reduction="none"),
                extreme(LOG_Q, [1e-37, 0.999, 0.3, 1.0, 0.1, 1e-3], units=KL, reduction="none"),
                extreme(LOG_Q, [1e-37, 0.999, 0.3, 1.0, 0.1, 1e-3], units=("sum(" + KL[0] + ") / 6", *KL[1:])),
            ),
            why="log p - x 在两者接近时抵消，单位随 log p 与 x",
        ),
        timing=timing("rc", "rc", reduction="sum", autograd=NO_RULE),
    ),
}
