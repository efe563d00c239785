"""拿各种不像样的参数去调每一个算子：要么算得出来，要么用中文说清楚是哪个算子、哪里不对。"""

import re

import numpy as np
import pytest

from notes.operators.oracles import as_tuple, cases
from notes.operators.registry import OPERATORS

HUGE = 10**20
# 类型不对的、太大的、越界的、重复的、空的、参差不齐的
HOSTILE = [
    None,
    True,
    "x",
    "",
    b"x",
    1.5,
    float("nan"),
    float("inf"),
    1j,
    -1,
    0,
    7,
    -7,
    HUGE,
    -HUGE,
    10**15,
    10**400,
    (),
    [],
    (0, 0),
    (0, -9),
    [1, 2, 3],
    (1.5,),
    ("x",),
    (None, None),
    (HUGE,),
    (-HUGE, 1),
    [[1, 2], [3]],
    [True, False],
    {},
    {1, 2},
    object(),
    slice(None),
    slice("a", 1.5),
    ...,
    np.int64(3),
    np.float32(0.5),
    np.array(2),
    np.array([1, 0]),
    np.array([0.5, -0.5]),
    np.array([], bool),
    np.array(["a"]),
    np.array([None]),
    np.zeros((2, 0)),
    lambda: 0,
]
SEEN = (TypeError, ValueError, IndexError, MemoryError)


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=str)
def test_every_complaint_is_in_chinese_and_names_the_operator(operator):
    wrong = [f"{call}：{told}" for call, told in complaints(operator) if not sensible(operator.name, told)]
    assert not wrong, "\n".join(wrong)


def complaints(operator):
    """逐个给出 (怎样调的, 抛了什么)。"""
    for case in list(cases(operator.apply, operator.row))[:4]:
        names = list(dict.fromkeys([*case.parameters, *keywords(operator), "没有的"]))
        calls = [(case.inputs, case.parameters | {name: value}) for name in names for value in HOSTILE]
        for k in range(len(case.inputs) + 1):
            calls += [((*case.inputs[:k], value, *case.inputs[k + 1 :]), case.parameters) for value in HOSTILE]
        calls += [((), case.parameters), (case.inputs, {}), (case.inputs[:-1], case.parameters)]
        for inputs, parameters in calls:
            error = attempt(operator.apply, inputs, parameters)
            if error is not None:
                yield f"{operator}{tuple(map(shown, inputs))}，{parameters}", error


def keywords(operator):
    return operator.rule.__kwdefaults__ or ()


def shown(value):
    return f"数组{value.shape}" if isinstance(value, np.ndarray) and value.ndim else value


def attempt(apply, inputs, parameters):
    """前向与反向，抛了什么；没有抛就是 None。"""
    try:
        with np.errstate(all="ignore"):
            outputs, backward = apply(*inputs, **parameters)
            if all(z.size < 10**6 for z in as_tuple(outputs)):
                backward(*(np.ones(z.shape) for z in as_tuple(outputs)))
    except Exception as error:
        return error
    return None


def sensible(name, error):
    """是该抛的类型，说了算子的名字，没有整句的英文。"""
    told = str(error)
    words = re.findall(r"[A-Za-z]+ [A-Za-z]+ [A-Za-z]+", re.sub(r"得到.*|'.*'|\".*\"|<.*>", "", told))
    return isinstance(error, SEEN) and name in told and re.search("[一-鿿]", told) and not words
