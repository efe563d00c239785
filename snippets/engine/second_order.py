"""二阶：在反向里走一步虚轴；前向模式。"""

import numpy as np


# --8<-- [start:second_order]
def walked(inputs, directions, h):
    """各个输入各沿自己的方向，往虚轴走一步 h；方向要能广播成输入的形状，一个输入一个，不合报 ValueError。"""
    return [x + 1j * h * np.broadcast_to(u, np.shape(x)) for x, u in zip(inputs, directions, strict=True)]


def hvp(operator, inputs, directions, h=1e-20, **parameters):
    """黑塞矩阵乘向量：返回梯度沿 directions 的变化率，每个输入一个；输出不是一个标量，报 TypeError。"""
    z, backward = operator.__wrapped__(*walked(inputs, directions, h), **parameters)
    if isinstance(z, tuple) or np.shape(z) != ():
        raise TypeError(f"{operator.__name__} 的输出不是一个标量，没有黑塞矩阵")
    return tuple(np.imag(bar) / h for bar in backward(np.ones_like(z)))


def jvp(operator, inputs, directions, h=1e-20, **parameters):
    """前向模式 Ju：输入沿 directions 变动时，输出的变化率；operator 只有一个输出。"""
    return np.imag(operator.__wrapped__(*walked(inputs, directions, h), **parameters)[0]) / h
# --8<-- [end:second_order]
