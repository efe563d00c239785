"""反向推导器里，公式卡的词怎样写得短：轴与形状已经知道。返回 None 的，照公式卡的实现。

参数的约定与公式卡相同：写在 * 后面的，由算子的同名参数填上。运行时里面的 np 是替身，别的词也换成这里的。
"""

import math

import numpy as np

from appendix.card import M, _classes, _heads, d


# --8<-- [start:broadcast]
def unbroadcast(A, shape):
    """把 A 沿被广播的轴求和，还原成 shape。"""
    if A.shape == shape or shape == ():
        return A if A.shape == shape else A.sum()
    A = A.sum(axis=tuple(range(A.ndim - len(shape))))
    return A.sum(axis=tuple(k for k, n in enumerate(shape) if n != A.shape[k]), keepdims=True)


def named(name, A):
    """给 A 起名，另起一行。"""
    return A


def keep(A, *, x, axis, keepdims):
    """归约掉的轴放回来；反正要广播，轴在最前面的不必放。"""
    axes = sorted(k % x.ndim for k in _axes(axis))
    return A if keepdims or axis is None or axes == list(range(len(axes))) else np.expand_dims(A, axis)


def _axes(axis):
    """哪几根轴。"""
    return axis if isinstance(axis, tuple) else () if axis is None else (axis,)


def S(A, *, axis=0):
    """全部求和的，不必留着轴。"""
    return A.sum() if axis is None else None


def N(*, x, axis, where):
    """一组里有几个数。"""
    if where is True:
        return x.size if axis is None else math.prod([x.shape[k] for k in _axes(axis)])
    return None


def ends(*, xs, axis):
    """各段的终点，最后一段除外。"""
    sizes = [x.size if axis is None else x.shape[axis] for x in xs]
    return [sum(sizes[: k + 1]) for k in range(len(sizes) - 1)]


def nopad(A, *, padding_idx):
    """没有 padding_idx，就是自己。"""
    return A if padding_idx is None else None


def add_at(A, index, x):
    """与 x 同形的零，A 加到下标 index 处，重复的加几次。"""
    total = np.zeros(x.shape)
    np.add.at(total, index, A)
    return total


def swap(A, k, *, operands, subscripts):
    """einsum 的一份：下标没有重复、没有省略号的，与输出对换下标，再 einsum 一次。"""
    left, arrow, output = subscripts.partition("->")
    terms = left.split(",")
    others, term = [output, *terms[:k], *terms[k + 1 :]], terms[k]
    if not arrow or "." in left or len(set(term)) < len(term) or not set(term) <= set("".join(others)):
        return None
    found = np.einsum(f"{','.join(others)}->{term}", A, *operands[:k], *operands[k + 1 :])
    return found if found.shape == operands[k].shape else None
# --8<-- [end:broadcast]


# --8<-- [start:losses]
def _simple(*, inputs, target, weight=None, ignore_index=None, log_target=None):
    """损失没有权重，没有忽略的项；kl_div 的两个输入同形。"""
    skipped = ignore_index is not None and target is not None and np.any(target == ignore_index)
    return not skipped and weight is None and (log_target is None or inputs[0].shape == inputs[1].shape)


def red(A, *, inputs, target, reduction, ignore_index=None):
    """各项合起来。"""
    if not _simple():
        return None
    if reduction == "none":
        return A if ignore_index is None else A.squeeze(axis=_classes(A))
    if reduction == "batchmean":
        return A.sum() / inputs[0].shape[0] if inputs[0].ndim else A.sum()
    return A.mean() if reduction == "mean" else A.sum()


def g(*, G, inputs, target, reduction, ignore_index=None, log_target=None):
    """每一项的上游梯度：mean 时除以项数。"""
    x = inputs[0]
    if not _simple():
        return None
    if reduction == "none":
        return G if ignore_index is None else np.expand_dims(G, _classes(x))
    if reduction == "mean" and ignore_index is None:
        return G / (x.size if all(each.shape == x.shape for each in inputs) else d().size)
    if reduction == "sum" or x.ndim <= (reduction == "mean"):
        return G
    return G / (x.shape[0] if reduction == "batchmean" or x.ndim == 2 else x.size / x.shape[1])


def q(*, inputs, target, label_smoothing=0.0):
    """目标分布：给的概率，或者独热向量。"""
    if label_smoothing or not _simple() or (target is not None and inputs[0].ndim > 2):
        return None
    return inputs[1] if target is None else np.eye(int(inputs[0].shape[-1]))[target]


def log_p(*, logits):
    """先减去最大值，免得上溢。"""
    axis = _classes(logits)
    c = named("c", logits - logits.max(axis=axis, keepdims=True))
    return c - np.log(np.exp(c).sum(axis=axis, keepdims=True))
# --8<-- [end:losses]


# --8<-- [start:normalization]
def r(*, inputs, eps, training=None, num_groups=None):
    """方差由减去平均的数算出，这几个数 xh 还要用。"""
    if training is False or num_groups is not None:
        return None
    c = named("c", inputs[0] - M(inputs[0]))
    return 1 / np.sqrt(M(c**2) + eps)


def xh(*, inputs, training=None, num_groups=None):
    """与 r 用同一个 c。"""
    if training is False or num_groups is not None:
        return None
    return named("c", inputs[0] - M(inputs[0])) * r()
# --8<-- [end:normalization]


# --8<-- [start:attention]
def P(*, query, key, attn_mask, is_causal, enable_gqa):
    """没有掩码的，每一行都有看得见的，先减去最大值。"""
    if attn_mask is not None or query.size == 0 or key.size == 0:
        return None
    T = named("T", _scaled(query @ _heads(key, query, enable_gqa).mT))
    if is_causal:
        T = named("seen", np.where(np.tri(T.shape[-2], T.shape[-1], dtype=bool), T, -np.inf))
    e = named("e", np.exp(T - T.max(axis=-1, keepdims=True)))
    return e / e.sum(axis=-1, keepdims=True)


def _scaled(A, *, query, scale):
    """乘 scale，没有给时除以 sqrt(E)。"""
    return A / query.shape[-1] ** 0.5 if scale is None else A * scale


def dS(*, query, value, attn_mask, enable_gqa, G, z):
    """P 前向已经算过。"""
    if attn_mask is not None:
        return None
    return _scaled(P() * (G @ _heads(value, query, enable_gqa).mT - (G * z).sum(axis=-1, keepdims=True)))
# --8<-- [end:attention]
