"""二阶：在反向里走一步虚轴；前向模式。"""

import numpy as np


# --8<-- [start:second_order]
def walked(inputs, directions, h):
    """各个输入各沿自己的方向，往虚轴走一步 h。"""
    return [np.asarray(x + 1j * h * u) for x, u in zip(inputs, directions)]


def hvp(operator, inputs, directions, h=1e-20, **parameters):
    """黑塞矩阵乘向量：operator 的输出是标量，返回梯度沿 directions 的变化率，每个输入一个。"""
    _, backward = operator.__wrapped__(*walked(inputs, directions, h), **parameters)
    return tuple(np.imag(bar) / h for bar in backward(np.array(1 + 0j)))


def jvp(operator, inputs, directions, h=1e-20, **parameters):
    """前向模式 Ju：输入沿 directions 变动时，输出的变化率。"""
    return np.imag(operator.__wrapped__(*walked(inputs, directions, h), **parameters)[0]) / h
# --8<-- [end:second_order]
