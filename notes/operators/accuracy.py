"""准到末位没有：前向与梯度，同 docstring 里“前向”“反向”两行用几百位算出的值比，以末位的单位（ulp）计。

两行是数学，不是代码：那里写 1 - z 就是 1 - z。位数够多，抵消、上溢、下溢都伤不着它，所以不必另写参照。
输入铺满 float32 与 float64 的整个范围；量哪些输入、上限多少，是算子那一行里的 accuracy。
"""

import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from mpmath.ctx_mp import MPContext

from notes.operators import formulas
from notes.operators.domains import sweep
from notes.operators.oracles import as_tuple, oracle, require
from notes.operators.row import SWEEP, Accuracy, Extreme, Row, domains
from start.conventions import OPERATORS

DIGITS = 400  # float64 最小的数约是 1e-324，1 - tanh² 在那里要抵消三百多位
DTYPES = (np.float32, np.float64)

mp = MPContext()
mp.dps = DIGITS


def each(function: Callable) -> Callable:
    """逐个元素地算的 function；前向、反向与两种 dtype 里，同一个数只算一次。"""
    return np.frompyfunc(functools.cache(function), 1, 1)


def exp(x):
    """e 的 x 次方。x 是很大的整数时，mpmath 要一位一位地平方：先去掉 ln 2 的整数倍，剩下的不到 1。"""
    if not mp.isint(x):
        return mp.exp(x)
    whole = int(mp.nint(x / mp.ln2))
    with mp.extraprec(whole.bit_length() + 16):
        found = mp.ldexp(mp.exp(x - whole * mp.ln2), whole)
    return +found


def Phi(x, *, approximate):
    if approximate == "tanh":
        return (1 + np.tanh(mp.sqrt(2 / mp.pi) * (x + 0.044715 * x**3))) / 2
    return tail(x)


tail = each(lambda v: mp.erfc(min(-v / mp.sqrt(2), 10**6)) / 2)


def phi(x, *, approximate):
    if approximate == "tanh":
        slope = mp.sqrt(2 / mp.pi) * (1 + 3 * 0.044715 * x**2)
        return 2 * Phi(x, approximate="tanh") * (1 - Phi(x, approximate="tanh")) * slope
    return np.exp(-(x**2) / 2) / mp.sqrt(2 * mp.pi)


def heaviside(x, middle):
    return np.where(x > 0, 1, np.where(x == 0, middle, 0))


def theta(*, inputs, positions, base):
    d = inputs[0].shape[-1]
    return exact(np.asarray(positions))[..., np.newaxis] * mp.mpf(base) ** (-exact(np.arange(0, d, 2)) / d)


# 多位数没有的词与 numpy 的函数；exp 这样的，numpy 会去找多位数自己的同名方法
REPLACED = {"erf": each(mp.erf), "Phi": Phi, "phi": phi, "theta": theta, "heaviside": heaviside, "pi": +mp.pi}
for name in ("exp", "expm1", "log", "log1p", "sin", "cos", "tanh", "sqrt"):
    method = functools.cache(exp if name == "exp" else getattr(mp, name))
    setattr(mp.mpf, name, (lambda function: lambda value: function(value))(method))


@dataclass(frozen=True)
class Reference:
    """一组输入与上游梯度，以及多位数算出的输出与梯度、它们的单位随哪些数。"""

    inputs: tuple
    parameters: dict
    G: np.ndarray
    values: tuple
    sizes: tuple


def exact(x: np.ndarray) -> np.ndarray:
    """每个浮点数换成等于它的多位数。"""
    return boxed(each(lambda value: mp.mpf(float(value)))(x))


def boxed(value) -> np.ndarray:
    """单独的一个多位数也放进零维的数组。"""
    array = np.empty(np.shape(value), object)
    array[...] = value
    return array


@functools.cache
def references(name: str, row: Row, dtype: type) -> list[Reference]:
    """一个算子在 dtype 里的全部参照。"""
    rule, accuracy = inspect.unwrap(OPERATORS[name]), row.accuracy
    assert isinstance(accuracy, Accuracy)
    count = len(row.samples[-1].shapes)
    extremes = accuracy.extremes or (Extreme((SWEEP,) * count, {}),)
    return [reference(rule, row, extreme, dtype) for extreme in extremes]


