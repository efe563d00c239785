"""激活函数，以及误差函数 erf。"""

import math

import numpy as np

from elementwise.piecewise import as_number, masked
from start.conventions import operator


# --8<-- [start:logistic]
def logistic(x):
    """σ(x) = 1 / (1 + e⁻ˣ)。x 极小时 e⁻ˣ 上溢成 inf，商是 0，正是要的值，所以不警告。"""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))
# --8<-- [end:logistic]


# --8<-- [start:sigmoid]
@operator
def sigmoid(x):
    """逻辑函数 σ。公式见“激活函数”式 (2)。

    前向：1 / (1 + exp(-x))
    反向：G * z * (1 - z)
    """
    z = logistic(x)

    def backward(G):
        return ((1 - z) * z * G,)

    return z, backward
# --8<-- [end:sigmoid]


# --8<-- [start:tanh]
@operator
def tanh(x):
    """双曲正切。公式见“激活函数”式 (4)。

    前向：tanh(x)
    反向：G * (1 - z**2)
    """
    z = np.tanh(x)

    def backward(G):
        return (G * (1 - z * z),)

    return z, backward
# --8<-- [end:tanh]


# --8<-- [start:relu]
@operator
def relu(x):
    """修正线性单元。x = 0 处梯度取 0。公式见“激活函数”式 (5)。

    前向：maximum(x, 0)
    反向：G * (x > 0)
    """

    def backward(G):
        return (masked(G, x > 0),)

    return np.maximum(x, 0), backward
# --8<-- [end:relu]


# --8<-- [start:leaky_relu]
@operator
def leaky_relu(x, *, negative_slope=0.01):
    """负的一侧留一点斜率的 relu；x = 0 处梯度取 negative_slope。

    前向：where(x > 0, x, negative_slope * x)
    反向：G * where(x > 0, 1, negative_slope)

    negative_slope 不是实数报 TypeError。公式见“激活函数”式 (5)。
    """
    slopes = np.array([as_number("leaky_relu", "negative_slope", negative_slope), 1.0], x.dtype)
    slope = slopes.take(x > 0)  # 假取第 0 个，真取第 1 个

    def backward(G):
        return (G * slope,)

    return x * slope, backward
# --8<-- [end:leaky_relu]


# --8<-- [start:elu]
@operator
def elu(x, *, alpha=1.0):
    """负的一侧是指数的 relu；x = 0 处梯度取 alpha。

    前向：where(x > 0, x, alpha * expm1(x))
    反向：G * where(x > 0, 1, alpha * exp(x))

    alpha 不是实数报 TypeError。公式见“激活函数”式 (6)。
    """
    scale = np.array([as_number("elu", "alpha", alpha), 1.0], x.dtype).take(x > 0)
    negative = np.minimum(x, 0)  # 先去掉正数，e 的正数次方会上溢

    def backward(G):
        return (np.exp(negative) * scale * G,)

    return np.maximum(x, 0) + scale * np.expm1(negative), backward
# --8<-- [end:elu]


# --8<-- [start:softplus]
@operator
def softplus(x):
    """relu 的光滑版本；代码写成 max(x, 0) + ln(1 + e^(-|x|))，以免上溢。公式见“激活函数”式 (7)、(8)。

    前向：log(1 + exp(x))
    反向：G * sigma(x)
    """
    z = np.maximum(x, 0) + np.log1p(np.exp(np.minimum(x, -x)))

    def backward(G):
        return (G * logistic(x),)

    return z, backward
# --8<-- [end:softplus]


# --8<-- [start:silu]
@operator
def silu(x):
    """x 乘以逻辑函数，又叫 swish。公式见“激活函数”式 (10)。

    前向：x * sigma(x)
    反向：G * (sigma(x) + z * (1 - sigma(x)))
    """
    gate = logistic(x)

    def backward(G):
        return (((1 - gate) * x + 1) * gate * G,)

    return x * gate, backward
# --8<-- [end:silu]


