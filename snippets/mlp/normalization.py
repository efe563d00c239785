"""标准化：batch_norm、layer_norm、rms_norm、group_norm、instance_norm，共用一个核心。"""

import math

import numpy as np

from broadcasting.gradient import add_up, unbroadcast
from broadcasting.rules import as_size
from elementwise.piecewise import as_number
from reductions.sum_mean import deviations, guarded, inner, squares
from shapes.reshape import as_integer
from start.conventions import as_array, operator


# --8<-- [start:standardize]
def standardize(x, axes, eps, centre=deviations):
    """沿 axes 减去平均，除以 √(方差 + eps)；返回与 x 同形的 z，与把上游梯度变成 x̄ 的函数。

    方差是有偏的，除以一组的个数。eps 是 0、一组又全相等时，z 与 x̄ 取 0。centre 是怎样减去平均。
    before 是上游梯度到这里之前还要乘的，也可能上溢。
    公式见“标准化”式 (2)。
    """
    count, root = max(math.prod(x.shape[k] for k in axes), 1), math.sqrt(eps)
    c, v, scale = squares(x, axes, root, centre)
    v, e = v / count, root / scale
    s = np.where(v == 0, e, np.sqrt(v + e * e))
    r = np.divide(1, s, out=np.zeros(v.shape, v.dtype), where=s != 0)
    z = c * r

    def pull(G):
        g = centre(G, axes)
        total = inner(g, z, axes)
        x_bar = z * (total / count)
        np.subtract(g, x_bar, out=x_bar)
        x_bar *= r / scale
        return x_bar, total

    def pullback(G, before=lambda G: G):
        return guarded(lambda G: pull(before(G)), G)

    return z, pullback
# --8<-- [end:standardize]


# --8<-- [start:affine]
def affine(z, weight, bias, shape):
    """z ⊙ weight + bias，两者排成 shape 再广播；没有给的，当作 1 与 0。"""
    if weight is None or bias is None:
        z = z if weight is None else z * weight.reshape(shape)
        return z if bias is None else z + bias.reshape(shape)
    return z * weight.reshape(shape) + bias.reshape(shape)  # 积没有名字，numpy 就在原处加


def affine_gradients(G, z, weight, bias, shape):
    """affine 对 weight 与 bias 的梯度，只有给了的；公式见“标准化”式 (6)。"""
    pairs = [(given, A) for given, A in ((weight, z), (bias, None)) if given is not None]
    return tuple(unbroadcast(G if A is None else G * A, shape).reshape(given.shape) for given, A in pairs)
# --8<-- [end:affine]


# --8<-- [start:checks]
def as_eps(eps):
    """eps 应是不小于 0 的有限数；返回 Python 的 float。"""
    eps = as_number("标准化", "eps", eps)
    if not 0 <= eps < math.inf:
        raise ValueError(f"eps={eps} 不行，应为不小于 0 的有限数")
    return eps


def require_affine(weight, bias, shape):
    """weight 与 bias 给了的，形状应是 shape，否则报 ValueError。"""
    for name, array in (("weight", weight), ("bias", bias)):
        if array is not None and array.shape != shape:
            raise ValueError(f"{name} 的形状为 {array.shape}，应为 {shape}")


def per_channel(x, weight, bias, spatial):
    """通道是轴 1；返回各通道的量广播时的形状。x 至少要有 2 + spatial 个轴，否则报 ValueError。"""
    if x.ndim < 2 + spatial:
        raise ValueError(f"输入至少要有 {2 + spatial} 个轴，通道是轴 1")
    require_affine(weight, bias, x.shape[1:2])
    return x.shape[1:2] + (1,) * (x.ndim - 2)


def require_several(x, axes):
    """一组里不止一个数，否则报 ValueError：一个数减去自己的平均，恒是 0。"""
    if math.prod(x.shape[k] for k in axes) < 2:
        raise ValueError("每一组至少要有 2 个数，一个数减去自己的平均恒是 0")
# --8<-- [end:checks]


