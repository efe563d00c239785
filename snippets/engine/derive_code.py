"""会写下自己的数：规则与式子里的数都是它，对它做的运算，得到的也是。"""

import ast
import functools
import operator
import types

import numpy as np

# --8<-- [start:code]
SIGNS = {
    **{"add": ast.Add, "sub": ast.Sub, "mul": ast.Mult, "truediv": ast.Div, "floordiv": ast.FloorDiv},
    **{"pow": ast.Pow, "matmul": ast.MatMult, "and_": ast.BitAnd, "eq": ast.Eq, "ne": ast.NotEq},
    **{"lt": ast.Lt, "le": ast.LtE, "gt": ast.Gt, "ge": ast.GtE},
}
UNITS = {"add": 0, "sub": 0, "mul": 1, "truediv": 1, "pow": 1, "and_": True}  # 右边是它，什么也不变


def infix(name, swapped=False):
    """x + y 一类写法：加零、乘一的不写；个数之间、与 None 的比较，当场知道。"""

    def method(x, y):
        x, y = (y, x) if swapped else (x, y)
        number = lambda z: type(z) in (bool, int, float)
        if number(y) and y == UNITS.get(name):
            return x
        if number(x) and name in ("add", "mul", "and_") and x == UNITS[name]:
            return y
        if name in ("mul", "pow") and number(y) and y == 0 and number(plain(x)):
            return int(name == "pow")
        if y is None:
            return name == "ne"
        sign, found = SIGNS[name](), getattr(operator, name)(plain(x), plain(y))
        if isinstance(sign, ast.operator):
            return Code(ast.BinOp(node_of(x), sign, node_of(y)), found)
        return found if type(found) is bool else Code(ast.Compare(node_of(x), [sign], [node_of(y)]), found)

    return method


class Code:
    """记下自己怎样算出来的数：node 是写成的代码，value 是现在的值；对它做的运算得到的也是。"""

    __array_ufunc__ = None  # 数组 + Code 交给 Code.__radd__

    def __init__(self, node, value, recorded=False):
        self.node, self.value, self.recorded = node, value, recorded

    array = property(lambda self: self.value)
    __add__, __radd__ = infix("add"), infix("add", swapped=True)
    __sub__, __rsub__ = infix("sub"), infix("sub", swapped=True)
    __mul__, __rmul__ = infix("mul"), infix("mul", swapped=True)
    __truediv__, __rtruediv__ = infix("truediv"), infix("truediv", swapped=True)
    __matmul__, __rmatmul__ = infix("matmul"), infix("matmul", swapped=True)
    __pow__, __rpow__ = infix("pow"), infix("pow", swapped=True)
    __and__, __rand__ = infix("and_"), infix("and_", swapped=True)
    __floordiv__, __eq__, __ne__ = infix("floordiv"), infix("eq"), infix("ne")
    __lt__, __le__, __gt__, __ge__ = infix("lt"), infix("le"), infix("gt"), infix("ge")
    __neg__ = lambda self: Code(ast.UnaryOp(ast.USub(), self.node), -self.value)
    __index__ = lambda self: operator.index(self.value)
    __bool__ = lambda self: bool(self.value)
    __iter__ = lambda self: (self[k] for k in range(len(self.value)))
    __getitem__ = lambda self, index: Code(ast.Subscript(self.node, node_of(index)), self.value[plain(index)])
    ndim = property(lambda self: np.ndim(self.value))
    shape = property(lambda self: Shape(self.attribute("shape"), np.shape(self.value)))
    size = property(lambda self: Code(self.attribute("size"), int(np.size(self.value))))
    dtype = property(lambda self: self.value.dtype)
    T = property(lambda self: Code(self.attribute("T"), self.value.T))
    mT = property(lambda self: self.swapaxes(-1, -2))

    def attribute(self, name):
        """x.name 写进代码的样子。"""
        return ast.Attribute(self.node, name)

    def __getattr__(self, name):
        """方法，如 x.sum(axis=0)。"""
        return functools.partial(self.called, name, getattr(self.value, name))

    def called(self, name, method, *given, axis=..., **named):
        """调用一个方法；一根轴也没有、形状不变的，什么也不写；把轴全部倒过来的是 .T。"""
        axis = axis[0] if isinstance(axis, tuple) and len(axis) == 1 else axis
        named = {"axis": axis, **named} if axis is not ... else named
        found = method(*plain(given), **plain(named))
        nothing = name == "sum" and plain(axis) == () and named.keys() <= {"axis", "keepdims"}
        if nothing or (name == "reshape" and found.shape == self.value.shape):
            return self
        backwards = tuple(range(self.ndim))[::-1]
        if name == "transpose" and (given[0] is None or tuple(plain(given[0])) == backwards):
            return self.T
        if name == "swapaxes" and self.ndim == 2 and given[0] % 2 != given[1] % 2:
            return self.T
        return Code(call(self.attribute(name), given, named), found)


