"""“卷积”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Accuracy, Row, extreme, sample, timing
from notes.operators.samples import NO_RULE

# 大小悬殊、会相消的图、核与偏置
IMAGE = [[[[0.1, -3e5, 7.7, 2.0], [1.0, 3.3, -1e-5, 40.0], [-2.0, 1e3, 0.7, -1.5]]]]
KERNEL = [[[[0.3, 1e5], [1e-6, -1.0]]], [[[-2.7, 0.1], [3.0, -1e-3]]]]
BIAS = [0.5, -1e5]
UNITS = (
    "corr(abs(x), abs(weight)) + channel(abs(bias))",
    "corrT(abs(G), abs(weight))",
    "corrW(abs(x), abs(G))",
    "channels(abs(G))",
)
WHY = "一正一负可以相消，单位随各项绝对值之和，同 matmul"


def functional(name):
    """torch.nn.functional 里的 name：列表写成元组。"""

    def apply(torch, x, weight, bias=None, **parameters):
        return getattr(torch.nn.functional, name)(x, weight, bias, **parameters)

    return apply


ROWS = {
    "conv2d": Row(
        (
            sample((2, 3, 5, 6), (4, 3, 3, 2), (4,)),
            sample((2, 3, 5, 6), (4, 3, 3, 2)),
            # 步长有余数，补零比核大，空洞，各不相同的元组
            sample((1, 2, 6, 7), (3, 2, 3, 2), (3,), stride=2),
            sample((2, 1, 7, 6), (2, 1, 3, 2), (2,), stride=(2, 3), padding=(1, 0)),
            sample((1, 2, 4, 5), (2, 2, 3, 2), (2,), padding=(1, 3)),
            sample((1, 2, 3, 4), (2, 2, 1, 2), padding=2, stride=(1, 2)),
            sample((1, 2, 7, 6), (2, 2, 2, 3), (2,), dilation=(3, 2)),
            sample((1, 1, 6, 8), (2, 1, 2, 3), (2,), stride=(3, 2), padding=(2, 1), dilation=(2, 3)),
            # 分组，逐通道（每组一个），逐通道而输出更多
            sample((2, 4, 4, 5), (6, 2, 3, 2), (6,), groups=2),
            sample((1, 4, 5, 4), (6, 2, 2, 3), groups=2, stride=2, padding=1),
            sample((2, 3, 4, 5), (3, 1, 3, 2), (3,), groups=3, padding=1),
            sample((1, 2, 5, 5), (6, 1, 3, 2), (6,), groups=2, stride=(2, 1), dilation=(1, 2)),
            # 1×1，核与输入一样大，没有批轴，一批 0 个
            sample((2, 3, 2, 4), (5, 3, 1, 1), (5,)),
            sample((2, 3, 3, 2), (4, 3, 3, 2), (4,)),
            sample((3, 4, 5), (2, 3, 2, 2), (2,), padding=1),
            sample((3, 5, 5), (2, 3, 2, 2), stride=2),
            sample((0, 3, 4, 5), (2, 3, 2, 2), (2,)),
            sample((0, 3, 4, 5), (2, 3, 2, 2), stride=2),
        ),
        torch=functional("conv2d"),
        linear=True,
        accuracy=Accuracy(
            (
                extreme(IMAGE, KERNEL, BIAS, units=UNITS, padding=1),
                extreme(IMAGE, KERNEL, BIAS, units=UNITS, stride=2, padding=1),
            ),
            why=WHY,
        ),
        timing=timing("bkhh", "kk33", "k", autograd=NO_RULE, padding=1),
    ),
    "conv1d": Row(
        (
            sample((2, 3, 6), (4, 3, 3), (4,)),
            sample((2, 3, 6), (4, 3, 2)),
            sample((1, 2, 8), (3, 2, 3), (3,), stride=2),
            sample((2, 2, 9), (3, 2, 2), (3,), stride=(3,), padding=(2,), dilation=(4,)),
            sample((2, 4, 5), (6, 2, 3), (6,), groups=2, padding=3),
            sample((1, 3, 7), (3, 1, 2), groups=3, stride=2, padding=1),
            sample((3, 5), (2, 3, 2), (2,)),
            sample((0, 3, 5), (2, 3, 2), (2,)),
        ),
        torch=functional("conv1d"),
        linear=True,
        accuracy=Accuracy(
            (
                extreme(
                    IMAGE[0],
                    [[[0.3, 1e5], [1e-6, -1.0], [2.0, 0.5]], [[-2.7, 0.1], [3.0, -1e-3], [1.0, -4.0]]],
                    BIAS,
                    units=UNITS,
                    padding=1,
                ),
            ),
            why=WHY,
        ),
        timing=timing("bkh", "kk3", "k", autograd=NO_RULE, padding=1),
    ),
}
