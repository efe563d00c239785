"""logaddexp：两个对数之和的对数。"""

import numpy as np

from broadcasting.gradient import unbroadcast
from broadcasting.rules import broadcast_shapes
from elementwise.piecewise import masked
from reductions.extrema import exp_difference
from start.conventions import operator


# --8<-- [start:logaddexp]
@operator
def logaddexp(x, y):
    """ln(eˣ + eʸ)，形状按广播规则。两边都是 -inf 时值是 -inf，梯度取 0；都是 +inf 时各得一半。

    前向：log(exp(x) + exp(y))
    反向：ub(G * sigma(x - y), x), ub(G * sigma(y - x), y)

    公式见“logaddexp”式 (1)、(2)、(3)。
    """
    broadcast_shapes(x.shape, y.shape)
    top, limit = np.maximum(x, y), np.finfo(x.dtype).max
    _, e = exp_difference(np.minimum(np.minimum(x, y), limit), np.clip(top, -limit, limit))
    larger = 1 / (1 + e)  # 大的一边的权重；都是 -inf 时是 0
    if top.min(initial=0) == -np.inf:
        larger = np.where(top == -np.inf, 0, larger)
    smaller, less, more = e * larger, x < y, y < x
    x_share = masked(smaller, less) + masked(larger, ~less)
    y_share = masked(smaller, more) + masked(larger, ~more)

    def backward(G):
        return unbroadcast(G * x_share, x.shape), unbroadcast(G * y_share, y.shape)

    return top + np.log1p(e), backward
# --8<-- [end:logaddexp]