class Shape(tuple):
    """形状：写作 x.shape，里面的第 k 个写作 x.shape[k]，是现在就知道的数。"""

    def __new__(cls, node, sizes):
        each = [Code(ast.Subscript(node, ast.Constant(k)), n) for k, n in enumerate(sizes)]
        found = super().__new__(cls, each)
        found.node = node
        return found

    def __getitem__(self, k):
        found = super().__getitem__(k)
        return found if isinstance(k, slice) else Code(ast.Subscript(self.node, node_of(k)), found.value)


def plain(value):
    """现在的值；元组、列表、字典里的也换。"""
    if isinstance(value, tuple | list):
        return (tuple if isinstance(value, tuple) else list)(map(plain, value))
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return value.value if isinstance(value, Code) else value


def node_of(value):
    """一个值写进代码的样子；数组只有整数的，写成元组。"""
    if isinstance(value, Code | Shape):
        return value.node
    if isinstance(value, tuple | list):
        return (ast.Tuple if isinstance(value, tuple) else ast.List)([node_of(each) for each in value])
    if isinstance(value, slice):
        return ast.Slice(*(None if k is None else node_of(k) for k in (value.start, value.stop, value.step)))
    value = value.tolist() if isinstance(value, np.ndarray | np.generic) else value
    value = tuple(value) if isinstance(value, list) else value
    text = "..." if value is ... else value.__name__ if isinstance(value, type) else repr(value)
    if len(text) > 12 and isinstance(value, float) and value == 1 / round(1 / value):
        text = f"1 / {round(1 / value)}"
    return ast.parse(text, mode="eval").body


def flattened(value):
    """嵌套的元组、列表里的各项。"""
    return [x for each in value for x in flattened(each)] if isinstance(value, tuple | list) else [value]


def call(function, given, named):
    """一次调用写进代码的样子。"""
    keywords = [ast.keyword(key, node_of(value)) for key, value in named.items()]
    return ast.Call(function, list(map(node_of, given)), keywords)


class Numpy:
    """np 的替身：函数收到 Code，就写成一次调用；只收到轴、个数一类的，照常算。"""

    METHODS = ("sum", "mean", "max", "min", "prod", "var", "std", "cumsum", "cumprod")  # 写成 x.sum(…)

    def __init__(self, real=np, name="np"):
        self.real, self.name, self.node = real, name, ast.parse(name, mode="eval").body

    def __getattr__(self, name):
        real, whole = getattr(self.real, name), f"{self.name}.{name}"
        if isinstance(real, float):  # np.pi、np.inf
            return Code(ast.parse(whole, mode="eval").body, real)
        kept = callable(real) or isinstance(real, types.ModuleType) or name == "s_"
        return Numpy(real, whole) if kept else real

    def __getitem__(self, index):
        """np.s_[…]：不在方括号里的下标；没有切片的不必。"""
        now = plain(index)
        if not any(isinstance(each, slice) for each in flattened(now)):
            return index
        return Code(ast.Subscript(self.node, node_of(index)), now)

    def __call__(self, *given, **named):
        method = self.name.removeprefix("np.")
        if method in self.METHODS and isinstance(given[0], Code):
            axis = {"axis": given[1]} if len(given) > 1 and given[1] is not None else {}
            return getattr(given[0], method)(**axis, **named)
        found = self.real(*plain(given), **plain(named))
        if method in ("broadcast_to", "reshape") and found.shape == np.shape(plain(given[0])):
            return given[0]
        numbers = isinstance(found, np.ndarray | np.generic) and found.dtype == float
        return Code(call(self.node, given, named), found) if mentions(given) or numbers else found


def mentions(value):
    """里面有没有 Code。"""
    return any(map(mentions, value)) if isinstance(value, tuple | list) else isinstance(value, Code)
# --8<-- [end:code]
