"""VJP 与 JVP：各步的线性映射怎样串起来；数一数乘法的次数。"""

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
FREE = {np.add, np.subtract, np.negative}


class Counted(np.ndarray):
    """会数乘法的数组，总数在 Counted.total。

    矩阵乘法按用到的乘法计；乘、除与初等函数，每个元素计 1 次；加、减、取负不计。
    """

    total = 0

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        plain = [np.asarray(x) for x in inputs]
        result = np.asarray(getattr(ufunc, method)(*plain, **options))
        if ufunc is np.matmul:
            Counted.total += result.size * plain[0].shape[-1]
        elif ufunc not in FREE:
            Counted.total += result.size
        return result.view(Counted)


def multiplications(f, *arrays):
    """运行 f(*arrays)，返回 (结果, 乘法的次数)。"""
    Counted.total = 0
    result = f(*(np.asarray(x).view(Counted) for x in arrays))
    return result, Counted.total
# --8<-- [end:counted]
