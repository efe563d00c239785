"""求和、平均、方差、标准差、范数：沿若干个轴的归约。"""

import math
from numbers import Real
from operator import index

import numpy as np

from elementwise.piecewise import as_number
from start.conventions import operator


# --8<-- [start:normalize_axis]
def normalize_axis(axis, ndim):
    """一个轴：负数从右边数，返回 0 到 ndim - 1 的整数；布尔值不算整数。

    不是整数报 TypeError；超出范围报 AxisError，它既是 ValueError，也是 IndexError。
    """
    try:
        if isinstance(axis, bool):
            raise TypeError
        position = index(axis)
    except TypeError:
        raise TypeError(f"axis 应为整数，得到 {axis!r}") from None
    if not -ndim <= position < ndim:
        raise np.exceptions.AxisError(f"axis={position} 超出范围：输入有 {ndim} 个轴")
    return position % ndim
# --8<-- [end:normalize_axis]


# --8<-- [start:normalize_axes]
def normalize_axes(axis, ndim):
    """若干个轴：None 是全部，整数是一个，元组是若干个，() 是一个也没有。

    返回非负整数的元组，次序不变。不是整数报 TypeError，超出范围、重复报 ValueError。
    """
    if axis is None:
        return tuple(range(ndim))
    if isinstance(axis, list):
        raise TypeError(f"axis 有几个时应写成元组，得到列表 {axis}")
    axes = tuple(normalize_axis(k, ndim) for k in (axis if isinstance(axis, tuple) else (axis,)))
    if len(set(axes)) < len(axes):
        raise ValueError(f"axis={axis} 里有重复的轴")
    return axes
# --8<-- [end:normalize_axes]


# --8<-- [start:sum]
@operator
def sum(x, *, axis=None, keepdims=False):
    """沿 axis 求和。axis 见 normalize_axes；空的和是 0。公式见“求和、平均、方差、范数”式 (2)。

    前向：sum(x, axis, keepdims=keepdims)
    反向：broadcast_to(keep(G), x.shape)
    """
    axes = normalize_axes(axis, x.ndim)
    z = np.sum(x, axis=axes, keepdims=True)

    def backward(G):
        return (np.broadcast_to(G.reshape(z.shape), x.shape),)

    return (z if keepdims else z.squeeze(axes)), backward
# --8<-- [end:sum]


# --8<-- [start:mean]
@operator
def mean(x, *, axis=None, keepdims=False):
    """沿 axis 平均；空的平均是 nan，并警告。公式见“求和、平均、方差、范数”式 (4)。

    前向：mean(x, axis, keepdims=keepdims)
    反向：broadcast_to(keep(G) / N, x.shape)
    """
    axes = normalize_axes(axis, x.ndim)
    count = math.prod(x.shape[k] for k in axes)
    z = np.sum(x, axis=axes, keepdims=True) / count

    def backward(G):
        return (np.broadcast_to(G.reshape(z.shape) / count, x.shape),)

    return (z if keepdims else z.squeeze(axes)), backward
# --8<-- [end:mean]


# --8<-- [start:deviations]
def deviations(x, axes):
    """x 减去沿 axes 的平均，与 x 同形。

    先减去每一组的第一个数：一组的数全相等时，得到的恰是 0，没有舍入误差。
    """
    first = x[tuple(slice(1) if k in axes else slice(None) for k in range(x.ndim))]
    c = x - first
    c -= np.sum(c, axis=axes, keepdims=True) / math.prod(x.shape[k] for k in axes)
    return c
# --8<-- [end:deviations]


# --8<-- [start:var]
@operator
def var(x, *, axis=None, ddof=0, keepdims=False):
    """沿 axis 的方差，离差的平方和除以 N - ddof（不足 0 时按 0），N 是一组的个数。

    前向：var(x, axis, ddof=ddof, keepdims=keepdims)
    反向：2 * keep(G) * (x - S(x) / N) / (N - ddof)

    公式见“求和、平均、方差、范数”式 (6)。
    """
    axes = normalize_axes(axis, x.ndim)
    c = deviations(x, axes)
    ddof = as_number("var", "ddof", ddof)
    freedom = max(math.prod(x.shape[k] for k in axes) - ddof, 0.0)
    z = np.sum(c * c, axis=axes, keepdims=True) / freedom

    def backward(G):
        return (2 * G.reshape(z.shape) / freedom * c,)

    return (z if keepdims else z.squeeze(axes)), backward
# --8<-- [end:var]


# --8<-- [start:divide_or_zero]
def divide_or_zero(a, b):
    """a / b，b 为 0 处取 0；b 能广播成 a 的形状。"""
    return np.divide(a, b, out=np.zeros_like(a), where=b != 0)
# --8<-- [end:divide_or_zero]


# --8<-- [start:std]
@operator
def std(x, *, axis=None, ddof=0, keepdims=False):
    """沿 axis 的标准差，参数同 var。一组的数全相等时，梯度取 0。

    前向：std(x, axis, ddof=ddof, keepdims=keepdims)
    反向：keep(div0(G, z)) * (x - S(x) / N) / (N - ddof)

    公式见“求和、平均、方差、范数”式 (8)。
    """
    axes = normalize_axes(axis, x.ndim)
    c = deviations(x, axes)
    ddof = as_number("std", "ddof", ddof)
    freedom = max(math.prod(x.shape[k] for k in axes) - ddof, 0.0)
    z = np.sqrt(np.sum(c * c, axis=axes, keepdims=True) / freedom)

    def backward(G):
        return (divide_or_zero(G.reshape(z.shape), freedom * z) * c,)

    return (z if keepdims else z.squeeze(axes)), backward
# --8<-- [end:std]


# --8<-- [start:evenly]
def evenly(G, mask, axes):
    """把 G 均分给同一组里 mask 为真的元素，其余得 0；G 里被归约的轴大小为 1。"""
    count = np.sum(mask, axis=axes, keepdims=True)
    return mask * (G / count.astype(G.dtype))
# --8<-- [end:evenly]


# --8<-- [start:norm]
@operator
def norm(x, *, ord=2, axis=None, keepdims=False):
    """沿 axis 的向量范数，阶 ord 是不小于 1 的数或 inf；与 numpy.linalg.vector_norm 同义。

    前向：vector_norm(x, ord=ord, axis=axis, keepdims=keepdims)
    反向：keep(G) * sign(x) * div0(abs(x), keep(z))**(ord - 1)

    全是 0 的一组，梯度取 0；ord 为 inf 时平局均分。
    公式见“求和、平均、方差、范数”式 (9)、(10)、(11)。
    """
    axes = normalize_axes(axis, x.ndim)
    if not (isinstance(ord, Real) and ord >= 1):
        raise ValueError(f"ord={ord!r} 不能作阶，应为不小于 1 的数或 inf")
    p = float(ord)
    if p == 2:
        z = np.sqrt(np.sum(x * x, axis=axes, keepdims=True))
    else:
        size = np.where(x < 0, -x, x)
        if p == np.inf:
            z = np.max(size, axis=axes, keepdims=True, initial=0)
        else:
            z = np.sum(size**p, axis=axes, keepdims=True) ** (1 / p)

    def backward(G):
        G = G.reshape(z.shape)
        if p == 2:
            return (x * divide_or_zero(G, z),)
        if p == np.inf:
            return (np.sign(x) * evenly(G, size == z, axes),)
        return (np.sign(x) * G * divide_or_zero(size, z) ** (p - 1),)

    return (z if keepdims else z.squeeze(axes)), backward
# --8<-- [end:norm]
