"""广播的梯度：把被广播的轴加回去。"""

import numpy as np


# --8<-- [start:unbroadcast]
def unbroadcast(G, shape):
    """广播的伴随：把 G 沿被广播的轴求和，还原成 shape。

    G 的形状是广播之后的形状，shape 是广播之前的形状；返回的数组形状为 shape，dtype 与
    G 相同。shape 不可能广播成 G 的形状时报 ValueError。公式见“广播的梯度”式 (2)。
    """
    G, shape = np.asarray(G), tuple(shape)
    extra = G.ndim - len(shape)
    if extra < 0 or any(n not in (1, g) for n, g in zip(shape, G.shape[extra:])):
        raise ValueError(f"形状 {shape} 广播不成 G 的形状 {G.shape}")
    leading = tuple(range(extra))
    stretched = tuple(extra + k for k, n in enumerate(shape) if n == 1)
    return G.sum(axis=leading + stretched, keepdims=True).reshape(shape)
# --8<-- [end:unbroadcast]
