"""池化：max_pool2d、avg_pool2d、adaptive_avg_pool2d。"""

import math

import numpy as np

from broadcasting.rules import as_size
from cnn.resample import resize
from cnn.windows import sliding, surround, windows
from shapes.indexing import add_back
from shapes.reshape import as_integer
from start.conventions import operator


# --8<-- [start:geometry]
def geometry(x, kernel_size, stride, padding, dilation, ceil_mode):
    """高、宽两根轴的核、步长、左边补多少、空洞、窗口的个数、右边要伸出多少，各是两个整数的元组。

    stride 是 None 时就是核。补得超过核的一半、一个窗口也没有，报 ValueError。公式见“池化”式 (1)。
    """
    if x.ndim not in (3, 4) or 0 in x.shape[-2:]:
        raise ValueError("输入应有 4 个轴 (N, C, H, W)，或 3 个轴 (C, H, W)，高、宽大于 0")
    stride = kernel_size if stride is None else stride
    kernel, stride, padding, dilation = sliding(kernel_size, stride, padding, dilation, 2)
    out, beyond = [], []
    for n, k, s, p, d in zip(x.shape[-2:], kernel, stride, padding, dilation):
        if 2 * p > k:
            raise ValueError(f"padding={p} 应不超过核 {k} 的一半")
        room, span = n + 2 * p, d * (k - 1) + 1
        count = -((span - room) // s) + 1 if ceil_mode else (room - span) // s + 1
        count -= bool(ceil_mode) and (count - 1) * s >= n + p  # 整个落在右边的补零与悬出里的，不要
        if count < 1:
            raise ValueError(f"核占 {span}，比补过之后的 {room} 大，一个窗口也没有")
        out.append(count)
        beyond.append(max((count - 1) * s + span - p - n, 0))
    return kernel, stride, padding, dilation, tuple(out), tuple(beyond)
# --8<-- [end:geometry]


# --8<-- [start:max_pool2d]
@operator
def max_pool2d(x, *, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
    """每个窗口取最大；x 形状 (N, C, H, W) 或 (C, H, W)。补上去的是 -inf，平局归窗口里的第一个。

    前向：max(win(x), -1)
    反向：scatter(G, first(x))

    窗口里有 nan，输出就是 nan，梯度给第一个 nan。报错见 geometry。公式见“池化”式 (2)、(3)。
    """
    *place, _, beyond = geometry(x, kernel_size, stride, padding, dilation, ceil_mode)
    kernel, stride, padding, dilation = place
    y = surround(x, padding, beyond, -np.inf) if any(padding + beyond) else x
    view = windows(y, kernel, stride, dilation)
    z = view[..., 0, 0, :, :].copy()
    for k in list(np.ndindex(*kernel))[1:]:
        np.maximum(z, view[..., *k, :, :], out=z)

    def backward(G):
        return (to_first(G, z, y, place, x.shape),)

    return z, backward
# --8<-- [end:max_pool2d]


# --8<-- [start:to_first]
def to_first(G, z, y, place, shape):
    """每个窗口的 G 交给窗口里第一个等于 z 的数，到同一处的相加；返回形状 shape 的 x̄。

    y 是补过的输入，place 是核、步长、左边补多少、空洞。公式见“池化”式 (3)。
    """
    kernel, stride, padding, dilation = place
    view, (H, W), out = windows(y, kernel, stride, dilation), shape[-2:], z.shape[-2:]
    lowest, waiting = np.min(z, initial=0), np.ones(z.shape, bool)
    nan, bottom = np.isnan(lowest), not lowest > -np.inf  # 补上去的是 -inf，没有 -inf 的窗口碰不到它们
    cells = list(np.ndindex(*kernel))
    chosen = np.zeros(z.shape, np.min_scalar_type(len(cells)))
    for number, k in enumerate(cells):  # 窗口里的第 number 个，各个窗口一起看
        value = view[..., *k, :, :]
        found = (value == z) | np.isnan(value) if nan else value == z
        found &= waiting
        if bottom and y.shape != shape:
            found &= inside(shape[-2:], out, k, *place)
        chosen += found * chosen.dtype.type(number)
        waiting ^= found
    rows, columns = (s * np.arange(o) - p for s, o, p in zip(stride, out, padding))
    maps = np.arange(math.prod(shape[:-2])).reshape(*shape[:-2], 1, 1)
    steps = np.array([dilation[0] * i * W + dilation[1] * j for i, j in cells])
    at = np.take(steps, chosen) + (maps * (H * W) + rows[:, np.newaxis] * W + columns)  # 拉平之后是第几个
    given = ~waiting if waiting.any() else slice(None)  # 一个真的也没有的窗口，丢掉
    return add_back(G[given].ravel(), (at[given].ravel(),), (math.prod(shape),)).reshape(shape)


def inside(sizes, out, k, kernel, stride, padding, dilation):
    """各个窗口的第 k 个在不在输入里，不是补上去的；形状 out。"""
    at = [s * np.arange(o) + d * i - p for o, i, s, p, d in zip(out, k, stride, padding, dilation)]
    rows, columns = ((i >= 0) & (i < n) for i, n in zip(at, sizes))
    return rows[:, np.newaxis] & columns
# --8<-- [end:to_first]


# --8<-- [start:membership]
def membership(starts, ends, n):
    """第 o 行是窗口 o 里有 n 个输入中的哪几个：starts[o] ≤ i < ends[o] 处是 1，其余是 0。"""
    i = np.arange(n)
    return ((starts[:, np.newaxis] <= i) & (i < ends[:, np.newaxis])).astype(float)
# --8<-- [end:membership]


# --8<-- [start:avg_pool2d]
@operator
def avg_pool2d(x, *, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
               divisor_override=None):
    """每个窗口取平均；x 形状 (N, C, H, W) 或 (C, H, W)。

    前向：Ah @ x @ Aw.mT
    反向：Ah.mT @ G @ Aw

    count_include_pad 算不算 padding 补的 0，ceil_mode 悬出去的从来不算；divisor_override 给了，
    就除以它，一个不是 0 的整数。报错见 geometry。公式见“池化”式 (4)、(5)、(6)。
    """
    if not isinstance(count_include_pad, bool | np.bool):
        raise TypeError(f"count_include_pad 应为 True 或 False，得到 {count_include_pad!r}")
    kernel, stride, padding, _, out, _ = geometry(x, kernel_size, stride, padding, 1, ceil_mode)
    matrices, counts = [], []
    for n, k, s, p, o in zip(x.shape[-2:], kernel, stride, padding, out):
        starts = s * np.arange(o) - p
        ends = np.minimum(starts + k, n + p)  # 悬在右边的补零之外的不算
        matrices.append(membership(starts, ends, n))
        counts.append(ends - starts if count_include_pad else matrices[-1].sum(axis=1))
    M, M_wide = matrices
    count = np.multiply.outer(*counts).astype(np.finfo(x.dtype).dtype)
    if divisor_override is not None:
        count = count.dtype.type(as_integer("divisor_override", divisor_override))
        if count == 0:
            raise ValueError("divisor_override 不能是 0")

    def backward(G):
        return (resize(M.T, G / count, M_wide.T),)

    return resize(M, x, M_wide) / count, backward
# --8<-- [end:avg_pool2d]


# --8<-- [start:adaptive_avg_pool2d]
@operator
def adaptive_avg_pool2d(x, *, output_size):
    """分成 output_size 个窗口，各取平均；x 形状 (N, C, H, W) 或 (C, H, W)。

    前向：Ah @ x @ Aw.mT
    反向：Ah.mT @ G @ Aw

    output_size 是一个整数，或高、宽各一个，None 是不变。轴数不对、x 的高或宽是 0 报 ValueError。
    公式见“池化”式 (4)、(5)、(7)。
    """
    if x.ndim not in (3, 4) or 0 in x.shape[-2:]:
        raise ValueError("输入应有 4 个轴 (N, C, H, W)，或 3 个轴 (C, H, W)，高、宽大于 0")
    sizes = output_size if isinstance(output_size, tuple | list) else (output_size, output_size)
    if len(sizes) != 2:
        raise ValueError(f"output_size 应是一个整数，或高、宽各一个，得到 {output_size!r}")
    matrices = []
    for n, o in zip(x.shape[-2:], sizes):
        o = n if o is None else as_size(o)
        i = np.arange(o)
        matrices.append(membership(i * n // max(o, 1), -(-(i + 1) * n // max(o, 1)), n))
    M, M_wide = matrices
    count = np.multiply.outer(M.sum(axis=1), M_wide.sum(axis=1)).astype(np.finfo(x.dtype).dtype)

    def backward(G):
        return (resize(M.T, G / count, M_wide.T),)

    return resize(M, x, M_wide) / count, backward
# --8<-- [end:adaptive_avg_pool2d]
