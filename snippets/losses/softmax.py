"""softmax 与 log_softmax。"""

import numpy as np

from broadcasting.gradient import add_up
from reductions.extrema import exp_difference
from reductions.sum_mean import normalize_axis
from start.conventions import operator


# --8<-- [start:exponentials]
def exponentials(x, axis):
    """沿 axis 的 d = x - m、e = exp(d)，m 是最大值；还有 m 的下标 top，其余各项之和 rest。

    总和是 1 + rest，把 1 分开放着：rest 很小时，加到 1 上就舍掉了。最大的是 +inf 时取极限；
    整行 -inf 时 d 是 nan。
    """
    x = x.reshape(x.shape or (1,))
    top = np.argmax(x, axis=axis, keepdims=True) if x.shape[axis] else np.zeros(x.shape, np.intp)
    m = np.take_along_axis(x, top, axis)
    if np.any(m == np.inf):  # 这些行只剩 0 与 -inf
        x, m = np.where(m < np.inf, x, np.where(x < np.inf, -np.inf, 0)), np.where(m < np.inf, m, 0)
    d, e = exp_difference(x, m)
    own = np.take_along_axis(e, top, axis)
    np.put_along_axis(e, top, 0, axis)
    rest = add_up(e, (axis,))
    np.put_along_axis(e, top, own, axis)
    return d, e, top, rest
# --8<-- [end:exponentials]


# --8<-- [start:softmax]
@operator
def softmax(x, *, axis=-1):
    """沿一个轴归一化的指数；输出与 x 同形，沿 axis 加起来是 1。

    前向：exp(x) / S(exp(x))
    反向：z * (G - S(G * z))

    先减去最大值，不会上溢。整行 -inf 时是 0/0，得 nan。axis 是一个整数，不对时报错。

    公式见“softmax 与 log_softmax”式 (4)。
    """
    axis = normalize_axis(axis, max(x.ndim, 1))
    _, z, top, rest = exponentials(x, axis)
    z /= 1 + rest
    shape, dtype = z.shape, z.dtype

    def backward(G):
        G = G.reshape(shape)
        c = np.subtract(G, np.take_along_axis(G, top, axis), dtype=dtype)  # 各减同一个数，结果不变，最大的一项不再抵消
        c -= add_up(c * z, (axis,))
        c *= z
        return (c.reshape(x.shape),)

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
    d, e, top, rest = exponentials(x, axis)
    z = d - np.log1p(rest)
    shape = z.shape

    def backward(G):
        G = G.reshape(shape)
        own, others = np.take_along_axis(G, top, axis), G.copy()
        np.put_along_axis(others, top, 0, axis)
        total = add_up(others, (axis,))
        x_bar = G - e * ((own + total) / (1 + rest))
        # 最大的一项：G - p ΣG = (1 - p) G - p Σ 其余的 G，而 1 - p = rest / (1 + rest)
        np.put_along_axis(x_bar, top, (rest * own - total) / (1 + rest), axis)
        return (x_bar.reshape(x.shape),)

    return z.reshape(x.shape), backward
# --8<-- [end:log_softmax]
