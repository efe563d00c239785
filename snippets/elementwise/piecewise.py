"""分段的算子：abs、maximum、minimum、clip、where。"""

from numbers import Real

import numpy as np

from broadcasting.gradient import unbroadcast
from broadcasting.rules import broadcast_shapes
from start.conventions import as_array, operator


# --8<-- [start:abs]
@operator
def abs(x):
    """绝对值。x = 0 处梯度取 0。公式见“abs、maximum、minimum、clip、where”式 (1)。

    前向：abs(x)
    反向：G * sign(x)
    """

    def backward(G):
        return (G * np.sign(x),)

    return np.abs(x), backward
# --8<-- [end:abs]


# --8<-- [start:absolute]
def absolute(x):
    """|x|；np.abs 给复数的是模，复步差分求不出导数，所以复数取 x 与 -x 中实部大的。"""
    return np.maximum(x, -x) if np.iscomplexobj(x) else np.abs(x)
# --8<-- [end:absolute]


# --8<-- [start:masked]
def masked(x, mask):
    """mask 为真处取 x，为假处取 0，等于 np.where(mask, x, 0)；mask 能广播成 x 的形状。

    把每个数的二进制位当作整数，乘以 1 或 0：inf 与 nan 的位乘以 0 也得 0，那正是浮点数的 0。
    """
    if x.itemsize > 8:  # 复数，没有这么宽的整数
        return np.where(mask, x, 0.0)
    return (x.view(f"i{x.itemsize}") * mask).view(x.dtype)


def has_nan(x):
    """有没有 nan：有一个，最小的也是 nan；只读一遍，不造出新的数组。"""
    least = x.min(initial=0)
    return bool(least != least)


def nan_where(x, found):
    """x 是 nan 处取 nan，别处取 found；一个 nan 也没有时原样。"""
    return np.where(np.isnan(x), np.nan, found) if has_nan(x) else found


def gated(G, mask, x):
    """mask 为真处取 G，为假处取 0；x 是 nan 处不知道是真是假，取 nan。"""
    return nan_where(x, masked(G, mask))


def multiply_or_zero(a, b):
    """a b，a 是 0 处取 0，b 是无穷大也一样。"""
    with np.errstate(invalid="ignore"):
        return masked(a * b, a != 0)


def weighed(w, b):
    """w b，w 是 0 处取 0，b 是无穷大也一样；b 是 nan 处取 nan。"""
    return nan_where(b, multiply_or_zero(w, b))
# --8<-- [end:masked]


# --8<-- [start:tie_or_nan]
def tie_or_nan(x, y):
    """有没有平局或 nan：一个也没有，就不必再走几遍去分。"""
    return bool((x == y).any() or has_nan(x) or has_nan(y))
# --8<-- [end:tie_or_nan]


# --8<-- [start:maximum]
@operator
def maximum(x, y):
    """逐元素取大者，形状按广播规则。平局处两边各得一半，有一边是 nan 时都得 nan。

    前向：maximum(x, y)
    反向：ub(G * heaviside(x - y, 0.5), x), ub(G * heaviside(y - x, 0.5), y)

    公式见“abs、maximum、minimum、clip、where”式 (4)。
    """
    if x.shape != y.shape:
        broadcast_shapes(x.shape, y.shape)

    tied = tie_or_nan(x, y)

    def backward(G):
        x_bar, y_bar = masked(G, x > y), masked(G, x < y)
        if tied:
            tie = gated(G / 2, x == y, np.maximum(x, y))
            x_bar += tie
            y_bar += tie
        return unbroadcast(x_bar, x.shape), unbroadcast(y_bar, y.shape)

    return np.maximum(x, y), backward
# --8<-- [end:maximum]


# --8<-- [start:minimum]
@operator
def minimum(x, y):
    """逐元素取小者，形状按广播规则。平局处两边各得一半，有一边是 nan 时都得 nan。

    前向：minimum(x, y)
    反向：ub(G * heaviside(y - x, 0.5), x), ub(G * heaviside(x - y, 0.5), y)

    公式见“abs、maximum、minimum、clip、where”式 (5)。
    """
    if x.shape != y.shape:
        broadcast_shapes(x.shape, y.shape)

    tied = tie_or_nan(x, y)

    def backward(G):
        x_bar, y_bar = masked(G, x < y), masked(G, x > y)
        if tied:
            tie = gated(G / 2, x == y, np.minimum(x, y))
            x_bar += tie
            y_bar += tie
        return unbroadcast(x_bar, x.shape), unbroadcast(y_bar, y.shape)

    return np.minimum(x, y), backward
# --8<-- [end:minimum]


# --8<-- [start:clip]
@operator
def clip(x, a_min=None, a_max=None, *, min=None, max=None):
    """把 x 截到两个界之间：写成位置参数的是数组，也可微；写成关键字的是数；不给就不截。

    前向：clip(x, lo, hi)
    反向：ub(G * (x == z), x), ub(G * (lo == z), a_min), ub(G * (hi == z), a_max)

    形状按广播规则；碰到界时归 x，下界大于上界时与 numpy 一样处处得上界。一边给了两次报
    TypeError。公式见“abs、maximum、minimum、clip、where”式 (6)、(7)。
    """
    lower, upper = as_bound("min", a_min, min, -np.inf), as_bound("max", a_max, max, np.inf)
    broadcast_shapes(x.shape, np.shape(lower), np.shape(upper))
    z, shares = x.clip(lower, upper), [(x, (x >= lower) & (x <= upper))]  # 各个输入，以及 z 取到它的地方
    if a_min is not None:
        shares.append((a_min, (x < lower) & (lower <= upper)))
    if a_max is not None:
        shares.append((a_max, (x > upper) | (lower > upper)))

    def backward(G):
        return tuple(unbroadcast(gated(G, mask, z), v.shape) for v, mask in shares)

    return z, backward


def as_bound(name, array, number, default):
    """一边的界：可微的数组 a_min、a_max，或关键字 min、max 给的数；都没有是 default。"""
    if array is not None and number is not None:
        raise TypeError(f"a_{name} 与 {name} 是同一个界，只能给一个")
    return as_number("clip", name, default if number is None else number) if array is None else array
# --8<-- [end:clip]


# --8<-- [start:as_number]
def as_number(operator, name, value):
    """参数应是一个实数；返回 Python 的 float，于是 float32 的数组不会被它变成 float64。"""
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(f"{operator} 的 {name} 应为一个实数，得到 {value!r}")
    try:
        return float(value)
    except OverflowError:
        raise ValueError(f"{operator} 的 {name} 太大，float64 放不下") from None
# --8<-- [end:as_number]


# --8<-- [start:where]
@operator
def where(x, y, *, condition):
    """condition 为真处取 x，为假处取 y，三者的形状按广播规则。

    前向：where(condition, x, y)
    反向：ub(where(condition, G, 0), x), ub(where(condition, 0, G), y)

    condition 不可微，是布尔数组，别的 dtype 报 TypeError；形状不能广播时报 ValueError。
    公式见“abs、maximum、minimum、clip、where”式 (9)。
    """
    condition = as_array("condition 是", condition)
    if condition.dtype != bool:
        raise TypeError(f"where 的 condition 应为布尔数组，得到 {condition.dtype}")
    broadcast_shapes(condition.shape, x.shape, y.shape)

    def backward(G):
        x_bar, y_bar = masked(G, condition), masked(G, ~condition)
        return unbroadcast(x_bar, x.shape), unbroadcast(y_bar, y.shape)

    return np.where(condition, x, y), backward
# --8<-- [end:where]
