"""求和、平均、方差、标准差、范数：沿若干个轴的归约。"""

import cmath
import math
from functools import partial
from numbers import Real
from operator import index

import numpy as np

from broadcasting.gradient import add_up
from elementwise.piecewise import as_number, masked
from start.conventions import as_array, operator


# --8<-- [start:normalize_axis]
def normalize_axis(axis, ndim, name="axis"):
    """一个轴：负数从右边数，返回 0 到 ndim - 1 的整数；布尔值不算整数。name 是参数的名字，报错用。

    不是整数报 TypeError；超出范围报 AxisError，它既是 ValueError，也是 IndexError。
    """
    try:
        if isinstance(axis, bool):
            raise TypeError
        position = index(axis)
    except TypeError:
        raise TypeError(f"{name} 应为整数，得到 {axis!r}") from None
    if not -ndim <= position < ndim:
        raise np.exceptions.AxisError(f"{name}={position} 超出范围：输入有 {ndim} 个轴")
    return position % ndim
# --8<-- [end:normalize_axis]


# --8<-- [start:normalize_axes]
def normalize_axes(axis, ndim, name="axis"):
    """若干个轴：None 是全部，整数是一个，元组是若干个，() 是一个也没有。

    返回非负整数的元组，次序不变。不是整数报 TypeError，超出范围、重复报 ValueError。
    """
    if axis is None:
        return tuple(range(ndim))
    if isinstance(axis, list):
        raise TypeError(f"{name} 有几个时应写成元组，得到列表 {axis}")
    axes = tuple(normalize_axis(k, ndim, name) for k in (axis if isinstance(axis, tuple) else (axis,)))
    if len(set(axes)) < len(axes):
        raise ValueError(f"{name}={axis} 里有重复的轴")
    return axes
# --8<-- [end:normalize_axes]


# --8<-- [start:as_mask]
def as_mask(where, shape):
    """哪些元素算数：True 是全部，返回 None；布尔数组广播成 shape。

    不是布尔数组报 TypeError，不能广播成 shape 报 ValueError。
    """
    if where is True:
        return None
    mask = as_array("where 是", where)
    if mask.dtype != bool:
        raise TypeError(f"where 应为布尔数组，得到 {mask.dtype}")
    try:
        return np.broadcast_to(mask, shape)
    except ValueError:
        raise ValueError(f"where 的形状为 {mask.shape}，不能广播成 {shape}") from None


def kept(x, mask, filler=0.0):
    """不算数的换成 filler；mask 是 None 时原样。"""
    return x if mask is None else np.where(mask, x, filler)


def group_size(x, axes, mask):
    """一组里算数的有几个；各组不同时是数组，被归约的轴大小为 1，dtype 随 x。"""
    if mask is None:
        return math.prod(x.shape[k] for k in axes)
    return np.sum(mask, axis=axes, keepdims=True).astype(x.dtype)
# --8<-- [end:as_mask]


# --8<-- [start:sum]
@operator
def sum(x, *, axis=None, keepdims=False, initial=0, where=True):
    """沿 axis 求和，从 initial 加起，只加 where 为真处。axis 见 normalize_axes，where 见 as_mask。

    前向：sum(x, axis, keepdims=keepdims, initial=initial, where=where)
    反向：broadcast_to(keep(G), x.shape) * where

    空的和是 initial。公式见“求和、平均、方差、范数”式 (2)、(12)。
    """
    axes, mask = normalize_axes(axis, x.ndim), as_mask(where, x.shape)
    z = add_up(kept(x, mask), axes) + as_number("sum", "initial", initial)

    def backward(G):
        return (kept(np.full(x.shape, G.reshape(z.shape)), mask),)

    return (z if keepdims else z.squeeze(axes)), backward
# --8<-- [end:sum]


# --8<-- [start:mean]
@operator
def mean(x, *, axis=None, keepdims=False, where=True):
    """沿 axis 平均，只算 where 为真处；空的平均是 nan，并警告。

    前向：mean(x, axis, keepdims=keepdims, where=where)
    反向：broadcast_to(keep(G) / N, x.shape) * where

    公式见“求和、平均、方差、范数”式 (4)、(12)。
    """
    axes, mask = normalize_axes(axis, x.ndim), as_mask(where, x.shape)
    count = group_size(x, axes, mask)
    with np.errstate(over="ignore"):
        z = add_up(kept(x, mask), axes) / count
    if np.all(count) and not np.isfinite(z).all():  # 和上溢了，平均不会：先除后加，舍入也不让它大过最大的
        top = largest(kept(x, mask), axes)
        z = np.where(np.isfinite(z), z, add_up(kept(x, mask) / count, axes).clip(-top, top))

    def backward(G):
        share = divide_or_zero(G.reshape(z.shape), np.asarray(count, x.dtype))
        return (kept(np.full(x.shape, share), mask),)

    return (z if keepdims else z.squeeze(axes)), backward
