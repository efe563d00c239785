"""logaddexp：两个对数之和的对数。"""

import numpy as np

from broadcasting.gradient import unbroadcast
from broadcasting.rules import broadcast_shapes
from elementwise.power import in_blocks, log1p_values
from reductions.extrema import exp_difference
from start.conventions import operator


# --8<-- [start:shares]
def ratio(x, y):
    """e = exp(-|x - y|)，小的一边与大的一边之比；±inf 当作最大、最小的有限数。"""
    limit = np.finfo(np.result_type(x, y)).max
    return exp_difference(np.minimum(np.minimum(x, y), limit), np.clip(np.maximum(x, y), -limit, limit))[1]


def share(x, y, e):
    """x 一边的权重 σ(x - y)，e 是 ratio(x, y)：大的一边是 1 / (1 + e)，小的再乘 e；都是 -inf 时取 0。"""
    weight = np.maximum(e, x >= y) / (1 + e)  # 真当作 1，e 不大于 1
    if x.min(initial=0) == -np.inf:
        weight[np.maximum(x, y) == -np.inf] = 0
    return weight
# --8<-- [end:shares]


# --8<-- [start:logaddexp]
@operator
def logaddexp(x, y):
    """ln(eˣ + eʸ)，形状按广播规则。两边都是 -inf 时值是 -inf，梯度取 0；都是 +inf 时各得一半。

    前向：log(exp(x) + exp(y))
    反向：ub(G * sigma(x - y), x), ub(G * sigma(y - x), y)

    公式见“logaddexp”式 (1)、(2)、(3)。
    """
    shape = broadcast_shapes(x.shape, y.shape)
    X, Y = np.broadcast_to(x, shape), np.broadcast_to(y, shape)
    e = in_blocks(ratio, X, Y)

    def backward(G):
        x_bar = in_blocks(lambda x, y, e, G: share(x, y, e) * G, X, Y, e, G)
        y_bar = in_blocks(lambda x, y, e, G: share(y, x, e) * G, X, Y, e, G)
        return unbroadcast(x_bar, x.shape), unbroadcast(y_bar, y.shape)

    return in_blocks(lambda x, y, e: log1p_values(e) + np.maximum(x, y), X, Y, e), backward
# --8<-- [end:logaddexp]
