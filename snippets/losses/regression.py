"""回归损失：mse、l1、huber。"""

import math

import numpy as np

from broadcasting.gradient import unbroadcast
from broadcasting.rules import broadcast_shapes
from elementwise.piecewise import as_number
from start.conventions import operator


# --8<-- [start:denominator]
def denominator(reduction, count, words=("mean", "sum", "none")):
    """把 count 项损失归约时的分母：mean 是项数，sum 与 none 是 1。

    没有项可平均时是 nan，平均值也就是 nan。reduction 不是 words 里的报 ValueError。
    """
    if reduction not in words:
        raise ValueError(f"reduction 应为 {'、'.join(words[:-1])} 或 {words[-1]}，得到 {reduction!r}")
    return (count or math.nan) if "mean" in reduction else 1
# --8<-- [end:denominator]


# --8<-- [start:of_residual]
def of_residual(slope, x, target, reduction, half=0.0):
    """损失是 (d - half s) s，d = x - target，slope(d, s) 把 s 写好。返回 (归约之后的损失, s)，还没有除以项数。

    大数组一块一块地算，每块 256 KiB，d 留在缓存里，只有 s 写回内存；求和用点积，边乘边加，不必造出各项。
    """
    if reduction == "none" or x.shape != target.shape or x.nbytes <= 2**18:
        d = x - target
        s = np.empty_like(d)
        slope(d, s)
        loss = (d - half * s) * s if half else d * s
        return (loss if reduction == "none" else loss.sum()), s
    x_flat, t_flat, sums = x.reshape(-1), target.reshape(-1), []
    s = np.empty(x.size, np.result_type(x, target))
    block = 2**18 // s.itemsize
    for k in range(0, x.size, block):
        d, part = x_flat[k : k + block] - t_flat[k : k + block], s[k : k + block]
        slope(d, part)
        value = dot(d, part)
        if half:
            value = value - half * dot(part, part)
        sums.append(value if np.isfinite(value) else dot(d - half * part, part))  # 两个点积可能各自上溢
    return np.sum(sums, dtype=s.dtype), s.reshape(x.shape)


def dot(a, b):
    """一维的 Σab，每 4096 项一个点积，各个再加起来：舍入的误差不随项数增长。"""
    whole = a.size - a.size % 4096
    rows = a[:whole].reshape(-1, 1, 4096) @ b[:whole].reshape(-1, 4096, 1)
    return rows.sum() + np.dot(a[whole:], b[whole:])
# --8<-- [end:of_residual]


# --8<-- [start:mse_loss]
@operator
def mse_loss(x, target, *, reduction="mean"):
    """均方误差，d = x - target；x 与 target 按广播规则，两者都可微。

    前向：red(d**2)
    反向：ub(2 * g * d, x), ub(-2 * g * d, target)

    reduction 取 mean、sum 时输出是标量，取 none 时是广播之后的形状。形状不能广播、
    reduction 写错时报 ValueError。公式见“回归损失”式 (1)、(2)、(3)。
    """
    n = denominator(reduction, math.prod(broadcast_shapes(x.shape, target.shape)))
    z, d = of_residual(lambda d, s: np.copyto(s, d), x, target, reduction)

    def backward(G):
        x_bar = 2 * G / n * d
        return unbroadcast(x_bar, x.shape), unbroadcast(-x_bar, target.shape)

    return z / n, backward
# --8<-- [end:mse_loss]


# --8<-- [start:l1_loss]
@operator
def l1_loss(x, target, *, reduction="mean"):
    """平均绝对误差，d = x - target；形状、参数与报错同 mse_loss。

    前向：red(abs(d))
    反向：ub(g * sign(d), x), ub(-g * sign(d), target)

    x = target 处取 0。公式见“回归损失”式 (4)。
    """
    n = denominator(reduction, math.prod(broadcast_shapes(x.shape, target.shape)))
    z, sign = of_residual(lambda d, s: np.sign(d, out=s), x, target, reduction)

    def backward(G):
        x_bar = G / n * sign
        return unbroadcast(x_bar, x.shape), unbroadcast(-x_bar, target.shape)

    return z / n, backward
# --8<-- [end:l1_loss]


# --8<-- [start:huber_loss]
@operator
def huber_loss(x, target, *, delta=1.0, reduction="mean"):
    """Huber 损失，d = x - target；delta 以内是二次的，以外是一次的。

    前向：red(where(abs(d) <= delta, d**2 / 2, delta * (abs(d) - delta / 2)))
    反向：ub(g * clip(d, -delta, delta), x), ub(-g * clip(d, -delta, delta), target)

    delta 不是正数时报 ValueError；形状、其余参数与报错同 mse_loss。

    公式见“回归损失”式 (5)、(6)。
    """
    n = denominator(reduction, math.prod(broadcast_shapes(x.shape, target.shape)))
    delta = as_number("huber_loss", "delta", delta)
    if not delta > 0:
        raise ValueError(f"delta 应为正数，得到 {delta}")

    z, c = of_residual(lambda d, s: d.clip(-delta, delta, out=s), x, target, reduction, half=0.5)

    def backward(G):
        x_bar = G / n * c
        return unbroadcast(x_bar, x.shape), unbroadcast(-x_bar, target.shape)

    return z / n, backward
# --8<-- [end:huber_loss]