# --8<-- [start:batch_norm]
@operator
def batch_norm(x, weight=None, bias=None, *, running_mean=None, running_var=None, training=False,
               momentum=0.1, eps=1e-5):
    """按通道（轴 1）标准化：训练时用这一批的平均与方差，否则用给定的；x 形状 (N, C, ...)。

    前向：gamma * xh + beta
    反向：r * ((H := gamma * G) - M(H) - xh * M(H * xh)), rest(G * xh), rest(G)

    weight、bias、running_mean、running_var 形状 (C,)，前两个可以不给，后两个训练时用不到。算子不改
    任何东西：更新运行统计量的是 running_statistics，momentum 只给它用。形状不合，训练时每个通道只有
    一个数，报 ValueError。公式见“标准化”式 (5)、(6)、(8)。
    """
    shape, eps = per_channel(x, weight, bias, 0), as_eps(eps)
    as_number("batch_norm", "momentum", momentum)
    if training:
        axes = (0, *range(2, x.ndim))
        require_several(x, axes)
        z, pullback = standardize(x, axes, eps)
    else:
        mean, var = as_statistics(x, running_mean=running_mean, running_var=running_var)
        r = (1 / np.sqrt(var + eps)).reshape(shape).astype(x.dtype)
        z, pullback = (x - mean.reshape(shape).astype(x.dtype)) * r, lambda G, before: before(G) * r

    def backward(G):
        x_bar = pullback(G, lambda G: affine(G, weight, None, shape))
        return (x_bar,) + affine_gradients(G, z, weight, bias, shape)

    return affine(z, weight, bias, shape), backward
# --8<-- [end:batch_norm]


# --8<-- [start:statistics]
def as_statistics(x, **given):
    """不在训练时要给的平均与方差，各通道一个数；没有给、不是实数报 TypeError，形状不合报 ValueError。"""
    found = []
    for name, value in given.items():
        if value is None:
            raise TypeError(f"不在训练时要给 {name}")
        array = as_array(f"{name} 是", value)
        if array.dtype.kind not in "fiu":
            raise TypeError(f"{name} 应为实数的数组，得到 {array.dtype}")
        if array.shape != x.shape[1:2]:
            raise ValueError(f"{name} 的形状为 {array.shape}，应为 {x.shape[1:2]}")
        found.append(array)
    return found


def running_statistics(x, running_mean, running_var, momentum=0.1):
    """看过 x 这一批之后的运行平均与运行方差，各是新的数组；x 形状 (N, C, ...)，其余形状 (C,)。

    momentum 是新的一份占多少；方差是无偏的，除以个数减 1。公式见“标准化”式 (9)。
    """
    axes = (0, *range(2, x.ndim))
    count, c = math.prod(x.shape[k] for k in axes), deviations(x, axes)
    mean, var = add_up(x, axes).squeeze(axes) / count, inner(c, c, axes).squeeze(axes) / (count - 1)
    return (1 - momentum) * running_mean + momentum * mean, (1 - momentum) * running_var + momentum * var
# --8<-- [end:statistics]


# --8<-- [start:layer_norm]
@operator
def layer_norm(x, weight=None, bias=None, *, normalized_shape, eps=1e-5):
    """最后几根轴合成一组，各组自己标准化；x 形状 (..., *normalized_shape)。

    前向：gamma * xh + beta
    反向：r * ((H := gamma * G) - M(H) - xh * M(H * xh)), rest(G * xh), rest(G)

    normalized_shape 是一个整数或一个元组；weight 与 bias 就是这个形状，可以不给。形状不合报 ValueError。
    公式见“标准化”式 (5)、(6)。
    """
    axes, shape = last_axes(x, normalized_shape)
    require_affine(weight, bias, shape)
    z, pullback = standardize(x, axes, as_eps(eps))

    def backward(G):
        x_bar = pullback(G, lambda G: affine(G, weight, None, shape))
        return (x_bar,) + affine_gradients(G, z, weight, bias, shape)

    return affine(z, weight, bias, shape), backward


