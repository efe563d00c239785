"""转置卷积 conv_transpose2d：卷积对输入的反向，当作前向来用。"""

import math

import numpy as np

from broadcasting.gradient import unbroadcast
from cnn.conv import product, spread
from cnn.windows import per_axis
from start.conventions import operator


# --8<-- [start:conv_transpose2d]
@operator
def conv_transpose2d(x, weight, bias=None, *, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """二维转置卷积，与 torch.nn.functional.conv_transpose2d 同义：conv2d 对输入的反向。

    前向：corrT(x, weight) + channel(bias)
    反向：corr(G, weight), corrW(G, x), channels(G)

    x 形状 (N, C, H, W)，没有批轴时 (C, H, W)；weight 形状 (C, O/groups, kH, kW)，bias 形状 (O,)，可以不
    给；输出形状 (N, O, OH, OW)。别的参数是一个整数，或一根空间轴一个。报错见 transposed_settings。
    公式见“转置卷积”式 (1)、(3)、(4)、(5)。
    """
    stride, padding, dilation, groups, spans, sizes = transposed_settings(
        x, weight, bias, stride, padding, output_padding, dilation, groups)
    batch = x if x.ndim == 4 else x[np.newaxis]
    (C, o, *kernel), O = weight.shape, groups * weight.shape[1]
    z, _ = spread(batch, weight, sizes, stride, padding, dilation, groups)
    if bias is not None:
        z = z + bias.reshape(O, 1, 1)

    def backward(G):
        after = [span - n - p for span, n, p in zip(spans, sizes, padding)]  # 只留 x 用到的那一片
        matrices = weight.reshape(groups, C // groups, o * math.prod(kernel))
        G = G.reshape(z.shape)
        x_bar, total = product(matrices, G, padding, after, kernel, stride, dilation, other=batch)
        gradients = x_bar.reshape(x.shape), total.mT.reshape(weight.shape), unbroadcast(G, (O, 1, 1)).reshape(O)
        return gradients[:2] if bias is None else gradients

    return z.reshape(x.shape[:-3] + z.shape[1:]), backward
# --8<-- [end:conv_transpose2d]


# --8<-- [start:transposed_settings]
def transposed_settings(x, weight, bias, stride, padding, output_padding, dilation, groups):
    """检查参数，返回 (stride, padding, dilation, groups, spans, sizes)；spans 是去掉补零之前的大小，
    sizes 是输出的。

    轴数不对，groups 不能整除通道数，weight、bias 的形状不合，output_padding 不小于 stride 与 dilation 中
    大的一个，x 或输出的高、宽小于 1，报 ValueError。公式见“转置卷积”式 (2)。
    """
    stride, dilation = per_axis("stride", stride, 2, 1), per_axis("dilation", dilation, 2, 1)
    padding, extra = per_axis("padding", padding, 2), per_axis("output_padding", output_padding, 2)
    groups, = per_axis("groups", groups, 1, 1)
    if weight.ndim != 4 or x.ndim not in (3, 4):
        raise ValueError("weight 应有 4 个轴，x 应有 4 个，没有批轴时 3 个")
    C, O = x.shape[-3], groups * weight.shape[1]
    if weight.shape[0] != C:
        raise ValueError(f"weight 的轴 0 是 {weight.shape[0]}，应是输入的通道数 {C}；输出的通道在轴 1")
    if C % groups:
        raise ValueError(f"groups={groups} 应能整除输入的通道数 {C}")
    if min(weight.shape[2:]) < 1:
        raise ValueError(f"核是 {weight.shape[2:]}，各轴至少是 1")
    if bias is not None and bias.shape != (O,):
        raise ValueError(f"bias 的形状为 {bias.shape}，应为 {(O,)}，一个输出通道一个")
    if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation)):
        raise ValueError(f"output_padding={extra} 应小于 stride={stride} 与 dilation={dilation} 中大的一个")
    axes = zip(x.shape[-2:], stride, dilation, weight.shape[2:])
    spans = tuple((n - 1) * s + d * (k - 1) + 1 for n, s, d, k in axes)
    sizes = tuple(span - 2 * p + e for span, p, e in zip(spans, padding, extra))
    if min(sizes) < 1 or min(x.shape[-2:]) < 1:
        raise ValueError(f"输出的大小是 {sizes}，补零 {padding} 太大，或输入没有元素")
    return stride, padding, dilation, groups, spans, sizes
# --8<-- [end:transposed_settings]
