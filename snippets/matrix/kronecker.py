"""把矩阵拉直：vec 与它的逆，以及雅可比要占多少内存。"""

from math import prod

import numpy as np


# --8<-- [start:vec]
def vec(X):
    """列优先拉直：把 X 的各列首尾相接，返回一维数组。公式见“vec 与 Kronecker 积”式 (1)。"""
    return np.asarray(X).ravel(order="F")


def unvec(v, shape):
    """vec 的逆：把一维数组按列填进形状为 shape 的矩阵。元素个数不符时报 ValueError。"""
    return np.asarray(v).reshape(shape, order="F")
# --8<-- [end:vec]


# --8<-- [start:bytes]
def jacobian_bytes(m, n, p, itemsize=8):
    """Y = WX 的雅可比 ∂Y/∂W，形状 (m, p, m, n)，要占多少字节。"""
    return prod((m, p, m, n)) * itemsize


def vjp_bytes(m, n, p, itemsize=8):
    """用 GXᵀ 求同一个梯度：G、X 与结果，形状 (m, p)、(n, p)、(m, n)，一共多少字节。"""
    return (prod((m, p)) + prod((n, p)) + prod((m, n))) * itemsize
# --8<-- [end:bytes]
