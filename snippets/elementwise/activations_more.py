"""更多激活函数：logsigmoid、softsign、mish、relu6、hardsigmoid、hardswish、selu。"""

import numpy as np

from elementwise.activations import exponential, log_of_one_plus
from elementwise.piecewise import absolute, gated, multiply_or_zero
from elementwise.power import in_blocks
from start.conventions import operator


# --8<-- [start:logsigmoid]
@operator
def logsigmoid(x):
    """sigmoid 的对数，即 -softplus(-x)。公式见“更多激活函数”式 (1)、(2)。

    前向：-log(1 + exp(-x))
    反向：G * sigma(-x)
    """
    e = in_blocks(lambda x: exponential(-x), x)

    def backward(G):
        return (in_blocks(lambda e, G: e / (1 + e) * G, e, G),)

    return in_blocks(lambda e, x: -log_of_one_plus(e, -x), e, x), backward
# --8<-- [end:logsigmoid]


# --8<-- [start:softsign]
@operator
def softsign(x):
    """x / (1 + |x|)；x 是正负无穷时取极限 1 与 -1。公式见“更多激活函数”式 (3)。

    前向：x / (1 + abs(x))
    反向：G / (1 + abs(x))**2
    """
    limit = np.finfo(x.dtype).max
    y = x.clip(-limit, limit)  # 无穷除以无穷是 nan
    d = 1 + absolute(y)

    def backward(G):
        return (G / d / d,)

    return y / d, backward
# --8<-- [end:softsign]


# --8<-- [start:mish]
@operator
def mish(x):
    """x 乘以 tanh(softplus(x))。公式见“更多激活函数”式 (4)、(5)。

    前向：x * tanh(log(1 + exp(x)))
    反向：G * ((th := tanh(log(1 + exp(x)))) + x * (1 - th**2) * sigma(x))
    """

    def backward(G):
        return (in_blocks(lambda x, G: mish_slope(x) * G, x, G),)

    return in_blocks(lambda x: mish_gate(x)[0] * np.maximum(x, -800), x), backward


def mish_gate(x):
    """tanh(ln(1 + eˣ)) = n / (n + 2)，n = e (e + 2)；以及 e、n + 2。

    x ≥ 40 时它已经舍入成 1，截住 e，n 就不上溢。
    """
    e = np.exp(np.minimum(x, 40))
    n = e * (e + 2)
    return n / (n + 2), e, n + 2


def mish_slope(x):
    """mish 的导数；x 在 -800 与 40 之外时，含 x 的一项是 0 或舍入掉了。"""
    gate, e, d = mish_gate(x)
    return 4 * e / d * ((1 + e) / d) * x.clip(-800, 40) + gate
# --8<-- [end:mish]


# --8<-- [start:relu6]
@operator
def relu6(x):
    """截到 0 与 6 之间的 relu；两个折点处梯度取 0。公式见“更多激活函数”式 (6)。

    前向：clip(x, 0, 6)
    反向：G * ((x > 0) & (x < 6))
    """

    def backward(G):
        return (gated(G, (x > 0) & (x < 6), x),)

    return x.clip(0, 6), backward
# --8<-- [end:relu6]


# --8<-- [start:hardsigmoid]
@operator
def hardsigmoid(x):
    """sigmoid 的折线版本；两个折点 -3 与 3 处梯度取 0。公式见“更多激活函数”式 (6)。

    前向：clip((x + 3) / 6, 0, 1)
    反向：G / 6 * (abs(x) < 3)
    """


    def backward(G):
        return (gated(G, (x > -3) & (x < 3), x) / 6,)

    return (x + 3).clip(0, 6) / 6, backward
# --8<-- [end:hardsigmoid]


# --8<-- [start:hardswish]
@operator
def hardswish(x):
    """x 乘以 hardsigmoid；折点 -3 处梯度取 0，3 处取 1。公式见“更多激活函数”式 (7)。

    前向：x * clip((x + 3) / 6, 0, 1)
    反向：G * where(x <= -3, 0, where(x < 3, (2 * x + 3) / 6, 1))
    """
    def values(x):
        y = np.maximum(x, -3)  # 负无穷乘 0 是 nan
        return np.minimum(y + 3, 6) / 6 * y

    def slope(x):
        middle = (x.clip(-3, 3) + 1.5) / 3
        return middle + np.subtract(x <= -3, x >= 3, dtype=x.dtype) / 2  # 两头的 -½、1½ 改成 0、1

    def backward(G):
        return (in_blocks(lambda x, G: multiply_or_zero(slope(x), G), x, G),)

    return in_blocks(values, x), backward
# --8<-- [end:hardswish]


# --8<-- [start:selu]
ALPHA, SCALE = 1.6732632423543772848, 1.0507009873554804934


@operator
def selu(x):
    """放大 SCALE 倍、alpha 取 ALPHA 的 elu；x = 0 处梯度取负侧的。公式见“更多激活函数”式 (8)。

    前向：1.0507009873554805 * where(x > 0, x, 1.6732632423543772 * expm1(x))
    反向：G * 1.0507009873554805 * where(x > 0, 1, 1.6732632423543772 * exp(x))
    """
    def values(x):
        return SCALE * np.maximum(x, 0) + SCALE * ALPHA * np.expm1(np.minimum(x, 0))

    def slope(x):
        scale = np.array([SCALE * ALPHA, SCALE], x.dtype).take(x > 0)
        return np.exp(np.minimum(x, 0)) * scale  # 先去掉正数，e 的正数次方会上溢

    def backward(G):
        return (in_blocks(lambda x, G: slope(x) * G, x, G),)

    return in_blocks(values, x), backward
# --8<-- [end:selu]
