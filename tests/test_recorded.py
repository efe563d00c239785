"""记下的数上，Python 的每种运算、numpy 的每个函数：要么与数组算得相同，要么用一句中文拒绝，说换成什么。"""

import copy
import math
import operator
import re

import numpy as np
import pytest
from numpy.testing import overrides

from engine.tape import Tape, Var

MATRIX = np.array([[1.0, 2.0], [3.0, 4.0]])
ARRAYS = [MATRIX, np.array(3.0), np.ones((2, 0))]
OTHERS = [2, -1, 0.5, True, 1j, 10**400, "q", None, [1.0, 2.0], np.ones(2), np.float64(2), np.float32(2), np.array(2)]

SIGNS = ["+", "-", "*", "/", "//", "%", "**", "@", "<<", ">>", "&", "|", "^"]
CALLS = """abs bool int float complex len list tuple set max min sum any all sorted reversed round range
bytes bytearray hex bin chr operator.index math.sqrt math.floor math.ceil math.trunc math.fsum math.prod"""
EXPRESSIONS = [f"x {sign} y" for sign in [*SIGNS, "<", "<=", "==", "!=", ">", ">="]]
EXPRESSIONS += [
    "divmod(x, y)",
    "x in y",
    "operator.countOf(x, y)",
    "+x",
    "-x",
    "~x",
    "not x",
    "x[0]",
    "x[:, 1]",
    "x[0, 0]",
]
EXPRESSIONS += ["x.shape", "f'{x:.2f}'", "'%f' % x", "list(enumerate(x))", *(f"{name}(x)" for name in CALLS.split())]
STATEMENTS = [f"x {sign}= y" for sign in SIGNS] + [
    "x[0] = 1.0",
    "r[0] = x",
    "r[x]",
    "del x[0]",
    "p, q = x",
    "p, *q = x",
]
STATEMENTS += ["f(*x)", "for p in x: pass", "if x: pass", "assert x", "while x: break"]


def entered(array):
    """一盘新磁带上的一个数。"""
    return Tape([array]).enter(array)


def outcome(call, *arguments, **named):
    """call 的结果；抛了错，就是那个错。"""
    with np.errstate(all="ignore"):
        try:
            return call(*arguments, **named)
        except Exception as error:
            return error


def in_chinese(error):
    """是中文的 TypeError、ValueError、IndexError 或 AttributeError，没有整句的英文；也可以是别的错的起因。"""
    error = getattr(error, "__cause__", None) or error
    told = re.sub(r"得到.*|'.*'", "", str(error))
    known = isinstance(error, TypeError | ValueError | IndexError | AttributeError)
    return known and re.search("[一-鿿]", told) and not re.search("[A-Za-z]+ [A-Za-z]+ [A-Za-z]+", told)


def spaces(x, y=None):
    """名字的值：先是 x、y 自己，再把记下的数换成它的值；就地改写的，各改各的。"""
    plain = [np.array(z.value) if type(z) is Var else copy.copy(z) for z in (x, y)]
    common = {"operator": operator, "math": math, "f": lambda *parts: None}
    return [{**common, "r": np.zeros(2), "x": left, "y": right} for left, right in ((x, y), plain)]


def tried(form):
    """一种写法，记下的数与别的各种数，两边都放一遍。"""
    if not re.search(r"\by\b", form):
        yield from (spaces(entered(array)) for array in ARRAYS)
        return
    for x in map(entered, ARRAYS):
        yield from (spaces(*pair) for other in [x, *OTHERS] for pair in ((x, other), (other, x)))


def evaluate(form, space):
    return eval(form, space)


def execute(form, space):
    exec(form, space)
    return space["x"]


def fits(found, expected):
    """与数组算得相同，或者用中文拒绝；数组自己也不行的，怎样都可以。"""
    if isinstance(expected, Exception) or in_chinese(found):
        return True
    if type(found) is Var:
        return found.shape == np.shape(expected) and np.array_equal(found.value, expected, equal_nan=True)
    return type(found) is type(expected) and isinstance(found, tuple | str) and found == expected


@pytest.mark.parametrize(("run", "forms"), [(evaluate, EXPRESSIONS), (execute, STATEMENTS)], ids=["式子", "语句"])
def test_every_operator_of_python_works_or_is_refused_in_chinese(run, forms):
    """x**2、2**x、abs(x) 与数组相同；比较、取整、遍历、判断真假，用一句中文拒绝，从不悄悄给出别的。"""
    wrong = []
    for form in forms:
        for recorded, plain in tried(form):
            told = f"{form}，x = {plain['x']!r}，y = {plain['y']!r}"
            found, expected = outcome(run, form, recorded), outcome(run, form, plain)
            wrong += [f"{told}：{found!r}"] * (not fits(found, expected))
    assert not wrong, "\n".join(wrong)


