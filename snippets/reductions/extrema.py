"""最大、最小、连乘、logsumexp、累加、累乘。"""

import math
from functools import partial

import numpy as np

from broadcasting.gradient import add_up
from elementwise.piecewise import as_number, masked
from reductions.sum_mean import as_mask, divide_or_zero, evenly, guarded, kept, normalize_axes, normalize_axis
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
    z = kept(x, mask, -np.inf).max(axis=axes, keepdims=True, initial=start)
    counted = partial(kept, mask=mask)  # 有 nan 的一组，不算数的也得 0

    def backward(G):
        return (counted(evenly(G.reshape(z.shape), counted(x == z, filler=False), axes, z == initial)),)

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
    z = kept(x, mask, np.inf).min(axis=axes, keepdims=True, initial=start)
    counted = partial(kept, mask=mask)

    def backward(G):
        return (counted(evenly(G.reshape(z.shape), counted(x == z, filler=False), axes, z == initial)),)

    return (z if keepdims else z.squeeze(axes)), backward
# --8<-- [end:min]


# --8<-- [start:scaled]
def scaled(m, e=0):
    """m · 2^e 这个数，改成 m 的绝对值在 1 与 2 之间；0 的 e 取得极小。"""
    usual = (m != 0) & np.isfinite(m)
    k = np.frexp(np.where(usual, np.abs(m), 1))[1].astype(np.int64) - 1
    return m / np.ldexp(1.0, k), np.where(m == 0, -(2**40), e + k)


def unscaled(m, e):
    """m · 2^e，只在这里上溢、下溢、舍入；m 也可以是复数。"""
    if np.iscomplexobj(m):
        return unscaled(m.real, e) + 1j * unscaled(m.imag, e)
    return np.ldexp(m, np.clip(e, -5000, 5000).astype(np.intc)) if np.any(e) else m


def times(a, b):
    """两个写成 (m, e) 的数之积。"""
    return scaled(a[0] * b[0], a[1] + b[1])


def plus(a, b):
    """两个写成 (m, e) 的数之和，先对齐 e。"""
    e = np.maximum(a[1], b[1])
    return scaled(unscaled(a[0], a[1] - e) + unscaled(b[0], b[1] - e), e)
# --8<-- [end:scaled]


# --8<-- [start:tame]
def tame(x):
    """沿最后一个轴，任意连着的几个数之积都在 2^±1000 以内，中途不上溢、不下溢；0 不算，有 inf、nan 就不在。"""
    size, low = x, x.real.min(initial=1)
    if not low > 0:
        size = np.abs(x)
        low = size.min(initial=1)
    high, n = size.real.max(initial=1), x.shape[-1]
    if low > 0 and high < np.inf and n * np.max([np.log2(high), -np.log2(low)]) < 1000:
        return True  # 每个数都离 1 不远，不必细看
    size = np.abs(x)
    size[size == 0] = 1
    heights = np.cumsum(np.log2(size), axis=-1)
    top, bottom = np.max(heights, axis=-1, initial=0), np.min(heights, axis=-1, initial=0)
    return bool((top - bottom).max(initial=0) < 1000)
# --8<-- [end:tame]


# --8<-- [start:running_product]
def running_product(x, block=256):
    """沿最后一个轴累乘，每个积写成 (m, e)，即 m · 2^e。"""
    m, e = scaled(x)
    e = np.cumsum(e, axis=-1)
    for k in range(0, x.shape[-1], block):  # 每 256 项，把 m 规到 1 与 2 之间一次
        part = m[..., k : k + block]
        if k:
            part[..., 0] *= m[..., k - 1]
        np.cumprod(part, axis=-1, out=part)
        part[..., -1], shift = scaled(part[..., -1])
        e[..., k + part.shape[-1] - 1 :] += shift[..., np.newaxis]
    return m, e


def exclusive(m, e):
    """每个积换成它前面的一个；第一个前面没有元素，是 1。"""
    m, e = np.roll(m, 1, -1), np.roll(e, 1, -1)
    m[..., :1], e[..., :1] = 1, 0
    return m, e
# --8<-- [end:running_product]


