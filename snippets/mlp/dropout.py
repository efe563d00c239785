"""丢弃 dropout：掩码是参数。"""

import numpy as np

from elementwise.piecewise import as_number, masked
from start.conventions import as_array, operator


# --8<-- [start:dropout]
@operator
def dropout(x, *, p=0.5, mask):
    """丢弃：mask 为真处除以 1 - p，为假处得 0，那里的 x 是 inf、nan 也一样；p = 1 时全是 0。

    前向：div0(where(mask, x, 0), 1 - p)
    反向：div0(where(mask, G, 0), 1 - p)

    mask 是布尔数组，形状能广播成 x 的；p 是丢弃的比例，从 0 到 1，只决定缩放，抽掩码是调用的人
    的事，见 draw_mask。不合报 TypeError 或 ValueError。公式见“dropout”式 (1)。
    """
    p, mask = as_probability(p), as_mask(mask, x.shape)
    kept, scale = (mask, 1 - p) if p < 1 else (np.zeros_like(mask), 1.0)

    def scaled(A):
        A = masked(A, kept)
        A /= scale
        return A

    def backward(G):
        return (scaled(G),)

    return scaled(x), backward
# --8<-- [end:dropout]


# --8<-- [start:checks]
def as_probability(p):
    """丢弃的比例，从 0 到 1 的数，否则报错。"""
    p = as_number("dropout", "p", p)
    if not 0 <= p <= 1:
        raise ValueError(f"p={p} 不是比例，应从 0 到 1")
    return p


def as_mask(mask, shape):
    """布尔数组，能广播成 shape；不是布尔数组报 TypeError，不能广播报 ValueError。"""
    mask = as_array("mask 是", mask)
    if mask.dtype != bool:
        raise TypeError(f"mask 应为布尔数组，得到 {mask.dtype}")
    try:
        np.broadcast_to(mask, shape)
    except ValueError:
        raise ValueError(f"mask 的形状为 {mask.shape}，不能广播成 {shape}") from None
    return mask
# --8<-- [end:checks]


# --8<-- [start:draw_mask]
def draw_mask(rng, shape, p=0.5):
    """抽一个形状是 shape 的掩码，每个位置以 1 - p 的概率为真，互相独立；rng 是 numpy 的生成器。"""
    return rng.random(shape) >= p
# --8<-- [end:draw_mask]
