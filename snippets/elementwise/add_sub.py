"""加、减、取负。"""

from broadcasting.gradient import unbroadcast
from broadcasting.rules import broadcast_shapes
from start.conventions import operator


# --8<-- [start:add]
@operator
def add(x, y):
    """逐元素加法，形状按广播规则。公式见“加、减、取负”式 (2)。

    前向：x + y
    反向：ub(G, x), ub(G, y)
    """
    if x.shape != y.shape:
        broadcast_shapes(x.shape, y.shape)
    z = x + y

    def backward(G):
        return unbroadcast(G, x.shape), unbroadcast(G, y.shape)

    return z, backward
# --8<-- [end:add]


# --8<-- [start:sub]
@operator
def sub(x, y):
    """逐元素减法，形状按广播规则。公式见“加、减、取负”式 (5)。

    前向：x - y
    反向：ub(G, x), ub(-G, y)
    """
    if x.shape != y.shape:
        broadcast_shapes(x.shape, y.shape)
    z = x - y

    def backward(G):
        return unbroadcast(G, x.shape), unbroadcast(-G, y.shape)

    return z, backward
# --8<-- [end:sub]


# --8<-- [start:neg]
@operator
def neg(x):
    """取负。公式见“加、减、取负”式 (6)。

    前向：-x
    反向：-G
    """
    z = -x

    def backward(G):
        return (-G,)

    return z, backward
# --8<-- [end:neg]
