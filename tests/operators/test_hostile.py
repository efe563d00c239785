"""拿各种不像样的参数去调每一个算子：要么算得出来，要么用中文说清楚是哪个算子、哪里不对。"""

import inspect
import re

import numpy as np
import pytest

from notes.operators.oracles import as_tuple, cases, upstreams
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
    (10**9,) * 3,
    ((10**9, 10**9),) * 2,
    [[1, 2], [3]],
    [[0.5, 2.0], 3.0],
    [[[1.0]], [2.0]],
    [np.zeros(2), np.zeros(3)],
    [np.zeros((2, 2)), np.zeros((2, 3))],
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
    """说到轴的，说的是它自己的参数：写的是 axes、axis1，就不说 axis。"""
    known = inspect.signature(operator.rule).parameters
    wrong = [
        f"{call}：{told}"
        for call, told in complaints(operator)
        if not sensible(operator.name, told) or set(re.findall(r"\bax[ie]s\d?\b(?=[= ])", str(told))) - set(known)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=str)
def test_arrays_given_by_name_are_refused_at_once(operator):
    """可微的输入写了名字，一调用就拒绝，不等到反向。"""
    case = next(cases(operator.apply, operator.row))
    given = list(zip(inspect.signature(operator.rule).parameters.values(), case.inputs, strict=False))
    for k, (parameter, x) in enumerate(given):
        if parameter.kind == parameter.POSITIONAL_OR_KEYWORD:
            with pytest.raises(TypeError, match=f"^{operator} 的 {parameter.name} 是可微的数组，要按位置给，不写名字$"):
                operator.apply(*case.inputs[:k], **{parameter.name: x}, **case.parameters)


@pytest.mark.parametrize("operator", [o for o in OPERATORS.values() if o.rule.__defaults__], ids=str)
def test_none_is_an_input_not_given(operator):
    """可以不给的输入写 None，与不给一样：输出、梯度、梯度的个数。"""
    count = operator.rule.__code__.co_argcount
    for case in cases(operator.apply, operator.row):
        padded = (*case.inputs, *[None] * (count - len(case.inputs)))
        (z, backward), (same, pullback) = (operator.apply(*xs, **case.parameters) for xs in (case.inputs, padded))
        G = upstreams(case.rng, z)
        assert np.array_equal(z, same), case.label
        assert len(backward(*G)) == len(case.inputs), case.label
        assert all(map(np.array_equal, backward(*G), pullback(*G))), case.label


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=str)
def test_hostile_upstream_gradients(operator):
    """上游梯度不像样，也用中文说清楚是哪个算子。"""
    case = next(cases(operator.apply, operator.row))
    outputs, backward = operator.apply(*case.inputs, **case.parameters)
    for G in (None, "x", 1j, [[1.0, 2.0], [3.0]], [np.zeros((2, 2)), np.zeros((2, 3))], np.zeros((7, 5, 3)), {}):
        with pytest.raises((TypeError, ValueError)) as caught:
            backward(*[G] * len(as_tuple(outputs)))
        assert sensible(operator.name, caught.value), caught.value


@pytest.mark.parametrize("wrong", ["x", None, {0: 1}], ids=repr)
def test_parameters_are_checked_when_there_is_no_axis(wrong):
    """一根轴也没有，参数用不上，写错了也照样说。"""
    for name, x, parameters in [
        ("pad", np.ones(()), {"pad_width": wrong}),
        ("pad", np.ones(()), {"pad_width": 2, "constant_values": wrong}),
        ("roll", np.ones((2, 3)), {"shift": wrong, "axis": ()}),
        ("roll", np.ones(()), {"shift": wrong, "axis": ()}),
    ]:
        with pytest.raises(TypeError, match=f"{name} 的输入形状为"):
            OPERATORS[name].apply(x, **parameters)


def test_needed_input_cannot_be_none():
    for name, count in [("add", 2), ("linear", 3), ("concatenate", 2)]:
        with pytest.raises(TypeError, match=f"{name} 的第 2 个输入是 object"):
            OPERATORS[name].apply(np.ones((2, 2)), None, *[np.ones(2)] * (count - 2))


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
