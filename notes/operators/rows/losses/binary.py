"""“二分类损失与 KL 散度”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Row, Sample, kink, sample, timing
from notes.operators.samples import LOSSES, NO_RULE

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
        not_analytic="为了不上溢，写成绝对值与 maximum，两者都不解析",
        kinks=(
            kink(
                [1000.0, -1000.0, 0.0],
                [0.0, 1.0, 1.0],
                G=[2.0, 3.0, 4.0],
                gradients=([2, -3, -2], [-2000, 3000, 0]),
                reduction="none",
            ),
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
            kink(
                [-1.0, -2.0],
                [float("-inf"), 0.0],
                G=[3.0, 5.0],
                gradients=([0, -5], [0, 15]),
                reduction="none",
                log_target=True,
            ),
        ),
        timing=timing("rc", "rc", reduction="sum", autograd=NO_RULE),
    ),
}
