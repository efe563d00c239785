"""前馈层：带门的 GLU 与 SwiGLU，残差，共用的权重。"""

import numpy as np

from broadcasting.gradient import unbroadcast
from broadcasting.rules import broadcast_shapes
from elementwise.activations import complement, exponential, silu_slopes, silu_values
from elementwise.power import in_blocks
from engine.program import program
from engine.tape import F
from reductions.sum_mean import normalize_axis
from start.conventions import operator


# --8<-- [start:glu]
@operator
def glu(x, *, axis=-1):
    """沿 axis 分成前后两半 a 与 b，b 是门：a ⊙ σ(b)。axis 的大小减半，别的轴不变。

    前向：piece(x, 0) * sigma(piece(x, 1))
    反向：concatenate((G * (s := sigma(piece(x, 1))), G * z * (1 - s)), axis)

    axis 的大小是奇数、超出范围报 ValueError，不是整数报 TypeError。公式见“GLU 与残差”式 (1)。
    """
    axis = normalize_axis(axis, x.ndim)
    if x.shape[axis] % 2:
        raise ValueError(f"轴 {axis} 的大小是 {x.shape[axis]}，分不成两半")
    a, b = np.split(x, 2, axis=axis)
    e = in_blocks(exponential, b)
    gate = in_blocks(lambda e: e / (1 + e), e)
    z = a * gate

    def backward(G):
        closed = in_blocks(complement, b, e)  # 不写 1 - gate：门全开时它舍入成 0
        return (np.concatenate((G * gate, G * z * closed), axis),)

    return z, backward
# --8<-- [end:glu]


# --8<-- [start:swiglu]
@operator
def swiglu(a, b):
    """silu(a) ⊙ b，形状按广播规则；门是第一个。公式见“GLU 与残差”式 (2)、(3)。

    前向：a * sigma(a) * b
    反向：ub(G * b * (s := sigma(a)) * (1 + a - a * s), a), ub(G * a * s, b)
    """
    if a.shape != b.shape:
        broadcast_shapes(a.shape, b.shape)
    e = in_blocks(exponential, a)
    s = in_blocks(silu_values, a, e)

    def backward(G):
        slope = in_blocks(silu_slopes, a, e)
        return unbroadcast(G * slope * b, slope.shape), unbroadcast(G * s, b.shape)

    return s * b, backward
# --8<-- [end:swiglu]


# --8<-- [start:feed_forward]
@program
def feed_forward(x, W, V, U):
    """SwiGLU 的前馈层：x 形状 (..., d)，W、V 形状 (h, d)，U 形状 (d, h)；输出与 x 同形。
    公式见“GLU 与残差”式 (4)。"""
    return F.linear(F.swiglu(F.linear(x, W), F.linear(x, V)), U)
# --8<-- [end:feed_forward]


# --8<-- [start:residual]
@program
def residual(x, W, V, U):
    """前馈层外面加上残差。公式见“GLU 与残差”式 (5)。"""
    return x + F(feed_forward)(x, W, V, U)
# --8<-- [end:residual]


# --8<-- [start:tied]
@program
def tied(E, W, *, tokens, target):
    """词向量表 E 形状 (C, d) 用两次：查 tokens，tanh(E[tokens] Wᵀ) 再与 E 的各行作内积。输出是平均交叉熵。"""
    h = F.tanh(F.linear(F.embedding(E, indices=tokens), W))
    return F.cross_entropy(F.linear(h, E), target=target)
# --8<-- [end:tied]
