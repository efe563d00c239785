"""“matmul、outer 与 linear”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Accuracy, Row, extreme, sample, timing
from notes.operators.samples import NO_RULE

# 大小悬殊、会相消的两个矩阵
PRODUCT = ([[0.1, -3e5, 7.7], [1.0, 3.3, -1e-5]], [[0.3, 1e5], [1e-6, 1.0], [-2.7, 0.1]])
PRODUCT_T = (PRODUCT[0], [list(column) for column in zip(*PRODUCT[1], strict=True)])

ROWS = {
    "matmul": Row(
        (
            sample((2, 3), (3, 4)),
            sample((1, 3), (3, 1)),
            sample((3, 1), (1, 2)),
            sample((3, 3), (3, 3)),
            sample((2, 0), (0, 3)),
            sample((0, 2), (2, 3)),
            sample((2, 3), (3, 0)),
            # 一维：点积、矩阵乘向量、向量乘矩阵，批轴在另一边
            sample((3,), (3,)),
            sample((2, 3), (3,)),
            sample((3,), (3, 4)),
            sample((5, 2, 3), (3,)),
            sample((3,), (5, 3, 4)),
            sample((1,), (1, 2)),
            sample((0,), (0,)),
            sample((2, 0), (0,)),
            # 批轴：同形，两边各自、同时被广播，零尺寸
            sample((5, 2, 3), (5, 3, 4)),
            sample((5, 2, 3), (3, 4)),
            sample((2, 3), (5, 3, 4)),
            sample((5, 1, 2, 3), (4, 3, 2)),
            sample((1, 2, 3), (5, 3, 4)),
            sample((0, 2, 3), (3, 4)),
            sample((0, 2, 3), (1, 3, 4)),
        ),
        torch=lambda torch, a, b: torch.matmul(a, b),
        linear=True,
        accuracy=Accuracy(
            (extreme(*PRODUCT, units=("abs(a) @ abs(b)", "abs(G) @ abs(b).T", "abs(a).T @ abs(G)")),),
            why="一正一负可以相消，单位随各项绝对值之和",
        ),
        timing=timing("mm", "mm", autograd=lambda np, a, b: np.matmul(a, b)),
    ),
    "outer": Row(
        (sample((2,), (3,)), sample((1,), (4,)), sample((3,), (1,)), sample((0,), (3,)), sample((2,), (0,))),
        torch=lambda torch, x, y: torch.outer(x, y),
        linear=True,
        accuracy=Accuracy(
            (extreme([0.1, 3e10, -7.7], [1e-20, 0.3], units=("", "abs(G) @ abs(y)", "abs(G).T @ abs(x)")),),
            why="同 matmul",
        ),
        timing=timing("m", "m", autograd=lambda np, x, y: np.outer(x, y)),
    ),
    "linear": Row(
        (
            sample((4, 3), (2, 3), (2,)),
            sample((3,), (2, 3), (2,)),
            sample((5, 4, 3), (2, 3), (2,)),
            sample((1, 1), (1, 1), (1,)),
            sample((3, 3), (3, 3), (3,)),
            sample((0, 3), (2, 3), (2,)),
            sample((4, 0), (2, 0), (2,)),
            sample((4, 3), (0, 3), (0,)),
            # 没有偏置
            sample((4, 3), (2, 3)),
            sample((3,), (2, 3)),
            sample((5, 4, 3), (2, 3)),
            sample((4, 0), (2, 0)),
        ),
        torch=lambda torch, x, weight, bias=None: torch.nn.functional.linear(x, weight, bias),
        linear=True,
        accuracy=Accuracy(
            (
                extreme(
                    *PRODUCT_T,
                    [0.5, -1e5],
                    units=("abs(x) @ abs(weight).T + abs(bias)", "abs(G) @ abs(weight)", "abs(G).T @ abs(x)", ""),
                ),
            ),
            why="同 matmul",
        ),
        timing=timing("mm", "mm", "m", autograd=NO_RULE),
    ),
}
