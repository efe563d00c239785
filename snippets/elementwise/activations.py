"""激活函数，以及误差函数 erf。"""

import math

import numpy as np

from elementwise.piecewise import absolute, as_number, gated, multiply_or_zero, nan_where
from elementwise.power import in_blocks, log1p_values
from start.conventions import operator


# --8<-- [start:logistic]
def exponential(x):
    """eˣ，不上溢：x 超过 709（float32 是 88）的按 709 算，那里 1 + eˣ 早已舍入成 eˣ。"""
    top = highest(x)
    return np.exp(x if at_most(x, top) else np.minimum(x, top))


def highest(x):
    """eˣ 不上溢的最大的整数。"""
    return math.floor(math.log(np.finfo(x.dtype).max))


def at_most(x, limit):
    """x 的数都不大于 limit；有 nan 时是假。只读一遍，比逐个截住省一遍读写。"""
    return bool(x.max(initial=0).real <= limit)


def logistic(x):
    """σ(x) = eˣ / (1 + eˣ)，左边的尾巴也准。"""
    e = exponential(x)
    e /= 1 + e
    return e


def complement(x, e):
    """1 - σ(x) = 1 / (1 + eˣ)，e 是 exponential(x)：没有减法，右边的尾巴也准；有截过的，就照 σ(-x) 算。"""
    return 1 / (1 + e) if at_most(x, highest(x)) else logistic(-x)


def bell(x):
    """σ'(x) = e / (1 + e)²，e = e^-|x|。不写 σ(1 - σ)：x 大时 σ 舍入成 1，1 - σ 就是 0。"""
    e = absolute(x)
    e *= -1
    e = np.exp(e)
    d = 1 + e
    d *= d
    e /= d
    return e
# --8<-- [end:logistic]


# --8<-- [start:sigmoid]
@operator
def sigmoid(x):
    """逻辑函数 σ。公式见“激活函数”式 (2)。

    前向：1 / (1 + exp(-x))
    反向：G * z * (1 - z)
    """
    e = in_blocks(exponential, x)  # 反向还要用：指数最费时
    z = in_blocks(lambda e: e / (1 + e), e)

    def backward(G):
        return (in_blocks(lambda x, e, z, G: complement(x, e) * z * G, x, e, z, G),)

    return z, backward
# --8<-- [end:sigmoid]


# --8<-- [start:tanh]
@operator
def tanh(x):
    """双曲正切。公式见“激活函数”式 (4)。

    前向：tanh(x)
    反向：G * (1 - z**2)
    """

    def backward(G):
        return (in_blocks(lambda x, G: 4 * bell(2 * x) * G, x, G),)  # tanh x = 2 σ(2x) - 1

    return np.tanh(x), backward
# --8<-- [end:tanh]


# --8<-- [start:relu]
@operator
def relu(x):
    """修正线性单元。x = 0 处梯度取 0。公式见“激活函数”式 (5)。

    前向：maximum(x, 0)
    反向：G * (x > 0)
    """

    def backward(G):
        return (gated(G, x > 0, x),)

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
    below = as_number("leaky_relu", "negative_slope", negative_slope)

    def slope(x):
        if 0 <= below <= 1:
            found = np.maximum(x > 0, below, dtype=x.dtype)
        else:
            found = np.array([below, 1.0], x.dtype).take(x > 0)  # 假取第 0 个，真取第 1 个
        return nan_where(x, found)

    def backward(G):
        return (in_blocks(lambda x, G: slope(x) * G, x, G),)

    z = np.maximum(x, below * x) if 0 < below <= 1 else in_blocks(lambda x: slope(x) * x, x)
    return z, backward
# --8<-- [end:leaky_relu]


# --8<-- [start:elu]
@operator
def elu(x, *, alpha=1.0):
    """负的一侧是指数的 relu；x = 0 处梯度取 alpha。

    前向：where(x > 0, x, alpha * expm1(x))
    反向：G * where(x > 0, 1, alpha * exp(x))

    alpha 不是实数报 TypeError。公式见“激活函数”式 (6)。
    """
    alpha = as_number("elu", "alpha", alpha)
    scales = np.array([alpha, 1.0], x.dtype)

    def values(x):
        z = np.minimum(x, 0)  # e 的正数次方会上溢，先去掉正数
        np.expm1(z, out=z)
        if alpha == 1:
            return np.maximum(x, z, out=z)  # x < 0 时 eˣ - 1 大于 x
        z *= alpha
        z += np.maximum(x, 0)
        return z

    def slope(x):
        e = np.minimum(x, 0)
        np.exp(e, out=e)
        return e if alpha == 1 else e * scales.take(x > 0)  # 假取第 0 个，真取第 1 个

    def backward(G):
        return (in_blocks(lambda x, G: slope(x) * G, x, G),)

    return in_blocks(values, x), backward
# --8<-- [end:elu]


# --8<-- [start:softplus]
def log_of_one_plus(e, x):
    """ln(1 + eˣ)，e 是 exponential(x)；截过的取 x，没有截过的不小于 x。"""
    z = log1p_values(e)
    return np.maximum(z, x, out=z)


@operator
def softplus(x):
    """relu 的光滑版本。公式见“激活函数”式 (8)。

    前向：log(1 + exp(x))
    反向：G * sigma(x)
    """
    e = in_blocks(exponential, x)

    def backward(G):
        return (in_blocks(lambda e, G: e / (1 + e) * G, e, G),)

    return in_blocks(log_of_one_plus, e, x), backward
# --8<-- [end:softplus]


# --8<-- [start:silu]
def silu_values(x, e):
    """x σ(x)，e 是 exponential(x)；x = -inf 处是 0。"""
    return e / (1 + e) * np.maximum(x, -1e3)


