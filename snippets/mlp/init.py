"""初始化：每一层的权重该多大，量一量前向与反向。"""

import numpy as np


# --8<-- [start:weights]
def he(rng, outs, ins):
    """He 初始化：正态，方差 2/ins；返回形状 (outs, ins)。公式见“初始化”式 (3)。"""
    return rng.standard_normal((outs, ins)) * np.sqrt(2 / ins)


def xavier(rng, outs, ins):
    """Xavier 初始化：均匀，方差 2/(ins+outs)；返回形状 (outs, ins)。公式见“初始化”式 (4)。"""
    edge = np.sqrt(6 / (ins + outs))
    return rng.uniform(-edge, edge, (outs, ins))
# --8<-- [end:weights]


# --8<-- [start:measure]
def measure(weights, x, G, activation, slope):
    """没有偏置的多层网络，返回 (前向各层的均方根, 反向各层的均方根)，都从第一层数起。

    x 形状 (N, n)，每层 z = x Wᵀ、x = activation(z)；G 是最后一层 x 的上游梯度，反向的一层乘 slope(z)，再乘 W。
    """
    scores, forward, backward = [], [], []
    for W in weights:
        scores.append(x @ W.T)
        x = activation(scores[-1])
        forward.append(np.sqrt((x**2).mean()))
    for W, z in zip(weights[::-1], scores[::-1]):
        backward.append(np.sqrt((G**2).mean()))
        G = (G * slope(z)) @ W
    return np.array(forward), np.array(backward[::-1])
# --8<-- [end:measure]
