"""各算子的样本：只有数据，一个算子一行。加一个算子，就在 SAMPLES 里加一行。"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """一组输入：各个位置参数的形状，以及关键字参数。"""

    shapes: tuple
    parameters: dict


@dataclass(frozen=True)
class Kink:
    """折点处的约定：在这些输入、这个上游梯度下，梯度应为这些值。"""

    inputs: tuple
    G: object
    gradients: tuple
    parameters: dict


@dataclass(frozen=True)
class Row:
    """一个算子怎样验证。

    samples    样本
    torch      PyTorch 里的同一个算子：第一个参数是 torch 模块
    domain     各输入取值的范围："real"、"nonzero"（离 0 至少 0.5）、"positive"
    linear     对每个输入分别是线性的：差分用 h = 1，容差 1e-12
    not_analytic  前向不解析、不能用复步差分的理由；解析的留空
    kinks      折点的约定
    """

    samples: tuple
    torch: Callable
    domain: tuple = ("real", "real", "real")
    linear: bool = False
    not_analytic: str = ""
    kinks: tuple = ()


def sample(*shapes, **parameters):
    return Sample(shapes, parameters)


def kink(*inputs, G, gradients, **parameters):
    return Kink(inputs, G, gradients, parameters)


# 一个输入的逐元素算子：0 维、一维、高维、零尺寸
UNARY = (sample(()), sample((3,)), sample((2, 3)), sample((2, 1, 3)), sample((0,)), sample((0, 3)))

# 两个输入的逐元素算子：同形，两边各自、同时被广播，0 维，零尺寸（1 对 0 也算）
BINARY = (
    sample((), ()),
    sample((3,), (3,)),
    sample((), (2, 3)),
    sample((2, 3), ()),
    sample((2, 3), (3,)),
    sample((3,), (2, 3)),
    sample((2, 1), (1, 3)),
    sample((2, 1), (3,)),
    sample((1, 1), (2, 3)),
    sample((1, 3), (1, 3)),
    sample((2, 1, 3), (4, 1)),
    sample((0,), (1,)),
    sample((1, 0), (0, 1)),
    sample((0, 3), (3,)),
    sample((2, 0), ()),
)

SAMPLES = {
    "add": Row(BINARY, lambda torch, x, y: torch.add(x, y), linear=True),
    "sub": Row(BINARY, lambda torch, x, y: torch.sub(x, y), linear=True),
    "neg": Row(UNARY, lambda torch, x: torch.neg(x), linear=True),
    "mul": Row(BINARY, lambda torch, x, y: torch.mul(x, y), linear=True),
    "div": Row(BINARY, lambda torch, x, y: torch.div(x, y), domain=("real", "nonzero")),
    "reciprocal": Row(UNARY, lambda torch, x: torch.reciprocal(x), domain=("nonzero",)),
    "square": Row(UNARY, lambda torch, x: torch.square(x)),
    "matmul": Row(
        (
            sample((2, 3), (3, 4)),
            sample((1, 3), (3, 1)),
            sample((3, 1), (1, 2)),
            sample((3, 3), (3, 3)),
            sample((2, 0), (0, 3)),
            sample((0, 2), (2, 3)),
            sample((2, 3), (3, 0)),
        ),
        lambda torch, W, X: torch.matmul(W, X),
        linear=True,
    ),
}
