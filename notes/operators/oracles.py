"""六种验证手段。每一种都是 oracle(apply, row)：返回最大的误差，不对就抛 AssertionError，说清楚哪里不对。

apply 是算子（start/conventions 里的 operator 包过的函数），row 是它在 samples.py 里的一行。
差分、复步差分与点积检验就用 start/verification 页上的那几个函数。
"""

import functools
import zlib

import numpy as np

from notes.implementations import function

by_backward = function("jacobian_by_backward")
by_complex_step = function("jacobian_by_complex_step")
by_differences = function("jacobian_by_differences")
discrepancy = function("discrepancy")
dot_product_gap = function("dot_product_gap")

TOLERANCES = {"形状与 dtype": 1e-5, "中心差分": 1e-7, "复步差分": 1e-12, "点积检验": 1e-7, "折点": 0.0, "PyTorch": 1e-12}
BY_DIFFERENCES = ("中心差分", "点积检验")


def draw(rng, domain, shape):
    """在 domain 里随机取一个数组。"""
    if domain == "real":
        return np.asarray(rng.standard_normal(shape))
    if domain == "invertible":
        return 2.0 * rng.permutation(np.eye(shape[-1])) + rng.uniform(-0.3, 0.3, shape)
    if domain == "positive definite":
        half = rng.uniform(-0.3, 0.3, shape)
        return 2.0 * np.eye(shape[-1]) + half + half.mT
    magnitude = np.asarray(rng.uniform(0.5, 2.0, shape))
    return np.asarray(magnitude * rng.choice([-1.0, 1.0], shape)) if domain == "nonzero" else magnitude


def cases(apply, row):
    """逐个样本给出 (说明, 输入, 关键字参数, 随机数生成器)；种子只取决于算子的名字与样本的序号。"""
    for index, sample in enumerate(row.samples):
        rng = np.random.default_rng([zlib.crc32(apply.__name__.encode()), index])
        inputs = tuple(draw(rng, d, s) for d, s in zip(row.domain, sample.shapes))
        label = " 与 ".join(map(str, sample.shapes))
        if sample.parameters:
            label += f"，{sample.parameters}"
        yield label, inputs, sample.parameters, rng


def as_tuple(outputs):
    return outputs if isinstance(outputs, tuple) else (outputs,)


def upstreams(rng, outputs):
    return tuple(np.asarray(rng.standard_normal(z.shape)) for z in as_tuple(outputs))


def require(condition, label, sentence):
    if not condition:
        raise AssertionError(f"样本 {label}：{sentence}")


def close(label, left, right, limit, sentence):
    """left 与 right 的误差；超过 limit 就报错。"""
    error = discrepancy(left, right)
    require(error <= limit, label, f"{sentence}，误差 {error:.1e}")
    return error


def tolerance(oracle, row):
    """一种验证手段对一个算子的容差；线性的算子差分没有截断误差，只剩舍入。"""
    return 1e-12 if row.linear and oracle in BY_DIFFERENCES else TOLERANCES[oracle]


def step(row):
    """中心差分的步长。"""
    return 1.0 if row.linear else 6e-6


def largest(errors):
    """一种验证手段逐个给出误差，它的结果是其中最大的。"""

    @functools.wraps(errors)
    def oracle(apply, row):
        return max(errors(apply, row), default=0.0)

    return oracle


def partial(call, inputs, parameters, position, output):
    """只让第 position 个输入变动、只看第 output 个输出的函数。"""

    def f(x):
        arguments = inputs[:position] + (x,) + inputs[position + 1 :]
        return as_tuple(call(*arguments, **parameters)[0])[output]

    return f


def one_output(backward, outputs, output):
    """只给第 output 个输出以上游梯度，其余给 0。"""

    def pullback(G):
        return backward(*(G if k == output else np.zeros(z.shape) for k, z in enumerate(outputs)))

    return pullback


def jacobians(apply, row):
    """逐个样本、输出、输入给出 (说明, 由 backward 拼出的雅可比, 只含该输入的调用法, 输入的序号, 输出的序号)。"""
    for label, inputs, parameters, _ in cases(apply, row):
        result, backward = apply(*inputs, **parameters)
        outputs = as_tuple(result)
        for output, z in enumerate(outputs):
            pullback = one_output(backward, outputs, output)
            for position in range(len(inputs)):
                J = by_backward(pullback, z.shape, position)
                yield f"{label} 的第 {position + 1} 个输入", J, inputs, parameters, position, output