def reference(rule: Callable, row: Row, extreme: Extreme, dtype: type) -> Reference:
    named = domains(row.domain, len(extreme.inputs))
    inputs = tuple(
        sweep(domain, dtype, k) if isinstance(x, str) else np.array(x, dtype)
        for k, (x, domain) in enumerate(zip(extreme.inputs, named, strict=True))
    )
    shortest = min(x.shape[0] for x in inputs)
    inputs = tuple(
        x[:shortest] if isinstance(given, str) else x for x, given in zip(inputs, extreme.inputs, strict=True)
    )
    with np.errstate(all="ignore"):
        outputs = as_tuple(OPERATORS[rule.__name__](*inputs, **extreme.parameters)[0])[0]
    G = np.resize(np.array([2.0, -0.5, 1.0], dtype), outputs.shape)  # 2 的幂，乘它没有舍入
    forward, backward = formulas.lines(rule)
    names = formulas.own_names(rule, tuple(map(exact, inputs)), extreme.parameters)
    z = boxed(formulas.evaluate(forward.text, names, REPLACED))
    names |= {"z": z, "G": exact(G)}
    values = (z, *formulas.given_gradients(rule, backward, names, REPLACED))
    units = extreme.units or ("",) * len(values)
    names["tiny"] = mp.mpf(float(np.finfo(dtype).tiny))
    sizes = tuple(
        formulas.evaluate(unit, names, REPLACED) if unit else value for unit, value in zip(units, values, strict=True)
    )
    return Reference(inputs, extreme.parameters, G, values, sizes)


def ulps(found: np.ndarray, value, size, *, zeros: bool = True) -> float:
    """found 与 value 最多相差末位的几个单位；单位随 size 的大小，但不小于 value 自己的。

    两者都是 0 的，差一点点就是极多个单位；zeros 为假时不算这样的。
    """
    info = np.finfo(found.dtype)
    limit, largest = mp.ldexp(1, info.maxexp), mp.mpf(float(info.max))
    worst = 0.0
    for got, truth, scale in zip(*(np.broadcast_to(a, found.shape).ravel() for a in (found, value, size)), strict=True):
        if np.isnan(got):
            return np.inf
        truth = mp.convert(truth)
        if worst > 0.51 and float(got) == float(truth):
            continue  # 舍入得最准的，至多差半个单位
        inside = max(-limit, min(limit, truth))
        larger = min(max(abs(inside), abs(mp.convert(scale))), largest)
        if not larger and not zeros:
            continue
        exponent = mp.mag(larger) if larger else info.minexp
        distance = abs(max(-limit, min(limit, mp.mpf(float(got)))) - inside)
        worst = max(worst, float(mp.ldexp(distance, -max(exponent - info.nmant - 1, info.minexp - info.nmant))))
    return worst


def differences(compute: Callable, name: str, row: Row, **options: bool) -> Iterator[tuple[Reference, int, float]]:
    """compute(inputs, parameters, G) 的输出与各个梯度，各差末位的几个单位；options 交给 ulps。"""
    for dtype in DTYPES:
        for known in references(name, row, dtype):
            with np.errstate(all="ignore"):
                found = compute(known.inputs, known.parameters, known.G)
            for k, (array, value, size) in enumerate(zip(found, known.values, known.sizes, strict=True)):
                yield known, k, ulps(np.asarray(array), value, size, **options)


def by_pytorch(call: Callable) -> Callable:
    """PyTorch 里的同一个算子，算出输出与各个梯度。"""
    import torch

    def compute(inputs, parameters, G):
        tensors = [torch.tensor(x, requires_grad=True) for x in inputs]
        z = call(torch, *tensors, **parameters)
        gradients = torch.autograd.grad(z, tensors, torch.tensor(G))
        return [array.detach().numpy() for array in (z, *gradients)]

    return compute


def pytorch_ulps(name: str, row: Row) -> float:
    """同样的输入与单位，PyTorch 最多差末位的几个单位；该是 0 而没有大小可比的不算，它差多少都说明不了什么。"""
    return max(error for _, _, error in differences(by_pytorch(row.torch), name, row, zeros=False))


@oracle("精度", 4, unit="ulp", applies=lambda row: isinstance(row.accuracy, Accuracy))
def accurate(apply: Callable, row: Row, limit: float) -> Iterator[float]:
    """前向与梯度同多位数算的比，以末位的单位计。"""
    if not isinstance(row.accuracy, Accuracy):
        return

    def ours(inputs, parameters, G):
        z, backward = apply(*inputs, **parameters)
        return (z, *backward(G))

    for known, k, error in differences(ours, apply.__name__, row):
        what = f"对第 {k} 个输入的梯度" if k else "输出"
        label = f"{known.inputs[0].dtype}，{known.parameters}" if known.parameters else str(known.inputs[0].dtype)
        require(error <= limit, label, f"{what}差了末位的 {error:.1f} 个单位，应不超过 {limit}")
        yield error
