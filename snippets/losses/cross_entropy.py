"""交叉熵：nll_loss、cross_entropy。"""

import numpy as np

from elementwise.piecewise import as_number
from losses.regression import denominator
from losses.softmax import log_probabilities
from shapes.reshape import as_integer
from start.conventions import operator


# --8<-- [start:as_classes]
def as_classes(target, shape, ignore_index):
    """检查整数类别，返回 (类别所在的轴, 类别的下标, 是否忽略)，后两个在类别轴上大小为 1。

    shape 是 logits 的形状，一维时类别轴是 0，否则是 1，与 PyTorch 相同；target 的形状是
    shape 去掉类别轴。忽略的位置下标写 0。类型不对报 TypeError，形状不对报 ValueError，编号超出
    范围报 IndexError，与 PyTorch 相同。
    """
    target = np.asarray(target)
    target = target if target.size else target.astype(np.int64)
    if target.dtype.kind not in "iu":
        raise TypeError(f"target 是 {target.dtype}：应为整数，即类别的编号")
    if not shape:
        raise ValueError("第一个输入应至少有一个轴，即类别轴")
    axis = min(len(shape) - 1, 1)
    classes, expected = shape[axis], shape[:axis] + shape[axis + 1 :]
    if target.shape != expected:
        raise ValueError(f"target 的形状为 {target.shape}，应为 {expected}：去掉类别轴 {axis}")
    ignored = target == as_integer("ignore_index", ignore_index)
    wrong = target[~ignored & ((target < 0) | (target >= classes))]
    if wrong.size:
        told = f"类别有 {classes} 个，从 0 数起；忽略的写 {ignore_index}"
        raise IndexError(f"target 里有 {wrong[0]}：{told}")
    index = np.where(ignored, 0, target)
    return axis, np.expand_dims(index, axis), np.expand_dims(ignored, axis)
# --8<-- [end:as_classes]


# --8<-- [start:nll_loss]
@operator
def nll_loss(log_p, *, target, ignore_index=-100, reduction="mean"):
    """负对数似然：每项是 -log_p[target]，log_p 是对数概率，target 是整数类别。

    前向：red(-S(q * log_p))
    反向：-g * q

    类别轴一维时是 0，否则是 1；target 的形状是 log_p 去掉类别轴。等于 ignore_index 的项是
    0，也不算在 mean 的分母里；全部忽略时 mean 是 nan，梯度是 0。target 不是整数报
    TypeError，形状不对报 ValueError，超出范围报 IndexError。

    公式见“交叉熵：cross_entropy、nll_loss”式 (2)。
    """
    axis, index, ignored = as_classes(target, log_p.shape, ignore_index)
    n = denominator(reduction, np.count_nonzero(~ignored))
    loss = np.where(ignored, 0.0, -np.take_along_axis(log_p, index, axis))
    z = loss.squeeze(axis) if reduction == "none" else loss.sum() / n

    def backward(G):
        G = np.expand_dims(G, axis) if reduction == "none" else G
        x_bar = np.zeros_like(log_p)
        np.put_along_axis(x_bar, index, np.where(ignored, 0.0, -G / n), axis)
        return (x_bar,)

    return z, backward
# --8<-- [end:nll_loss]


# --8<-- [start:cross_entropy]
@operator
def cross_entropy(logits, *, target, ignore_index=-100, label_smoothing=0.0, reduction="mean"):
    """交叉熵：先沿类别轴作 log_softmax，再与目标分布 q 作 -Σ q log p。

    前向：red(log(S(exp(logits))) - S(q * logits))
    反向：g * (exp(logits) / S(exp(logits)) - q)

    q 在类别 target 上是 1 - label_smoothing，再加上均匀的 label_smoothing / C，C 是类别数。
    其余参数、形状与报错同 nll_loss；label_smoothing 不在 0 与 1 之间报 ValueError。

    公式见“交叉熵：cross_entropy、nll_loss”式 (5)、(6)。
    """
    axis, index, ignored = as_classes(target, logits.shape, ignore_index)
    n = denominator(reduction, np.count_nonzero(~ignored))
    smooth = as_number("cross_entropy", "label_smoothing", label_smoothing)
    classes = logits.shape[axis]
    if not 0 <= smooth <= 1:
        raise ValueError(f"label_smoothing 应在 0 与 1 之间，得到 {smooth}")
    log_p = log_probabilities(logits, axis)
    loss = -np.take_along_axis(log_p, index, axis)
    if smooth:
        loss = (1 - smooth) * loss - smooth * log_p.mean(axis=axis, keepdims=True)
    loss = np.where(ignored, 0.0, loss)
    z = loss.squeeze(axis) if reduction == "none" else loss.sum() / n

    def backward(G):
        G = np.expand_dims(G, axis) if reduction == "none" else G
        p = np.exp(log_p)
        own = np.take_along_axis(p, index, axis) - (1 - smooth)
        np.put_along_axis(p, index, own, axis)
        p -= smooth / classes
        p *= np.where(ignored, 0.0, G / n)
        return (p,)

    return z, backward
# --8<-- [end:cross_entropy]
