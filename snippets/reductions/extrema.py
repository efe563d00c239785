"""最大、最小、连乘、logsumexp、累加、累乘。"""

import math

import numpy as np

from elementwise.piecewise import as_number
from reductions.sum_mean import as_mask, divide_or_zero, evenly, kept, normalize_axes, normalize_axis
from start.conventions import operator


# --8<-- [start:as_initial]
def as_initial(operator, initial, shape, axes, mask):
    """最大、最小的起点：一个数，或没有。没有时，每一组都要有元素可取，否则报 ValueError。"""
    if initial is not None:
        return as_number(operator, "initial", initial)
    if mask is not None:
        raise ValueError("有 where 时一组里可能一个也没有，还要给 initial")
    for k in axes:
        if shape[k] == 0:
            raise ValueError(f"轴 {k} 的大小是 0，没有元素可取")
    return None
# --8<-- [end:as_initial]


# --8<-- [start:max]
@operator
def max(x, *, axis=None, keepdims=False, initial=None, where=True):
    """沿 axis 取最大，只看 where 为真处，不小于 initial；平局均分，initial 也算一份。

    前向：max(x, axis, keepdims=keepdims, initial=initial, where=where)
    反向：keep(G) * (m := where & (x == keep(z))) / (S(m) + (keep(z) == initial))

    空的、有 where 而没有 initial 时报 ValueError。公式见“最大、连乘、logsumexp、累加”式 (2)、(11)。
    """
    axes, mask = normalize_axes(axis, x.ndim), as_mask(where, x.shape)
    start = as_initial("max", initial, x.shape, axes, mask)
    z = np.max(kept(x, mask, -np.inf), axis=axes, keepdims=True, initial=start)

    def backward(G):
        return (evenly(G.reshape(z.shape), kept(x == z, mask, False), axes, z == initial),)

    return (z if keepdims else z.squeeze(axes)), backward
# --8<-- [end:max]


# --8<-- [start:min]
@operator
def min(x, *, axis=None, keepdims=False, initial=None, where=True):
    """沿 axis 取最小，只看 where 为真处，不大于 initial；平局均分，initial 也算一份。

    前向：min(x, axis, keepdims=keepdims, initial=initial, where=where)
    反向：keep(G) * (m := where & (x == keep(z))) / (S(m) + (keep(z) == initial))

    空的、有 where 而没有 initial 时报 ValueError。公式见“最大、连乘、logsumexp、累加”式 (2)、(11)。
    """
    axes, mask = normalize_axes(axis, x.ndim), as_mask(where, x.shape)
    start = as_initial("min", initial, x.shape, axes, mask)
    z = np.min(kept(x, mask, np.inf), axis=axes, keepdims=True, initial=start)

    def backward(G):
        return (evenly(G.reshape(z.shape), kept(x == z, mask, False), axes, z == initial),)

    return (z if keepdims else z.squeeze(axes)), backward
# --8<-- [end:min]


# --8<-- [start:exclusive_cumprod]
def exclusive_cumprod(x):
    """沿最后一个轴，每个元素换成它前面各元素的积；第一个前面没有元素，是 1。"""
    result = np.ones_like(x)
    np.cumprod(x[..., :-1], axis=-1, out=result[..., 1:])
    return result
# --8<-- [end:exclusive_cumprod]


# --8<-- [start:product_of_others]
def product_of_others(x, axes):
    """每个元素换成同一组里其余元素的积，与 x 同形；不用除法。"""
    order = tuple(k for k in range(x.ndim) if k not in axes) + axes
    moved = x.transpose(order)
    count = math.prod(x.shape[k] for k in axes)
    rows = moved.reshape(moved.shape[: x.ndim - len(axes)] + (count,))
    others = exclusive_cumprod(rows)
    others *= exclusive_cumprod(rows[..., ::-1])[..., ::-1]
    return others.reshape(moved.shape).transpose(np.argsort(order))
# --8<-- [end:product_of_others]


