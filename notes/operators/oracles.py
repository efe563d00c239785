"""几种验证手段。每一种给出一个个误差，不超过容差就算通过；不对就抛 AssertionError，说清楚哪里不对。

apply 是算子（start/conventions 里的 operator 包过的函数），row 是它在 rows/ 里的一行。
差分、复步差分与点积检验就用 start/verification 页上的那几个函数。
"""

import importlib.util
import inspect
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from notes.operators.domains import draw
from notes.operators.row import Row, Sample, domains
from start.verification import discrepancy, dot_product_gap
from start.verification import jacobian_by_backward as by_backward
from start.verification import jacobian_by_complex_step as by_complex_step
from start.verification import jacobian_by_differences as by_differences

Errors = Callable[[Callable, Row, float], Iterator[float]]


@dataclass(frozen=True, eq=False)
class Oracle:
    """一种验证手段。

    errors     errors(apply, row, 容差) 逐个给出误差，超过容差的抛 AssertionError
    tolerance  容差；0 表示一个字也不能差
    linear     线性的算子的容差：差分没有截断误差，只剩舍入
    applies    对这个算子用不用得上
    needs      要装哪个包；不要就是空串
    unit       误差的单位；相对误差没有单位，是空串
    """

    name: str
    errors: Errors
    tolerance: float
    linear: float
    applies: Callable[[Row], bool]
    needs: str
    unit: str

    def __str__(self) -> str:
        return self.name

    @property
    def available(self) -> bool:
        """要的包装了没有。"""
        return not self.needs or importlib.util.find_spec(self.needs) is not None

    def limit(self, row: Row) -> float:
        """对这个算子的容差。"""
        if self.unit:
            return getattr(row.accuracy, "ulps", self.tolerance)
        return self.linear if row.linear else self.tolerance

    def measure(self, apply: Callable, row: Row) -> float:
        """核对一个算子，返回最大的误差；不对就抛 AssertionError。"""
        errors = list(self.errors(apply, row, self.limit(row)))
        if not errors:
            raise AssertionError("一个误差也没有量，什么也没有核对")
        return max(errors)


ORACLES: dict[str, Oracle] = {}


def oracle(
    name: str,
    tolerance: float,
    *,
    linear: float | None = None,
    applies: Callable[[Row], bool] = lambda row: True,
    needs: str = "",
    unit: str = "",
) -> Callable[[Errors], Errors]:
    """登记一种验证手段，各项见 Oracle。"""

    def register(errors: Errors) -> Errors:
        ORACLES[name] = Oracle(name, errors, tolerance, tolerance if linear is None else linear, applies, needs, unit)
        return errors

    return register


def applicable(row: Row) -> list[Oracle]:
    """对这个算子用得上的验证手段。"""
    return [each for each in ORACLES.values() if each.applies(row)]


@dataclass(frozen=True)
class Case:
    """一个样本取出来的数；种子只取决于算子的名字与样本的序号。"""

    label: str
    inputs: tuple[np.ndarray, ...]
    parameters: dict
    rng: np.random.Generator


def cases(apply: Callable, row: Row) -> Iterator[Case]:
    """逐个样本取好数。"""
    for index, sample in enumerate(row.samples):
        rng = np.random.default_rng([zlib.crc32(apply.__name__.encode()), index])
        yield Case(str(sample), drawn(rng, sample, row), sample.parameters, rng)


def drawn(rng: np.random.Generator, sample: Sample, row: Row) -> tuple[np.ndarray, ...]:
    names = domains(row.domain, len(sample.shapes))
    return tuple(draw(rng, name, shape) for name, shape in zip(names, sample.shapes, strict=True))


def as_tuple(outputs) -> tuple:
    return outputs if isinstance(outputs, tuple) else (outputs,)


def upstreams(rng: np.random.Generator, outputs) -> tuple[np.ndarray, ...]:
    return tuple(np.asarray(rng.standard_normal(z.shape)) for z in as_tuple(outputs))


