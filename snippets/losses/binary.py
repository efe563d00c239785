"""二分类损失与 KL 散度。"""

import math

import numpy as np

from broadcasting.gradient import unbroadcast
from broadcasting.rules import broadcast_shapes
from elementwise.piecewise import absolute, masked, multiply_or_zero, weighed
from losses.cross_entropy import as_reals
from losses.regression import denominator
from start.conventions import operator


# --8<-- [start:as_weight]
def as_weight(name, weight, x):
    """逐项的权重，dtype 随 x；None 是 1。不是实数、不能广播成 x 的形状时报错。"""
    weight = as_reals(name, 1.0 if weight is None else weight, x.dtype)
    try:
        np.broadcast_to(weight, x.shape)
    except ValueError:
        raise ValueError(f"{name} 的形状为 {weight.shape}，不能广播成 {x.shape}") from None
    return weight
# --8<-- [end:as_weight]


# --8<-- [start:binary_cross_entropy_with_logits]
@operator
def binary_cross_entropy_with_logits(x, target, *, weight=None, pos_weight=None, reduction="mean"):
    """每项是 -w [v t log σ(x) + (1 - t) log(1 - σ(x))]，w = weight，v = pos_weight。

    前向：red(-pt * log(sigma(x)) - (1 - t) * log(sigma(-x)))
    反向：g * (sigma(x) * (1 - t + pt) - pt), g * ((1 - pw) * log(sigma(x)) - x)

    t = target 是 0 到 1 的概率，与 x 同形，可微；两个权重不可微，能广播成 x 的形状，不给时是 1，
    是 0 的一项不算，哪怕损失是无穷大，x 是 nan 的仍是 nan；mean 时仍除以项数。形状不合、target
    不是概率、reduction 写错时报 ValueError。

    公式见“二分类损失与 KL 散度”式 (1)、(5)。
    """
    if x.shape != target.shape:
        raise ValueError("target 应与第一个输入同形")
    if not ((target >= 0) & (target <= 1)).all():
        raise ValueError("target 是概率，应在 0 与 1 之间")
    n = denominator(reduction, x.size)
    w, v = as_weight("weight", weight, x), as_weight("pos_weight", pos_weight, x)
    e, right = np.exp(-absolute(x)), x > 0  # e^-|x|
    a, b, soft = v * target, 1 - target, np.log1p(e)
    both, share = a + b, masked(b, right) + masked(a, ~right)  # share 与 |x| 相乘
    loss = weighed(w, both * soft + multiply_or_zero(share, absolute(x)))
    z = loss if reduction == "none" else loss.sum() / n

    def backward(G):
        g = G / n * w
        slope = share - both * e / (1 + e)
        target_bar = multiply_or_zero(v, np.maximum(-x, 0)) - np.maximum(x, 0) + (v - 1) * soft
        return g * (masked(slope, right) - masked(slope, ~right)), weighed(g, target_bar)

    return z, backward
# --8<-- [end:binary_cross_entropy_with_logits]


# --8<-- [start:kl_div]
@operator
def kl_div(x, target, *, log_target=False, reduction="mean"):
    """KL 散度：x 是对数概率 log q，target 是概率 p（log_target 时是 log p）。

    前向：red(p * (log(p) - x))
    反向：ub(-g * p, x), ub(g * p**log_target * (log(p) - x + 1), target)

    p = 0 的项是 0，对 p 的导数是 -inf，q 也是 0 时是 +inf，上游梯度是 0 时取 0；x 是 nan 的仍是 nan。
    p 为负时得 nan。x 与 target 按广播规则，都可微。
    reduction 除 mean、sum、none 外还有 batchmean：总和除以 x 的第 0 轴的大小。

    公式见“二分类损失与 KL 散度”式 (7)、(8)。
    """
    shape, batch = broadcast_shapes(x.shape, target.shape), reduction == "batchmean"
    count = (x.shape or (1,))[0] if batch else math.prod(shape)
    n = denominator(reduction, count, ("mean", "batchmean", "sum", "none"))
    with np.errstate(divide="ignore", invalid="ignore"):  # p = 0 的项下面改成 0
        p, log_p = (np.exp(target), target) if log_target else (target, np.log(target))
        gap = log_p - x
        if np.min(x, initial=0) == -np.inf:  # q 也是 0：p 多小都是 +inf
            gap = np.where((p == 0) & (x == -np.inf), np.inf, gap)
        loss = np.where((p == 0) & ~np.isnan(gap), 0.0, p * gap)
    z = loss if reduction == "none" else loss.sum() / n

    def backward(G):
        g = np.broadcast_to(G / n, shape)
        target_bar = weighed(g, loss + p if log_target else gap + 1)
        return unbroadcast(-g * p, x.shape), unbroadcast(target_bar, target.shape)

    return z, backward
# --8<-- [end:kl_div]
