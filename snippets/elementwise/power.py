"""幂、指数、对数、开方，以及正弦与余弦。"""

import numpy as np

from broadcasting.gradient import unbroadcast
from broadcasting.rules import broadcast_shapes
from start.conventions import operator


# --8<-- [start:in_blocks]
def in_blocks(f, *arrays):
    """f(*arrays)，f 是逐元素的，各个数组同形；一块一块地算，每块 256 KiB，中间结果留在缓存里。

    f 收到的都是一维的数组，可以就地改写自己造出来的。
    """
    flat = [x.reshape(-1) for x in arrays]
    if flat[0].nbytes <= 2**18:
        return f(*flat).reshape(arrays[0].shape)
    z = np.empty(flat[0].shape, np.result_type(*arrays))
    block = 2**18 // z.itemsize
    for k in range(0, z.size, block):
        z[k : k + block] = f(*(x[k : k + block] for x in flat))
    return z.reshape(arrays[0].shape)
# --8<-- [end:in_blocks]


# --8<-- [start:pow]
@operator
def pow(x, y):
    """x 的 y 次幂，形状按广播规则。

    前向：x**y
    反向：ub(G * y * x**(y - 1), x), ub(G * z * log(x), y)

    底数为 0、指数非负时对指数的梯度取 0，指数为 0 时对底数的梯度取 0；底数为负时对指数没有
    实的导数，得 nan，不警告。公式见“幂、指数、对数、开方”式 (5)。
    """
    if x.shape != y.shape:
        broadcast_shapes(x.shape, y.shape)
    z = np.power(x, y)

    def backward(G):
        with np.errstate(all="ignore"):
            slope = slope_of_power(x, y, z)
            base = x if x.all() else np.where((x == 0) & (y >= 0), 1.0, x)  # 0 的非负次幂，对数当作 0
            logarithm = np.log(base)
        return unbroadcast(G * slope, x.shape), unbroadcast(G * z * logarithm, y.shape)

    return z, backward
# --8<-- [end:pow]


# --8<-- [start:slope_of_power]
def slope_of_power(x, y, z):
    """y x^(y - 1)，z 是 x^y。

    写成 y (z / x)，比 x^(y - 1) 准：y - 1 要舍入，幂会放大它 ln x 倍。z 是 0、次正规数或无穷大
    时商不准，才用 x^(y - 1)；商上溢时先乘 y。
    """
    slope = y * (z / x)
    usual = np.isfinite(slope) & (np.abs(z) >= np.finfo(slope.dtype).tiny)
    if usual.all():
        return slope
    slope = np.where(usual, slope, y * np.power(x, y - (y != 0)))  # y = 0 时是 0 乘 x⁰
    multiplied = y * z / x
    return np.where(np.isinf(slope) & np.isfinite(multiplied), multiplied, slope)
# --8<-- [end:slope_of_power]


# --8<-- [start:exp]
@operator
def exp(x):
    """指数函数。公式见“幂、指数、对数、开方”式 (2)。

    前向：exp(x)
    反向：G * z
    """
    z = np.exp(x)

    def backward(G):
        return (G * z,)

    return z, backward
# --8<-- [end:exp]


# --8<-- [start:log]
@operator
def log(x):
    """自然对数。公式见“幂、指数、对数、开方”式 (3)。

    前向：log(x)
    反向：G / x
    """

    def backward(G):
        return (G / x,)

    return np.log(x), backward
# --8<-- [end:log]


# --8<-- [start:near_zero]
def near_zero(plain, precise, x):
    """precise(x)，即 np.log1p 或 np.expm1；float32 时在 float64 里照 plain 算，再舍入。

    plain 先算的 1 + x 或 eˣ 在 float64 里相对误差不到 2⁻⁵²；|x| 不到 2⁻²⁶ 的，两个函数都舍入成 x。
    """
    if x.dtype != np.float32:
        return precise(x)
    z = plain(x.astype(np.float64)).astype(x.dtype)
    tiny = np.abs(x) < 2.0**-26
    if tiny.any():
        np.copyto(z, x, where=tiny & (z != x))
        np.copysign(z, x, out=z)  # -0 也是 -0
    return z


def log1p_values(x):
    """ln(1 + x)，x 是一维的。"""
    return near_zero(lambda x: np.log(1 + x), np.log1p, x)


def expm1_values(x):
    """eˣ - 1，x 是一维的。"""
    return near_zero(lambda x: np.exp(x) - 1, np.expm1, x)
# --8<-- [end:near_zero]


# --8<-- [start:log1p]
@operator
def log1p(x):
    """z = ln(1 + x)，x 接近 0 时也准。公式见“幂、指数、对数、开方”式 (7)。

    前向：log1p(x)
    反向：G / (1 + x)
    """

    def backward(G):
        return (G / (1 + x),)

    return in_blocks(log1p_values, x), backward
# --8<-- [end:log1p]


# --8<-- [start:expm1]
@operator
def expm1(x):
    """z = eˣ - 1，x 接近 0 时也准。公式见“幂、指数、对数、开方”式 (7)。

    前向：expm1(x)
    反向：G * exp(x)
    """

    def backward(G):
        return (G * np.exp(x),)  # 不写 z + 1：x 很小时 z 舍入成 -1

    return in_blocks(expm1_values, x), backward
# --8<-- [end:expm1]


# --8<-- [start:sqrt]
@operator
def sqrt(x):
    """平方根。x = 0 处梯度是 inf，不警告。公式见“幂、指数、对数、开方”式 (6)。

    前向：sqrt(x)
    反向：G / (2 * z)
    """
    z = np.sqrt(x)

    def backward(G):
        with np.errstate(divide="ignore"):
            return (G / (2 * z),)

    return z, backward
# --8<-- [end:sqrt]


# --8<-- [start:sin]
@operator
def sin(x):
    """正弦，x 以弧度计。公式见“幂、指数、对数、开方”式 (9)。

    前向：sin(x)
    反向：G * cos(x)
    """

    def backward(G):
        return (G * np.cos(x),)

    return np.sin(x), backward
# --8<-- [end:sin]


# --8<-- [start:cos]
@operator
def cos(x):
    """余弦，x 以弧度计。公式见“幂、指数、对数、开方”式 (9)。

    前向：cos(x)
    反向：-G * sin(x)
    """

    def backward(G):
        return (-np.sin(x) * G,)

    return np.cos(x), backward
# --8<-- [end:cos]
