"""“转置卷积”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Accuracy, Row, extreme, sample, timing
from notes.operators.samples import NO_RULE

UNITS = (
    "corrT(abs(x), abs(weight)) + channel(abs(bias))",
    "corr(abs(G), abs(weight))",
    "corrW(abs(G), abs(x))",
    "channels(abs(G))",
)
IMAGE = [[[[0.1, -3e5, 7.7], [1.0, 3.3, -1e-5]]]]
KERNEL = [[[[0.3, 1e5], [1e-6, -1.0]], [[-2.7, 0.1], [3.0, -1e-3]]]]

ROWS = {
    "conv_transpose2d": Row(
        (
            sample((2, 3, 3, 4), (3, 4, 3, 2), (4,)),
            sample((2, 3, 3, 4), (3, 4, 3, 2)),
            # 步长，去掉的边，多出来的一格，空洞，各不相同的元组
            sample((1, 2, 3, 2), (2, 3, 3, 2), (3,), stride=2),
            sample((2, 1, 3, 4), (1, 2, 3, 2), (2,), stride=(2, 3), padding=(1, 0), output_padding=(0, 2)),
            sample((1, 2, 4, 3), (2, 2, 3, 4), padding=(2, 1)),
            sample((1, 1, 3, 3), (1, 2, 2, 3), (2,), stride=2, padding=1, output_padding=1),
            sample((1, 2, 3, 2), (2, 2, 2, 3), (2,), dilation=(3, 2), output_padding=(2, 1)),
            sample((1, 1, 2, 3), (1, 2, 2, 3), stride=(3, 2), padding=(2, 1), dilation=(2, 3), output_padding=(1, 2)),
            # 步长比核大，中间有缝
            sample((1, 1, 3, 2), (1, 2, 1, 2), (2,), stride=(3, 3), output_padding=1),
            # 分组，逐通道
            sample((2, 4, 3, 2), (4, 3, 3, 2), (6,), groups=2),
            sample((1, 4, 2, 3), (4, 3, 2, 3), groups=2, stride=2, padding=1, output_padding=1),
            sample((2, 3, 3, 2), (3, 1, 3, 2), (3,), groups=3, padding=1),
            sample((1, 2, 2, 2), (2, 3, 3, 2), (6,), groups=2, stride=(2, 1), dilation=(1, 2)),
            # 1×1，没有批轴，一批 0 个
            sample((2, 3, 2, 4), (3, 5, 1, 1), (5,)),
            sample((3, 2, 3), (3, 2, 2, 2), (2,), padding=1),
            sample((3, 2, 2), (3, 2, 2, 2), stride=2),
            sample((0, 3, 2, 3), (3, 2, 2, 2), (2,)),
            sample((0, 3, 2, 3), (3, 2, 2, 2), stride=2),
        ),
        torch=lambda torch, x, weight, bias=None, **parameters: torch.nn.functional.conv_transpose2d(
            x, weight, bias, **parameters
        ),
        linear=True,
        accuracy=Accuracy(
            (
                extreme(IMAGE, KERNEL, [0.5, -1e5], units=UNITS, padding=1),
                extreme(IMAGE, KERNEL, [0.5, -1e5], units=UNITS, stride=2, output_padding=1),
            ),
            why="一正一负可以相消，单位随各项绝对值之和，同 matmul",
        ),
        timing=timing("bkhh", "kk33", "k", autograd=NO_RULE, stride=2, padding=1, output_padding=1),
    ),
}
