"""加、减、取负。"""

from broadcasting.gradient import unbroadcast
from start.conventions import operator


# --8<-- [start:add]
@operator
def add(x, y):
    """逐元素加法 z = x + y，形状按广播规则。公式见“加、减、取负”式 (2)。"""
    z = x + y

    def backward(G):
        return unbroadcast(G, x.shape), unbroadcast(G, y.shape)

    return z, backward
# --8<-- [end:add]


# --8<-- [start:sub]
@operator
def sub(x, y):
    """逐元素减法 z = x - y，形状按广播规则。公式见“加、减、取负”式 (5)。"""
    z = x - y

    def backward(G):
        return unbroadcast(G, x.shape), unbroadcast(-G, y.shape)

    return z, backward
# --8<-- [end:sub]


# --8<-- [start:neg]
@operator
def neg(x):
    """取负 z = -x。公式见“加、减、取负”式 (6)。"""
    z = -x

    def backward(G):
        return (-G,)

    return z, backward
# --8<-- [end:neg]