# --8<-- [end:mean]


# --8<-- [start:deviations]
def deviations(x, axes, mask=None):
    """x 减去沿 axes 的平均，与 x 同形；mask 为假处不算在平均里，得 0。

    先减去每一组里的一个数：一组的数全相等时，得到的恰是 0，没有舍入误差。
    """
    if mask is None:
        one = x[tuple(slice(1) if k in axes else slice(None) for k in range(x.ndim))]
    else:
        one = np.max(x, axis=axes, keepdims=True, where=mask, initial=np.finfo(x.dtype).min)
    c = kept(x - one, mask)
    c -= total_of(c, axes) / group_size(x, axes, mask)
    return kept(c, mask)


def degrees_of_freedom(x, axes, mask, ddof):
    """一组里算数的个数减去 ddof，不足 0 时按 0。"""
    return np.maximum(group_size(x, axes, mask) - ddof, 0).astype(x.dtype)
# --8<-- [end:deviations]


# --8<-- [start:inner]
def inner(a, b, axes):
    """沿 axes 的 Σab，这些轴留着，大小为 1；a、b 同形。

    最后一个轴不长时，einsum 边乘边加，不必造出乘积；太长的、别的轴，接连地加不准，交给 add_up。
    """
    if axes == (a.ndim - 1,) and a.shape[-1] <= 4096:
        return np.einsum("...i,...i->...", a, b)[..., np.newaxis]
    return add_up(a * b, axes)


def total_of(x, axes):
    """沿 axes 的 Σx，这些轴留着，大小为 1；最后一个轴有 256 到 4096 项时，与 inner 同样地加。"""
    if axes == (x.ndim - 1,) and 256 <= x.shape[-1] <= 4096:
        return np.einsum("...i->...", x)[..., np.newaxis]
    return add_up(x, axes)
# --8<-- [end:inner]


# --8<-- [start:guarded]
def guarded(pull, G):
    """反向里 G 减去各组的和，G 很大，中途会上溢：pull(G) 返回 (x̄, 各组的和)，对 G 线性；返回 x̄。

    和的平方加起来有限，中途就没有上溢。否则 G 缩小到 2⁻⁸⁰ 再算一次，乘回去；只换不是有限的数，别的组不变。
    """
    x_bar, total = pull(G)
    if not cmath.isfinite(np.vdot(total, total)):
        x_bar = np.where(np.isfinite(x_bar), x_bar, pull(G / 2.0**80)[0] * 2.0**80)
    return x_bar
# --8<-- [end:guarded]


# --8<-- [start:unit]
def largest(x, axes):
    """每一组里最大的 |x|，被归约的轴大小为 1；x 是复数时看实部。"""
    return np.maximum(x.real.max(axes, keepdims=True, initial=0), -x.real.min(axes, keepdims=True, initial=0))


def unit(x, axes):
    """每一组里最大的 |x| 的首位，一个 2 的幂；全是 0、有 inf 或 nan 的一组取 1。

    除以它，没有下溢的都没有舍入；除过的数不超过 2，平方不会上溢，大的那些也不会下溢。
    """
    top = largest(x, axes)
    usual = np.isfinite(top) & (top > 0)
    return np.ldexp(np.ones_like(top), np.frexp(np.where(usual, top, 1))[1] - 1)


def squarable(x, axes, least=0.0):
    """返回 (x / scale, scale)，除过以后，平方不会上溢、下溢；scale 是 unit，不小于 least 的 unit。

    各组最大的 |x| 或 least 都在 2⁻²⁰ 与 2⁴⁰ 之间时，平方本来就不会，scale 是 1，x 不复制。
    """
    top = np.maximum(largest(x, axes), least)
    if top.size and top.min() >= 2.0**-20 and top.max() <= 2.0**40:
        return x, np.ones_like(top)
    scale = np.maximum(unit(x, axes), unit(np.array(least), ()).item() if least else 0)
    return x / scale, scale


def squares(x, axes, least=0.0, centre=None):
    """返回 (c, Σc², scale)：c 是 x / scale，给了 centre 就再取 centre(x / scale, axes)；平方不会上溢、下溢。

    先取 scale = 1，各组的 Σc² 都在 2⁻⁸⁰ 与 2⁸⁰ 之间就好，不必先找最大的；否则换成 squarable 的 scale。
    """
    with np.errstate(over="ignore", invalid="ignore"):  # 上溢的 Σc² 是 inf 或 nan
        c = x if centre is None else centre(x, axes)
        total = inner(c, c, axes)
    if total.size and total.real.min() >= 2.0**-80 and total.real.max() <= 2.0**80 and least <= 2.0**40:
        return c, total, 1.0
    y, scale = squarable(x, axes, least)
    c = y if centre is None else centre(y, axes)
    return c, inner(c, c, axes), scale
# --8<-- [end:unit]


