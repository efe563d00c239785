"""卷积在真实的层上的用时：批 8，16 到 64 个通道，32 × 32，与 PyTorch 相比。"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cnn.conv import conv2d
from cnn.conv_transpose import conv_transpose2d
from tools.bench.engines import OURS, TORCH, fastest

BATCH, SIZE = 8, 32


@dataclass(frozen=True)
class Layer:
    """一层：从 channels 个通道到 filters 个，核 k × k，两边补到步长 1 时大小不变。"""

    channels: int
    filters: int
    k: int
    groups: int = 1
    stride: int = 1
    transposed: bool = False

    def __str__(self) -> str:
        kind = "转置卷积" if self.transposed else "逐通道" if self.groups > 1 else "卷积"
        return f"{kind} {self.channels} → {self.filters}，{self.k} × {self.k}，步长 {self.stride}"

    @property
    def parameters(self) -> dict:
        more = {"output_padding": 1} if self.transposed else {}
        return {"stride": self.stride, "padding": self.k // 2, "groups": self.groups} | more

    def inputs(self, dtype: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rng, first, second = np.random.default_rng(0), self.filters, self.channels // self.groups
        if self.transposed:
            first, second = self.channels, self.filters // self.groups
        shapes = (BATCH, self.channels, SIZE, SIZE), (first, second, self.k, self.k), (self.filters,)
        x, weight, bias = (rng.standard_normal(shape).astype(dtype) for shape in shapes)
        return x, weight, bias


LAYERS = (
    Layer(16, 16, 3),
    Layer(16, 32, 3, stride=2),
    Layer(32, 32, 3),
    Layer(32, 64, 3, stride=2),
    Layer(64, 64, 3),
    Layer(64, 64, 1),
    Layer(32, 32, 3, groups=32),
    Layer(64, 64, 3, groups=64),
    Layer(32, 16, 3, stride=2, transposed=True),
)


def calls(layer: Layer, dtype: str) -> tuple[Callable, Callable]:
    """本站的与 PyTorch 的前向加反向，各是不带参数的函数。"""
    apply = conv_transpose2d if layer.transposed else conv2d
    inputs = layer.inputs(dtype)
    G = np.random.default_rng(1).standard_normal(apply(*inputs, **layer.parameters)[0].shape).astype(dtype)

    def ours():
        return apply(*inputs, **layer.parameters)[1](G)

    return ours, with_torch(apply.__name__, inputs, layer.parameters, G)


def with_torch(name: str, inputs: Sequence[np.ndarray], parameters: dict, G: np.ndarray) -> Callable:
    """PyTorch 的同一个算子；没有装 torch就导入不了。"""
    import torch

    tensors, upstream = [torch.tensor(x, requires_grad=True) for x in inputs], torch.tensor(G)
    call = getattr(torch.nn.functional, name)
    return lambda: torch.autograd.grad(call(*tensors, **parameters), tensors, upstream)


def measure(layer: Layer, dtype: str, seconds: float) -> dict[str, float]:
    """{引擎: 前向加反向最快的一次用几秒}。"""
    return fastest(dict(zip((OURS, TORCH), calls(layer, dtype), strict=True)), seconds)
