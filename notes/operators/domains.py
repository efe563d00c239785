"""取值的范围：各叫什么，怎样在里面随机取一个数组。"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Shape = tuple[int, ...]
Draw = Callable[[np.random.Generator, Shape], np.ndarray]


@dataclass(frozen=True)
class Domain:
    """words 是报告里的叫法；inside 判断一个数在不在里面，没有的铺不满。"""

    words: str
    draw: Draw
    inside: Callable[[np.ndarray], np.ndarray] | None = None


def real(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    return rng.standard_normal(shape)


def positive(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """从 0.5 到 2。"""
    return rng.uniform(0.5, 2.0, shape)


def probability(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """从 0.05 到 0.95。"""
    return rng.uniform(0.05, 0.95, shape)


def nonzero(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """离 0 至少 0.5。"""
    return positive(rng, shape) * rng.choice([-1.0, 1.0], shape)


def near_one(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """连乘几百个也不上溢。"""
    return rng.uniform(0.9, 1.1, shape)


def noise(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """小的矩阵，谱范数不随阶数增长。"""
    return rng.uniform(-0.3, 0.3, shape) / np.sqrt(max(shape[-1], 1))


def invertible(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """行换过次序的单位阵加小的噪声：条件数小，行列式可正可负，几百阶也不上溢。"""
    return rng.permutation(np.eye(shape[-1])) + noise(rng, shape)


def positive_definite(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """对称，特征值离 0 远。"""
    half = noise(rng, shape)
    return np.eye(shape[-1]) + half + half.mT


DOMAINS = {
    "real": Domain("实数", real, np.isfinite),
    "nonzero": Domain("非零", nonzero, lambda x: x != 0),
    "positive": Domain("正数", positive, lambda x: x > 0),
    "probability": Domain("概率", probability, lambda x: (x >= 0) & (x <= 1)),
    "near one": Domain("1 附近", near_one),
    "small": Domain("小的矩阵", noise),
    "invertible": Domain("可逆方阵", invertible),
    "positive definite": Domain("正定方阵", positive_definite),
}

# 各个数量级；函数拐弯、上溢、下溢的地方
MAGNITUDES = 10.0 ** np.linspace(-320, 308, 18)
LANDMARKS = np.array([0, 0.5, 1, 2, 3.3, 5.9, 8.7, 13.1, 20, 36.7, 40, 88.7, 103.2, 372.4, 708.4, 709.7, 744.4])


def sweep(domain: str, dtype: type, shift: int = 0) -> np.ndarray:
    """domain 里铺满 dtype 的范围的一列数；shift 不同的几列，同一个位置上的数也不同。"""
    info = np.finfo(dtype)
    near = [np.nextafter(dtype(1), dtype(k)) for k in (0, 2)]
    ends = [info.smallest_subnormal, info.tiny, info.eps, info.max, np.nextafter(info.max, dtype(0))]
    with np.errstate(over="ignore", under="ignore"):
        sizes: np.ndarray = np.concatenate([MAGNITUDES, LANDMARKS, np.linspace(0.07, 12, 16)]).astype(dtype)
    sizes = np.concatenate([sizes[np.isfinite(sizes)], np.array([*near, *ends], dtype)])
    both = np.concatenate([sizes, -sizes])
    inside = DOMAINS[domain].inside
    assert inside is not None, f"{domain} 铺不满"
    found = both[inside(both)]
    return np.random.default_rng(shift).permutation(found) if shift else found


def draw(rng: np.random.Generator, domain: str, shape: Shape) -> np.ndarray:
    """在 domain 里随机取一个数组。"""
    return np.asarray(DOMAINS[domain].draw(rng, shape))
