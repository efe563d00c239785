"""改变形状、调换轴、广播、翻转、滚动、三角、对角线。"""

import math
from operator import index

import numpy as np

from broadcasting.gradient import unbroadcast
from broadcasting.rules import as_size
from elementwise.piecewise import masked
from reductions.sum_mean import normalize_axes, normalize_axis
from start.conventions import operator


# --8<-- [start:as_integer]
def as_integer(name, value):
    """整数参数，可以为负；布尔值、浮点数报 TypeError，name 说明是哪个参数。"""
    try:
        if isinstance(value, bool):
            raise TypeError
        integer = index(value)
    except TypeError:
        raise TypeError(f"{name} 应为整数，得到 {value!r}") from None
    if abs(integer) >= 2**31:
        raise ValueError(f"{name} 太大，没有这么大的数组")
    return integer
# --8<-- [end:as_integer]


# --8<-- [start:target_shape]
def target_shape(shape, size):
    """reshape 的目标形状：整数，或整数的元组、列表；至多一个 -1，由元素个数 size 算出。

    不是整数报 TypeError；负数不是 -1、-1 不止一个、元素个数对不上，报 ValueError。
    """
    given = tuple(shape) if isinstance(shape, tuple | list) else (shape,)
    unknown = [k for k, n in enumerate(given) if as_integer("shape", n) == -1]
    known = math.prod(as_size(n) for k, n in enumerate(given) if k not in unknown)
    if len(unknown) > 1:
        raise ValueError(f"shape={given} 里有 {len(unknown)} 个 -1，至多一个")
    fits = known > 0 and size % known == 0 if unknown else known == size
    if not fits:
        raise ValueError(f"{size} 个元素排不成 shape={given}")
    return tuple(size // known if k in unknown else n for k, n in enumerate(given))
# --8<-- [end:target_shape]


# --8<-- [start:reshape]
@operator
def reshape(x, *, shape):
    """按行优先的次序重新排成 shape，见 target_shape。公式见“改变形状与调换轴”式 (3)。

    前向：x.reshape(shape)
    反向：G.reshape(x.shape)
    """
    z = x.reshape(target_shape(shape, x.size))

    def backward(G):
        return (G.reshape(x.shape),)

    return z, backward
# --8<-- [end:reshape]


# --8<-- [start:transpose]
@operator
def transpose(x, *, axes=None):
    """调换轴：输出的第 k 个轴是输入的第 axes[k] 个轴；None 是全部倒过来。

    前向：x.transpose(axes)
    反向：G.transpose(argsort(order))

    axes 要恰好列出每个轴一次，可以是负数。超出范围、重复、缺漏时报 ValueError。
    公式见“改变形状与调换轴”式 (6)。
    """
    axes = range(x.ndim)[::-1] if axes is None else axes
    axes = normalize_axes(tuple(axes) if isinstance(axes, range | list) else axes, x.ndim, "axes")
    if len(axes) != x.ndim:
        raise ValueError(f"axes={axes} 只有 {len(axes)} 个轴，应列出全部 {x.ndim} 个")
    z = x.transpose(axes)

    def backward(G):
        return (G.transpose(np.argsort(axes)),)

    return z, backward
# --8<-- [end:transpose]


# --8<-- [start:swapaxes]
@operator
def swapaxes(x, *, axis1, axis2):
    """对换两个轴。轴超出范围报 ValueError，不是整数报 TypeError。公式见“改变形状与调换轴”式 (7)。

    前向：x.swapaxes(axis1, axis2)
    反向：G.swapaxes(axis1, axis2)
    """
    first, second = normalize_axis(axis1, x.ndim, "axis1"), normalize_axis(axis2, x.ndim, "axis2")
    z = x.swapaxes(first, second)

    def backward(G):
        return (G.swapaxes(first, second),)

    return z, backward
# --8<-- [end:swapaxes]


# --8<-- [start:squeeze]
@operator
def squeeze(x, *, axis=None):
    """去掉大小为 1 的轴：axis 是 None 时全部去掉，是整数或元组时只去那几个。

    前向：squeeze(x, axis)
    反向：G.reshape(x.shape)

    轴的大小不是 1 时报 ValueError，与 numpy 一致。公式见“改变形状与调换轴”式 (3)。
    """
    ones = tuple(k for k, n in enumerate(x.shape) if n == 1)
    for k in normalize_axes(ones if axis is None else axis, x.ndim):
        if k not in ones:
            raise ValueError(f"轴 {k} 的大小是 {x.shape[k]}，不是 1，去不掉")
    z = x.squeeze(axis)

    def backward(G):
        return (G.reshape(x.shape),)

    return z, backward
# --8<-- [end:squeeze]


# --8<-- [start:expand_dims]
@operator
def expand_dims(x, *, axis):
    """在 axis 处添上大小为 1 的轴；axis 是整数或元组，指的是输出里的位置。

    前向：expand_dims(x, axis)
    反向：G.reshape(x.shape)

    不是整数报 TypeError；超出范围、重复报 ValueError。公式见“改变形状与调换轴”式 (3)。
    """
    places = axis if isinstance(axis, tuple) else (axis,)
    ndim = x.ndim + len(places)
    if any(not -ndim <= as_integer("axis", k) < ndim for k in places):
        raise np.exceptions.AxisError(f"axis={axis} 超出范围：输出有 {ndim} 个轴")
    z = np.expand_dims(x, normalize_axes(places, ndim))

    def backward(G):
        return (G.reshape(x.shape),)

    return z, backward
# --8<-- [end:expand_dims]


# --8<-- [start:broadcast_to]
@operator
def broadcast_to(x, *, shape):
    """广播成 shape（整数，或整数的元组、列表）。输出是只读的视图，与 numpy.broadcast_to 同义。

    前向：broadcast_to(x, shape)
    反向：ub(G, x)

    大小为负、广播不成时报 ValueError，不是整数报 TypeError。公式见“改变形状与调换轴”式 (8)。
    """
    shape = tuple(as_size(n) for n in (shape if isinstance(shape, tuple | list) else (shape,)))
    aligned = (1,) * (len(shape) - x.ndim) + x.shape
    if len(aligned) != len(shape) or any(n not in (1, m) for n, m in zip(aligned, shape)):
        raise ValueError(f"广播不成 shape={shape}")
    z = np.broadcast_to(x, shape)

    def backward(G):
        return (unbroadcast(G, x.shape),)

    return z, backward
# --8<-- [end:broadcast_to]


# --8<-- [start:flip]
@operator
def flip(x, *, axis=None):
    """把若干个轴倒过来，axis 见 normalize_axes。公式见“改变形状与调换轴”式 (9)。

    前向：flip(x, axis)
    反向：flip(G, axis)
    """
    axes = normalize_axes(axis, x.ndim)
    z = np.flip(x, axes)

    def backward(G):
        return (np.flip(G, axes),)

    return z, backward
# --8<-- [end:flip]


# --8<-- [start:roll]
def rolled(x, shifts, axes):
    """np.roll，它不认得零维数组的空元组。"""
    return x.copy() if axes == () else np.roll(x, shifts, axes)


@operator
def roll(x, *, shift, axis=None):
    """沿 axis 滚动 shift 步，出界的从另一头回来；axis 为 None 时拉平了滚，再还原形状。

    前向：roll(x, shift, axis)
    反向：roll(G, negative(shift), axis)

    axis 是元组时，shift 是同样长的元组，或一个整数。不是整数报 TypeError；轴超出范围、
    重复，个数对不上，报 ValueError。公式见“改变形状与调换轴”式 (10)。
    """
    axes = None if axis is None else normalize_axes(axis, x.ndim)
    count = 1 if axes is None else len(axes)
    shifts = shift if isinstance(shift, tuple) else (as_integer("shift", shift),) * count
    if len(shifts) != count:
        raise ValueError(f"shift={shift} 有 {len(shifts)} 个，axis={axis} 要 {count} 个")
    shifts = tuple(as_integer("shift", s) for s in shifts)
    z = rolled(x, shifts, axes)

    def backward(G):
        return (rolled(G, tuple(-s for s in shifts), axes),)

    return z, backward
# --8<-- [end:roll]


# --8<-- [start:check_matrix]
def check_matrix(x):
    """三角与对角线至少要两个轴；numpy 的 triu 遇到一维会先广播成方阵，这里报 ValueError。"""
    if x.ndim < 2:
        raise ValueError(f"至少要有 2 个轴，得到 {x.ndim} 个")


def two_axes(axis1, axis2, ndim):
    """对角线的两根轴，都变成非负整数；是同一根时报 ValueError。"""
    axes = normalize_axis(axis1, ndim, "axis1"), normalize_axis(axis2, ndim, "axis2")
    if axes[0] == axes[1]:
        raise ValueError(f"axis1={axis1} 与 axis2={axis2} 是同一根轴")
    return axes
# --8<-- [end:check_matrix]


# --8<-- [start:triu]
@operator
def triu(x, *, k=0):
    """最后两个轴上的上三角：j - i < k 处换成 0。公式见“改变形状与调换轴”式 (11)。

    前向：triu(x, k)
    反向：triu(G, k)
    """
    check_matrix(x)
    k = as_integer("k", k)
    rows, columns = x.shape[-2:]
    mask = np.less_equal.outer(np.arange(k, rows + k), np.arange(columns))  # i + k ≤ j

    def backward(G):
        return (masked(G, mask),)

    return masked(x, mask), backward
# --8<-- [end:triu]


# --8<-- [start:tril]
@operator
def tril(x, *, k=0):
    """最后两个轴上的下三角：j - i > k 处换成 0。公式见“改变形状与调换轴”式 (11)。

    前向：tril(x, k)
    反向：tril(G, k)
    """
    check_matrix(x)
    k = as_integer("k", k)
    rows, columns = x.shape[-2:]
    mask = np.greater_equal.outer(np.arange(k, rows + k), np.arange(columns))  # i + k ≥ j

    def backward(G):
        return (masked(G, mask),)

    return masked(x, mask), backward
# --8<-- [end:tril]


# --8<-- [start:diagonal]
@operator
def diagonal(x, *, offset=0, axis1=0, axis2=1):
    """取 axis1、axis2 两根轴的对角线，放在输出的最后一个轴上，与 numpy.diagonal 同义。

    前向：diagonal(x, offset, axis1, axis2)
    反向：scatter(G, diagonal(places, offset, axis1, axis2))

    offset 是对角线的偏移。不是整数报 TypeError；轴超出范围、两根轴相同报 ValueError。
    公式见“改变形状与调换轴”式 (12)。
    """
    check_matrix(x)
    axes = two_axes(axis1, axis2, x.ndim)
    offset = as_integer("offset", offset)
    z, dtype = np.diagonal(x, offset, *axes), x.dtype
    i = np.arange(z.shape[-1]) + max(0, -offset)

    def backward(G):
        x_bar = np.zeros(x.shape, dtype)
        np.moveaxis(x_bar, axes, (-2, -1))[..., i, i + offset] = G
        return (x_bar,)

    return z, backward
# --8<-- [end:diagonal]
