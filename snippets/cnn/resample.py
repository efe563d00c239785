"""重采样：interpolate、pixel_shuffle。"""

import math

import numpy as np

from broadcasting.rules import as_size
from elementwise.piecewise import as_number
from shapes.reshape import as_integer
from start.conventions import operator


# --8<-- [start:resize]
def multiply(A, x, rows=64):
    """A x。A 里不是 0 的数挤在一条斜带里，所以一次只乘 64 行，只用这些行用得到的列。"""
    z = np.empty(x.shape[:-2] + (len(A), x.shape[-1]), x.dtype)
    for k in range(0, len(A), rows):
        part, near = strip(A[k : k + rows])
        times = np.multiply if part.shape[1] == 1 else np.matmul  # 只剩一列，广播就够了
        times(part, x[..., near, :], out=z[..., k : k + rows, :])
    return z


def multiply_across(x, B, rows=64):
    """x Bᵀ，一次也只用 B 的 64 行；x 的各行不分样本与通道，并成一个高的矩阵，一次乘完。"""
    z = np.empty(x.shape[:-1] + (len(B),), x.dtype)
    flat, target = (A.reshape(math.prod(x.shape[:-1]), A.shape[-1]) for A in (x, z))
    for k in range(0, len(B), rows):
        part, near = strip(B[k : k + rows])
        np.matmul(flat[:, near], part.T, out=target[:, k : k + rows])
    return z


def strip(part):
    """part 里不全是 0 的那几列，以及是哪几列。"""
    used = np.flatnonzero(part.any(axis=0))
    near = slice(used[0], used[-1] + 1) if used.size else slice(0)
    return part[:, near], near


def resize(A, x, B):
    """A x Bᵀ；x 形状 (..., H, W)，A 有 H 列，B 有 W 列，两者没有负数。

    A、B 里的 0 是“没有用到”，乘 inf、nan 也得 0，与矩阵乘法不同。公式见“重采样”式 (4)。
    """
    A, B = (M.astype(np.finfo(x.dtype).dtype) for M in (A, B))
    with np.errstate(over="ignore", invalid="ignore"):
        z = multiply(A, multiply_across(x, B))
        if np.isfinite(np.sum(min(x, z, key=np.size))):  # 哪个小看哪个：x 里没有 inf、nan，或没有染到 z
            return z
        a, b = (2.0 ** math.ceil(math.log2(max(M.sum(axis=1).max(initial=0), 1))) for M in (A, B))
        # 一行的和不超过 1，中途就不会上溢成 inf，再被别的输出乘 0 得 nan
        z = multiply(A / a, multiply_across(np.where(np.isfinite(x), x, 0), B / b)) * a * b
        for value, at in ((np.inf, x == np.inf), (-np.inf, x == -np.inf), (np.nan, np.isnan(x))):
            z[multiply(A, multiply_across(at.astype(A.dtype), B)) > 0] += value
    return z
# --8<-- [end:resize]


# --8<-- [start:weights]
MODES = ("nearest", "nearest-exact", "bilinear")


def positions(n, m, scale, mode, align_corners):
    """m 个输出各落在 n 个输入的什么位置，中心是整数；scale 是 None 时按 n / m 走，否则按 1 / scale。

    公式见“重采样”式 (1)、(2)、(7)、(8)。
    """
    o, (up, down) = np.arange(m), (n, m) if scale is None else (1, scale)
    if mode == "nearest":
        u = np.floor(o * up / down)  # 先乘后除：up、down 是整数时没有舍入
    elif mode == "nearest-exact":
        u = np.floor((2 * o + 1) * up / (2 * down))
    elif align_corners:
        u = o * (n - 1) / max(m - 1, 1)
    else:
        u = ((2 * o + 1) * up / down - 1) / 2
    return np.clip(u, 0, n - 1)


def weights(u, n):
    """A：第 o 行是位置 u[o] 由 n 个输入各占多少合成，形状 (len(u), n)。公式见“重采样”式 (3)。"""
    return np.maximum(0, 1 - np.abs(u[:, np.newaxis] - np.arange(n)))