# 数组有、Var 没有的，都不是运算
NOT_OPERATIONS = """array_finalize array_interface array_struct array_wrap array_namespace array_priority buffer
class_getitem complex copy deepcopy dlpack dlpack_device setstate"""


def test_no_special_method_is_left_out():
    """数组有的运算，Var 都有；就地的没有，Python 用不就地的。"""
    theirs = {m[1] for m in map(re.compile("__(.*)__").fullmatch, dir(np.ndarray)) if m}
    missing = {name for name in theirs if f"__{name}__" not in dir(Var)}
    inplace = {name for name in missing if name[0] == "i" and f"__{name[1:]}__" in dir(Var)}
    assert missing - inplace <= set(NOT_OPERATIONS.split())


def calls_of(ufunc, x):
    """一个 ufunc 的各种用法：x 是哪一个输入，是 out、where，以及 .reduce、.outer、.at 几种。"""
    arrays, spare = [MATRIX] * ufunc.nin, [None] * (ufunc.nout - 1)
    for k in range(ufunc.nin):
        yield ufunc, [x if j == k else MATRIX for j in range(ufunc.nin)], {}
    yield ufunc, arrays, {"out": (x, *spare)}
    yield ufunc, [x, *arrays[1:]], {"out": (x, *spare)}
    if ufunc.signature:
        return
    yield ufunc, arrays, {"where": x}
    if ufunc.nin <= 2 and ufunc.nout == 1:
        yield ufunc.at, [x, 0, *arrays[1:]], {}
    if (ufunc.nin, ufunc.nout) == (2, 1):
        yield from ((f, [x], {}) for f in (ufunc.reduce, ufunc.accumulate))
        yield ufunc.reduceat, [x, [0]], {}
        yield ufunc.reduce, [MATRIX], {"out": x}
        yield from ((ufunc.outer, pair, {}) for pair in ([x, 1.0], [1.0, x]))


def test_every_ufunc_is_refused_in_chinese():
    """np.exp(x) 一类，用中文拒绝；只有加、减、乘、除、矩阵乘法、幂，np.add(a, x) 就是 a + x。"""
    x, wrong, signs = entered(MATRIX), [], set()
    for ufunc in overrides.get_overridable_numpy_ufuncs():
        for call, given, named in calls_of(ufunc, x):
            found = outcome(call, *given, **named)
            if call is ufunc and not named and type(found) is Var:
                signs.add(ufunc.__name__)
                same = np.array_equal(found.value, ufunc(*[np.asarray(getattr(each, "value", each)) for each in given]))
            else:
                same = in_chinese(found)
            wrong += [(ufunc, call, given, named, found)] * (not same)
    assert not wrong
    assert signs == {"add", "subtract", "multiply", "divide", "matmul", "power"}


# 第一个参数不是数组：形状、文件、一行行的字
NO_ARRAY_FIRST = """empty ones zeros eye identity tri full fromfunction array_repr array_str
frombuffer fromfile fromstring fromiter genfromtxt loadtxt save savetxt savez savez_compressed"""


def test_every_function_of_numpy_is_refused_in_chinese():
    """np.sum(x)、np.concatenate([x]) 一类，少了参数的补上；np.array_equal 也不悄悄说不等。"""
    x, wrong = entered(MATRIX), []
    for f in overrides.get_overridable_numpy_array_functions():
        if f.__name__ in NO_ARRAY_FIRST.split() or "recfunctions" in f.__module__:
            continue
        forms = [(x,), (x, MATRIX), (MATRIX, x), (x, MATRIX, MATRIX), (x, MATRIX, MATRIX, 0), ([x],), ("ij->i", x)]
        found = [outcome(f, *given) for given in [*forms, (np.sum, x, [0]), (np.sum, 0, x)]]
        short = isinstance(found[0], TypeError) and "argument" in str(found[0])
        wrong += [(f, found)] * (not (any(map(in_chinese, found)) if short else in_chinese(found[0])))
    wrong += [(kind, x) for kind in (np.float32, np.float64) if not in_chinese(outcome(kind, x))]
    assert not wrong
