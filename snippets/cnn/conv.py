"""卷积：conv1d、conv2d，步长、补零、空洞、分组都在内。"""

import itertools
import math

import numpy as np

from broadcasting.gradient import add_up, unbroadcast
from cnn.windows import output_sizes, per_axis, scatter, surround, windows
from start.conventions import operator

# --8<-- [start:product]
BLOCK = 5 * 2**18  # 一次展开多少字节：放得进处理器的二级缓存


def product(matrices, x, before, after, kernel, stride, dilation, bias=None, other=None):
    """补零，窗口展开成列，左乘矩阵，加 bias：im2col 与一次矩阵乘法。

    x 形状 (N, C, H, W)，matrices 形状 (g, m, C/g·kH·kW)；返回形状 (N, g·m, OH, OW) 的乘积 z。给了 other，
    形状 (N, g·q, OH, OW)，再返回列与它的转置之积对一批求和，形状 (g, C/g·kH·kW, q)。几个样本、几组一块，
    各块用同一片内存，所以展开的列不会整个地存着。公式见“卷积”式 (7)。
    """
    (groups, m, depth), N = matrices.shape, len(x)
    if math.prod(kernel) == max(stride) == 1 and not any(before) and not any(after):
        return pointwise(matrices, x, bias, other)
    out = output_sizes([b + n + a for b, n, a in zip(before, x.shape[2:], after)], kernel, stride, dilation)
    X, L = x.reshape(N, groups, x.shape[1] // groups, *x.shape[2:]), math.prod(out)
    bytes_each = X[:1, :1].nbytes * math.prod(kernel) or 1
    some = max(1, min(groups, BLOCK // bytes_each))  # 一块有几组、几个样本
    some = -(-groups // -(-groups // some))  # 各块差不多大
    count = max(1, min(N, BLOCK // (bytes_each * some)))
    cells = list(itertools.product(*map(inside, x.shape[2:], out, kernel, stride, before, dilation)))
    columns = np.zeros((count, some, X.shape[2], *kernel, *out), x.dtype)  # 读到补零的地方一直是 0
    z = np.empty((N, groups, m, L), np.result_type(matrices, x, 0.0 if bias is None else bias))
    if other is not None:
        other = other.reshape(N, groups, other.shape[1] // groups, L)
        total = np.zeros((groups, depth, other.shape[2]), np.result_type(x, other))
    for n, r in itertools.product(range(0, N, count), range(0, groups, some)):
        here = slice(n, n + count), slice(r, r + some)
        part = columns[tuple(slice(k) for k in z[here].shape[:2])]
        for (i, rows, from_rows), (j, across, from_across) in cells:
            part[:, :, :, i, j, rows, across] = X[here][..., from_rows, from_across]
        block = part.reshape(*part.shape[:2], depth, L)
        np.matmul(matrices[here[1]], block, out=z[here])
        if bias is not None:
            z[here] += bias.reshape(groups, m, 1)[here[1]]
        if other is not None:
            total[here[1]] += add_up(block @ other[here].mT, (0,))[0]
    z = z.reshape(N, groups * m, *out)
    return z if other is None else (z, total)


def inside(n, o, k, s, p, d):
    """一根轴上，第 i 个输出的第 t 格读 x 的第 s i + d t - p 个；n、o、k 是 x、输出、核的大小。

    逐个交出 (t, 没有读到补零的输出的切片, 它们读的 x 的切片)。
    """
    for t in range(k):
        shift = d * t - p
        first, end = max(0, -(shift // s)), min(o, (n - 1 - shift) // s + 1)
        if first < end:
            yield t, slice(first, end), slice(s * first + shift, s * (end - 1) + shift + 1, s)


def pointwise(matrices, x, bias, other):
    """1×1 的 product：x 自己就是列，不必展开。"""
    (groups, m, depth), N, L = matrices.shape, len(x), math.prod(x.shape[2:])
    columns = x.reshape(N, groups, depth, L)
    z = (matrices @ columns).reshape(N, groups * m, *x.shape[2:])
    if bias is not None:
        z = z + bias.reshape(groups * m, 1, 1)
    if other is None:
        return z
    return z, add_up(columns @ other.reshape(N, groups, other.shape[1] // groups, L).mT, (0,))[0]
# --8<-- [end:product]


# --8<-- [start:spread]
def spread(G, weight, sizes, stride, padding, dilation, groups, other=None):
    """卷积对输入的反向：G 形状 (N, O, OH, OW)，weight 形状 (O, C/g, kH, kW)，返回形状 (N, C, *sizes)。

    给了 other（输入 x），再返回对 weight 的梯度，否则是 None。补了零的 G 与翻转的核的卷积；步长是 s 时，
    各行、各列按除以 s 的余数分开，一种余数一个卷积，见 phases。公式见“卷积”式 (3)、(4)。
    """
    if not all_finite(G, weight, other):  # 补的 0 也要乘，0·nan 是 nan
        return as_written(G, weight, sizes, stride, padding, dilation, groups, other)
    O, c = weight.shape[:2]
    whole = max(stride) == 1  # 只有一种余数，product 的结果就是
    x_bar = None if whole else np.zeros((len(G), groups * c, *sizes), np.result_type(G, weight))
    weight_bar = None if other is None else np.zeros(weight.shape, np.result_type(G, other))
    axes = zip(sizes, weight.shape[2:], G.shape[2:], stride, padding, dilation)
    for pair in itertools.product(*(phases(*axis) for axis in axes)):
        places, taps, before, after, gaps = zip(*pair)
        turned = weight[:, :, *taps][:, :, ::-1, ::-1]
        kernel = turned.shape[2:]
        turned = turned.reshape(groups, O // groups, c, math.prod(kernel)).swapaxes(1, 2)
        turned = np.ascontiguousarray(turned.reshape(groups, c, O // groups * math.prod(kernel)))
        around = before, after, kernel, (1, 1), gaps
        if other is None:
            z = product(turned, G, *around)
        else:
            z, total = product(turned, G, *around, other=other[:, :, *places])
            weight_bar[:, :, *taps] = np.moveaxis(total.reshape(O, *kernel, c), -1, 1)[:, :, ::-1, ::-1]
        if not whole:
            x_bar[:, :, *places] = z
    return z if whole else x_bar, weight_bar


def phases(n, k, o, s, p, d):
    """一根轴上，补零之后的位置按除以步长 s 的余数 r 分开；n、k、o 是输入、核、输出的大小，p 补零，d 空洞。

    逐个交出 (输入的切片, 用到的核的切片, G 前面补几个, 后面补几个, 空洞)；一格核也用不到的余数不交出。
    """
    g = math.gcd(s, d)
    for r in range(s):
        places, taps = slice((r - p) % s, n, s), [t for t in range(k) if (d * t - r) % s == 0]
        count = len(range(*places.indices(n)))
        if taps and count:
            last = (d * taps[-1] - r) // s  # 最后一格核读的比第 (i + p) // s 个 G 早几个
            before = last - (places.start + p) // s
            after = count + d // g * (len(taps) - 1) - o - before
            yield places, slice(taps[0], k, s // g), before, after, d // g
# --8<-- [end:spread]


# --8<-- [start:as_written]
def as_written(G, weight, sizes, stride, padding, dilation, groups, other=None):
    """与 spread 相同，整批一次展开，只乘窗口读到的：有 inf、nan 时用它。公式见“卷积”式 (7)。"""
    (O, c, *kernel), N, P = weight.shape, len(G), math.prod(G.shape[2:])
    axes = zip(sizes, kernel, G.shape[2:], stride, padding, dilation)
    after = [(o - 1) * s + d * (k - 1) + 1 - n - p for n, k, o, s, p, d in axes]  # 最后一个窗口止于哪里
    rows = G.reshape(N, groups, O // groups, P)
    matrices = weight.reshape(groups, O // groups, c * math.prod(kernel))
    A = (matrices.mT @ rows).reshape(N, groups * c, *kernel, *G.shape[2:])
    whole = [p + n + a for p, n, a in zip(padding, sizes, after)]
    x_bar = surround(scatter(A, whole, kernel, stride, dilation), [-p for p in padding], [-a for a in after])
    if other is None:
        return x_bar, None
    columns = unrolled(other, padding, after, kernel, stride, dilation, groups)
    return x_bar, add_up(rows @ columns.mT, (0,)).reshape(weight.shape)


def unrolled(x, before, after, kernel, stride, dilation, groups):
    """补零，整批的窗口展开成列：x 形状 (N, C, H, W)，返回形状 (N, groups, C/groups·kH·kW, OH·OW)。"""
    view = windows(surround(x, before, after), kernel, stride, dilation)
    return view.reshape(len(x), groups, x.shape[1] // groups * math.prod(kernel), math.prod(view.shape[4:]))


def all_finite(*arrays):
    """一个 inf、nan 也没有；None 不算。"""
    return all(array is None or np.isfinite(array).all() for array in arrays)
# --8<-- [end:as_written]


# --8<-- [start:convolution]
def convolution(x, weight, bias, stride, padding, dilation, groups):
    """conv1d 与 conv2d 的核心，两根空间轴；各参数已经是一根轴一个。返回输出与 backward。"""
    O, c, *kernel = weight.shape
    around = padding, padding, kernel, stride, dilation
    matrices = weight.reshape(groups, O // groups, c * math.prod(kernel))
    z = product(matrices, x, *around, bias)

    def backward(G):
        x_bar, weight_bar = spread(G, weight, x.shape[2:], stride, padding, dilation, groups, x)
        gradients = x_bar, weight_bar, unbroadcast(G, (O, 1, 1))
        return gradients[:2] if bias is None else gradients

    return z, backward
# --8<-- [end:convolution]


# --8<-- [start:settings]
def settings(x, weight, bias, spatial, stride, padding, dilation, groups):
    """检查 conv1d、conv2d 的参数，返回 (stride, padding, dilation, groups)，前三个一根空间轴一个整数。

    轴数不对，groups 不能整除通道数，weight、bias 的形状不合，核比补零之后的 x 大，报 ValueError。
    """
    given = per_axis("stride", stride, spatial, 1), per_axis("padding", padding, spatial), \
        per_axis("dilation", dilation, spatial, 1)
    groups, = per_axis("groups", groups, 1, 1)
    if weight.ndim != spatial + 2 or x.ndim not in (spatial + 1, spatial + 2):
        wanted = f"weight 应有 {spatial + 2} 个轴，x 应有 {spatial + 2} 个，没有批轴时 {spatial + 1} 个"
        raise ValueError(wanted)
    C, (O, c, *kernel) = x.shape[-1 - spatial], weight.shape
    if C % groups or O % groups:
        raise ValueError(f"groups={groups} 应能整除输入的通道数 {C} 与输出的通道数 {O}")
    if c != C // groups:
        raise ValueError(f"weight 的轴 1 是 {c}，应是输入的通道数除以 groups，{C} / {groups} = {C // groups}")
    if min(kernel) < 1:
        raise ValueError(f"核是 {tuple(kernel)}，各轴至少是 1")
    if bias is not None and bias.shape != (O,):
        raise ValueError(f"bias 的形状为 {bias.shape}，应为 {(O,)}，一个输出通道一个")
    output_sizes([n + 2 * p for n, p in zip(x.shape[-spatial:], given[1])], kernel, given[0], given[2])
    return *given, groups
# --8<-- [end:settings]


# --8<-- [start:conv2d]
@operator
def conv2d(x, weight, bias=None, *, stride=1, padding=0, dilation=1, groups=1):
    """二维卷积，其实是互相关，与 torch.nn.functional.conv2d 同义。

    前向：corr(x, weight) + channel(bias)
    反向：corrT(G, weight), corrW(x, G), channels(G)

    x 形状 (N, C, H, W)，没有批轴时 (C, H, W)；weight 形状 (O, C/groups, kH, kW)，bias 形状 (O,)，可以不
    给；输出形状 (N, O, OH, OW)。stride、padding、dilation 是一个整数，或一根空间轴一个。报错见 settings。
    公式见“卷积”式 (3)、(5)、(6)。
    """
    options = settings(x, weight, bias, 2, stride, padding, dilation, groups)
    z, pullback = convolution(x if x.ndim == 4 else x[np.newaxis], weight, bias, *options)

    def backward(G):
        gradients = pullback(G.reshape(z.shape))
        return tuple(g.reshape(given.shape) for g, given in zip(gradients, (x, weight, bias)))

    return z.reshape(x.shape[:-3] + z.shape[1:]), backward
# --8<-- [end:conv2d]


# --8<-- [start:conv1d]
@operator
def conv1d(x, weight, bias=None, *, stride=1, padding=0, dilation=1, groups=1):
    """一维卷积，与 torch.nn.functional.conv1d 同义：当作高是 1 的二维。

    前向：corr(x, weight) + channel(bias)
    反向：corrT(G, weight), corrW(x, G), channels(G)

    x 形状 (N, C, W)，没有批轴时 (C, W)；weight 形状 (O, C/groups, k)，bias 形状 (O,)，可以不给；输出形状
    (N, O, OW)。报错见 settings。公式见“卷积”式 (3)、(5)、(6)。
    """
    stride, padding, dilation, groups = settings(x, weight, bias, 1, stride, padding, dilation, groups)
    flat, kernels = (x if x.ndim == 3 else x[np.newaxis])[:, :, np.newaxis], weight[:, :, np.newaxis]
    z, pullback = convolution(flat, kernels, bias, (1, *stride), (0, *padding), (1, *dilation), groups)

    def backward(G):
        gradients = pullback(G.reshape(z.shape))
        return tuple(g.reshape(given.shape) for g, given in zip(gradients, (x, weight, bias)))

    return z.reshape(x.shape[:-2] + z.shape[1:2] + z.shape[3:]), backward
# --8<-- [end:conv1d]
