"""程序：用算子写成的函数，也是一个算子；还有用它写的几个。"""

import functools
import inspect

import numpy as np

from engine.tape import F, Tape, Var
from start.conventions import checked


# --8<-- [start:program]
def program(function):
    """把用算子写成的函数变成算子：f(*inputs, **parameters) 返回 (输出, backward)。

    function 收到的位置参数是记下的数，返回记下的数，或者它们的元组；约定与检查都与算子相同。
    位置参数用到的数组从此只读，写它是 numpy 自己的报错 ValueError。
    """

    @functools.wraps(function)
    def rule(*inputs, **parameters):
        tape = Tape([x for x in inputs if x is not None])  # 可以不给的输入没有给，就是 None
        result = function(*(x if x is None else tape.enter(x) for x in inputs), **parameters)
        several = isinstance(result, tuple) and result != ()
        arrays, ends = zip(*(leave(function, tape, z) for z in (result if several else (result,))))
        return (arrays if several else arrays[0]), functools.partial(tape.backward, ends)

    del rule.__wrapped__  # 里面的规则就是 rule；function 不返回 backward
    rule.__signature__ = inspect.signature(function)
    return checked(rule)


def leave(function, tape, z):
    """一个输出的数组与编号，常数没有编号。别的磁带上的数报 ValueError，不是数的报 TypeError。"""
    if type(z) is Var and z.tape is not tape:
        raise ValueError(f"{function.__name__} 返回了记在别的磁带上的数：外面的数要作为输入传进来")
    if type(z) is not Var and (isinstance(z, (list, tuple)) or np.asarray(z).dtype.kind not in "fc"):
        raise TypeError(f"{function.__name__} 应返回记下的数、数组，或者它们的元组，却返回 {type(z).__name__}")
    return (z.array, z.number) if type(z) is Var else (np.asarray(z), None)
# --8<-- [end:program]


# --8<-- [start:two_layers]
@program
def two_layers(x, W, b, U, c, *, target):
    """两层网络与交叉熵：x 形状 (N, d)，W 形状 (h, d)，U 形状 (k, h)；输出是标量。"""
    h = F.relu(F.linear(x, W, b))
    return F.cross_entropy(F.linear(h, U, c), target=target)
# --8<-- [end:two_layers]


# --8<-- [start:residual]
@program
def residual(x, W, U):
    """残差块：x 形状 (N, d)，W 形状 (h, d)，U 形状 (d, h)；x 用了两次。"""
    return x + F.linear(F.silu(F.linear(x, W)), U)
# --8<-- [end:residual]


# --8<-- [start:attention]
@program
def attention(Q, K, V):
    """缩放点积注意力：Q 形状 (..., L, d)，K 形状 (..., S, d)，V 形状 (..., S, e)。"""
    scores = Q @ F.swapaxes(K, axis1=-1, axis2=-2) / Q.shape[-1] ** 0.5
    return F.softmax(scores) @ V
# --8<-- [end:attention]


# --8<-- [start:euler]
@program
def euler(x, W, *, steps):
    """欧拉法解 dx/dt = tanh(xW)，从 0 走到 1，一共 steps 步。"""
    for _ in range(steps):
        x = x + F.tanh(x @ W) / steps
    return x
# --8<-- [end:euler]


# --8<-- [start:stacked]
@program
def stacked(x, W, U):
    """程序里用程序：同一个残差块用两遍；两个输出，最后的与中间的平均。"""
    h = F(residual)(x, W, U)
    return F(residual)(h, W, U), F.mean(h)
# --8<-- [end:stacked]
