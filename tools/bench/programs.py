"""程序的用时：几个程序与 PyTorch 相比，以及磁带本身在大数组上占多少。"""

import inspect

import numpy as np

from elementwise.activations import tanh
from elementwise.add_sub import add
from elementwise.mul_div import mul
from engine.program import program
from engine.tape import F
from notes.operators.oracles import as_tuple, cases, upstreams
from notes.operators.programs import Program
from reductions.sum_mean import sum as total
from tools.bench.engines import OURS, TORCH, fastest

TAPE, BY_HAND = "磁带", "手接"


def steps(each: Program) -> int:
    """一个程序里有几步：backward 拿着磁带。"""
    case = next(cases(each.apply, each.row))
    _, backward = inspect.unwrap(each.apply)(*case.inputs, **case.parameters)
    return len(backward.func.__self__.steps)


def measure(each: Program, seconds: float) -> dict[str, float]:
    """{引擎: 前向加反向最快的一次用几秒}，用第一个样本。"""
    import torch

    case = next(cases(each.apply, each.row))
    G = upstreams(case.rng, each.apply(*case.inputs, **case.parameters)[0])
    tensors = [torch.tensor(x, requires_grad=True) for x in case.inputs]
    upstream = [torch.tensor(g) for g in G]

    def ours():
        return each.apply(*case.inputs, **case.parameters)[1](*G)

    def theirs():
        return torch.autograd.grad(as_tuple(each.row.torch(torch, *tensors, **case.parameters)), tensors, upstream)

    return fastest({OURS: ours, TORCH: theirs}, seconds)


@program
def recorded(x, y):
    """四步：乘、tanh、加、求和；x 用了两次。"""
    return F.sum(F.tanh(x * y) + x)


def by_hand(x, y):
    """同样的四步，照链式法则手接。"""
    product, of_product = mul(x, y)
    bent, of_bent = tanh(product)
    shifted, of_shifted = add(bent, x)
    value, of_value = total(shifted)

    def backward(G):
        bent_bar, x_bar = of_shifted(*of_value(G))
        first, y_bar = of_product(*of_bent(bent_bar))
        return x_bar + first, y_bar

    return value, backward


def overhead(n: int, seconds: float) -> dict[str, float]:
    """n 个元素上，磁带与手接各用几秒。"""
    x, y = np.random.default_rng(0).standard_normal((2, n))
    return fastest(
        {TAPE: lambda: recorded(x, y)[1](1.0), BY_HAND: lambda: by_hand(x, y)[1](1.0)},
        seconds,
    )