# --8<-- [start:erf_values]
# erf x = tanh(x P(x²) / Q(x²))，|x| ≤ 6；P、Q 的系数从常数项写起
LONG = (
    [1.1283791670955126, 0.4875020245603031, 0.13730994728399393, 0.02399336798304395,
     0.0030206185756078167, 0.0002567252377533927, 1.4566764179580645e-05,
     4.334364301956708e-07, 2.6853325318157352e-09],
    [1.0, 0.3409575721330051, 0.09081880241091148, 0.013578000398553352,
     0.0015782456630742318, 0.0001111973252141145, 5.414756487713205e-06,
     8.80517571629679e-08, 1.4243520803258252e-10],
)
SHORT = (
    [1.1283791670955126, 0.2798171071396358, 0.04266327594438948, 0.002180265129469332],
    [1.0, 0.15690165737660827, 0.023703985111532138, 0.0003253374356845099],
)


def erf_values(x, block=1 << 14):
    """erf x，形状与 dtype 同 x；float64 准到 1e-15，float32 用短的系数。公式见“激活函数”式 (12)。

    一块一块地算，让每一块的中间结果留在缓存里。
    """
    P, Q = LONG if x.dtype.itemsize >= 8 else SHORT
    flat = np.clip(x, -6.0, 6.0).reshape(-1)  # erf 6 与 1 相差不到 1e-16
    for k in range(0, flat.size, block):
        part = flat[k : k + block]
        u = part * part
        part *= horner(P, u)
        part /= horner(Q, u)
        flat[k : k + block] = np.tanh(part)
    return flat.reshape(x.shape)


def horner(coefficients, u):
    """多项式在 u 处的值，系数从常数项写起。"""
    total = u * coefficients[-1]
    for c in coefficients[-2:0:-1]:
        total += c
        total *= u
    return total + coefficients[0]
# --8<-- [end:erf_values]


# --8<-- [start:erf]
@operator
def erf(x):
    """误差函数。公式见“激活函数”式 (11)。

    前向：erf(x)
    反向：G * exp(-x**2) * 2 / sqrt(pi)
    """

    def backward(G):
        return (G * np.exp(-x * x) * (2 / math.sqrt(math.pi)),)

    return erf_values(x), backward
# --8<-- [end:erf]


# --8<-- [start:gelu]
@operator
def gelu(x, *, approximate="none"):
    """高斯误差线性单元；Phi 是标准正态分布函数，approximate="tanh" 时换成它的近似。

    前向：x * Phi(x)
    反向：G * (Phi(x) + x * phi(x))

    approximate 是 "none" 或 "tanh"，别的报 ValueError。公式见“激活函数”式 (13)、(14)。
    """
    if approximate not in tuple(GATES):
        raise ValueError(f"approximate={approximate!r}，应为 'none' 或 'tanh'")
    cdf, density = GATES[approximate]
    gate = cdf(x)

    def backward(G):
        return ((density(x, gate) * x + gate) * G,)

    return x * gate, backward
# --8<-- [end:gelu]


# --8<-- [start:gates]
def normal_cdf(x):
    """标准正态分布函数 Φ。"""
    return 0.5 + 0.5 * erf_values(x * math.sqrt(0.5))


def normal_density(x, gate):
    """Φ 的导数 φ；用不到 gate。"""
    return np.exp(-0.5 * x * x) * math.sqrt(0.5 / math.pi)


def tanh_cdf(x):
    """Φ 的近似，½(1 + tanh u) = σ(2u)，u = √(2/π) (x + 0.044715 x³)。"""
    return logistic(x * (1 + 0.044715 * x * x) * math.sqrt(8 / math.pi))


def tanh_density(x, gate):
    """上面的近似的导数 2 gate (1 - gate) du/dx。"""
    return gate * (1 - gate) * (1 + 3 * 0.044715 * x * x) * math.sqrt(8 / math.pi)


GATES = {"none": (normal_cdf, normal_density), "tanh": (tanh_cdf, tanh_density)}
# --8<-- [end:gates]