@largest
def check_shape_and_dtype(apply, row):
    """形状、dtype 随输入，内存不共享；float32 的结果与 float64 的相符。"""
    limit = tolerance("形状与 dtype", row)
    for label, inputs, parameters, rng in cases(apply, row):
        result, backward = apply(*inputs, **parameters)
        G = upstreams(rng, result)
        exact = backward(*G)
        for dtypes in ([np.float32] * len(inputs), [np.float32, np.float64, np.float32][: len(inputs)]):
            narrow = tuple(x.astype(d) for x, d in zip(inputs, dtypes))
            outputs, pullback = apply(*narrow, **parameters)
            upstream = tuple(g.astype(z.dtype) for g, z in zip(G, as_tuple(outputs)))
            gradients = pullback(*upstream)
            require(len(gradients) == len(inputs), label, f"有 {len(inputs)} 个输入，却有 {len(gradients)} 个梯度")
            check_memory(label, gradients, upstream + narrow)
            for gradient, x, reference in zip(gradients, narrow, exact):
                require(gradient.shape == x.shape, label, f"梯度形状 {gradient.shape}，输入形状 {x.shape}")
                require(gradient.dtype == x.dtype, label, f"梯度 dtype {gradient.dtype}，输入 dtype {x.dtype}")
                scale = max(1.0, np.abs(reference).max(initial=0.0))
                sentence = "float32 的梯度与 float64 的不符"
                yield close(label, gradient / scale, reference / scale, limit, sentence)


def check_memory(label, gradients, others):
    arrays = list(others)
    for gradient in gradients:
        require(not any(np.may_share_memory(gradient, a) for a in arrays), label, "梯度与别的数组共用内存")
        arrays.append(gradient)


@largest
def check_differences(apply, row):
    """中心差分，完整的雅可比。"""
    limit = tolerance("中心差分", row)
    for label, J, inputs, parameters, position, output in jacobians(apply, row):
        f = partial(apply, inputs, parameters, position, output)
        expected = by_differences(f, inputs[position], step(row))
        yield close(label, J, expected, limit, "backward 与中心差分不符")


@largest
def check_complex_step(apply, row):
    """复步差分，作用在装饰器里面的原函数上；前向不解析的算子不做。"""
    limit = tolerance("复步差分", row)
    for label, J, inputs, parameters, position, output in jacobians(apply, row):
        f = partial(apply.__wrapped__, inputs, parameters, position, output)
        expected = by_complex_step(f, inputs[position])
        yield close(label, J, expected, limit, "backward 与复步差分不符")


@largest
def check_dot_product(apply, row):
    """点积检验，v 与 u 都随机取。"""
    limit = tolerance("点积检验", row)
    for label, inputs, parameters, rng in cases(apply, row):
        result, backward = apply(*inputs, **parameters)
        outputs = as_tuple(result)
        for output, z in enumerate(outputs):
            v = np.asarray(rng.standard_normal(z.shape))
            gradients = one_output(backward, outputs, output)(v)
            for position, x in enumerate(inputs):
                f = partial(apply, inputs, parameters, position, output)
                u = np.asarray(rng.standard_normal(x.shape))
                gap = dot_product_gap(f, x, gradients[position], v, u, step(row))
                scale = max(1.0, float(np.abs(gradients[position] * u).sum()))
                yield close(label, gap / scale, 0.0, limit, "点积检验的两边不等")


@largest
def check_kinks(apply, row):
    """折点处的值，逐条与约定比较。"""
    for kink in row.kinks:
        _, backward = apply(*map(np.asarray, kink.inputs), **kink.parameters)
        gradients = backward(*as_tuple(kink.G))
        for gradient, expected in zip(gradients, kink.gradients, strict=True):
            same = np.array_equal(gradient, expected, equal_nan=True)
            require(same, f"{kink.inputs}，{kink.parameters}", f"折点处的梯度是 {gradient}，约定为 {expected}")
            yield 0.0


@largest
def check_torch(apply, row):
    """PyTorch 的自动求导；折点处各有约定，不比。"""
    import torch

    limit = tolerance("PyTorch", row)
    for label, inputs, parameters, rng in cases(apply, row):
        result, backward = apply(*inputs, **parameters)
        G = upstreams(rng, result)
        tensors = [torch.tensor(x, requires_grad=True) for x in inputs]
        outputs = as_tuple(row.torch(torch, *tensors, **parameters))
        for z, reference in zip(as_tuple(result), outputs, strict=True):
            yield close(label, z, reference.detach().numpy(), limit, "前向与 PyTorch 不符")
        expected = torch.autograd.grad(outputs, tensors, [torch.tensor(g) for g in G])
        for gradient, reference in zip(backward(*G), expected, strict=True):
            yield close(label, gradient, reference.numpy(), limit, "梯度与 PyTorch 不符")


ORACLES = {
    "形状与 dtype": check_shape_and_dtype,
    "中心差分": check_differences,
    "复步差分": check_complex_step,
    "点积检验": check_dot_product,
    "折点": check_kinks,
    "PyTorch": check_torch,
}


def applicable(row):
    """对这个算子用得上的验证手段。"""
    unused = {"复步差分": row.not_analytic, "折点": not row.kinks}
    return [name for name in ORACLES if not unused.get(name)]
