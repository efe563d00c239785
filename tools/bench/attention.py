"""注意力在真实的大小上的用时：4 个头，每个头 32 维，128 到 512 个位置，与 PyTorch 相比。"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tools.bench.engines import OURS, TORCH, fastest
from tools.bench.layers import with_torch
from transformer.attention import scaled_dot_product_attention

HEADS, FEATURES = 4, 32


@dataclass(frozen=True)
class Case:
    """一批几个序列，每个几个位置，因果与否。"""

    batch: int
    length: int
    is_causal: bool

    def __str__(self) -> str:
        return f"批 {self.batch}，L = {self.length}{'，因果' if self.is_causal else ''}"

    def calls(self, dtype: str) -> tuple[Callable, Callable]:
        """本站的与 PyTorch 的前向加反向，各是不带参数的函数。"""
        shape, parameters = (4, self.batch, HEADS, self.length, FEATURES), {"is_causal": self.is_causal}
        *inputs, G = np.random.default_rng(0).standard_normal(shape).astype(dtype)

        def ours():
            return scaled_dot_product_attention(*inputs, **parameters)[1](G)

        return ours, with_torch("scaled_dot_product_attention", inputs, parameters, G)


CASES = tuple(Case(n, length, causal) for n in (1, 8) for length in (128, 256, 512) for causal in (False, True))


def measure(case: Case, dtype: str, seconds: float) -> dict[str, float]:
    """{引擎: 前向加反向最快的一次用几秒}。"""
    return fastest(dict(zip((OURS, TORCH), case.calls(dtype), strict=True)), seconds)
