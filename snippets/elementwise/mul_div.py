"""乘、除、倒数、平方。"""

from broadcasting.gradient import unbroadcast
from start.conventions import operator


# --8<-- [start:mul]
@operator
def mul(x, y):
    """逐元素乘法 z = x ⊙ y，形状按广播规则。公式见“乘、除、倒数、平方”式 (4)。"""
    z = x * y

    def backward(G):
        return unbroadcast(G * y, x.shape), unbroadcast(G * x, y.shape)

    return z, backward
# --8<-- [end:mul]


# --8<-- [start:div]
@operator
def div(x, y):
    """逐元素除法 z = x / y，形状按广播规则。公式见“乘、除、倒数、平方”式 (7)。"""
    z = x / y

    def backward(G):
        return unbroadcast(G / y, x.shape), unbroadcast(-G * z / y, y.shape)

    return z, backward
# --8<-- [end:div]


# --8<-- [start:reciprocal]
@operator
def reciprocal(x):
    """倒数 z = 1 / x。公式见“乘、除、倒数、平方”式 (8)。"""
    z = 1 / x

    def backward(G):
        return (-G * z * z,)

    return z, backward
# --8<-- [end:reciprocal]


# --8<-- [start:square]
@operator
def square(x):
    """平方 z = x²。公式见“乘、除、倒数、平方”式 (9)。"""
    z = x * x

    def backward(G):
        return (2 * G * x,)

    return z, backward
# --8<-- [end:square]
