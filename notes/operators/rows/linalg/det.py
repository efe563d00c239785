"""“行列式与迹”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Accuracy, Row, extreme, kink, timing
from notes.operators.samples import CONDITION, DIAGONAL, MATRIX

ROWS = {
    "det": Row(
        MATRIX,
        torch=lambda torch, A: torch.linalg.det(A),
        domain=("invertible",),
        # 奇异矩阵处可微，梯度是代数余子式；PyTorch 在那里给出 0
        kinks=(
            kink([[0.0]], G=3.0, gradients=([[3.0]],)),
            kink(
                [[2.0**-1030, 0.0], [0.0, 2.0**1000]], G=3.0, gradients=([[3 * 2.0**1000, 0.0], [0.0, 3 * 2.0**-1030]],)
            ),
            kink([[0.0, 0.0], [0.0, 2.0]], G=3.0, gradients=([[6.0, 0.0], [0.0, 0.0]],)),
            kink([[0.0, 0.0], [0.0, 0.0]], G=3.0, gradients=([[0.0, 0.0], [0.0, 0.0]],)),
        ),
        accuracy=CONDITION,
        timing=timing("mm", autograd=lambda np, A: np.linalg.det(A)),
    ),
    "slogdet": Row(
        MATRIX,
        # PyTorch 的 sign 有时不带梯度，加上 0 就带了
        torch=lambda torch, A: (lambda sign, value: (sign + 0 * value, value))(*torch.linalg.slogdet(A)),
        domain=("invertible",),
        not_analytic="取了行列式的绝对值与符号",
        accuracy=CONDITION,
        timing=timing("mm", autograd=lambda np, A: np.linalg.slogdet(A)),
    ),
    "trace": Row(
        DIAGONAL,
        torch=lambda torch, A, offset=0, axis1=0, axis2=1: torch.diagonal(A, offset, axis1, axis2).sum(-1),
        linear=True,
        accuracy=Accuracy((extreme([[0.1, 2.0], [3.0, -1e10]], units=("sum(abs(diagonal(A)))", "")),), why="同 sum"),
        timing=timing("mm", torch=lambda torch, A: torch.trace(A), autograd=lambda np, A: np.trace(A)),
    ),
}
