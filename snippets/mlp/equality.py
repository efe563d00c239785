"""与 PyTorch 逐步相同：同样的批，两个参数的列表相差多少，一步的曲率多大。"""

import numpy as np

from mlp import digits
from mlp.optimizers import update


# --8<-- [start:batches]
def batches(count, steps, size=64, seed=1):
    """steps 批下标，每批 size 个；一遍用完重新打乱，不足一批的不用。两边用同一份。

    一批也凑不出，报 ValueError。
    """
    if size > count:
        raise ValueError(f"一共 {count} 个，凑不出一批 {size} 个")
    rng, found = np.random.default_rng(seed), []
    while len(found) < steps:
        order = rng.permutation(count)
        found += [order[k : k + size] for k in range(0, count - size + 1, size)]
    return found[:steps]
# --8<-- [end:batches]


# --8<-- [start:follow]
def follow(parameters, images, labels, rule, steps, loss=digits.loss, **options):
    """走 steps 步，逐步交出参数的列表；loss 是程序，options 交给更新的规则 rule。"""
    states, one = [None] * len(parameters), np.ones((), parameters[0].dtype)
    for chosen in batches(len(images), steps):
        _, backward = loss(*parameters, x=images[chosen], target=labels[chosen])
        parameters, states = update(rule, parameters, backward(one), states, **options)
        yield parameters
# --8<-- [end:follow]


# --8<-- [start:gap]
def gap(ours, theirs):
    """两个参数的列表里，相差最大的一个数，是 float；theirs 里也可以是 PyTorch 的张量。"""
    return max(float(np.abs(a - np.asarray(b)).max()) for a, b in zip(ours, theirs))
# --8<-- [end:gap]


# --8<-- [start:curvature]
def curvature(parameters, x, target, rounds=16):
    """一批的损失的黑塞矩阵最大的特征值，Lanczos 法；黑塞矩阵乘向量由梯度的中心差分得到。"""
    ends = np.cumsum([p.size for p in parameters])[:-1]
    shaped = lambda v: [part.reshape(p.shape) for part, p in zip(np.split(v, ends), parameters)]
    flat = lambda arrays: np.concatenate([each.ravel() for each in arrays])
    gradient = lambda v: flat(digits.loss(*shaped(center + v), x=x, target=target)[1](1.0))
    center, v = flat(parameters), np.random.default_rng(0).standard_normal(sum(p.size for p in parameters))
    basis, products = [], []
    for _ in range(rounds):
        for q in basis * 2:
            v = v - q * (q @ v)
        basis.append(v / np.linalg.norm(v))
        products.append((gradient(1e-5 * basis[-1]) - gradient(-1e-5 * basis[-1])) / 2e-5)
        v = products[-1]
    small = np.array(basis) @ np.array(products).T
    return np.linalg.eigvalsh((small + small.T) / 2)[-1]
# --8<-- [end:curvature]
