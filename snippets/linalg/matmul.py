"""矩阵乘法（一维、批量、广播的批轴）、外积与全连接层。"""

import math

import numpy as np

from broadcasting.gradient import add_up, unbroadcast
from broadcasting.rules import broadcast_shapes
from start.conventions import operator


# --8<-- [start:matmul]
@operator
def matmul(a, b):
    """矩阵乘法，与 numpy.matmul 同义。

    前向：a @ b
    反向：ub(mat(G) @ B.mT, a), ub(A.mT @ mat(G), B).reshape(b.shape)

    最后两根轴相乘，前面的批轴按广播规则；a 一维时当作一行，b 一维时当作一列，补上的轴在结果
    里去掉。零维、相乘的两根轴大小不等、批轴不能广播时报 ValueError。
    公式见“matmul、outer 与 linear”式 (3)、(4)、(7)。
    """
    if a.ndim == 0 or b.ndim == 0:
        raise ValueError("零维数组不能作矩阵乘法，数乘请用 mul")
    A = a[np.newaxis, :] if a.ndim == 1 else a
    B = b[:, np.newaxis] if b.ndim == 1 else b
    require_product(A, B)
    Z = A @ B

    def backward(G):
        G = G.reshape(Z.shape)
        return unbroadcast(G @ B.mT, a.shape), unbroadcast(A.mT @ G, B.shape).reshape(b.shape)

    return Z.squeeze(axis=(-2,) * (a.ndim == 1) + (-1,) * (b.ndim == 1)), backward
# --8<-- [end:matmul]


# --8<-- [start:require_product]
def require_product(A, B):
    """A @ B 能不能乘：A 的列数应等于 B 的行数，批轴应能广播；否则报 ValueError。"""
    if A.shape[-1] != B.shape[-2]:
        raise ValueError(f"前者的列数 {A.shape[-1]} 应等于后者的行数 {B.shape[-2]}")
    try:
        broadcast_shapes(A.shape[:-2], B.shape[:-2])
    except ValueError as error:
        raise ValueError(f"批轴的{error}") from None
# --8<-- [end:require_product]


# --8<-- [start:outer]
@operator
def outer(x, y):
    """外积，x 形状 (m,)，y 形状 (n,)，输出形状 (m, n)。

    前向：x[:, None] * y
    反向：G @ y, G.T @ x

    输入不是一维时报 ValueError。公式见“matmul、outer 与 linear”式 (8)。
    """
    if x.ndim != 1 or y.ndim != 1:
        raise ValueError("外积的两个输入都应是一维；numpy.outer 会先拉平，这里不会")
    Z = x[:, np.newaxis] * y

    def backward(G):
        return G.dot(y), G.T.dot(x)

    return Z, backward
# --8<-- [end:outer]


# --8<-- [start:linear]
@operator
def linear(x, weight, bias=None):
    """全连接层，与 torch.nn.functional.linear 同义。

    前向：x @ weight.T + given(bias)
    反向：G @ weight, rows(G).T @ rows(x), ub(G, bias)

    x 形状 (..., n)，weight 形状 (m, n)，bias 形状 (m,)，可以不给；y 形状 (..., m)。形状不合时
    报 ValueError。前面的轴并成一根，一行是一个样本。公式见“matmul、outer 与 linear”式 (10)。
    """
    if x.ndim == 0 or weight.ndim != 2 or x.shape[-1] != weight.shape[1]:
        raise ValueError("weight 应为矩阵，列数等于 x 最后一根轴的大小")
    if bias is not None and bias.shape != weight.shape[:1]:
        raise ValueError(f"bias 的形状应为 {weight.shape[:1]}，一个输出一个")
    X = x.reshape(math.prod(x.shape[:-1]), x.shape[-1])
    Y = X @ weight.T
    if bias is not None:
        Y = np.add(Y, bias, out=Y if Y.dtype == bias.dtype else None)  # 加在原处，省一个数组

    def backward(G):
        G = G.reshape(Y.shape)
        gradients = (G @ weight).reshape(x.shape), G.T @ X
        return gradients if bias is None else (*gradients, add_up(G, (0,))[0])

    return Y.reshape(x.shape[:-1] + weight.shape[:1]), backward
# --8<-- [end:linear]