def silu_slopes(x, e):
    """silu 的导数 σ(x) (1 + x (1 - σ(x)))；±1000 以外，它已经舍入成 0 与 1。"""
    d = 1 + e
    return (1 + x.clip(-1e3, 1e3) / d) * e / d


@operator
def silu(x):
    """x 乘以逻辑函数，又叫 swish。公式见“激活函数”式 (10)。

    前向：x * sigma(x)
    反向：G * (sigma(x) + z * (1 - sigma(x)))
    """
    e = in_blocks(exponential, x)

    def backward(G):
        return (in_blocks(lambda x, e, G: silu_slopes(x, e) * G, x, e, G),)

    return in_blocks(silu_values, x, e), backward
# --8<-- [end:silu]


# --8<-- [start:erf_values]
# erf x = tanh(x P(x²) / Q(x²))，|x| ≤ 6；P、Q 的系数从常数项写起
LONG = (
    [1.1283791670955126, 0.487500813720128, 0.13730934451295476, 0.023993248875391903,
     0.0030206078743877734, 0.0002567256734392032, 1.4566946865320055e-05, 4.3344996815163975e-07,
     2.6855322734496557e-09],
    [1.0, 0.3409564990538394, 0.09081836595487437, 0.013577934395551685, 0.0015782415487916247,
     0.00011119790691670763, 5.414858403099828e-06, 8.805595356682679e-08, 1.4245169546713137e-10],
)
SHORT = (
    [1.1283791670955126, 0.2798146474007113, 0.04266188619977566, 0.0021801217620603594],
    [1.0, 0.15689947778868454, 0.023702950405229992, 0.00032530660426003104],
)


def erf_values(x):
    """erf x，形状与 dtype 同 x。公式见“激活函数”式 (12)。"""
    P, Q = LONG if x.dtype.itemsize >= 8 else SHORT

    def values(x):
        x = x.clip(-6.0, 6.0)  # erf 6 与 1 相差不到 1e-16
        return np.tanh(x * horner(P, x * x) / horner(Q, x * x))

    return in_blocks(values, x)


def horner(coefficients, u):
    """多项式在 u 处的值，系数从常数项写起。"""
    total = u * coefficients[-1]
    for c in coefficients[-2:0:-1]:
        total += c
        total *= u
    total += coefficients[0]
    return total

# --8<-- [end:erf_values]


# --8<-- [start:erf]
@operator
def erf(x):
    """误差函数。公式见“激活函数”式 (11)。

    前向：erf(x)
    反向：G * exp(-x**2) * 2 / sqrt(pi)
    """

    def backward(G):
        return (gaussian(x, 1.0) * (2 / math.sqrt(math.pi)) * G,)

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
    gate, slope = GATES[approximate](x)

    def backward(G):
        derivative = lambda slope, x, gate, G: (multiply_or_zero(slope, x) + gate) * G
        return (in_blocks(derivative, slope, x, gate, G),)

    return multiply_or_zero(gate, x), backward
# --8<-- [end:gelu]


# --8<-- [start:gaussian]
def gaussian(x, rate):
    """exp(-rate x²)，rate 是 1 或 ½。公式见“激活函数”式 (15)。

    x² 舍入之后再取指数，误差会放大 x² 倍；h 只有十几个二进制位，h² 没有舍入。
    """

    def values(x):
        x = x.clip(-40.0, 40.0)  # 再往外都是 0
        h = np.rint(x * 64) / 64
        return np.exp(h * h * -rate) * np.exp((x - h) * (x + h) * -rate)

    return in_blocks(values, x)
# --8<-- [end:gaussian]


# --8<-- [start:gates]
# e^(x²/2) Φ(-x) = P(x) / Q(x)，0 ≤ x ≤ 39；P、Q 的系数从常数项写起
MILLS = (
    [0.5, 0.7746208180010774, 0.593672907070243, 0.28906157995342807, 0.09757565338212851,
     0.02358395350772244, 0.004080978051996272, 0.0004891839723621137, 3.713900156528372e-05,
     1.3803826699613486e-06],
    [1.0, 2.3471261968050134, 2.560081568827412, 1.7131711399318716, 0.7812685765011373,
     0.25462918748971597, 0.060335487283904816, 0.01032258863338818, 0.0012296624830511434,
     9.309367141294385e-05, 3.460106230346194e-06],
)
SHORT_MILLS = (
    [0.5, 0.4365569507916211, 0.1819231512243684, 0.04018380920237871, 0.004047459191598652],
    [1.0, 1.6709987291143653, 1.1971066879233383, 0.466000592968779, 0.10073281952309956,
     0.010145343944319138],
)


def normal_gate(x):
    """标准正态的分布函数 Φ 与密度 φ = Φ'，左边的尾巴也准。公式见“激活函数”式 (16)。"""
    P, Q = MILLS if x.dtype.itemsize >= 8 else SHORT_MILLS
    e = gaussian(x, 0.5)

    def cdf(x, e):
        a = np.minimum(absolute(x), 40.0)
        tail = e * horner(P, a) / horner(Q, a)  # Φ(-|x|)
        return tail + (x > 0) * (1 - 2 * tail)

    return in_blocks(cdf, x, e), e * math.sqrt(0.5 / math.pi)


def tanh_gate(x):
    """Φ 的近似 ½(1 + tanh u) = σ(2u)，u = √(2/π) (x + 0.044715 x³)，以及它的导数 σ'(2u) 2u'。"""
    x, scale = x.clip(-40.0, 40.0), math.sqrt(8 / math.pi)
    w = x * (1 + 0.044715 * x * x) * scale
    return logistic(w), bell(w) * (1 + 3 * 0.044715 * x * x) * scale


GATES = {"none": normal_gate, "tanh": tanh_gate}
# --8<-- [end:gates]