# --8<-- [start:as_rows]
def as_rows(x, axes):
    """axes 挪到最后、并成一个轴；float32 换成 float64，连乘的舍入误差就积不起来。"""
    order = tuple(k for k in range(x.ndim) if k not in axes) + axes
    count = math.prod(x.shape[k] for k in axes)
    rows = x.transpose(order).reshape([x.shape[k] for k in order[: x.ndim - len(axes)]] + [count])
    return rows.astype(np.result_type(x.dtype, np.float64), copy=False)


def from_rows(rows, shape, axes):
    """as_rows 的逆。"""
    order = tuple(k for k in range(len(shape)) if k not in axes) + axes
    return rows.reshape([shape[k] for k in order]).transpose(np.argsort(order))
# --8<-- [end:as_rows]


# --8<-- [start:product_of_others]
def exclusive_cumprod(x):
    """沿最后一个轴，每个元素换成它前面各元素的积；第一个前面没有元素，是 1。"""
    result = np.ones_like(x)
    np.cumprod(x[..., :-1], axis=-1, out=result[..., 1:])
    return result


def product_of_others(rows):
    """沿最后一个轴，每个元素换成其余元素的积：前面的积乘后面的积，不用除法。"""
    if tame(rows):
        return exclusive_cumprod(rows) * exclusive_cumprod(rows[..., ::-1])[..., ::-1]
    m, e = exclusive(*running_product(rows))
    n, f = exclusive(*running_product(rows[..., ::-1]))
    return unscaled(m * n[..., ::-1], e + f[..., ::-1])
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
    first, rows = as_number("prod", "initial", initial), as_rows(kept(x, mask, 1.0), axes)
    simple = tame(rows)
    product = np.prod(rows, axis=-1) if simple else unscaled(*running_product(rows))[..., -1]
    z = (product * first).astype(x.dtype)
    shape = tuple(1 if k in axes else n for k, n in enumerate(x.shape))
    divisible = simple and product.all() and np.isfinite(product).all()

    def backward(G):
        others = product[..., np.newaxis] / rows if divisible else product_of_others(rows)
        others = from_rows(others, x.shape, axes)
        scale = G.reshape(shape) * first
        return (kept(np.multiply(scale, others, out=others if others.dtype == scale.dtype else None), mask),)

    return z.reshape(shape if keepdims else z.shape), backward
# --8<-- [end:prod]


# --8<-- [start:exp_difference]
def exp_difference(x, m):
    """d = x - m 与 e = exp(x - m)。

    d 舍入掉了 r，指数放大它：e^(d + r) = e^d e^r，约是 e^d (1 + r)。r 由 d 反推，没有误差。
    """
    with np.errstate(over="ignore"):  # 相差太远，是 -inf
        d = x - m
    e = np.exp(d)
    with np.errstate(invalid="ignore"):  # -inf 减 -inf
        b = d - x
        r = x - (d - b)
        r -= m + b
    if not np.isfinite(np.min(d, initial=0)):
        r = masked(r, e > 0)
    r *= e
    e += r
    return d, e
# --8<-- [end:exp_difference]


# --8<-- [start:plain_sum]
def plain_sum(x, axes):
    """沿 axes 的 (exp(x), Σexp(x), log Σexp(x))；会上溢、下溢，或和离 1 太近、对数不准时，返回 None。"""
    if x.size and x.real.min() >= -40 and x.real.max() <= 40:
        e = np.exp(x)
        total = add_up(e, axes)
        if (np.abs(total.real - 1) > 0.5).all():
            return e, total, np.log(total)
    return None
# --8<-- [end:plain_sum]


# --8<-- [start:careful_sum]
def careful_sum(x, axes):
    """沿 axes 的 (e, Σe, log Σexp(x))，e = exp(x - m)，m 是最大值。

    最大的各项都是 1，另外数出来，其余的才相加：Σe - 1 很小时也准。±inf 当作最大、最小的有限数。
    """
    limit = np.finfo(x.dtype).max
    m = x.max(axis=axes, keepdims=True, initial=-np.inf).clip(-limit, limit)
    d, e = exp_difference(np.minimum(x, limit) if np.any(m == limit) else x, m)
    low = add_up(masked(e, d < 0), axes)
    ties = np.rint(add_up(e, axes) - low)
    rest = low + (ties - 1)
    with np.errstate(divide="ignore"):  # log 0 = -inf
        return e, 1 + rest, np.log1p(rest) + x.max(axis=axes, keepdims=True, initial=-np.inf)
