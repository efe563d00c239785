"""“matmul、outer 与 linear”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Row, sample, timing
from notes.operators.samples import NO_RULE

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
        timing=timing("mm", "mm", autograd=lambda np, a, b: np.matmul(a, b)),
    ),
    "outer": Row(
        (sample((2,), (3,)), sample((1,), (4,)), sample((3,), (1,)), sample((0,), (3,)), sample((2,), (0,))),
        torch=lambda torch, x, y: torch.outer(x, y),
        linear=True,
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
        timing=timing("mm", "mm", "m", autograd=NO_RULE),
    ),
}
