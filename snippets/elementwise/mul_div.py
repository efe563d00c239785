"""乘、除、倒数、平方。"""

from broadcasting.gradient import unbroadcast
from broadcasting.rules import broadcast_shapes
from start.conventions import operator


# --8<-- [start:mul]
@operator
def mul(x, y):
    """逐元素乘法，形状按广播规则。公式见“乘、除、倒数、平方”式 (4)。

    前向：x * y
    反向：ub(G * y, x), ub(G * x, y)
    """
    if x.shape != y.shape:
        broadcast_shapes(x.shape, y.shape)
    z = x * y

    def backward(G):
        return unbroadcast(G * y, x.shape), unbroadcast(G * x, y.shape)

    return z, backward
# --8<-- [end:mul]


# --8<-- [start:div]
@operator
def div(x, y):
    """逐元素除法，形状按广播规则。公式见“乘、除、倒数、平方”式 (7)。

    前向：x / y
    反向：ub(G / y, x), ub(-G * z / y, y)
    """
    if x.shape != y.shape:
        broadcast_shapes(x.shape, y.shape)
    z = x / y

    def backward(G):
        return unbroadcast(G / y, x.shape), unbroadcast(-G * z / y, y.shape)

    return z, backward
# --8<-- [end:div]


# --8<-- [start:reciprocal]
@operator
def reciprocal(x):
    """倒数。公式见“乘、除、倒数、平方”式 (8)。

    前向：1 / x
    反向：-G * z**2
    """
    z = 1 / x

    def backward(G):
        return (-G * z * z,)

    return z, backward
# --8<-- [end:reciprocal]


# --8<-- [start:square]
@operator
def square(x):
    """平方。公式见“乘、除、倒数、平方”式 (9)。

    前向：x**2
    反向：2 * G * x
    """
    z = x * x

    def backward(G):
        return (2 * (G * x),)

    return z, backward
# --8<-- [end:square]