# --8<-- [end:careful_sum]


# --8<-- [start:logsumexp]
@operator
def logsumexp(x, *, axis=None, keepdims=False):
    """沿 axis 的 log Σ exp，不上溢；全是 -inf 的一组（或空的）值为 -inf，梯度取 0。

    前向：log(sum(exp(x), axis, keepdims=keepdims))
    反向：keep(G) * exp(x - keep(z))

    有 +inf 的一组，值为 +inf，梯度均分给它们。公式见“最大、连乘、logsumexp、累加”式 (5)、(6)。
    """
    axes = normalize_axes(axis, x.ndim)
    e, total, z = plain_sum(x, axes) or careful_sum(x, axes)
    shape = z.shape

    def pull(G):
        share = divide_or_zero(G, total)
        return e * share, share

    def backward(G):
        return (guarded(pull, G.reshape(shape)),)

    return (z if keepdims else z.squeeze(axes)), backward
# --8<-- [end:logsumexp]


# --8<-- [start:running_sum]
def running_sum(x, axis):
    """沿 axis 累加，dtype 同 x；float32 在 float64 里加，最后才舍入。"""
    wide = np.result_type(x.dtype, np.float64)
    return np.cumsum(x, axis=axis, dtype=wide).astype(x.dtype, copy=False)
# --8<-- [end:running_sum]


# --8<-- [start:cumsum]
@operator
def cumsum(x, *, axis=None):
    """沿 axis 累加，z_j 是前 j 项之和；axis 为 None 时先按行拉平。

    前向：cumsum(x, axis)
    反向：flip(cumsum(flip(G, axis), axis), axis).reshape(x.shape)

    公式见“最大、连乘、logsumexp、累加”式 (7)。
    """
    k = 0 if axis is None else normalize_axis(axis, x.ndim)
    z = running_sum(x.ravel() if axis is None else x, k)

    def backward(G):
        return (np.flip(running_sum(np.flip(G, k), k), k).reshape(x.shape),)

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


# --8<-- [start:scaled_horner]
def scaled_horner(x, g):
    """同一个 S，每个数写成 (m, e)，不怕上溢、下溢；每一遍把跨过的步数加倍。

    P 是跨过的 step 个 x 之积，右边不够 step 个的没有。
    """

    def part(a, start, stop=None):
        """两个数组各取沿最后一个轴的一段。"""
        return a[0][..., start:stop], a[1][..., start:stop]

    S, P, step = scaled(g), scaled(x[..., 1:]), 1
    while step < x.shape[-1]:
        joined = plus(part(S, 0, -step), times(P, part(S, step)))
        S = tuple(np.concatenate(ends, axis=-1) for ends in zip(joined, part(S, -step)))
        P = times(part(P, 0, -step), part(P, step))
        step *= 2
    return S
# --8<-- [end:scaled_horner]


# --8<-- [start:cumprod]
@operator
def cumprod(x, *, axis=None):
    """沿 axis 累乘，z_j 是前 j 项之积；axis 为 None 时先按行拉平。

    前向：cumprod(x, axis)
    反向：flip(cumsum(flip(G * z, axis), axis), axis).reshape(x.shape) / x

    公式见“最大、连乘、logsumexp、累加”式 (8)、(9)。
    """
    k = 0 if axis is None else normalize_axis(axis, x.ndim)
    wide = np.result_type(x.dtype, np.float64)
    rows = np.moveaxis(x.ravel() if axis is None else x, k, -1).astype(wide, copy=False)
    simple = tame(rows)
    z = np.cumprod(rows, axis=-1) if simple else unscaled(*running_product(rows))

    def backward(G):
        G = np.moveaxis(G, k, -1).astype(wide)
        if simple:
            slope = horner(rows, G)
            slope[..., 1:] *= z[..., :-1]
        else:
            slope = unscaled(*times(exclusive(*running_product(rows)), scaled_horner(rows, G)))
        return (np.moveaxis(slope, -1, k).reshape(x.shape),)

    return np.moveaxis(z, -1, k).astype(x.dtype), backward
# --8<-- [end:cumprod]