# --8<-- [start:prod]
@operator
def prod(x, *, axis=None, keepdims=False, initial=1, where=True):
    """沿 axis 连乘，从 initial 乘起，只乘 where 为真处；空的积是 initial。

    前向：prod(x, axis, keepdims=keepdims, initial=initial, where=where)
    反向：keep(G * z) / x * where

    公式见“最大、连乘、logsumexp、累加”式 (3)、(4)、(11)。
    """
    axes, mask = normalize_axes(axis, x.ndim), as_mask(where, x.shape)
    first, factors = as_number("prod", "initial", initial), kept(x, mask, 1.0)
    z = np.prod(factors, axis=axes, keepdims=True) * first

    def backward(G):
        return (kept(G.reshape(z.shape) * first * product_of_others(factors, axes), mask),)

    return (z if keepdims else z.squeeze(axes)), backward
# --8<-- [end:prod]


# --8<-- [start:finite_max]
def finite_max(x, axes):
    """沿 axes 的最大值，被归约的轴大小为 1；±inf 换成最大、最小的有限浮点数。"""
    limit = np.finfo(x.dtype).max
    return np.clip(np.max(x, axis=axes, keepdims=True, initial=-np.inf), -limit, limit)
# --8<-- [end:finite_max]


# --8<-- [start:logsumexp]
@operator
def logsumexp(x, *, axis=None, keepdims=False):
    """沿 axis 的 log Σ exp，不上溢；全是 -inf 的一组（或空的）值为 -inf，梯度取 0。

    前向：log(sum(exp(x), axis, keepdims=keepdims))
    反向：keep(G) * exp(x - keep(z))

    公式见“最大、连乘、logsumexp、累加”式 (5)、(6)。
    """
    axes = normalize_axes(axis, x.ndim)
    top = finite_max(x, axes)
    e = np.exp(x - top)
    s = np.sum(e, axis=axes, keepdims=True)
    kept = s.shape
    with np.errstate(divide="ignore"):  # log 0 = -inf
        z = np.log(s) + top

    def backward(G):
        return (e * divide_or_zero(G.reshape(kept), s),)

    return (z if keepdims else z.squeeze(axes)), backward
# --8<-- [end:logsumexp]


# --8<-- [start:cumsum]
@operator
def cumsum(x, *, axis=None):
    """沿 axis 累加，z_j 是前 j 项之和；axis 为 None 时先按行拉平。

    前向：cumsum(x, axis)
    反向：flip(cumsum(flip(G, axis), axis), axis).reshape(x.shape)

    公式见“最大、连乘、logsumexp、累加”式 (7)。
    """
    k = 0 if axis is None else normalize_axis(axis, x.ndim)
    z = np.cumsum(x.ravel() if axis is None else x, axis=k)

    def backward(G):
        return (np.flip(np.cumsum(np.flip(G, k), axis=k), k).reshape(x.shape),)

    return z, backward
# --8<-- [end:cumsum]


# --8<-- [start:horner]
def horner(x, g):
    """S_k = g_k + x_{k+1} S_{k+1}，从右往左，沿最后一个轴；最右是 S_n = g_n。

    相邻两步并成一步，长度减半，再递归，一共 log2 n 层。
    公式见“最大、连乘、logsumexp、累加”式 (9)、(10)。
    """
    S = g.copy()
    n = g.shape[-1]
    if n > 1:
        pair_x, pair_g = x[..., ::2].copy(), g[..., ::2].copy()
        pair_x[..., 1:] *= x[..., 1 : n - 1 : 2]
        pair_g[..., : n // 2] += x[..., 1::2] * g[..., 1::2]
        S[..., ::2] = horner(pair_x, pair_g)
        S[..., 1 : n - 1 : 2] += x[..., 2::2] * S[..., 2::2]
    return S
# --8<-- [end:horner]


# --8<-- [start:cumprod]
@operator
def cumprod(x, *, axis=None):
    """沿 axis 累乘，z_j 是前 j 项之积；axis 为 None 时先按行拉平。

    前向：cumprod(x, axis)
    反向：flip(cumsum(flip(G * z, axis), axis), axis).reshape(x.shape) / x

    公式见“最大、连乘、logsumexp、累加”式 (8)、(9)。
    """
    k = 0 if axis is None else normalize_axis(axis, x.ndim)
    lines = np.moveaxis(x.ravel() if axis is None else x, k, -1)
    z = np.moveaxis(np.cumprod(lines, axis=-1), -1, k)

    def backward(G):
        slope = exclusive_cumprod(lines) * horner(lines, np.moveaxis(G, k, -1))
        return (np.moveaxis(slope, -1, k).reshape(x.shape),)

    return z, backward
# --8<-- [end:cumprod]
