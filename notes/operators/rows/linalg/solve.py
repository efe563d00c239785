"""“逆矩阵、解方程与 Cholesky 分解”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Row, sample, timing
from notes.operators.samples import CONDITION, MATRIX

ROWS = {
    "inv": Row(
        MATRIX,
        torch=lambda torch, A: torch.linalg.inv(A),
        domain=("invertible",),
        accuracy=CONDITION,
        timing=timing("mm", autograd=lambda np, A: np.linalg.inv(A)),
    ),
    "solve": Row(
        (
            sample((3, 3), (3, 2)),
            sample((3, 3), (3,)),
            sample((1, 1), (1,)),
            sample((4, 2, 2), (4, 2, 3)),
            sample((4, 2, 2), (2,)),
            sample((4, 2, 2), (2, 3)),
            sample((3, 3), (4, 3, 2)),
            sample((1, 3, 3), (2, 3, 1)),
            sample((4, 1, 2, 2), (3, 2, 1)),
            sample((0, 0), (0, 2)),
            sample((2, 2), (2, 0)),
            sample((0, 2, 2), (2, 1)),
        ),
        torch=lambda torch, a, b: torch.linalg.solve(a, b),
        domain=("invertible", "real"),
        accuracy=CONDITION,
        timing=timing("mm", "mm", autograd=lambda np, a, b: np.linalg.solve(a, b)),
    ),
    "cholesky": Row(
        MATRIX,
        torch=lambda torch, A: torch.linalg.cholesky(A),
        domain=("positive definite",),
        not_analytic="LAPACK 把复矩阵当作 Hermite 矩阵，取了共轭",
        backward_not_analytic="反向用到前向分解出的 L，它已经取了共轭",
        accuracy=CONDITION,
        timing=timing("mm", autograd=lambda np, A: np.linalg.cholesky(A)),
    ),
}