# --8<-- [start:var]
@operator
def var(x, *, axis=None, ddof=0, keepdims=False, where=True):
    """沿 axis 的方差，离差的平方和除以 N - ddof（不足 0 时按 0），N 是一组里算数的个数。

    前向：var(x, axis, ddof=ddof, keepdims=keepdims, where=where)
    反向：2 * keep(G) * (x - S(x * where) / N) / (N - ddof) * where

    公式见“求和、平均、方差、范数”式 (6)、(12)。
    """
    axes, mask = normalize_axes(axis, x.ndim), as_mask(where, x.shape)
    c, total, scale = squares(kept(x, mask), axes, centre=lambda y, axes: deviations(y, axes, mask))
    freedom = degrees_of_freedom(x, axes, mask, as_number("var", "ddof", ddof))
    z = total / freedom * scale * scale
    shape, counted = z.shape, partial(kept, mask=mask)  # 除数是 0、G 是 inf，不算数的也得 0

    def backward(G):
        return (counted(G.reshape(shape) / (freedom / 2) * scale * c),)

    return (z if keepdims else z.squeeze(axes)), backward
# --8<-- [end:var]


# --8<-- [start:divide_or_zero]
def divide_or_zero(a, b):
    """a / b，b 为 0 处取 0；b 能广播成 a 的形状。"""
    return np.divide(a, b, out=np.zeros(a.shape, np.result_type(a, b)), where=b != 0)


def times_ratio(G, y, s):
    """G · y / s，|y| 不超过 s 的几倍，s 一组一个，为 0 的一组取 0。

    先算 G / s，它上溢、是次正规数或下溢的一组才先算 y / s。
    """
    with np.errstate(over="ignore", invalid="ignore"):
        ratio = divide_or_zero(G, s)
        size = np.abs(ratio)
        usual = (size >= np.finfo(y.dtype).tiny) & (size < np.inf) | (G == 0) | (s == 0)
        return y * ratio if usual.all() else np.where(usual, y * ratio, G * divide_or_zero(y, s))
# --8<-- [end:divide_or_zero]


# --8<-- [start:std]
@operator
def std(x, *, axis=None, ddof=0, keepdims=False, where=True):
    """沿 axis 的标准差，参数同 var。一组的数全相等时，梯度取 0。

    前向：std(x, axis, ddof=ddof, keepdims=keepdims, where=where)
    反向：keep(div0(G, z)) * (x - S(x * where) / N) / (N - ddof) * where

    公式见“求和、平均、方差、范数”式 (8)、(12)。
    """
    axes, mask = normalize_axes(axis, x.ndim), as_mask(where, x.shape)
    c, total, scale = squares(kept(x, mask), axes, centre=lambda y, axes: deviations(y, axes, mask))
    freedom = degrees_of_freedom(x, axes, mask, as_number("std", "ddof", ddof))
    s = np.sqrt(total / freedom)
    z = s * scale
    shape, counted = z.shape, partial(kept, mask=mask)

    def backward(G):
        return (counted(times_ratio(G.reshape(shape), c, freedom * s)),)

    return (z if keepdims else z.squeeze(axes)), backward
# --8<-- [end:std]


# --8<-- [start:evenly]
def evenly(G, mask, axes, rivals=0):
    """把 G 均分给同一组里 mask 为真的元素，其余得 0；G 里被归约的轴大小为 1。

    rivals 是还有几个外来的也要分一份。
    """
    count = np.sum(mask, axis=axes, keepdims=True) + rivals
    if not np.all(count):  # 有 nan 的一组一个也不真，都得 nan
        mask, G = mask | (count == 0), np.where(count, G, np.nan)
    return masked(G / np.maximum(count, 1).astype(G.dtype), mask)
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
    if isinstance(ord, bool) or not (isinstance(ord, Real) and ord >= 1):
        raise ValueError(f"ord={ord!r} 不能作阶，应为不小于 1 的数或 inf")
    p = as_number("norm", "ord", ord)
    if p == 2:
        y, total, scale = squares(x, axes)
        s = np.sqrt(total)
    else:
        y, scale = squarable(x, axes)
        y, sign = np.where(y < 0, -y, y), np.sign(x.real)  # 复数的 sign 不是正负号
        top = np.max(y, axis=axes, keepdims=True, initial=0)
        if p == np.inf:
            s = top
        else:  # 先除以最大的，p 次幂不会上溢
            top = np.minimum(top, np.finfo(x.dtype).max)
            s = top * add_up(divide_or_zero(y, top) ** p, axes) ** (1 / p)
    z = s * scale
    shape = z.shape

    def backward(G):
        G = G.reshape(shape)
        if p == 2:
            return (times_ratio(G, y, s),)
        if p == np.inf:
            return (sign * evenly(G, y == s, axes),)
        return (sign * G * divide_or_zero(y, s) ** (p - 1),)

    return (z if keepdims else z.squeeze(axes)), backward
# --8<-- [end:norm]
