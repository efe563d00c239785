"""旋转位置编码：每一对数转一个角，角随位置均匀增大。"""

import math

import numpy as np

from elementwise.piecewise import as_number
from start.conventions import as_array, operator


# --8<-- [start:angles]
def angles(shape, positions, base):
    """x 的形状是 shape，(..., L, d)；返回各对的角 positions · base^(-2i/d)，形状 (..., L, d/2)，float64。

    positions 是实数或实数的数组，与 x 除去最后一根轴的形状广播，一般是 (L,)。x 没有轴，d 是奇数，
    positions 不合或有 inf、nan，base 不是有限的正数，报 ValueError；不是实数报 TypeError。
    """
    given, base = as_array("positions 是", positions), as_number("旋转位置编码", "base", base)
    if not shape or shape[-1] % 2:
        raise ValueError("最后一根轴应是偶数个数，两个一对")
    if given.dtype.kind not in "iuf":
        raise TypeError(f"positions 是 {given.dtype}，应为实数")
    aligned = (1,) * (len(shape) - 1 - given.ndim) + given.shape
    if len(aligned) != len(shape) - 1 or any(n not in (1, m) for n, m in zip(aligned, shape)):
        raise ValueError(f"positions 的形状为 {given.shape}，应能广播成 {shape[:-1]}")
    if not (np.isfinite(given).all() and 0 < base < math.inf):
        raise ValueError(f"base={base}，positions 与 base 都应是有限的数，base 应大于 0")
    return given.astype(np.float64)[..., np.newaxis] * base ** (-np.arange(0, shape[-1], 2) / shape[-1])
# --8<-- [end:angles]


# --8<-- [start:rotated]
def pairs(x, interleaved):
    """最后一根轴上各对的第一个与第二个，各是一个视图：相邻的两个一对，或者前一半与后一半配对。"""
    half = x.shape[-1] // 2
    return (x[..., ::2], x[..., 1::2]) if interleaved else (x[..., :half], x[..., half:])


def rotated(x, cos, sin, interleaved):
    """每一对 (a, b) 变成 (a cos - b sin, a sin + b cos)，形状与 dtype 同 x。公式见“旋转位置编码”式 (1)。"""
    z = np.empty_like(x)
    (a, b), (u, v) = pairs(x, interleaved), pairs(z, interleaved)
    np.subtract(a * cos, b * sin, out=u)
    np.add(a * sin, b * cos, out=v)
    return z
# --8<-- [end:rotated]


# --8<-- [start:rotary_embedding]
@operator
def rotary_embedding(x, *, positions, base=10000.0, interleaved=False):
    """旋转位置编码：x 形状 (..., L, d)，d 是偶数；第 i 对在位置 p 处转 p · base^(-2i/d)。

    前向：turn(x, theta)
    反向：turn(G, -theta)

    interleaved 为 True 时 2i 与 2i+1 一对，否则 i 与 i+d/2 一对。报错见 angles。
    公式见“旋转位置编码”式 (1)、(2)。
    """
    angle = angles(x.shape, positions, base)  # 在 float64 里算：位置大时，float32 的角差得远
    cos, sin = (f(angle).astype(x.real.dtype) for f in (np.cos, np.sin))

    def backward(G):
        return (rotated(G, cos, -sin, interleaved),)

    return rotated(x, cos, sin, interleaved), backward
# --8<-- [end:rotary_embedding]
