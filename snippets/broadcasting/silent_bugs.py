"""静默的形状错误：一个当场报错的检查。"""

import numpy as np


# --8<-- [start:same_shape]
def same_shape(**arrays):
    """要求几个数组同形，返回共同的形状；不同形时报 ValueError，写明各自的名字与形状。"""
    shapes = {name: tuple(np.shape(array)) for name, array in arrays.items()}
    if len(set(shapes.values())) > 1:
        given = "，".join(f"{name} 是 {shape}" for name, shape in shapes.items())
        raise ValueError(f"应当同形：{given}")
    return next(iter(shapes.values()))
# --8<-- [end:same_shape]
