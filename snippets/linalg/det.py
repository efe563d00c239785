"""行列式、它的对数与迹。"""

import numpy as np

from linalg.solve import regular, require_square
from reductions.extrema import product_of_others
from reductions.sum_mean import normalize_axes
from start.conventions import operator


# --8<-- [start:det]
@operator
def det(A):
    """行列式，A 形状 (..., n, n)，z 形状 (...)。不是方阵时报 ValueError。

    前向：det(A)
    反向：(G * z)[..., None, None] * inv(A).mT

    奇异矩阵也有梯度。公式见“行列式与迹”式 (3)。
    """
    require_square(A)
    z = np.asarray(np.linalg.det(A))

    def backward(G):
        return (G[..., np.newaxis, np.newaxis] * cofactors(A, z),)

    return z, backward
# --8<-- [end:det]


# --8<-- [start:cofactors]
def cofactors(A, z):
    """A 的代数余子式矩阵 C，z = det A。A 里有无穷大或 NaN 的，C 全是 NaN。

    z 是正常的数时用 z A⁻ᵀ；为 0、太小或上溢时用奇异值分解。公式见“行列式与迹”式 (5)、(8)。
    """
    C = np.full_like(A, np.nan)
    finite = np.isfinite(A).all(axis=(-2, -1))
    safe = finite & np.isfinite(z) & (np.abs(z) >= np.finfo(A.dtype).tiny)
    C[safe] = z[safe][:, np.newaxis, np.newaxis] * np.linalg.inv(A[safe]).mT
    U, s, Vt = np.linalg.svd(A[finite & ~safe])
    others = product_of_others(s, (1,)) * (np.linalg.det(U) * np.linalg.det(Vt))[:, np.newaxis]
    C[finite & ~safe] = U * others[:, np.newaxis, :] @ Vt
    return C
# --8<-- [end:cofactors]


# --8<-- [start:slogdet]
@operator
def slogdet(A):
    """行列式的符号与绝对值的对数，A 形状 (..., n, n)，两个输出的形状都是 (...)。

    前向：slogdet(A)
    反向：G[1][..., None, None] * inv(A).mT

    不是方阵时报 ValueError。奇异时输出 0 与 -inf，这时 backward 报 LinAlgError。
    公式见“行列式与迹”式 (9)。
    """
    require_square(A)
    sign, logabsdet = np.linalg.slogdet(A)

    def backward(G_sign, G_logabsdet):
        Z = regular(np.linalg.inv, A, name="slogdet 的梯度：")
        return (G_logabsdet[..., np.newaxis, np.newaxis] * Z.mT,)

    return (sign, logabsdet), backward
# --8<-- [end:slogdet]


# --8<-- [start:trace]
@operator
def trace(A, *, offset=0, axis1=0, axis2=1):
    """迹：沿 axis1、axis2 两根轴的对角线之和，与 numpy.trace 同义。

    前向：trace(A, offset, axis1, axis2)
    反向：scatter(G[..., None], diagonal(places, offset, axis1, axis2))

    offset 是对角线的偏移。轴超出范围、两根轴相同时报 ValueError，参数不是整数时报 TypeError。
    公式见“行列式与迹”式 (10)。
    """
    rows, columns = normalize_axes((axis1, axis2), A.ndim)
    if isinstance(offset, bool) or not isinstance(offset, int | np.integer):
        raise TypeError(f"offset 应为整数，得到 {offset!r}")
    diagonal = np.diagonal(A, offset, rows, columns)
    k = diagonal.shape[-1]

    def backward(G):
        A_bar = np.zeros_like(A)
        i = np.arange(k) + max(0, -offset)
        np.moveaxis(A_bar, (rows, columns), (0, 1))[i, i + offset] = G
        return (A_bar,)

    return diagonal.sum(axis=-1), backward
# --8<-- [end:trace]
