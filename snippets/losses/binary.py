"""二分类损失与 KL 散度。"""

import math

import numpy as np

from broadcasting.gradient import unbroadcast
from broadcasting.rules import broadcast_shapes
from losses.regression import denominator
from start.conventions import operator


# --8<-- [start:binary_cross_entropy_with_logits]
@operator
def binary_cross_entropy_with_logits(x, target, *, reduction="mean"):
    """每项是 -t log σ(x) - (1 - t) log(1 - σ(x))，t = target 是 0 到 1 的概率，也可微。

    前向：red(log(1 + exp(x)) - target * x)
    反向：g * (sigma(x) - target), -g * x

    x 与 target 同形，不广播；形状不同、reduction 写错时报 ValueError。

    公式见“二分类损失与 KL 散度”式 (1)、(4)。
    """
    if x.shape != target.shape:
        raise ValueError("target 应与第一个输入同形")
    n = denominator(reduction, x.size)
    e = np.exp(-np.abs(x))
    loss = np.maximum(x, 0) - x * target + np.log1p(e)
    z = loss if reduction == "none" else loss.sum() / n

    def backward(G):
        p = np.exp(np.minimum(x, 0)) / (1 + e)
        return G / n * (p - target), -G / n * x

    return z, backward
# --8<-- [end:binary_cross_entropy_with_logits]


# --8<-- [start:kl_div]
@operator
def kl_div(x, target, *, log_target=False, reduction="mean"):
    """KL 散度：x 是对数概率 log q，target 是概率 p（log_target 时是 log p）。

    前向：red(p * (log(p) - x))
    反向：ub(-g * p, x), ub(g * p**log_target * (log(p) - x + 1), target)

    p = 0 的项是 0，这里对 p 的梯度取 -inf；p 为负时得 nan。x 与 target 按广播规则，都可微。
    reduction 除 mean、sum、none 外还有 batchmean：总和除以 x 的第 0 轴的大小。

    公式见“二分类损失与 KL 散度”式 (6)、(7)。
    """
    shape, batch = broadcast_shapes(x.shape, target.shape), reduction == "batchmean"
    count = (x.shape or (1,))[0] if batch else math.prod(shape)
    n = denominator("mean" if batch else reduction, count)
    with np.errstate(divide="ignore", invalid="ignore"):  # p = 0 的项下面改成 0
        p, log_p = (np.exp(target), target) if log_target else (target, np.log(target))
        loss = np.where(p == 0, 0.0, p * (log_p - x))
    z = loss if reduction == "none" else loss.sum() / n

    def backward(G):
        g = np.broadcast_to(G / n, shape)
        target_bar = g * (loss + p) if log_target else g * (log_p - x + 1)
        return unbroadcast(-g * p, x.shape), unbroadcast(target_bar, target.shape)

    return z, backward
# --8<-- [end:kl_div]