# --8<-- [end:weights]


# --8<-- [start:two]
def two(name, value, check):
    """两个空间轴各一个：一个数是两个轴都用它，或两个数的元组、列表；check 检查其中一个。"""
    values = tuple(value) if isinstance(value, tuple | list) else (value, value)
    if len(values) != 2:
        raise ValueError(f"{name} 应是一个数，或高、宽各一个，得到 {value!r}")
    return tuple(check(each) for each in values)


def target(sizes, size, scale_factor):
    """输出的大小，与两个轴各自的倍数（给的是 size 时是 None）；大小是 0 报 ValueError。"""
    if (size is None) == (scale_factor is None):
        raise ValueError("size 与 scale_factor 要给一个，也只给一个")
    if scale_factor is None:
        found, scales = two("size", size, as_size), (None, None)
    else:
        scales = two("scale_factor", scale_factor, lambda s: as_number("interpolate", "scale_factor", s))
        if not all(0 < s < math.inf for s in scales):
            raise ValueError(f"scale_factor={scale_factor} 应是正的有限数")
        found = tuple(as_size(math.floor(n * s)) for n, s in zip(sizes, scales))
    if 0 in (*sizes, *found):
        raise ValueError(f"输入的高、宽是 {sizes}，输出的是 {found}，都要大于 0")
    return found, scales
# --8<-- [end:two]


# --8<-- [start:interpolate]
@operator
def interpolate(x, *, size=None, scale_factor=None, mode="nearest", align_corners=False):
    """把高、宽换成 size，或乘以 scale_factor；x 形状 (N, C, H, W)。

    前向：Ah @ x @ Aw.mT
    反向：Ah.mT @ G @ Aw

    mode 是 nearest、nearest-exact 或 bilinear；align_corners 只用于 bilinear。不合要求时报
    ValueError。公式见“重采样”式 (4)、(5)。
    """
    if x.ndim != 4:
        raise ValueError("输入应有 4 个轴，(N, C, H, W)")
    if mode not in MODES:
        raise ValueError(f"mode 应为 {'、'.join(MODES)} 之一，得到 {mode!r}")
    if align_corners and mode != "bilinear":
        raise ValueError(f"align_corners 只用于 bilinear，mode 却是 {mode!r}")
    sizes, scales = target(x.shape[2:], size, scale_factor)
    A, B = (weights(positions(n, m, s, mode, align_corners), n) for n, m, s in zip(x.shape[2:], sizes, scales))

    def backward(G):
        return (resize(A.T, G, B.T),)

    return resize(A, x, B), backward
# --8<-- [end:interpolate]


# --8<-- [start:pixel_shuffle]
@operator
def pixel_shuffle(x, *, upscale_factor):
    """r² 个通道排成 r × r 的小块：(..., C r², H, W) 变成 (..., C, H r, W r)。

    前向：shuffled(x)
    反向：scatter(G, shuffled(places))

    upscale_factor 就是 r，正整数；通道数不是 r² 的倍数报 ValueError。公式见“重采样”式 (9)、(10)。
    """
    r = as_integer("upscale_factor", upscale_factor)
    if x.ndim < 3:
        raise ValueError("输入至少要有 3 个轴，最后三个是 (C, H, W)")
    *lead, channels, H, W = x.shape
    if r < 1 or channels % r**2:
        raise ValueError(f"upscale_factor={r} 应是正整数，它的平方应整除通道数 {channels}")
    split = (*lead, channels // r**2, r, r, H, W)
    k = len(lead) + 1
    order, back = (*range(k), k + 2, k, k + 3, k + 1), (*range(k), k + 1, k + 3, k, k + 2)
    z = x.reshape(split).transpose(order).reshape(*lead, channels // r**2, H * r, W * r)

    def backward(G):
        parts = G.reshape(*split[:k], H, r, W, r)
        return (parts.transpose(back).reshape(x.shape),)

    return z, backward
# --8<-- [end:pixel_shuffle]
