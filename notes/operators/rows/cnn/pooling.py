"""“池化”一页的算子怎样验证、怎样计时。"""

import math

from notes.operators.row import Accuracy, Row, extreme, kink, sample, timing
from notes.operators.samples import NO_RULE

# 不重叠、重叠、步长有余数、步长比核大、核不对称、补零、悬出去、没有批的轴、批 0
POOLS = (
    sample((2, 3, 4, 6), kernel_size=2),
    sample((1, 2, 5, 4), kernel_size=3, stride=1),
    sample((2, 1, 6, 5), kernel_size=(3, 2), stride=(2, 3)),
    sample((1, 1, 7, 5), kernel_size=2, stride=3),
    sample((2, 2, 4, 5), kernel_size=3, stride=2, padding=1),
    sample((1, 1, 3, 4), kernel_size=(2, 4), stride=(1, 2), padding=(1, 2)),
    sample((3, 5, 4), kernel_size=[3, 2], stride=[1, 2]),
    sample((1, 2, 5, 6), kernel_size=2, ceil_mode=True),
    sample((1, 1, 6, 4), kernel_size=3, stride=2, padding=1, ceil_mode=True),
    sample((1, 1, 7, 7), kernel_size=2, stride=3, ceil_mode=True),
    sample((2, 1, 3, 3), kernel_size=3, stride=2, padding=(1, 0), ceil_mode=True),
    sample((1, 1, 1, 1), kernel_size=1),
    sample((0, 2, 4, 4), kernel_size=2),
)
DILATED = (
    sample((1, 2, 6, 7), kernel_size=2, stride=1, dilation=2),
    sample((2, 1, 7, 6), kernel_size=(3, 2), stride=2, padding=1, dilation=(2, 3)),
    sample((1, 1, 8, 5), kernel_size=2, stride=3, dilation=(3, 1), ceil_mode=True),
)
AVERAGED = (
    sample((2, 1, 4, 5), kernel_size=3, stride=2, padding=1, count_include_pad=False),
    sample((1, 1, 6, 4), kernel_size=3, stride=2, padding=1, ceil_mode=True, count_include_pad=False),
    sample((1, 2, 5, 6), kernel_size=(2, 3), divisor_override=5),
    sample((1, 1, 5, 4), kernel_size=2, ceil_mode=True, divisor_override=-3),
)
ADAPTIVE = (
    sample((2, 3, 4, 6), output_size=2),
    sample((1, 2, 5, 7), output_size=3),
    sample((2, 1, 5, 4), output_size=(2, 3)),
    sample((1, 1, 3, 2), output_size=(5, 4)),
    sample((1, 2, 4, 3), output_size=(None, 2)),
    sample((3, 5, 4), output_size=[3, None]),
    sample((1, 2, 5, 3), output_size=1),
    sample((0, 2, 5, 3), output_size=2),
)
UNITS = ("Ah @ abs(x) @ Aw.mT", "Ah.mT @ abs(G) @ Aw")
IMAGE = [[[3.0, -1e-3, 2.5, 0.7], [1e4, 7.0, -0.3, -6e3], [1e-8, 0.1, -1e4, 1.1], [0.2, 0.7, 1.3, 5.0]]]
WHY = "各项可以相消，单位随各项绝对值之和"


def pooled(name):
    """PyTorch 的同名函数；没有批的轴也收。"""
    return lambda torch, x, **parameters: getattr(torch.nn.functional, name)(x, **parameters)


ROWS = {
    "max_pool2d": Row(
        POOLS + DILATED,
        torch=pooled("max_pool2d"),
        kinks=(
            # 平局归第一个；重叠的窗口各算各的
            kink(
                [[[1.0, 2.0, 2.0, 1.0]]],
                G=[[[3.0, 5.0]]],
                gradients=([[[0.0, 8.0, 0.0, 0.0]]],),
                kernel_size=(1, 3),
                stride=1,
            ),
            kink([[[0.0, 0.0], [0.0, 0.0]]], G=[[[3.0]]], gradients=([[[3.0, 0.0], [0.0, 0.0]]],), kernel_size=2),
            kink([[[0.0, -0.0]]], G=[[[3.0]]], gradients=([[[3.0, 0.0]]],), kernel_size=(1, 2)),
            # nan 归第一个 nan
            kink(
                [[[1.0, math.nan, math.nan, 2.0]]],
                G=[[[3.0]]],
                gradients=([[[0.0, 3.0, 0.0, 0.0]]],),
                kernel_size=(1, 4),
            ),
            # 全是 -inf，归第一个真的，不归补上去的；一个真的也没有，丢掉
            kink(
                [[[-math.inf, -math.inf]]],
                G=[[[3.0, 5.0]]],
                gradients=([[[3.0, 5.0]]],),
                kernel_size=(1, 2),
                stride=2,
                padding=(0, 1),
            ),
            kink(
                [[[1.0, 2.0]]],
                G=[[[3.0]]],
                gradients=([[[0.0, 0.0]]],),
                kernel_size=(1, 2),
                stride=1,
                padding=(0, 1),
                dilation=(1, 3),
            ),
        ),
        accuracy="前向只取数，反向把落在一处的加起来，没有别的舍入",
        timing=timing("bkhh", kernel_size=3, stride=2, padding=1, autograd=NO_RULE),
    ),
    "avg_pool2d": Row(
        POOLS + AVERAGED,
        torch=pooled("avg_pool2d"),
        linear=True,
        accuracy=Accuracy(
            (
                extreme(IMAGE, units=UNITS, kernel_size=2),
                extreme(IMAGE, units=UNITS, kernel_size=3, stride=1),
                extreme(IMAGE, units=UNITS, kernel_size=3, stride=2, padding=1, ceil_mode=True),
                extreme(IMAGE, units=UNITS, kernel_size=3, stride=2, padding=1, count_include_pad=False),
            ),
            why=WHY,
        ),
        timing=timing("bkhh", kernel_size=3, stride=2, padding=1, autograd=NO_RULE),
    ),
    "adaptive_avg_pool2d": Row(
        ADAPTIVE,
        torch=pooled("adaptive_avg_pool2d"),
        linear=True,
        accuracy=Accuracy(
            (
                extreme(IMAGE, units=UNITS, output_size=2),
                extreme(IMAGE, units=UNITS, output_size=3),
                extreme(IMAGE, units=UNITS, output_size=(1, 6)),
            ),
            why=WHY,
        ),
        timing=timing("bkhh", output_size=lambda size: (7 * size.h + 31) // 32, autograd=NO_RULE),
    ),
}
