"""广播的梯度：把被广播的轴加回去。"""

import math

import numpy as np

from broadcasting.rules import as_size


# --8<-- [start:pulled_back]
def pulled_back(k, shape):
    """π(k)：广播之后的下标 k 用到形状为 shape 的输入的哪个元素，返回它的下标。"""
    k = k[len(k) - len(shape):]
    return tuple(0 if size == 1 else i for i, size in zip(k, shape))
# --8<-- [end:pulled_back]


# --8<-- [start:add_up]
def add_up(x, axes):
    """沿 axes 求和，这些轴留着，大小为 1；axes 是非负整数的元组。

    numpy 沿内存里相邻的轴求和时两两分组，沿别的轴是一个接一个地加，项数一多，舍入误差就
    积起来。这里先把长的轴折成至多 16 叠，或分成至多 16 层一组，加在一起，再来，直到不超过 16 项；
    几根轴一根一根地加。
    """
    for k in axes:
        while x.shape[k] > 16 and not adjacent(x, k):
            along, n = (slice(None),) * k, x.shape[k]
            layers = min(math.isqrt(n), 16)
            thick, extra = divmod(n, layers)
            head, tail = x[(*along, slice(n - extra))], x[(*along, slice(n - extra, n))]
            before, after = x.shape[:k], x.shape[k + 1 :]
            if math.prod(after) >= 256:  # 一层很长：相邻的几层一组，和留在缓存里
                x = np.add.reduce(head.reshape(*before, thick, layers, *after), axis=k + 1)
            else:
                x = np.add.reduce(head.reshape(*before, layers, thick, *after), axis=k)
            if extra:
                x[(*along, slice(extra))] += tail
        x = np.add.reduce(x, axis=k, keepdims=True)
    return x


def adjacent(x, k):
    """沿轴 k 相邻的数在内存里也相邻，别的轴都跨得更远。广播出来的轴步长是 0，跨得更近。"""
    steps = [abs(step) for step, n in zip(x.strides, x.shape) if n > 1]
    return x.strides[k] == x.itemsize == min(steps) and steps.count(x.itemsize) == 1
# --8<-- [end:add_up]


# --8<-- [start:unbroadcast]
def unbroadcast(G, shape):
    """广播的伴随：把 G 沿被广播的轴求和，还原成 shape。

    G 是浮点数组，形状是广播之后的；shape 是广播之前的形状。返回的数组形状为
    shape，dtype 与 G 相同；没有轴要加时不复制，与 G 共用内存。shape 不可能广播成
    G 的形状时报 ValueError。公式见“广播的梯度”式 (2)。
    """
    G = np.asarray(G)
    if G.shape == shape:
        return G
    shape = tuple(as_size(n) for n in shape)
    aligned = (1,) * (G.ndim - len(shape)) + shape
    stretched = tuple(k for k, (n, g) in enumerate(zip(aligned, G.shape)) if n != g)
    if len(aligned) != G.ndim or any(aligned[k] != 1 for k in stretched):
        raise ValueError(f"形状 {shape} 广播不成 G 的形状 {G.shape}")
    if stretched:
        G = add_up(G, stretched)
    return G.reshape(shape)
# --8<-- [end:unbroadcast]
