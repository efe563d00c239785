"""softmax 与 log_softmax。"""

import numpy as np

from reductions.sum_mean import normalize_axis
from start.conventions import operator


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
    z = np.exp(x - x.max(axis=axis, keepdims=True, initial=-np.inf))
    z /= z.sum(axis=axis, keepdims=True)

    def backward(G):
        inner = (G * z).sum(axis=axis, keepdims=True)
        return ((G - inner) * z,)

    return z, backward
# --8<-- [end:softmax]


# --8<-- [start:log_probabilities]
def log_probabilities(x, axis):
    """log softmax(x)，沿轴 axis。公式见“softmax 与 log_softmax”式 (6)。"""
    z = x - x.max(axis=axis, keepdims=True, initial=-np.inf)
    with np.errstate(divide="ignore"):  # 轴的大小为 0 时是 log 0，结果里没有元素
        z -= np.log(np.exp(z).sum(axis=axis, keepdims=True))
    return z
# --8<-- [end:log_probabilities]


# --8<-- [start:log_softmax]
@operator
def log_softmax(x, *, axis=-1):
    """softmax 的对数；输出与 x 同形。整行 -inf 时得 nan。

    前向：x - log(S(exp(x)))
    反向：G - exp(z) * S(G)

    公式见“softmax 与 log_softmax”式 (8)。
    """
    axis = normalize_axis(axis, max(x.ndim, 1))
    z = log_probabilities(x, axis)

    def backward(G):
        return (G - np.exp(z) * G.sum(axis=axis, keepdims=True),)

    return z, backward
# --8<-- [end:log_softmax]
