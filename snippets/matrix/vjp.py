"""VJP 与 JVP：各步的线性映射怎样串起来；数一数乘法与加法的次数。"""

import math
import operator

import numpy as np


# --8<-- [start:steps]
def linear_step(W):
    """一步 y = Wx：返回的函数把 x 变成 (输出, pushforward, pullback)。"""

    def step(x):
        return W @ x, lambda u: W @ u, lambda v: W.T @ v

    return step


def tanh_step(x):
    """一步 y = tanh(x)，逐元素：返回 (输出, pushforward, pullback)。"""
    y = np.tanh(x)
    slope = 1 - y * y
    return y, lambda u: slope * u, lambda v: slope * v
# --8<-- [end:steps]


# --8<-- [start:chain]
def chain(*steps):
    """把几步串成一步，返回的函数把 x 变成 (输出, pushforward, pullback)。

    pushforward(u) 是 Ju，照前向的次序走；pullback(v) 是 Jᵀv，次序相反。
    公式见“VJP 与 JVP”式 (4)、(5)。
    """

    def composed(x):
        forwards, backwards = [], []
        for step in steps:
            x, push, pull = step(x)
            forwards.append(push)
            backwards.append(pull)

        def pushforward(u):
            for push in forwards:
                u = push(u)
            return u

        def pullback(v):
            for pull in reversed(backwards):
                v = pull(v)
            return v

        return x, pushforward, pullback

    return composed
# --8<-- [end:chain]


# --8<-- [start:counted]
LEDGER = {"乘法": 0, "加法": 0}


def entry(kind, operation):
    """一个方法：按 operation 算，并在账上记一次。"""

    def method(*numbers):
        LEDGER[kind] += 1
        return Counted(operation(*map(float, numbers)))

    return method


class Counted(float):
    """会记账的数。乘、除与初等函数记一次乘法，加、减、取负记一次加法。"""

    __mul__ = __rmul__ = entry("乘法", operator.mul)
    __truediv__ = entry("乘法", operator.truediv)
    exp, sin, cos, tanh = (entry("乘法", f) for f in (math.exp, math.sin, math.cos, math.tanh))
    __add__ = __radd__ = entry("加法", operator.add)
    __sub__ = entry("加法", operator.sub)
    __rsub__ = entry("加法", lambda x, y: y - x)
    __neg__ = entry("加法", operator.neg)


def ledger(f, *arrays):
    """把数组的元素换成会记账的数，运行 f，返回 (结果, 乘法的次数, 加法的次数)。"""
    counted = [np.vectorize(Counted, otypes=[object])(x) for x in arrays]
    LEDGER.update(乘法=0, 加法=0)
    result = f(*counted)
    return result, LEDGER["乘法"], LEDGER["加法"]


def multiplications(f, *arrays):
    """运行 f(*arrays)，返回 (结果, 乘法的次数)。"""
    return ledger(f, *arrays)[:2]
# --8<-- [end:counted]
