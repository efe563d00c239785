"""窗口：从数组里取出每一个窗口，以及它的伴随散加；unfold 与 fold。"""

import math

import numpy as np

from shapes.reshape import as_integer
from start.conventions import operator


# --8<-- [start:windows]
def windows(x, kernel, stride, dilation, writeable=False):
    """最后几根轴上的每一个窗口：x 形状 (..., *S)，返回形状 (..., *kernel, *O) 的视图，不复制。

    kernel、stride、dilation 各是每根空间轴一个的整数，O 见 output_sizes。[..., *k, *o] 处是
    x[..., *(s ⊙ o + d ⊙ k)]。writeable 为真时可以写，一处写了，重叠的窗口跟着变。
    公式见“窗口”式 (2)。
    """
    lead, spatial = x.ndim - len(kernel), x.strides[x.ndim - len(kernel):]
    out = output_sizes(x.shape[lead:], kernel, stride, dilation)
    steps = [d * t for d, t in zip(dilation, spatial)] + [s * t for s, t in zip(stride, spatial)]
    shape, strides = x.shape[:lead] + tuple(kernel) + out, x.strides[:lead] + tuple(steps)
    return np.lib.stride_tricks.as_strided(x, shape, strides, writeable=writeable)
# --8<-- [end:windows]


# --8<-- [start:scatter]
def scatter(A, sizes, kernel, stride, dilation, out=None):
    """windows 的伴随：A 形状 (..., *kernel, *O)，返回形状 (..., *sizes)，dtype 随 A。

    A 的每个元素加回它被取的那个位置，没有被取的位置是 0；给了 out，就加到它上面。公式见“窗口”式 (4)。
    """
    lead = A.ndim - 2 * len(kernel)
    x_bar = np.zeros(A.shape[:lead] + tuple(sizes), A.dtype) if out is None else out
    target = windows(x_bar, kernel, stride, dilation, writeable=True)
    for k in np.ndindex(*kernel):  # k 固定，各个窗口取的位置不同，切片的 += 不会漏加
        place = (slice(None),) * lead + k
        target[place] += A[place]
    return x_bar
# --8<-- [end:scatter]