def require(condition, label: str, sentence: str) -> None:
    if not condition:
        raise AssertionError(f"样本 {label}：{sentence}")


def close(label: str, left, right, limit: float, sentence: str) -> float:
    """left 与 right 的误差；超过 limit 就报错。"""
    error = discrepancy(left, right)
    require(error <= limit, label, f"{sentence}，误差 {error:.1e}")
    return error


def step(row: Row) -> float:
    """中心差分的步长。"""
    return 1.0 if row.linear else 6e-6


def partial(call, inputs, parameters, position, output) -> Callable:
    """只让第 position 个输入变动、只看第 output 个输出的函数。"""

    def f(x):
        arguments = inputs[:position] + (x,) + inputs[position + 1 :]
        return as_tuple(call(*arguments, **parameters)[0])[output]

    return f


def one_output(backward, outputs, output) -> Callable:
    """只给第 output 个输出以上游梯度，其余给 0。"""

    def pullback(G):
        return backward(*(G if k == output else np.zeros(z.shape) for k, z in enumerate(outputs)))

    return pullback


@dataclass(frozen=True)
class Jacobian:
    """由 backward 拼出的雅可比：哪个样本的第几个输入、第几个输出。"""

    case: Case
    position: int
    output: int
    values: np.ndarray

    @property
    def label(self) -> str:
        return f"{self.case.label} 的第 {self.position + 1} 个输入"

    def function(self, call: Callable) -> Callable:
        """call 里只有这个输入变动、只看这个输出的函数。"""
        return partial(call, self.case.inputs, self.case.parameters, self.position, self.output)

    @property
    def at(self) -> np.ndarray:
        return self.case.inputs[self.position]


def jacobians(apply: Callable, row: Row) -> Iterator[Jacobian]:
    """逐个样本、输出、输入。"""
    for case in cases(apply, row):
        result, backward = apply(*case.inputs, **case.parameters)
        outputs = as_tuple(result)
        for output, z in enumerate(outputs):
            pullback = one_output(backward, outputs, output)
            for position in range(len(case.inputs)):
                yield Jacobian(case, position, output, by_backward(pullback, z.shape, position))


@oracle("形状与 dtype", 1e-5)
def shape_and_dtype(apply: Callable, row: Row, limit: float) -> Iterator[float]:
    """形状、dtype 随输入，内存不共享；float32 的输出与梯度都与 float64 的相符。"""
    for case in cases(apply, row):
        result, backward = apply(*case.inputs, **case.parameters)
        G = upstreams(case.rng, result)
        exact, count = backward(*G), len(case.inputs)
        for dtypes in ([np.float32] * count, [np.float64 if k % 2 else np.float32 for k in range(count)]):
            narrow = tuple(x.astype(d) for x, d in zip(case.inputs, dtypes, strict=True))
            outputs, pullback = apply(*narrow, **case.parameters)
            upstream = tuple(g.astype(z.dtype) for g, z in zip(G, as_tuple(outputs), strict=True))
            dtype = np.result_type(*dtypes) if dtypes else np.dtype(float)
            for z, reference in zip(as_tuple(outputs), as_tuple(result), strict=True):
                require(
                    z.dtype == dtype,
                    case.label,
                    f"输入是 {'、'.join(map(str, map(np.dtype, dtypes)))}，输出是 {z.dtype}",
                )
                yield near(case.label, z, reference, limit, "float32 的输出与 float64 的不符")
            gradients = pullback(*upstream)
            require(len(gradients) == count, case.label, f"有 {count} 个输入，却有 {len(gradients)} 个梯度")
            check_memory(case.label, gradients, upstream + narrow)
            for gradient, x, reference in zip(gradients, narrow, exact, strict=True):
                require(gradient.shape == x.shape, case.label, f"梯度形状 {gradient.shape}，输入形状 {x.shape}")
                require(gradient.dtype == x.dtype, case.label, f"梯度 dtype {gradient.dtype}，输入 dtype {x.dtype}")
                yield near(case.label, gradient, reference, limit, "float32 的梯度与 float64 的不符")


