"""广播的规则。"""

import sys
from itertools import zip_longest
from operator import index


# --8<-- [start:broadcast_shapes]
def broadcast_shapes(*shapes):
    """求若干形状广播之后的形状，与 numpy.broadcast_shapes 同义。

    每个形状是整数的元组或列表（numpy 还收单个整数），返回整数元组。
    不能广播、或大小为负时报 ValueError，大小不是整数时报 TypeError。
    公式见“广播的规则”式 (3)。
    """
    shapes = [tuple(as_size(n) for n in shape) for shape in shapes]
    rank = max(map(len, shapes), default=0)
    aligned = zip_longest(*map(reversed, shapes), fillvalue=1)
    result = []
    for position, sizes in enumerate(aligned, 1):
        others = sorted(set(sizes) - {1})
        if len(others) > 1:
            given = " 与 ".join(map(str, shapes))
            clash = " 与 ".join(map(str, others))
            raise ValueError(
                f"形状 {given} 不能广播：轴 {rank - position}"
                f"（从右数第 {position} 个）上有 {clash}，不相等，又都不是 1"
            )
        result.append(others[0] if others else 1)
    return tuple(reversed(result))
# --8<-- [end:broadcast_shapes]


# --8<-- [start:as_size]
def as_size(n):
    """一个轴的大小：非负整数。布尔值不算整数，这一点也与 numpy 一致。"""
    try:
        if isinstance(n, bool):
            raise TypeError
        size = index(n)
    except TypeError:
        raise TypeError(f"轴的大小应为整数，得到 {n!r}") from None
    if size < 0:
        raise ValueError(f"轴的大小不能为负，得到 {size}")
    if size > sys.maxsize // 64:
        raise ValueError("轴的大小太大，没有这么大的数组")
    return size
# --8<-- [end:as_size]