# --8<-- [start:output_sizes]
def output_sizes(sizes, kernel, stride, dilation):
    """每根空间轴上有几个窗口，返回元组；窗口比数组大，一个也放不下，报 ValueError。

    大小 n，核 k，空洞 d：一个窗口占 d(k-1)+1，步长 s 时有 ⌊(n-d(k-1)-1)/s⌋+1 个。公式见“窗口”式 (1)。
    """
    spans = tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation))
    if any(n < span for n, span in zip(sizes, spans)):
        told = f"核占 {spans}（核 {tuple(kernel)}，空洞 {tuple(dilation)}）"
        raise ValueError(f"{told}，比补零之后的输入 {tuple(sizes)} 大")
    return tuple((n - span) // s + 1 for n, span, s in zip(sizes, spans, stride))
# --8<-- [end:output_sizes]


# --8<-- [start:surround]
def surround(x, before, after, value=0.0):
    """最后几根轴的前面补 before 个 value，后面补 after 个；负数是去掉。返回新的数组。

    before、after 各是每根空间轴一个的整数。
    """
    lead = x.ndim - len(before)
    sizes = tuple(b + n + a for b, n, a in zip(before, x.shape[lead:], after))
    z = np.full(x.shape[:lead] + sizes, value, x.dtype)
    inside, kept = overlap(x.shape[lead:], before, after)
    z[inside] = x[kept]
    return z


def overlap(sizes, before, after):
    """surround 里，新数组的哪一块是旧数组的哪一块：两个切片的元组。"""
    inside = [slice(max(b, 0), max(b, 0) + n + min(b, 0) + min(a, 0)) for b, n, a in zip(before, sizes, after)]
    kept = [slice(max(-b, 0), n + min(a, 0)) for b, n, a in zip(before, sizes, after)]
    return (..., *inside), (..., *kept)
# --8<-- [end:surround]


# --8<-- [start:per_axis]
def per_axis(name, value, count, least=0):
    """每根空间轴一个整数，返回长 count 的元组：value 是一个整数、一项的元组，或 count 项的元组。

    不是整数报 TypeError；小于 least、项数不对，报 ValueError，name 说明是哪个参数。
    """
    values = tuple(value) if isinstance(value, tuple | list) else (value,)
    if len(values) not in (1, count):
        raise ValueError(f"{name} 应是一个整数或 {count} 个，得到 {value}")
    values = tuple(as_integer(name, v) for v in values) * (count // len(values))
    if any(v < least for v in values):
        raise ValueError(f"{name} 至少是 {least}，得到 {value}")
    return values


def sliding(kernel_size, stride, padding, dilation, count):
    """四个参数各写成长 count 的元组；核、步长、空洞至少是 1，补零至少是 0。"""
    return (per_axis("kernel_size", kernel_size, count, 1), per_axis("stride", stride, count, 1),
            per_axis("padding", padding, count), per_axis("dilation", dilation, count, 1))
# --8<-- [end:per_axis]


# --8<-- [start:unfold]
@operator
def unfold(x, *, kernel_size, dilation=1, padding=0, stride=1):
    """每个窗口排成一列，与 torch.nn.functional.unfold 同义。

    前向：columns(x)
    反向：uncolumns(G)

    x 形状 (N, C, H, W) 或 (C, H, W)，输出形状 (N, C·kH·kW, OH·OW)，一列一个窗口。轴数不对、窗口比补零
    之后的 x 大，报 ValueError。公式见“窗口”式 (6)。
    """
    kernel, stride, padding, dilation = sliding(kernel_size, stride, padding, dilation, 2)
    if x.ndim not in (3, 4):
        raise ValueError("输入应有 4 个轴 (N, C, H, W)，或 3 个轴 (C, H, W)")
    y = surround(x, padding, padding)
    view = windows(y, kernel, stride, dilation)
    z = view.reshape(x.shape[:-3] + (x.shape[-3] * math.prod(kernel), math.prod(view.shape[-2:])))

    def backward(G):
        y_bar = scatter(G.reshape(view.shape), y.shape[-2:], kernel, stride, dilation)
        return (y_bar[..., padding[0]:padding[0] + x.shape[-2], padding[1]:padding[1] + x.shape[-1]],)

    return z, backward
# --8<-- [end:unfold]


# --8<-- [start:fold]
@operator
def fold(x, *, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """每一列加回它的窗口，重叠处相加，与 torch.nn.functional.fold 同义；它是 unfold 的反向。

    前向：uncolumns(x)
    反向：columns(G)

    x 形状 (N, C·kH·kW, OH·OW) 或 (C·kH·kW, OH·OW)，输出形状 (N, C, *output_size)。轴数不对，列数、列长与
    output_size 合不上，报 ValueError。公式见“窗口”式 (7)。
    """
    kernel, stride, padding, dilation = sliding(kernel_size, stride, padding, dilation, 2)
    size = per_axis("output_size", output_size, 2, 1)
    sizes = tuple(n + 2 * p for n, p in zip(size, padding))
    out = output_sizes(sizes, kernel, stride, dilation)
    if x.ndim not in (2, 3):
        raise ValueError("输入应有 3 个轴 (N, C·kH·kW, OH·OW)，或 2 个轴 (C·kH·kW, OH·OW)")
    if x.shape[-2] % math.prod(kernel) or x.shape[-1] != math.prod(out):
        raise ValueError(f"列长应是 {kernel[0]}·{kernel[1]} 的倍数，列数应是 {out[0]}·{out[1]}")
    shape = x.shape[:-2] + (x.shape[-2] // math.prod(kernel),) + kernel + out
    y = scatter(x.reshape(shape), sizes, kernel, stride, dilation)

    def backward(G):
        view = windows(surround(G, padding, padding), kernel, stride, dilation)
        return (view.reshape(x.shape),)

    return y[..., padding[0]:padding[0] + size[0], padding[1]:padding[1] + size[1]], backward
# --8<-- [end:fold]
