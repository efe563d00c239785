"""把一个算子的前向加反向写成不带参数的函数，我们的、PyTorch 的、HIPS autograd 的各一个，交替着量。

输入、参数与上游梯度事先备好，不计在内。
"""

import zlib
from time import perf_counter

import numpy as np

from notes.operators.domains import draw
from notes.operators.oracles import as_tuple
from notes.operators.registry import Operator
from notes.operators.row import Size, domains

OURS, TORCH, AUTOGRAD = "本站", "PyTorch", "autograd"
# 元素的总数 → (r, c, m)；矩阵的运算量随 m³ 增长，10⁶ 一档只到 256 阶
SIZES = {10: (2, 5, 3), 1_000: (25, 40, 32), 1_000_000: (1000, 1000, 256)}


def prepare(operator: Operator, n: int, dtype: str) -> tuple:
    """一个算子在一档大小上的输入、参数、上游梯度；内容只取决于算子的名字与大小。"""
    timing, size = operator.row.timing, Size(n, *SIZES[n])
    rng = np.random.default_rng([zlib.crc32(operator.name.encode()), n])
    names = domains(timing.domain or operator.row.domain, len(timing.shapes))
    inputs = tuple(draw(rng, d, size.shape(s)).astype(dtype) for d, s in zip(names, timing.shapes, strict=True))
    parameters = {key: value(size) if callable(value) else value for key, value in timing.parameters.items()}
    outputs = as_tuple(operator.apply(*inputs, **parameters)[0])
    return inputs, parameters, tuple(rng.standard_normal(z.shape).astype(dtype) for z in outputs)


def ours(operator: Operator, inputs, parameters, upstream):
    apply = operator.apply

    def run():
        _, backward = apply(*inputs, **parameters)
        return backward(*upstream)

    return run


def with_torch(operator: Operator, inputs, parameters, upstream):
    import torch

    call = operator.row.timing.torch or operator.row.torch
    tensors = [torch.tensor(x, requires_grad=True) for x in inputs]
    given = {k: torch.tensor(v) if isinstance(v, np.ndarray) else v for k, v in parameters.items()}
    G = [torch.tensor(g) for g in upstream]
    return lambda: torch.autograd.grad(as_tuple(call(torch, *tensors, **given)), tensors, G)


def with_autograd(operator: Operator, inputs, parameters, upstream):
    """没有规则的算子返回 None。"""
    import autograd
    import autograd.numpy

    call = operator.row.timing.autograd
    if isinstance(call, str):
        return None
    several = len(inputs) > 1
    vjp = autograd.make_vjp(
        lambda *xs: call(autograd.numpy, *xs, **parameters), tuple(range(len(inputs))) if several else 0
    )
    G = upstream if len(upstream) > 1 else upstream[0]

    def run():
        pullback, _ = vjp(*inputs)
        return pullback(G) if several else (pullback(G),)

    return run


ENGINES = {OURS: ours, TORCH: with_torch, AUTOGRAD: with_autograd}


def measure(operator: Operator, n: int, dtype: str, seconds: float) -> dict[str, float]:
    """{引擎: 前向加反向最快的一次用几秒}；没有规则的引擎没有这一项。"""
    prepared = prepare(operator, n, dtype)
    calls = {engine: build(operator, *prepared) for engine, build in ENGINES.items()}
    return fastest({engine: call for engine, call in calls.items() if call}, seconds)


def fastest(calls, seconds):
    """轮流地量，至少 5 轮、seconds 秒，各取最小；一次太快的，连着做许多次取平均。"""
    repeats = {engine: int(max(1, 1e-3 // once(call, 1))) for engine, call in calls.items()}
    best = dict.fromkeys(calls, float("inf"))
    start, rounds = perf_counter(), 0
    while rounds < 5 or perf_counter() - start < seconds:
        for engine, call in calls.items():
            best[engine] = min(best[engine], once(call, repeats[engine]))
        rounds += 1
    return best


def once(call, repeats):
    """一次的秒数。用墙上的钟：进程的钟在虚拟机里偶尔停走，最小值就成了 0。"""
    start = perf_counter()
    for _ in range(repeats):
        call()
    return (perf_counter() - start) / repeats
