"""程序：用算子写成的函数，也是一个算子。"""

import functools
import inspect

import numpy as np

from engine.tape import Tape, Var
from start.conventions import checked


# --8<-- [start:program]
def program(function):
    """把用算子写成的函数变成算子：f(*inputs, **parameters) 返回 (输出, backward)。

    function 收到的位置参数是记下的数，返回记下的数，或者它们的元组；约定与检查都与算子相同。
    记下的数组从此只读，写它是 numpy 自己的报错 ValueError。
    """

    @functools.wraps(function)
    def rule(*inputs, **parameters):
        tape = Tape([x for x in inputs if x is not None])  # 可以不给的输入没有给，就是 None
        for x in tape.inputs:
            x.flags.writeable = False
        result = function(*(x if x is None else tape.enter(x) for x in inputs), **parameters)
        several = isinstance(result, tuple)
        outputs = [leave(function.__name__, tape, z) for z in (result if several else (result,))]
        arrays = tuple(array for array, _ in outputs)
        backward = functools.partial(tape.backward, [number for _, number in outputs])
        return (arrays if several else arrays[0]), backward

    del rule.__wrapped__  # 里面的规则就是 rule；function 不返回 backward
    rule.__signature__ = inspect.signature(function)
    return checked(rule)


def leave(name, tape, z):
    """一个输出的数组与编号，常数没有编号。别的磁带上的数报 ValueError，不是数的报 TypeError。"""
    if type(z) is Var and z.tape is not tape:
        raise ValueError(f"{name} 返回了记在别的磁带上的数：外面的数要作为输入传进来")
    if type(z) is not Var and np.asarray(z).dtype.kind not in "fc":
        raise TypeError(f"{name} 应返回记下的数、数组，或者它们的元组，却返回 {type(z).__name__}")
    return (z.array, z.number) if type(z) is Var else (np.asarray(z), None)
# --8<-- [end:program]
