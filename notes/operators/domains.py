"""取值的范围：各叫什么，怎样在里面随机取一个数组。"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Shape = tuple[int, ...]
Draw = Callable[[np.random.Generator, Shape], np.ndarray]


@dataclass(frozen=True)
class Domain:
    """words 是报告里的叫法。"""

    words: str
    draw: Draw


def real(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    return rng.standard_normal(shape)


def positive(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """从 0.5 到 2。"""
    return rng.uniform(0.5, 2.0, shape)


def nonzero(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """离 0 至少 0.5。"""
    return positive(rng, shape) * rng.choice([-1.0, 1.0], shape)


def near_one(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """连乘几百个也不上溢。"""
    return rng.uniform(0.9, 1.1, shape)


def noise(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """小的方阵，谱范数不随阶数增长。"""
    return rng.uniform(-0.3, 0.3, shape) / np.sqrt(max(shape[-1], 1))


def invertible(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """行换过次序的单位阵加小的噪声：条件数小，行列式可正可负，几百阶也不上溢。"""
    return rng.permutation(np.eye(shape[-1])) + noise(rng, shape)


def positive_definite(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """对称，特征值离 0 远。"""
    half = noise(rng, shape)
    return np.eye(shape[-1]) + half + half.mT


DOMAINS = {
    "real": Domain("实数", real),
    "nonzero": Domain("非零", nonzero),
    "positive": Domain("正数", positive),
    "near one": Domain("1 附近", near_one),
    "invertible": Domain("可逆方阵", invertible),
    "positive definite": Domain("正定方阵", positive_definite),
}


def draw(rng: np.random.Generator, domain: str, shape: Shape) -> np.ndarray:
    """在 domain 里随机取一个数组。"""
    return np.asarray(DOMAINS[domain].draw(rng, shape))
