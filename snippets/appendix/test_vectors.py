"""用测试向量试一个自动求导引擎。"""

from collections import Counter
from functools import partial

import numpy as np


# --8<-- [start:arrays]
def arrays(values):
    """JSON 里的数组还原成 numpy 数组；inf、-inf、nan 在那里写成字符串。"""
    return [np.array(v["data"], float).reshape(v["shape"]) for v in values]


def same(got, expected):
    """同形，并且处处相等，容许末几位的舍入；NaN 与 NaN 算相等。"""
    close = np.shape(got) == expected.shape
    return close and np.allclose(got, expected, 1e-9, 1e-9, equal_nan=True)
# --8<-- [end:arrays]


# --8<-- [start:parameters]
def parameters(vector):
    """参数：condition、where、indices、target 还原成数组，其余的列表还原成元组。"""
    found = {}
    for name, value in vector["parameters"].items():
        if name in ("condition", "where", "indices", "target"):
            dtype = bool if name in ("condition", "where") else int
            found[name] = np.array(value, dtype)
        else:
            found[name] = tuple(map(item, value)) if name == "index" else as_tuple(value)
    return found


def item(part):
    """index 的一项：切片写成了字典，省略号写成了字符串。"""
    if isinstance(part, dict):
        return slice(*part["slice"])
    return ... if part == "..." else part


def as_tuple(value):
    """列表还原成元组，里面的也是；字符串 inf、-inf 还原成浮点数。"""
    if isinstance(value, list):
        return tuple(map(as_tuple, value))
    return float(value) if value in ("inf", "-inf") else value
# --8<-- [end:parameters]


# --8<-- [start:run]
def run(vectors, functions, vjp):
    """用测试向量试各个算子，返回 {(算子, 结果): 个数}。

    functions 是 {算子: 你的函数}，vjp(f, inputs, G) 用你的引擎算出 (输出, 各输入的
    梯度)；结果是“通过”、“不符”，或报错的类型。
    """
    tally = Counter()
    for v in vectors:
        if v["operator"] in functions:
            f = partial(functions[v["operator"]], **parameters(v))
            try:
                z, gradients = vjp(f, arrays(v["inputs"]), *arrays(v["upstream"]))
                expected = arrays(v["outputs"] + v["gradients"])
                result = "通过" if all(map(same, [z, *gradients], expected)) else "不符"
            except Exception as error:
                result = type(error).__name__
            tally[v["operator"], result] += 1
    return tally
# --8<-- [end:run]
