"""用算子写的几个程序：两层网络、残差块、注意力、走一千步的循环。"""

import math

from engine.program import program
from engine.tape import F


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
    scores = Q @ F.swapaxes(K, axis1=-1, axis2=-2) / math.sqrt(Q.shape[-1])
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