def last_axes(x, normalized_shape):
    """normalized_shape 是哪几根轴，以及写成元组的它；不是 x 最后几根轴的大小报 ValueError。"""
    several = isinstance(normalized_shape, tuple | list)
    shape = tuple(as_size(n) for n in (normalized_shape if several else (normalized_shape,)))
    if not shape or x.shape[-len(shape):] != shape:
        raise ValueError(f"normalized_shape={shape} 应是 x 最后几根轴的大小，至少一根")
    return tuple(range(x.ndim - len(shape), x.ndim)), shape
# --8<-- [end:layer_norm]


# --8<-- [start:rms_norm]
@operator
def rms_norm(x, weight=None, *, normalized_shape, eps=None):
    """除以均方根，不减平均；分组同 layer_norm。

    前向：gamma * x / rms
    反向：((H := gamma * G) - x * M(H * x) / rms**2) / rms, rest(G * x / rms)

    eps 不给时是 x 的 dtype 的机器精度 finfo(x.dtype).eps。公式见“标准化”式 (7)。
    """
    axes, shape = last_axes(x, normalized_shape)
    require_affine(weight, None, shape)
    eps = float(np.finfo(x.dtype).eps) if eps is None else as_eps(eps)
    z, pullback = standardize(x, axes, eps, centre=lambda A, axes: A)

    def backward(G):
        x_bar = pullback(G, lambda G: affine(G, weight, None, shape))
        return (x_bar,) + affine_gradients(G, z, weight, None, shape)

    return affine(z, weight, None, shape), backward
# --8<-- [end:rms_norm]


# --8<-- [start:group_norm]
@operator
def group_norm(x, weight=None, bias=None, *, num_groups, eps=1e-5):
    """每个样本的通道（轴 1）依次分成 num_groups 组，各组自己标准化；x 形状 (N, C, ...)。

    前向：gamma * xh + beta
    反向：r * ((H := gamma * G) - M(H) - xh * M(H * xh)), rest(G * xh), rest(G)

    weight 与 bias 形状 (C,)，每个通道一个数，可以不给。num_groups 不整除 C，形状不合，报 ValueError。
    公式见“标准化”式 (5)、(6)。
    """
    whole, shape, groups = x.shape, per_channel(x, weight, bias, 0), as_integer("num_groups", num_groups)
    if groups < 1 or x.shape[1] % groups:
        raise ValueError(f"num_groups={groups} 应是正整数，能整除通道数 {x.shape[1]}")
    rows = x.reshape(x.shape[0], groups, math.prod(x.shape[1:]) // groups)
    z, pullback = standardize(rows, (2,), as_eps(eps))
    z = z.reshape(whole)

    def backward(G):
        x_bar = pullback(G, lambda G: affine(G, weight, None, shape).reshape(rows.shape))
        return (x_bar.reshape(whole),) + affine_gradients(G, z, weight, bias, shape)

    return affine(z, weight, bias, shape), backward
# --8<-- [end:group_norm]


# --8<-- [start:instance_norm]
@operator
def instance_norm(x, weight=None, bias=None, *, eps=1e-5):
    """每个样本的每个通道自成一组；x 形状 (N, C, L, ...)，从轴 2 起是空间。

    前向：gamma * xh + beta
    反向：r * ((H := gamma * G) - M(H) - xh * M(H * xh)), rest(G * xh), rest(G)

    weight 与 bias 形状 (C,)，可以不给。形状不合，一组只有一个数，报 ValueError。
    公式见“标准化”式 (5)、(6)。
    """
    shape, axes = per_channel(x, weight, bias, 1), tuple(range(2, x.ndim))
    require_several(x, axes)
    z, pullback = standardize(x, axes, as_eps(eps))

    def backward(G):
        x_bar = pullback(G, lambda G: affine(G, weight, None, shape))
        return (x_bar,) + affine_gradients(G, z, weight, bias, shape)

    return affine(z, weight, bias, shape), backward
# --8<-- [end:instance_norm]
