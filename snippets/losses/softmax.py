"""softmax 与 log_softmax。"""

import numpy as np

from broadcasting.gradient import add_up
from reductions.extrema import exp_difference
from reductions.sum_mean import guarded, inner, normalize_axis, total_of
from start.conventions import operator


# --8<-- [start:places]
def places(index, shape, axis):
    """x[places(index, x.shape, axis)] 沿 axis 各取第 index 个，与 take_along_axis 相同，少几步检查；
    写也可以。"""
    ones = (1,) * len(shape)
    return tuple([index if k == axis else np.arange(n).reshape(n, *ones[k + 1 :]) for k, n in enumerate(shape)])
# --8<-- [end:places]


# --8<-- [start:exponentials]
def exponentials(x, axis):
    """沿 axis 的指数：返回 (x, m, at, e, own, rest)。

    m 是各组的最大值，at 是它的位置，可以放进方括号；e 是指数，own 是 e[at]，rest 是其余各项之和：它
    很小时，加到 own 上就舍掉了，所以分开放着。m 都在 0 与 40 之间，或数都在 ±40 之间时 e = exp(x)：不会上溢，
    下溢的，减去最大值也下溢；否则先减去最大值，m 换成 0。最大的是 +inf 的一组取极限：+inf 换成 0，别的换成
    -inf；整组 -inf 或含 nan 时是 nan。
    """
    top = x.argmax(axis, keepdims=True) if x.shape[axis] else np.zeros(x.shape, np.intp)
    at = places(top, x.shape, axis)
    m = x[at]
    if m.size and m.max().real <= 40 and (m.min().real >= 0 or x.min().real >= -40):
        e = np.exp(x)
    else:
        if (infinite := m.real == np.inf).any():  # 有 nan 的一组，m 是 nan，不在内
            limit = np.where(x.real == np.inf, 0, -np.inf).astype(x.dtype)
            x, m = np.where(infinite, limit, x), np.where(infinite, 0, m)
        (x, e), m = exp_difference(x, m), np.zeros_like(m)
    own = e[at]
    e[at] = 0
    rest = total_of(e, (axis,))
    e[at] = own
    return x, m, at, e, own, rest
# --8<-- [end:exponentials]


# --8<-- [start:softmax]
@operator
def softmax(x, *, axis=-1):
    """沿一个轴归一化的指数；输出与 x 同形，沿 axis 加起来是 1。

    前向：exp(x) / S(exp(x))
    反向：z * (G - S(G * z))

    数很大时先减去最大值，不会上溢。整行 -inf 时是 0/0，得 nan。axis 是一个整数，不对时报错。

    公式见“softmax 与 log_softmax”式 (4)。
    """
    axis = normalize_axis(axis, max(x.ndim, 1))
    _, _, at, z, own, rest = exponentials(x.reshape(x.shape or (1,)), axis)
    z /= own + rest
    shape, dtype = z.shape, z.dtype

    def pull(G):
        c = np.subtract(G, G[at], dtype=dtype)  # 各减同一个数，结果不变，最大的一项不再抵消
        total = inner(c, z, (axis,))
        c -= total
        c *= z
        return c, total

    def backward(G):
        G = G.reshape(shape)
        return (guarded(pull, G).reshape(x.shape),)

    return z.reshape(x.shape), backward
# --8<-- [end:softmax]


# --8<-- [start:log_softmax]
@operator
def log_softmax(x, *, axis=-1):
    """softmax 的对数；输出与 x 同形。整行 -inf 时得 nan。

    前向：x - log(S(exp(x)))
    反向：G - exp(z) * S(G)

    公式见“softmax 与 log_softmax”式 (6)、(8)。
    """
    axis = normalize_axis(axis, max(x.ndim, 1))
    y, m, at, e, own, rest = exponentials(x.reshape(x.shape or (1,)), axis)
    z, total = y - m, own + rest
    z -= np.log1p(rest / own)
    shape = z.shape

    def pull(G):
        first, others = G[at], G.copy()
        others[at] = 0
        others = add_up(others, (axis,))
        share = (first + others) / total
        x_bar = e * share
        np.subtract(G, x_bar, out=x_bar)
        # 最大的一项：G - p ΣG = (1 - p) G - p Σ 其余的 G，而 1 - p = rest / total
        x_bar[at] = one = (rest * first - own * others) / total
        return x_bar, share + one

    def backward(G):
        G = G.reshape(shape)
        return (guarded(pull, G).reshape(x.shape),)

    return z.reshape(x.shape), backward
# --8<-- [end:log_softmax]
