"""单位化与余弦相似度。"""

import math
from functools import partial

import numpy as np

from broadcasting.gradient import unbroadcast
from broadcasting.rules import broadcast_shapes
from elementwise.piecewise import as_number, masked
from reductions.sum_mean import divide_or_zero, guarded, inner, normalize_axis, squares
from start.conventions import operator


# --8<-- [start:unit_vectors]
def unit_vectors(x, axis, eps):
    """沿 axis 除以长度，长度不足 eps 时除以 eps；返回与 x 同形的 z，与把 G 变成 x̄ 的函数。

    eps 是 0、x 又全是 0 时，z 与 x̄ 取 0。公式见“单位化与余弦相似度”式 (2)、(3)。
    """
    eps = as_number("单位化", "eps", eps)
    if not 0 <= eps < math.inf:
        raise ValueError(f"eps={eps} 不行，应为不小于 0 的有限数")
    y, total, scale = squares(x, (axis,), eps)
    least, length = eps / scale, np.sqrt(total)
    r = divide_or_zero(np.ones_like(length), np.maximum(length, least))
    z, long_enough = y * r, length >= least

    def pull(G):
        total = masked(inner(G, z, (axis,)), long_enough)
        x_bar = z * total
        np.subtract(G, x_bar, out=x_bar)
        x_bar *= r / scale
        return x_bar, total

    return z, partial(guarded, pull)
# --8<-- [end:unit_vectors]


# --8<-- [start:normalize]
@operator
def normalize(x, *, axis=1, eps=1e-12):
    """沿 axis 除以长度 ‖x‖，成为单位向量；长度不足 eps 时除以 eps。

    前向：x / maximum(S(x**2)**0.5, eps)
    反向：(G - ((n := S(x**2)**0.5) >= eps) * z * S(G * z)) / maximum(n, eps)

    与 torch.nn.functional.normalize 的 p=2 同义。axis 是一个整数，不对时报错；eps 不是不小于 0 的
    有限数报 ValueError。公式见“单位化与余弦相似度”式 (2)、(3)。
    """
    z, pullback = unit_vectors(x, normalize_axis(axis, x.ndim), eps)

    def backward(G):
        return (pullback(G),)

    return z, backward
# --8<-- [end:normalize]


# --8<-- [start:cosine_similarity]
@operator
def cosine_similarity(x1, x2, *, axis=1, eps=1e-8):
    """沿 axis 的夹角余弦：两边各自单位化，再作内积。x1 与 x2 先广播成同形，axis 是其中的一个轴。

    前向：sum(hat(x1) * hat(x2), axis)
    反向：ub(pull(x1, x2), x1), ub(pull(x2, x1), x2)

    输出少了 axis 这个轴；长度不足 eps 的一边除以 eps。不能广播、axis 与 eps 不对时报错。
    公式见“单位化与余弦相似度”式 (4)、(5)。
    """
    shape = broadcast_shapes(x1.shape, x2.shape)
    axis = normalize_axis(axis, len(shape))
    u, first = unit_vectors(np.broadcast_to(x1, shape), axis, eps)
    v, second = unit_vectors(np.broadcast_to(x2, shape), axis, eps)

    def backward(G):
        G = np.expand_dims(G, axis)
        return unbroadcast(first(G * v), x1.shape), unbroadcast(second(G * u), x2.shape)

    return inner(u, v, (axis,)).squeeze(axis), backward
# --8<-- [end:cosine_similarity]
