"""逆矩阵、线性方程组与 Cholesky 分解。"""

import numpy as np

from broadcasting.gradient import unbroadcast
from linalg.matmul import require_product
from reductions.sum_mean import guarded
from start.conventions import operator


# --8<-- [start:inv]
@operator
def inv(A):
    """逆矩阵，A 形状 (..., n, n)。不是方阵报 ValueError，消元遇到 0 报 LinAlgError。

    前向：inv(A)
    反向：-z.mT @ G @ z.mT

    公式见“逆矩阵、解方程与 Cholesky 分解”式 (2)。
    """
    require_square(A)
    Z = regular(np.linalg.inv, A)

    def backward(G):
        return (-Z.mT @ G @ Z.mT,)

    return Z, backward
# --8<-- [end:inv]


# --8<-- [start:solve]
@operator
def solve(a, b):
    """解方程 a @ z = b，a 形状 (..., n, n)；b 一维时是一个向量，否则形状 (..., n, k)。

    前向：solve(a, b)
    反向：ub(-(H := solve(a.mT, mat(G))) @ mat(z).mT, a), ub(H, B).reshape(b.shape)

    批轴按广播规则。不是方阵、行数不等报 ValueError，消元遇到 0 报 LinAlgError。
    公式见“逆矩阵、解方程与 Cholesky 分解”式 (4)、(6)。
    """
    require_square(a)
    if b.ndim == 0:
        raise ValueError("右边至少要有一根轴")
    B = b[:, np.newaxis] if b.ndim == 1 else b
    require_product(a, B)
    Z = regular(np.linalg.solve, a, B)

    def backward(G):
        B_bar = regular(np.linalg.solve, a.mT, G.reshape(Z.shape))
        return unbroadcast(-B_bar @ Z.mT, a.shape), unbroadcast(B_bar, B.shape).reshape(b.shape)

    return Z.squeeze(axis=-1) if b.ndim == 1 else Z, backward
# --8<-- [end:solve]


# --8<-- [start:cholesky]
@operator
def cholesky(A):
    """Cholesky 分解：下三角的 L，L Lᵀ = (A + Aᵀ) / 2，A 形状 (..., n, n)。

    前向：cholesky(sym(A))
    反向：sym(inv(z).mT @ low(z.mT @ G) @ inv(z))

    A 先对称化，所以梯度是对称的。不是方阵报 ValueError，不正定报 LinAlgError。
    公式见“逆矩阵、解方程与 Cholesky 分解”式 (10)。
    """
    require_square(A)
    try:
        L = np.linalg.cholesky(symmetric(A))
    except np.linalg.LinAlgError:
        raise np.linalg.LinAlgError("矩阵不正定，没有 Cholesky 分解") from None

    def pull(G):
        half = np.linalg.solve(L.mT, lower_half(L.mT @ np.tril(G)))  # G 的上三角是 nan 也不看
        S = np.linalg.solve(L.mT, half.mT)
        return symmetric(S), S

    def backward(G):
        return (guarded(pull, G),)

    return L, backward
# --8<-- [end:cholesky]


# --8<-- [start:lower_half]
def lower_half(M):
    """Φ(M)：取下三角，对角线减半，其余为 0。"""
    return np.tril(M) * (1 - np.eye(M.shape[-1], dtype=M.dtype) / 2)


def symmetric(M):
    """(M + Mᵀ) / 2；和上溢的数各自先减半。"""
    with np.errstate(over="ignore"):
        S = (M + M.mT) / 2
    return S if np.isfinite(S).all() else np.where(np.isfinite(S), S, M / 2 + M.mT / 2)
# --8<-- [end:lower_half]


# --8<-- [start:require_square]
def require_square(A):
    """A 的最后两根轴应一样大，否则报 ValueError。"""
    if A.ndim < 2 or A.shape[-2] != A.shape[-1]:
        raise ValueError("应为方阵，即至少两根轴，最后两根一样大")
# --8<-- [end:require_square]


# --8<-- [start:regular]
def regular(call, A, *others):
    """call(A, *others)；它说奇异时报 LinAlgError，有批轴时指出是哪一个。"""
    try:
        return call(A, *others)
    except np.linalg.LinAlgError:
        at = np.argwhere(np.linalg.slogdet(A)[0] == 0).tolist()
        which = f"下标 {at[0]} 处的" if at and at[0] else ""
        raise np.linalg.LinAlgError(f"{which}矩阵奇异，没有逆矩阵") from None
# --8<-- [end:regular]
