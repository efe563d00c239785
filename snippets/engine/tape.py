"""磁带：算一步记一步，倒着走一遍就是反向传播。"""

import functools
import importlib
from pathlib import Path

import numpy as np

from start.conventions import OPERATORS


# --8<-- [start:tape]
class Tape:
    """一盘磁带：一步一步记着是哪个算子、用了哪几个数、得出哪几个数、backward 是什么。

    数按出现的先后编号，输入都在第一步之前；一步得出的数排在它用到的数之后，所以 steps 的次序就是拓扑次序。
    输入里有复数时不做检查，用算子里面的规则：二阶的复步差分要这样。
    """

    def __init__(self, inputs):
        self.inputs, self.steps, self.count, self.bare = inputs, [], 0, "c" in [x.dtype.kind for x in inputs]

    def enter(self, array):
        """给一个数编号，返回记下的数。"""
        self.count += 1
        return Var(array, self, self.count - 1)

    def backward(self, ends, *upstream):
        """倒着走一遍。ends 是各输出的编号，upstream 是它们的上游梯度；返回各输入的梯度。

        bars 里每个数一个梯度，还没有的是 None。走到一步，排在最后的正是它的输出，取下来，
        交给 backward，再加到它用到的数上。
        """
        bars = [None] * self.count
        accumulate(bars, ends, upstream)
        for _, used, outputs, backward in reversed(self.steps):
            first = len(bars) - len(outputs)
            G, bars[first:] = bars[first:], ()
            if [g for g in G if g is not None]:
                accumulate(bars, used, backward(*map(filled, G, outputs)))
        return tuple(map(filled, bars, self.inputs))
# --8<-- [end:tape]


# --8<-- [start:accumulate]
def accumulate(bars, numbers, gradients):
    """把各个梯度加到各自编号的那个数上；相加得到新数组，不改已有的。"""
    for k, gradient in zip(numbers, gradients):
        if k is not None:
            bars[k] = gradient if bars[k] is None else bars[k] + gradient


def filled(gradient, array):
    """没有梯度的，补上与 array 同形的零数组。"""
    return np.zeros(array.shape, array.dtype) if gradient is None else gradient
# --8<-- [end:accumulate]


# --8<-- [start:lift]
def lift(operator):
    """把一个算子搬到记下的数上：返回的函数只给输出，backward 记到磁带上。

    位置参数里一个记下的数也没有，就什么也不记；有，用到的数组从此只读，写它是 numpy 自己的报错。
    记在两盘磁带上的混着用，报 ValueError。
    """

    @functools.wraps(operator)
    def call(*inputs, **parameters):
        tape, *others = {x.tape for x in inputs if type(x) is Var} or {None}
        if tape is None:
            return operator(*inputs, **parameters)[0]
        if others:
            raise ValueError(f"{operator.__name__} 的输入记在两盘磁带上：外面的数要作为输入传进来")
        xs = [x.array if type(x) is Var else x if x is None or not tape.bare else np.asarray(x) for x in inputs]
        for array in [x for x in xs if type(x) is np.ndarray]:
            array.flags.writeable = False  # 反向还要用，不求导的也是
        result, backward = (operator.__wrapped__ if tape.bare else operator)(*xs, **parameters)
        outputs = tuple(map(np.asarray, result if isinstance(result, tuple) else (result,)))
        used = [x.number if type(x) is Var else None for x in inputs if x is not None]
        tape.steps.append((operator, used, outputs, backward))
        made = tuple(map(tape.enter, outputs))
        return made if isinstance(result, tuple) else made[0]

    return call


class Lifted:
    """F.relu 是搬到记下的数上的算子 relu；F(f) 是搬过来的 f，f 是任何算子或程序。"""

    __call__ = staticmethod(lift)

    def __getattr__(self, name):
        for path in sorted(Path(__file__).parents[1].glob("*/*.py") if name[:2] != "__" else ()):
            if name not in OPERATORS and f"@operator\ndef {name}(" in path.read_text(encoding="utf-8"):
                importlib.import_module(f"{path.parent.name}.{path.stem}")
        if name not in OPERATORS:
            raise AttributeError(f"没有登记名叫 {name} 的算子；自己写的算子、程序用 F(…) 搬过来")
        return self.__dict__.setdefault(name, lift(OPERATORS[name]))


F = Lifted()
# --8<-- [end:lift]


# --8<-- [start:var]
SIGNS: dict = {}


def infix(name, ufunc):
    """x + y 与倒过来的 y + x 一类写法：Python 的整数当作小数，它是常数，不求梯度。

    数组 + x 在 numpy 里就是 np.add(数组, x)，由 SIGNS 转到这里。
    """
    call = lambda *xs: getattr(F, name)(*[float(x) if type(x) is int and abs(x) < 2**1023 else x for x in xs])
    SIGNS["__call__", ufunc] = call
    return call, lambda x, y: call(y, x)


def refuse(x, *arguments, **parameters):
    """记下的数不是数组：不做 F 以外的运算。"""
    raise TypeError("记下的数不能改写、比较、转换，不能交给 numpy：换成 F 里的算子，如 F.exp(x)；值是 x.value")


class Var:
    """记下的数：array 是数组，用过就只读；对它做的运算记在 tape 上，number 是它的编号。

    x.sum() 就是 F.sum(x)，别的算子也这样写。
    """

    __slots__ = ("array", "number", "tape")
    __array_ufunc__ = lambda self, ufunc, way, *xs, **given: SIGNS.get((way, ufunc, *given), refuse)(*xs)

    def __init__(self, array, tape, number):
        self.array, self.tape, self.number = array, tape, number

    value = property(lambda self: self.array.real, doc="数组。用它再算的，不记在磁带上。")
    shape = property(lambda self: self.array.shape, doc="形状。")
    __add__, __radd__, __sub__, __rsub__ = *infix("add", np.add), *infix("sub", np.subtract)
    __mul__, __rmul__, __truediv__, __rtruediv__ = *infix("mul", np.multiply), *infix("div", np.divide)
    __matmul__, __rmatmul__, __pow__, __rpow__ = *infix("matmul", np.matmul), *infix("pow", np.power)
    __neg__, __abs__, __pos__ = lambda self: F.neg(self), lambda self: F.abs(self), lambda self: self
    __getitem__, __iter__ = lambda self, index: F.getitem(self, index=index), lambda self: map(refuse, [self])
    __getattr__ = lambda self, name: functools.partial(F.__getattr__(name), self)


OTHER = """array array_function setitem delitem contains len bool int float index format round trunc eq lt le gt
ge invert and rand or ror xor rxor lshift rlshift rshift rrshift mod rmod divmod rdivmod floordiv rfloordiv"""
for name in OTHER.split():
    setattr(Var, f"__{name}__", refuse)
# --8<-- [end:var]