def near(label: str, narrow: np.ndarray, reference: np.ndarray, limit: float, sentence: str) -> float:
    """float32 与 float64 的结果之差，以整个数组的最大值计。"""
    scale = max(1.0, np.abs(reference).max(initial=0.0))
    return close(label, narrow / scale, reference / scale, limit, sentence)


def check_memory(label: str, gradients, others) -> None:
    arrays = list(others)
    for gradient in gradients:
        require(not any(np.may_share_memory(gradient, a) for a in arrays), label, "梯度与别的数组共用内存")
        arrays.append(gradient)


@oracle("中心差分", 1e-7, linear=1e-12)
def differences(apply: Callable, row: Row, limit: float) -> Iterator[float]:
    """中心差分，完整的雅可比。"""
    for J in jacobians(apply, row):
        expected = by_differences(J.function(apply), J.at, step(row))
        yield close(J.label, J.values, expected, limit, "backward 与中心差分不符")


@oracle("复步差分", 1e-12, applies=lambda row: not row.not_analytic)
def complex_step(apply: Callable, row: Row, limit: float) -> Iterator[float]:
    """复步差分，作用在装饰器里面的原函数上；前向不解析的算子不做。"""
    for J in jacobians(apply, row):
        try:
            expected = by_complex_step(J.function(inspect.unwrap(apply)), J.at)
        except TypeError:
            sentence = "前向不接受复数，做不了复步差分；确实不解析的，在它的一行写 not_analytic=理由"
            raise AssertionError(f"样本 {J.label}：{sentence}") from None
        yield close(J.label, J.values, expected, limit, "backward 与复步差分不符")


@oracle("点积检验", 1e-7, linear=1e-12)
def dot_product(apply: Callable, row: Row, limit: float) -> Iterator[float]:
    """点积检验，v 与 u 都随机取。"""
    for case in cases(apply, row):
        result, backward = apply(*case.inputs, **case.parameters)
        outputs = as_tuple(result)
        for output, z in enumerate(outputs):
            v = np.asarray(case.rng.standard_normal(z.shape))
            gradients = one_output(backward, outputs, output)(v)
            for position, x in enumerate(case.inputs):
                f = partial(apply, case.inputs, case.parameters, position, output)
                u = np.asarray(case.rng.standard_normal(x.shape))
                gap = dot_product_gap(f, x, gradients[position], v, u, step(row))
                scale = max(1.0, float(np.abs(gradients[position] * u).sum()))
                yield close(case.label, gap / scale, 0.0, limit, "点积检验的两边不等")


@oracle("二阶", 1e-7, linear=1e-12, applies=lambda row: not row.backward_not_analytic)
def second_order(apply: Callable, row: Row, limit: float) -> Iterator[float]:
    """反向的方向导数：复步差分作用在原函数的反向上，与梯度的中心差分比；反向不解析的算子不做。

    G 先不动，这是最外层的反向；再让 G 也走一步，这是程序里层的反向。反向对 G 是线性的，沿 G 的一份
    就是 backward(g)，不必差分。
    """
    h = step(row)
    for case in cases(apply, row):
        result, backward = apply(*case.inputs, **case.parameters)
        G, g, u = upstreams(case.rng, result), upstreams(case.rng, result), upstreams(case.rng, case.inputs)
        right, left = (gradients_at(apply, case, walked(case.inputs, u, s), G) for s in (h, -h))
        still, moving = (by_complex_pullback(apply, case, G, u, each) for each in (None, g))
        for outer, inner, a, b, rest in zip(still, moving, right, left, backward(*g), strict=True):
            slope = (a - b) / (2 * h)
            yield close(case.label, outer, slope, limit, "反向的复步差分与梯度的中心差分不符")
            yield close(case.label, inner, slope + rest, limit, "上游梯度也动时，反向的复步差分与梯度的中心差分不符")


