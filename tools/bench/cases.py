"""各算子的计时样本：只有数据，一个算子一行。加一个算子，就在 CASES 里加一行。

形状用字母写：n 是元素的总数，排成 r 行 c 列；m 是方阵的阶；1 就是 1。每一档各是多大见 SIZES。
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

# 元素的总数 → (r, c, m)；矩阵的运算量随 m³ 增长，10⁶ 一档只到 256 阶
SIZES = {10: (2, 5, 3), 1_000: (25, 40, 32), 1_000_000: (1000, 1000, 256)}


@dataclass(frozen=True)
class Size:
    """一档的大小，以及取随机下标用的生成器。"""

    n: int
    r: int
    c: int
    m: int
    rng: object = field(default_factory=lambda: np.random.default_rng(0))

    def shape(self, letters):
        return tuple(1 if letter == "1" else getattr(self, letter) for letter in letters)

    def integers(self, high, *shape):
        return self.rng.integers(high, size=shape)


@dataclass(frozen=True)
class Case:
    """一个算子怎样计时。

    shapes      各个输入的形状，一个字母一个轴
    parameters  关键字参数；要随大小变的写成函数，接一个 Size
    torch       PyTorch 里的写法；不写就用 notes/operators/samples.py 里的
    autograd    HIPS autograd 里的写法，或它没有这条规则的说明
    domain      各输入取值的范围，见 draw；不写就用 notes/operators/samples.py 里的
    """

    shapes: tuple
    parameters: dict
    torch: Callable | None
    autograd: Callable | str
    domain: tuple | None


def case(*shapes, autograd, torch=None, domain=None, **parameters):
    return Case(shapes, parameters, torch, autograd, domain)


NO_RULE = "没有这个算子的规则"
SCIPY = "规则在 autograd.scipy 里，要另装 scipy"


def draw(rng, domain, shape):
    """在 domain 里随机取一个数组。范围的名字与 notes/operators/samples.py 相同，大的矩阵也保持条件数小、行列式不上溢。"""
    if domain in ("invertible", "positive definite"):
        noise = rng.uniform(-0.3, 0.3, shape) / np.sqrt(shape[-1])
        return np.eye(shape[-1]) + (noise + noise.mT if domain == "positive definite" else noise)
    if domain == "real":
        return rng.standard_normal(shape)
    if domain == "near one":
        return rng.uniform(0.9, 1.1, shape)
    magnitude = rng.uniform(0.5, 2.0, shape)
    return magnitude * rng.choice([-1.0, 1.0], shape) if domain == "nonzero" else magnitude


CASES = {
    # 逐元素
    "add": case("rc", "rc", autograd=lambda np, x, y: x + y),
    "sub": case("rc", "rc", autograd=lambda np, x, y: x - y),
    "neg": case("rc", autograd=lambda np, x: -x),
    "mul": case("rc", "rc", autograd=lambda np, x, y: x * y),
    "div": case("rc", "rc", autograd=lambda np, x, y: x / y),
    "reciprocal": case("rc", autograd=lambda np, x: np.reciprocal(x)),
    "square": case("rc", autograd=lambda np, x: np.square(x)),
    "pow": case("rc", "rc", autograd=lambda np, x, y: np.power(x, y)),
    "exp": case("rc", autograd=lambda np, x: np.exp(x)),
    "log": case("rc", autograd=lambda np, x: np.log(x)),
    "log1p": case("rc", autograd=lambda np, x: np.log1p(x)),
    "expm1": case("rc", autograd=lambda np, x: np.expm1(x)),
    "sqrt": case("rc", autograd=lambda np, x: np.sqrt(x)),
    "sin": case("rc", autograd=lambda np, x: np.sin(x)),
    "cos": case("rc", autograd=lambda np, x: np.cos(x)),
    "tanh": case("rc", autograd=lambda np, x: np.tanh(x)),
    "sigmoid": case("rc", autograd=NO_RULE),
    "erf": case("rc", autograd=SCIPY),
    "relu": case("rc", autograd=lambda np, x: np.maximum(x, 0)),
    "leaky_relu": case("rc", autograd=NO_RULE),
    "elu": case("rc", autograd=NO_RULE),
    "softplus": case("rc", autograd=lambda np, x: np.logaddexp(0, x)),
    "silu": case("rc", autograd=NO_RULE),
    "gelu": case("rc", autograd=NO_RULE),
    "abs": case("rc", autograd=lambda np, x: np.abs(x)),
    "maximum": case("rc", "rc", autograd=lambda np, x, y: np.maximum(x, y)),
    "minimum": case("rc", "rc", autograd=lambda np, x, y: np.minimum(x, y)),
    "clip": case("rc", min=-0.5, max=0.7, autograd=lambda np, x, min, max: np.clip(x, min, max)),
    "where": case(
        "rc", "rc", condition=lambda s: s.integers(2, s.r, s.c) == 1,
        torch=lambda torch, x, y, condition: torch.where(condition, x, y),
        autograd=lambda np, x, y, condition: np.where(condition, x, y),
    ),
    # 归约
    "sum": case("rc", axis=1, torch=lambda torch, x, axis: x.sum(axis), autograd=lambda np, x, axis: np.sum(x, axis)),
    "mean": case(
        "rc", axis=1, torch=lambda torch, x, axis: x.mean(axis), autograd=lambda np, x, axis: np.mean(x, axis),
    ),
    "var": case(
        "rc", axis=1, torch=lambda torch, x, axis: x.var(axis, correction=0),
        autograd=lambda np, x, axis: np.var(x, axis),
    ),
    "std": case(
        "rc", axis=1, torch=lambda torch, x, axis: x.std(axis, correction=0),
        autograd=lambda np, x, axis: np.std(x, axis),
    ),
    "norm": case(
        "rc", axis=1, torch=lambda torch, x, axis: torch.linalg.vector_norm(x, 2, axis),
        autograd=lambda np, x, axis: np.linalg.norm(x, None, axis),
    ),
    "max": case("rc", axis=1, torch=lambda torch, x, axis: x.amax(axis), autograd=lambda np, x, axis: np.max(x, axis)),
    "min": case("rc", axis=1, torch=lambda torch, x, axis: x.amin(axis), autograd=lambda np, x, axis: np.min(x, axis)),
    "prod": case(
        "rc", axis=1, torch=lambda torch, x, axis: x.prod(axis), autograd=lambda np, x, axis: np.prod(x, axis),
        domain=("near one",),
    ),
    "logsumexp": case("rc", axis=1, torch=lambda torch, x, axis: torch.logsumexp(x, axis), autograd=SCIPY),
    "cumsum": case("rc", axis=1, autograd=lambda np, x, axis: np.cumsum(x, axis)),
    "cumprod": case("rc", axis=1, autograd=NO_RULE, domain=("near one",)),
    # 形状
    "reshape": case("rc", shape=lambda s: (s.c, s.r), autograd=lambda np, x, shape: np.reshape(x, shape)),
    "transpose": case("rc", autograd=lambda np, x: np.transpose(x)),
    "swapaxes": case("rc", axis1=0, axis2=1, autograd=lambda np, x, axis1, axis2: np.swapaxes(x, axis1, axis2)),
    "squeeze": case("1rc", axis=0, autograd=lambda np, x, axis: np.squeeze(x, axis)),
    "expand_dims": case("rc", axis=0, autograd=lambda np, x, axis: np.expand_dims(x, axis)),
    "broadcast_to": case("1c", shape=lambda s: (s.r, s.c), autograd=lambda np, x, shape: np.broadcast_to(x, shape)),
    "flip": case("rc", axis=1, autograd=NO_RULE),
    "roll": case("rc", shift=1, axis=1, autograd=lambda np, x, shift, axis: np.roll(x, shift, axis)),
    "triu": case("rc", autograd=lambda np, x: np.triu(x)),
    "tril": case("rc", autograd=lambda np, x: np.tril(x)),
    "diagonal": case("rc", autograd="的反向只认 axis1=-1、axis2=-2 的方阵"),
    "concatenate": case("rc", "rc", autograd=lambda np, *xs: np.concatenate(xs)),
    "stack": case("rc", "rc", autograd=lambda np, *xs: np.stack(xs)),
    "split": case("cr", sections=5, autograd=lambda np, x, sections: np.split(x, sections)),
    "pad": case(
        "rc", pad_width=((1, 2), (3, 4)),
        torch=lambda torch, x, pad_width: torch.nn.functional.pad(x, (3, 4, 1, 2)),
        autograd=lambda np, x, pad_width: np.pad(x, pad_width, "constant"),
    ),
    "tile": case("1c", reps=lambda s: (s.r, 1), autograd=lambda np, x, reps: np.tile(x, reps)),
    "getitem": case("rc", index=(slice(1, None), slice(None, None, 2)), autograd=lambda np, x, index: x[index]),
    "take": case("n", indices=lambda s: s.integers(s.n, s.n), autograd=lambda np, x, indices: x[indices]),
    "take_along_axis": case(
        "rc", indices=lambda s: s.integers(s.c, s.r, s.c), axis=1, autograd=NO_RULE,
        torch=lambda torch, x, indices, axis: torch.take_along_dim(x, indices, axis),
    ),
    "embedding": case(
        "rc", indices=lambda s: s.integers(s.r, s.r),
        torch=lambda torch, weight, indices: torch.nn.functional.embedding(indices, weight),
        autograd=lambda np, weight, indices: weight[indices],
    ),
    "einsum": case(
        "mm", "mm", subscripts="ij,jk->ki", autograd=lambda np, x, y, subscripts: np.einsum(subscripts, x, y),
    ),
    # 线性代数
    "matmul": case("mm", "mm", autograd=lambda np, a, b: np.matmul(a, b)),
    "outer": case("m", "m", autograd=lambda np, x, y: np.outer(x, y)),
    "linear": case("mm", "mm", "m", autograd=NO_RULE),
    "inv": case("mm", autograd=lambda np, A: np.linalg.inv(A)),
    "solve": case("mm", "mm", autograd=lambda np, a, b: np.linalg.solve(a, b)),
    "cholesky": case("mm", autograd=lambda np, A: np.linalg.cholesky(A)),
    "det": case("mm", autograd=lambda np, A: np.linalg.det(A)),
    "slogdet": case("mm", autograd=lambda np, A: np.linalg.slogdet(A)),
    "trace": case("mm", torch=lambda torch, A: torch.trace(A), autograd=lambda np, A: np.trace(A)),
    # 损失
    "mse_loss": case("rc", "rc", torch=lambda torch, x, t: torch.nn.functional.mse_loss(x, t), autograd=NO_RULE),
    "l1_loss": case("rc", "rc", torch=lambda torch, x, t: torch.nn.functional.l1_loss(x, t), autograd=NO_RULE),
    "huber_loss": case("rc", "rc", torch=lambda torch, x, t: torch.nn.functional.huber_loss(x, t), autograd=NO_RULE),
    "softmax": case("rc", autograd=NO_RULE),
    "log_softmax": case("rc", autograd=NO_RULE),
    "nll_loss": case("rc", target=lambda s: s.integers(s.c, s.r), autograd=NO_RULE),
    "cross_entropy": case("rc", target=lambda s: s.integers(s.c, s.r), autograd=NO_RULE),
    "binary_cross_entropy_with_logits": case("rc", "rc", autograd=NO_RULE),
    "kl_div": case("rc", "rc", reduction="sum", autograd=NO_RULE),
}
