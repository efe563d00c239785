"""输出的大小：窗口有几个，每个窗口碰到哪几格。"""

import numpy as np


# --8<-- [start:window_count]
def window_count(size, *, kernel_size, stride=1, padding=0, dilation=1, ceil_mode=False):
    """一根轴上的窗口数，就是卷积、池化的输出大小；都是整数，结果小于 1 是一个也放不下。

    ceil_mode 时，最后一个窗口可以伸出右边补的格，但要从输入或左边补的格里开始。
    公式见“输出大小计算器”式 (1)、(2)。
    """
    room = size + 2 * padding - dilation * (kernel_size - 1) - 1
    if not ceil_mode:
        return room // stride + 1
    return min(-(-room // stride) + 1, -(-(size + padding) // stride))
# --8<-- [end:window_count]


# --8<-- [start:transposed_size]
def transposed_size(size, *, kernel_size, stride=1, padding=0, output_padding=0, dilation=1):
    """转置卷积一根轴上的输出大小；都是整数。公式见“输出大小计算器”式 (3)。"""
    return (size - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + 1 + output_padding
# --8<-- [end:transposed_size]


# --8<-- [start:touches]
def touches(windows, cells, *, kernel_size, stride=1, padding=0, dilation=1):
    """窗口表，(windows, cells) 的布尔数组：第 o 个窗口碰不碰到第 i 格。

    卷积与池化的窗口读输入，一列是一个输入格；转置卷积的窗口写输出，一行是一个输入格。
    公式见“输出大小计算器”式 (4)。
    """
    first = stride * np.arange(windows) - padding
    at = first[:, np.newaxis] + dilation * np.arange(kernel_size)
    return (at[:, :, np.newaxis] == np.arange(cells)).any(axis=1)
# --8<-- [end:touches]
