"""用测试向量试一个自动求导引擎。"""

from collections import Counter
from functools import partial

import numpy as np


# --8<-- [start:arrays]
def arrays(values):
    """JSON 里的数组 {"shape": …, "data": …} 还原成 numpy 数组；data 按行拉平，inf 与 nan 写成字符串。"""
    return [np.array(value["data"], float).reshape(value["shape"]) for value in values]


def same(got, expected):
    """同形，并且处处相等，容许末几位的舍入；NaN 与 NaN 算相等。"""
    return np.shape(got) == expected.shape and np.allclose(got, expected, 1e-9, 1e-9, equal_nan=True)
# --8<-- [end:arrays]


# --8<-- [start:parameters]
def parameters(vector):
    """参数：condition、indices、target 是数组，index 是元组，其余的列表也还原成元组。"""
    found = {}
    for name, value in vector["parameters"].items():
        if name in ("condition", "indices", "target"):
            found[name] = np.array(value, dtype=bool if name == "condition" else int)
        elif name == "index":
            found[name] = tuple(slice(*i["slice"]) if isinstance(i, dict) else ... if i == "..." else i for i in value)
        else:
            found[name] = as_tuple(value)
    return found


def as_tuple(value):
    """列表还原成元组，里面的也是；字符串 inf 还原成浮点数。"""
    return tuple(map(as_tuple, value)) if isinstance(value, list) else float(value) if value == "inf" else value
# --8<-- [end:parameters]


# --8<-- [start:run]
def run(vectors, functions, vjp):
    """用测试向量试各个算子，返回 {(算子, 结果): 个数}；结果是“通过”、“不符”，或报错的类型。

    functions 是 {算子: 你的函数}；vjp(f, inputs, G) 用你的引擎算出 (输出, 各输入的梯度)。
    """
    tally = Counter()
    for vector in vectors:
        if vector["operator"] in functions:
            f = partial(functions[vector["operator"]], **parameters(vector))
            try:
                z, gradients = vjp(f, arrays(vector["inputs"]), *arrays(vector["upstream"]))
                right = all(map(same, [z, *gradients], arrays(vector["outputs"] + vector["gradients"])))
                result = "通过" if right else "不符"
            except Exception as error:
                result = type(error).__name__
            tally[vector["operator"], result] += 1
    return tally
# --8<-- [end:run]
