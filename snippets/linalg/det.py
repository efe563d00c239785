"""行列式、它的对数与迹。"""

import numpy as np

from broadcasting.gradient import add_up
from linalg.solve import regular, require_square
from reductions.extrema import product_of_others, unscaled
from shapes.reshape import as_integer, two_axes
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
    B, r, c = equalized(A)
    z = unscaled(np.asarray(np.linalg.det(B)), r.sum(axis=(-2, -1)) + c.sum(axis=(-2, -1)))

    def backward(G):
        return (G[..., np.newaxis, np.newaxis] * cofactors(A),)

    return z, backward
# --8<-- [end:det]


# --8<-- [start:equalized]
def equalized(A):
    """A 的各行、各列除以 2 的幂，使最大的数相近；还有这些幂的指数，形状是 (..., n, 1) 与 (..., 1, n)。

    除以 2 的幂没有舍入，下溢的除外。整行、整列的大小悬殊，消元时就不会把小的淹没。
    """
    usual = np.isfinite(A.real) & (A.real != 0)
    size = np.where(usual, np.frexp(np.where(usual, A.real, 1))[1].astype(np.int64) - 1, NOTHING)
    r = top_exponent(size, -1)
    c = top_exponent(size - r, -2)  # 只看指数：先除以行的幂，整列都小的会下溢
    return unscaled(A, -r - c), r, c


NOTHING = -(2**40)  # 0、无穷大与 NaN 的指数


def top_exponent(size, axis):
    """沿 axis 最大的指数，轴留着；一个也没有时取 0。"""
    top = size.max(axis=axis, keepdims=True, initial=NOTHING)
    return np.where(top > NOTHING // 2, top, 0)
# --8<-- [end:equalized]


# --8<-- [start:cofactors]
def cofactors(A):
    """A 的代数余子式矩阵 C。A 里有无穷大或 NaN 的，C 全是 NaN。

    先把各行各列的大小拉平。行列式 z 是正常的数时用 z A⁻ᵀ；为 0、太小或上溢时用奇异值分解。
    公式见“行列式与迹”式 (5)、(8)。
    """
    B, r, c = equalized(A)
    z, C = np.linalg.det(B), np.full_like(A, np.nan)
    finite = np.isfinite(A).all(axis=(-2, -1))
    safe = finite & np.isfinite(z) & (np.abs(z) >= np.finfo(A.dtype).tiny)
    C[safe] = z[safe][:, np.newaxis, np.newaxis] * np.linalg.inv(B[safe]).mT
    U, s, Vt = np.linalg.svd(B[finite & ~safe])
    others = product_of_others(s) * (np.linalg.det(U) * np.linalg.det(Vt))[:, np.newaxis]
    C[finite & ~safe] = U * others[:, np.newaxis, :] @ Vt
    # 余子式里少了自己的一行一列，乘回去的 2 的幂也少这两个
    total = r.sum(axis=-2, keepdims=True) + c.sum(axis=-1, keepdims=True)
    return unscaled(C, total - r - c)
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
        Z = regular(np.linalg.inv, A)
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
    rows, columns = two_axes(axis1, axis2, A.ndim)
    offset = as_integer("offset", offset)
    diagonal = np.diagonal(A, offset, rows, columns)
    k, dtype = diagonal.shape[-1], A.dtype

    def backward(G):
        A_bar = np.zeros(A.shape, dtype)
        i = np.arange(k) + max(0, -offset)
        np.moveaxis(A_bar, (rows, columns), (0, 1))[i, i + offset] = G
        return (A_bar,)

    return add_up(diagonal, (diagonal.ndim - 1,)).squeeze(-1), backward
# --8<-- [end:trace]