def gradients_at(call: Callable, case: Case, inputs: tuple, G: tuple) -> tuple:
    """call 在 inputs 处、上游梯度为 G 时的各个梯度。"""
    return call(*inputs, **case.parameters)[1](*G)


def walked(points: tuple, directions: tuple, distance: float | complex) -> tuple:
    """各个数组各沿自己的方向走一步。"""
    return tuple(np.asarray(x + distance * d) for x, d in zip(points, directions, strict=True))


def by_complex_pullback(apply: Callable, case: Case, G: tuple, u: tuple, g: tuple | None, h: float = 1e-20) -> list:
    """反向沿 (u, g) 的方向导数 Im ∇f(x + ihu; G + ihg) / h，∇f 是装饰器里面的原函数的反向；g 是 None 时 G 不动。"""
    upstream = G if g is None else walked(G, g, 1j * h)
    try:
        lifted = gradients_at(inspect.unwrap(apply), case, walked(case.inputs, u, 1j * h), upstream)
    except TypeError:
        sentence = "不接受复数，求不了二阶；反向确实不解析的，在它的一行写 backward_not_analytic=理由"
        raise AssertionError(f"样本 {case.label}：{sentence}") from None
    return [np.imag(gradient) / h for gradient in lifted]


@oracle("折点", 0.0, applies=lambda row: bool(row.kinks))
def kinks(apply: Callable, row: Row, limit: float) -> Iterator[float]:
    """折点处的值，逐条与约定比较，一个字也不能差。"""
    for kink in row.kinks:
        with np.errstate(all="ignore"):  # 输出是 inf、nan 时警告，那是应该的；反向不应警告
            _, backward = apply(*map(np.asarray, kink.inputs), **kink.parameters)
        gradients = backward(*as_tuple(kink.G))
        for gradient, expected in zip(gradients, kink.gradients, strict=True):
            same = np.array_equal(gradient, expected, equal_nan=True)
            require(same, f"{kink.inputs}，{kink.parameters}", f"折点处的梯度是 {gradient}，约定为 {expected}")
            yield 0.0


@oracle("PyTorch", 1e-12, needs="torch")
def pytorch(apply: Callable, row: Row, limit: float) -> Iterator[float]:
    """PyTorch 的自动求导，二阶也比；折点处各有约定，不比。"""
    import torch

    for case in cases(apply, row):
        result, backward = apply(*case.inputs, **case.parameters)
        G = upstreams(case.rng, result)
        tensors = [torch.tensor(x, requires_grad=True) for x in case.inputs]
        outputs = as_tuple(row.torch(torch, *tensors, **case.parameters))
        for z, reference in zip(as_tuple(result), outputs, strict=True):
            yield close(case.label, z, reference.detach().numpy(), limit, "前向与 PyTorch 不符")
        expected = torch.autograd.grad(outputs, tensors, [torch.tensor(g) for g in G], create_graph=True)
        for gradient, reference in zip(backward(*G), expected, strict=True):
            yield close(case.label, gradient, reference.numpy(force=True), limit, "梯度与 PyTorch 不符")
        if ORACLES["二阶"].applies(row):
            u = upstreams(case.rng, case.inputs)
            twice = second_derivatives(torch, expected, tensors, u)
            for lifted, reference in zip(by_complex_pullback(apply, case, G, u, None), twice, strict=True):
                yield close(case.label, lifted, reference.numpy(force=True), limit, "二阶与 PyTorch 不符")


def second_derivatives(torch, gradients, tensors: list, directions: tuple) -> list:
    """PyTorch 的双重反向：各个梯度沿 directions 的导数；与输入无关的梯度，它不留图。"""
    pairs = [(g, torch.tensor(u)) for g, u in zip(gradients, directions, strict=True) if g.requires_grad]
    if not pairs:
        return [torch.zeros_like(x) for x in tensors]
    return torch.autograd.grad([g for g, _ in pairs], tensors, [u for _, u in pairs], materialize_grads=True)
