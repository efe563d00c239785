"""反向推导器：读一个式子，一步一步反向，印出不用本站的 numpy 代码，当场核对。

用法：python -m engine.derive 'mean((X @ W.T + b - t)**2)' X=8,3 W=4,3 b=4 t=8,4 --constant t
"""

import ast
import copy
import difflib
import functools
import inspect
import itertools
import math
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from appendix import card
from engine.program import program
from engine.tape import F, Var
from start.conventions import OPERATORS


# --8<-- [start:mistake]
class Mistake(Exception):
    """写错了：一句话；在式子里的有 line、column、end，从一数起；错在形状的有 variable。"""

    def __init__(self, sentence, line=0, column=0, end=0, variable=""):
        super().__init__(sentence)
        self.sentence, self.line, self.column, self.end, self.variable = sentence, line, column, end, variable


def mistake_at(text, node, sentence):
    """node 这一处的错；ast 的列数的是字节，这里换成字。"""
    line = text.split("\n")[node.lineno - 1].encode()
    start, end = (len(line[:k].decode(errors="ignore")) for k in (node.col_offset, node.end_col_offset))
    return Mistake(sentence, node.lineno, start + 1, end if node.end_lineno == node.lineno else start + 1)


def pointed(text, error):
    """错误写成几行字：在式子里的，下面画 ^ 指着。"""
    if not error.line:
        return f"{error.variable}：{error.sentence}" if error.variable else error.sentence
    line = text.split("\n")[error.line - 1]
    before, under = (sum(1 + (c > "\u2e80") for c in part) for part in  # 汉字占两格
                     (line[: error.column - 1], line[error.column - 1 : error.end]))
    where = f"第 {error.line} 行第 {error.column} 个字符"
    return f"{where}：{error.sentence}\n    {line}\n    {' ' * before}{'^' * max(1, under)}"
# --8<-- [end:mistake]


# --8<-- [start:shapes]
LARGEST = 4096  # 一个数组至多几个数；中间的结果至多 16 倍
HALF = str.maketrans("（），、；＜：＝　", "(),,;<:= ")


def as_shape(name, text):
    """读一个形状，小于号后面是整数的上界。返回 (形状, 上界或 None)。"""
    if not name.isidentifier() or name in ("np", "numpy", "F", "math"):
        raise Mistake(f"变量不能叫“{name}”", variable=name)
    if not text.strip():
        raise Mistake("还没有填形状；零维写作 ()", variable=name)
    sizes, less, below = text.translate(HALF).strip().partition("<")
    found = re.fullmatch(r"[(\[]?\s*((?:\d+[,\s]+)*\d*)\s*[)\]]?", sizes.strip())
    if not found or (less and not re.fullmatch(r"\s*[1-9]\d{0,8}\s*", below)):
        raise Mistake(f"看不懂形状“{text}”：写成 8,3，零维写作 ()，整数写成 8<4", variable=name)
    shape = tuple(map(int, re.findall(r"\d+", found[1])))
    if math.prod(max(n, 1) for n in shape) > LARGEST or len(shape) > 8:
        raise Mistake(f"{shape} 太大：至多 {LARGEST} 个数、8 根轴", variable=name)
    return shape, int(below) if less else None


KINDS = ("标准正态", "0.05 到 0.95", "0.05 到 0.95，方阵对称正定")  # 前一种不行，就试后一种


def drawn(shapes, kind):
    """各个变量的随机数，种子固定。"""
    rng, found = np.random.default_rng(0), {}
    for name, (shape, below) in shapes.items():
        if below is not None:
            found[name] = rng.integers(below, size=shape)
        elif kind == KINDS[0]:
            found[name] = np.asarray(rng.standard_normal(shape))
        elif kind == KINDS[1] or len(shape) < 2 or shape[-1] != shape[-2]:
            found[name] = np.asarray(rng.uniform(0.05, 0.95, shape))
        else:
            half = rng.uniform(-0.3, 0.3, shape) / max(shape[-1], 1) ** 0.5
            found[name] = np.eye(shape[-1]) + half + half.swapaxes(-1, -2)
    return found
# --8<-- [end:shapes]


# --8<-- [start:names]
@functools.cache
def operators():
    """全部算子的名字：写在哪一页都算。"""
    files = sorted(Path(__file__).parents[1].glob("*/*.py"))
    return {name for path in files for name in re.findall(r"@operator\ndef (\w+)\(", path.read_text(encoding="utf-8"))}


# numpy 与 PyTorch 的名字，本站的名字
ALIASES = {
    **{"subtract": "sub", "multiply": "mul", "divide": "div", "true_divide": "div", "negative": "neg", "power": "pow"},
    **{"absolute": "abs", "amax": "max", "amin": "min", "dot": "matmul", "vector_norm": "norm", "cat": "concatenate"},
}
INFIX = {"Add": "add", "Sub": "sub", "Mult": "mul", "Div": "div", "Pow": "pow", "MatMult": "matmul"}
COMPARE = {"Gt": np.greater, "Lt": np.less, "GtE": np.greater_equal, "LtE": np.less_equal}
CONSTANTS = {"pi": math.pi, "e": math.e, "inf": math.inf}
MODULES = ("np", "numpy", "np.linalg", "numpy.linalg", "F")
UNSIZED = ("target", "indices", "index", "positions", "ignore_index")  # 这些参数不会把数组放大


@dataclass
class Value:
    """式子里的一处：node 是写进代码的样子，value 是记下的数、数组或 Python 的数；元组与列表的各项在 items。"""

    node: ast.expr
    value: object
    items: list = field(default_factory=list)

    array = property(lambda self: self.value.array if type(self.value) is Var else self.value)
    recorded = property(lambda self: type(self.value) is Var)


@dataclass
class Step:
    """一步：哪个算子，输入与参数，得出的几个数，式子里的原文。"""

    operator: str
    inputs: list
    parameters: dict
    outputs: list
    written: str


def literal(value):
    """一个常数写进代码。"""
    return Value(ast.parse(repr(value), mode="eval").body, value)


def numeric(value):
    """是不是 Python 的整数或小数。"""
    return type(value) in (int, float)


def flattened(value):
    """嵌套的元组、列表里的各项。"""
    return [x for each in value for x in flattened(each)] if isinstance(value, tuple | list) else [value]


def similar(name, known):
    """名字写错了，想写的大概是哪一个。"""
    found = [k for k in known if k.lower() == name.lower()] or difflib.get_close_matches(name, sorted(known), 1)
    return f"；想写的是 {found[0]} 吗" if found else ""
# --8<-- [end:names]


# --8<-- [start:recorder]
class Recorder:
    """一个算子一个算子地算，每一步记在 steps 里；写错的，报在式子的那一处。"""

    def __init__(self, text, given, fresh):
        self.text, self.names, self.fresh, self.steps, self.used = text, dict(given), fresh, [], set()

    def wrong(self, node, sentence):
        """node 这一处写错了。"""
        return mistake_at(self.text, node, sentence)

    def apply(self, node, operator, inputs, parameters, names=None):
        """用一个算子，记下一步；names 是得出的数叫什么。"""
        inputs = [self.as_input(node, operator, value) for value in inputs]
        self.check_size(node, inputs, parameters)
        given = {key: value.array for key, value in parameters.items()}
        try:
            result = getattr(F, operator)(*(v.value for v in inputs), **given)
        except (TypeError, ValueError, IndexError, OverflowError, MemoryError, np.linalg.LinAlgError) as error:
            raise self.wrong(node, str(error)) from None
        results = result if isinstance(result, tuple) else (result,)
        names = [names] if type(names) is str else names or []
        names = names if len(names) == len(results) else [self.fresh("v1") for _ in results]
        outputs = [Value(ast.Name(name), z) for name, z in zip(names, results)]
        if sum(v.array.size for v in outputs) > 16 * LARGEST:
            raise self.wrong(node, f"结果的形状是 {outputs[0].array.shape}，太大：至多 {16 * LARGEST} 个数")
        self.steps.append(Step(operator, inputs, parameters, outputs, ast.get_source_segment(self.text, node)))
        several = Value(ast.Tuple([v.node for v in outputs]), tuple(v.value for v in outputs), outputs)
        return several if isinstance(result, tuple) else outputs[0]

    def as_input(self, node, operator, value):
        """算子的一个输入：记下的数、小数的数组、数、数的列表；整数的变量不行。"""
        if isinstance(value.value, list | tuple) and value.items and all(map(numeric, flattened(value.value))):
            return Value(ast.parse(f"np.array({ast.unparse(value.node)}, float)", mode="eval").body,
                         self.tried(node, lambda: np.array(value.value, float)))
        if numeric(value.value) and not self.elementwise(operator):
            return Value(filled("np.array(x, float)", x=value.node), np.array(float(value.value)))
        if type(value.value) is int:
            return Value(value.node, float(value.value))
        if value.value is None or type(value.value) in (float, Var):
            return value
        told = ast.unparse(value.node)
        if not isinstance(value.value, np.ndarray | np.generic):
            raise self.wrong(node, f"{operator} 要的是数组，{told} 不是")
        if value.value.dtype != float:
            raise self.wrong(node, f"{told} 是整数或真假，没有梯度；只能作参数，例如 target={told}、indices={told}")
        return value

    def elementwise(self, operator):
        """逐元素的算子，输入可以是一个数；别的要是数组。"""
        return getattr(F, operator) and OPERATORS[operator].__module__.startswith("elementwise.")

    def tried(self, node, call):
        """运行 call；不成就报在这一处。"""
        try:
            return call()
        except (ArithmeticError, ValueError, TypeError):
            raise self.wrong(node, "这里算不出来：形状对不上，或没有这样的数") from None

    def check_size(self, node, inputs, parameters):
        """参数里的数会把数组放得太大，或者步数太多，就不算。"""
        sizes = flattened([v.value for key, v in parameters.items() if key not in UNSIZED])
        factor = math.prod(max(1, abs(n)) for n in sizes if type(n) is int)
        if factor * max([np.size(v.array) for v in inputs], default=1) > LARGEST**2 or len(self.steps) >= 200:
            raise self.wrong(node, "太大：参数里的数放得太大，或者超过了 200 步")
# --8<-- [end:recorder]


# --8<-- [start:reader]
class Reader(Recorder):
    """照着语法树算；不认得的写法一概不收，从不运行读者的代码。"""

    def run(self, tree):
        """依次算各行，返回最后一行的值。"""
        for statement in tree.body:
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                result = self.assign(statement.targets[0], statement.value)
            elif isinstance(statement, ast.Expr) and statement is tree.body[-1]:
                result = self.value(statement.value, self.fresh("L"))
            elif isinstance(statement, ast.Expr):
                raise self.wrong(statement, "这一行没有名字，后面用不到它；写成 h = …")
            else:
                raise self.wrong(statement, "一行只能是“名字 = 式子”，最后一行可以只是式子")
        if not result.recorded:
            raise self.wrong(tree.body[-1].value, "最后一行不随要求导的变量变动")
        if result.array.shape != ():
            told = f"形状是 {result.array.shape}，不是标量：外面加一层 sum 或 mean"
            raise self.wrong(tree.body[-1].value, f"最后一行的{told}")
        return result

    def assign(self, target, expression):
        """名字 = 式子；几个输出的，左边写几个名字。"""
        targets = target.elts if isinstance(target, ast.Tuple) else [target]
        for each in targets:
            if not isinstance(each, ast.Name):
                raise self.wrong(each, "等号左边只能是名字")
            if each.id in self.names:
                raise self.wrong(each, f"{each.id} 已经有了，换一个名字")
        names = [each.id for each in targets]
        found = self.value(expression, names if isinstance(target, ast.Tuple) else names[0])
        values = found.items if isinstance(target, ast.Tuple) else [found]
        if len(values) != len(names):
            raise self.wrong(expression, f"左边有 {len(names)} 个名字，右边却有 {len(values) or 1} 个输出")
        self.names |= dict(zip(names, values))
        return found

    def value(self, node, name=None):
        """一处的值；name 是最外面的那一步得出的数叫什么。"""
        method = getattr(self, f"on_{type(node).__name__}", None)
        if not method:
            raise self.wrong(node, "不收这种写法：只收算子、+ - * / ** @、下标与关键字参数")
        return method(node, name)

    def on_Name(self, node, name):
        """变量，前面起的名字，pi、e、inf。"""
        if node.id in self.names:
            self.used.add(node.id)
            return self.names[node.id]
        if node.id in CONSTANTS:
            return Value(ast.Attribute(ast.Name("np"), node.id), CONSTANTS[node.id])
        if node.id in operators():
            raise self.wrong(node, f"{node.id} 是算子，要写成 {node.id}(…)")
        raise self.wrong(node, f"没有给 {node.id} 的形状{similar(node.id, self.names)}")

    def on_Constant(self, node, name):
        """数、字符串、真假、None、省略号。"""
        if isinstance(node.value, complex | bytes) or (numeric(node.value) and abs(node.value) >= 2**31):
            raise self.wrong(node, "只收实数，不收太大的数")
        return Value(node, node.value)

    def on_UnaryOp(self, node, name):
        """负号；负的数当场写成一个数。"""
        inner = self.value(node.operand)
        if not isinstance(node.op, ast.USub):
            raise self.wrong(node, "前面只能写负号")
        if numeric(inner.value):
            return Value(ast.UnaryOp(node.op, inner.node), -inner.value)
        return self.apply(node, "neg", [inner], {}, name)

    def on_BinOp(self, node, name):
        """四则、乘方、矩阵乘法；两个数当场算好，平方写成 square。"""
        operator = INFIX.get(type(node.op).__name__)
        if not operator:
            raise self.wrong(node, "不收这种运算：只有 + - * / ** @")
        left, right = self.value(node.left), self.value(node.right)
        if numeric(left.value) and numeric(right.value):
            call = {"add": "__add__", "sub": "__sub__", "mul": "__mul__", "div": "__truediv__"}.get(operator)
            exact = float(left.value), float(right.value)
            found = self.tried(node, lambda: getattr(exact[0], call)(exact[1]) if call else math.pow(*exact))
            whole = type(left.value) is type(right.value) is int and found.is_integer()
            return Value(ast.BinOp(left.node, node.op, right.node), int(found) if whole else found)
        if operator == "pow" and numeric(right.value) and right.value == 2:
            return self.apply(node, "square", [left], {}, name)
        return self.apply(node, operator, [left, right], {}, name)

    def on_Compare(self, node, name):
        """比较：得真假，不求导，作 where、dropout 的参数。"""
        compare = COMPARE.get(type(node.ops[0]).__name__)
        if len(node.ops) > 1 or not compare:
            raise self.wrong(node, "比较只收一个 >、<、>= 或 <=")
        left, right = self.value(node.left), self.value(node.comparators[0])
        found = self.tried(node, lambda: compare(left.array, right.array))
        return Value(ast.Compare(left.node, node.ops, [right.node]), found)

    def on_Tuple(self, node, name):
        """元组与列表：拼接的几个数组，或者参数里的几个数。"""
        items = [self.value(each) for each in node.elts]
        made = list if isinstance(node, ast.List) else tuple
        return Value(type(node)([v.node for v in items]), made(v.value for v in items), items)

    on_List = on_Tuple

    def on_Subscript(self, node, name):
        """几个输出、形状里的一个，或者切片。"""
        base, index = self.value(node.value), self.index(node.slice)
        if not isinstance(base.value, tuple | list):
            return self.apply(node, "getitem", [base], {"index": index}, name)
        if type(index.value) is not int or not -len(base.value) <= index.value < len(base.value):
            raise self.wrong(node.slice, f"这里有 {len(base.value)} 个，下标要是一个整数，从 0 数起")
        made = Value(ast.Subscript(base.node, index.node), base.value[index.value])
        return base.items[index.value] if base.items else made

    def index(self, node):
        """下标：整数、切片、None、省略号、整数的列表或变量、真假，以及它们的元组。"""
        if isinstance(node, ast.Slice):
            parts = [each and self.index(each) for each in (node.lower, node.upper, node.step)]
            return Value(ast.Slice(*(p and p.node for p in parts)), slice(*(p and p.value for p in parts)))
        if isinstance(node, ast.Tuple):
            parts = [self.index(each) for each in node.elts]
            return Value(ast.Tuple([p.node for p in parts]), tuple(p.value for p in parts))
        found = self.value(node)
        if type(found.value) in (float, Var):
            raise self.wrong(node, "下标要是整数，不是求导的数")
        return found

    def on_Attribute(self, node, name):
        """.T、.mT、.shape、.size、.ndim，以及 np.pi。"""
        if isinstance(node.value, ast.Name) and node.value.id in MODULES and node.attr in CONSTANTS:
            return Value(node, CONSTANTS[node.attr])
        base = self.value(node.value)
        if node.attr in ("shape", "size", "ndim") and not isinstance(base.value, tuple | list):
            found = getattr(np, node.attr)(base.array)
            named = type(base.node) is ast.Name
            return Value(ast.Attribute(base.node, node.attr), found) if named else literal(found)
        if node.attr == "T":
            return self.apply(node, "transpose", [base], {}, name)
        if node.attr == "mT":
            return self.apply(node, "swapaxes", [base], {"axis1": literal(-1), "axis2": literal(-2)}, name)
        raise self.wrong(node, f"不认得 .{node.attr}：只有 .T、.mT、.shape、.size、.ndim，算子写成 x.sum(…)")

    def on_Call(self, node, name):
        """relu(x)、np.relu(x)、x.relu()，三种写法相同。"""
        function, arguments = node.func, list(node.args)
        if not isinstance(function, ast.Name | ast.Attribute):
            raise self.wrong(function, "这里只能是算子的名字")
        written = function.attr if isinstance(function, ast.Attribute) else function.id
        if isinstance(function, ast.Attribute) and ast.unparse(function.value) not in MODULES:
            arguments.insert(0, function.value)
        operator = ALIASES.get(written, written)
        if operator not in operators():
            known = operators() | set(ALIASES)
            raise self.wrong(function, f"没有名叫 {written} 的算子{similar(written, known)}")
        for each in [*arguments, *node.keywords]:
            if isinstance(each, ast.Starred) or getattr(each, "arg", "") is None:
                raise self.wrong(each, "不收 * 与 **")
        values = [self.value(each) for each in arguments]
        parameters = {k.arg: self.value(k.value) for k in node.keywords}
        return self.apply(node, operator, *arranged(operator, values, parameters), name)


def arranged(operator, values, parameters):
    """numpy 的写法换成算子的：前几个是数组，多出来的依次是关键字参数。返回 (数组, 参数)。"""
    signature = inspect.signature(getattr(F, operator)).parameters.values()
    words = [p.name for p in signature if p.kind == p.KEYWORD_ONLY]
    words = list(itertools.takewhile(lambda word: word not in ("keepdims", "ddof", "initial"), words))
    count = sum(p.kind != p.KEYWORD_ONLY for p in signature)
    if operator == "einsum" and values and type(values[0].value) is str:  # 空格本站不管，numpy 不许在箭头中间
        values[0] = literal(values[0].value.replace(" ", ""))
    first = {"einsum": "subscripts", "where": "condition"}.get(operator)
    if first and first not in parameters:
        return values[1:], parameters | dict(zip([first], values))
    if operator in ("concatenate", "stack") and values and values[0].items:
        return values[0].items, parameters | dict(zip(words, values[1:]))
    if any(p.kind == p.VAR_POSITIONAL for p in signature):
        return values, parameters
    extra = values[count:]
    if operator in ("reshape", "transpose", "broadcast_to") and len(extra) > 1:  # x.reshape(2, 3)
        extra = [Value(ast.Tuple([v.node for v in extra]), tuple(v.value for v in extra), extra)]
    return values[:count] + extra[len(words) :], parameters | dict(zip(words, extra))
# --8<-- [end:reader]


# --8<-- [start:instead]
# 卡片上的一行不好直接抄的，换一个写法：前向减去最大值，免得上溢；一维的矩阵乘法不补轴
INSTEAD = {
    "softmax": ("(e := exp(x - top(x))) / S(e)", None),
    "log_softmax": ("(c := x - top(x)) - log(S(exp(c)))", None),
    "logsumexp": ("logaddexp.reduce(x, axis, keepdims=keepdims)", None),
    "softplus": ("logaddexp(0, x)", None),
    "logsigmoid": ("-logaddexp(0, -x)", None),
    "logaddexp": ("logaddexp(x, y)", None),
    "norm 2": ("sqrt(sum(x**2, axis, keepdims=keepdims))", ["keep(G) * div0(x, keep(z))"]),
    "norm inf": ("max(abs(x), axis, keepdims=keepdims)", ["keep(G) * sign(x) * (m := abs(x) == keep(z)) / S(m)"]),
    "norm": ("sum(abs(x)**ord, axis, keepdims=keepdims)**(1 / ord)", None),
    "matmul 1 1": (None, ["G * b", "G * a"]),
    "matmul 2 1": (None, ["G[..., None] * b", "ub(G[..., None] * a, b)"]),
    "matmul 1 2": (None, ["ub(sum(b * G[..., None, :], -1), a)", "a[:, None] * G[..., None, :]"]),
    "nll_loss": ("red(-S(q * log_p))", ["-g * q"]),
    "cross_entropy": ("red(-S(q * log_p))", ["g * (S(q) * exp(log_p) - q)", "(label_smoothing - 1) * g * log_p"]),
    "cross_entropy target": ("red(-S(q * log_p))", ["g * (exp(log_p) - q)", "0"]),
}
# 词也一样；没有写在这里的，照公式卡
WRITTEN = {
    "log_p": "(c := logits - top(logits)) - log(S(exp(c)))",
    "r": "1 / sqrt(M((x - M(x))**2) + eps)",
    "xh": "(x - M(x)) * r",
}
PLAIN = {"N", "A", "B", "t", "p", "pw", "lo", "hi", "gamma", "beta", "order", "w", "fill", "outside"}  # 不另起一行
KEPT = {"div0", "erf", "Phi", "phi", "Ah", "Aw"}  # 写成函数，不展开
METHODS = {"sum", "mean", "max", "min", "prod", "var", "std", "cumsum", "cumprod"}  # 写成 x.sum(…)


def two_lines(step):
    """这一步照抄哪两行：docstring 里的“前向”“反向”，或者 INSTEAD 里的；反向一个输入一个。"""
    line, parts = cited(step.operator)
    key = step.operator
    if key == "matmul":
        key += "".join(f" {min(v.array.ndim, 2)}" for v in step.inputs)
    if key == "norm":
        order = step.parameters["ord"].value if "ord" in step.parameters else 2
        key += f" {order}" if order in (2, math.inf) else ""
    if key == "cross_entropy" and "target" in step.parameters:
        key += " target"
    if "weight" in step.parameters or not all(np.size(v.array) for v in step.inputs):
        return line, parts
    instead, shares = INSTEAD.get(key, (None, None))
    return instead or line, shares or parts


def cited(operator):
    """算子 docstring 里的两行；反向的按逗号分开。"""
    found = dict(re.findall(r"(前向|反向)：(.*)", OPERATORS[operator].__doc__))
    tree = ast.parse(found["反向"], mode="eval").body
    parts = tree.elts if isinstance(tree, ast.Tuple) else [tree]
    return found["前向"], [ast.get_source_segment(found["反向"], part) for part in parts]
# --8<-- [end:instead]


# --8<-- [start:writer]
class Writer:
    """写代码：写一行，当场运行一行，所以知道每个名字的形状；用到的词写成函数，放在最前面。"""

    def __init__(self, fresh, values):
        self.fresh, self.lines, self.helpers, self.names = fresh, [], [], {}
        self.space = {"np": np, "math": math, **values}

    def evaluate(self, node):
        """一个表达式现在的值。"""
        return eval(ast.unparse(node), self.space)

    def emit(self, names, node):
        """写一行 name = node，并运行；几个名字的是 a, b = node。"""
        target = ", ".join(names) + "," * (len(names) == 1) if isinstance(names, list) else names
        self.lines.append(f"{target} = {ast.unparse(node).replace(' ** ', '**')}")
        exec(self.lines[-1], self.space)
        return ast.Name(target)

    def helper(self, word):
        """公式卡的一个词写成函数，连同它用到的别的词；返回它在这里叫什么。"""
        if word not in self.names:
            self.names[word] = self.fresh(word)
            source = UNBROADCAST if word == "unbroadcast" else inspect.getsource(getattr(card, word))
            tree = ast.parse(source)
            tree = Renamed(self, tree).visit(tree)
            tree.body[0].name = self.names[word]
            self.helpers.append(ast.unparse(ast.fix_missing_locations(tree)))
            exec(self.helpers[-1], self.space)
        return self.names[word]


class Renamed(ast.NodeTransformer):
    """词的实现里，别的词换成它们在这里的名字；.mT 换成旧的 numpy 也有的写法。"""

    def __init__(self, writer, tree):
        self.writer, self.own = writer, {n.id for n in ast.walk(tree) if isinstance(getattr(n, "ctx", None), ast.Store)
                                         and isinstance(n, ast.Name)} | {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}

    def visit_Name(self, node):
        """别的词；函数自己的名字不换。"""
        word = is_word(node.id) or node.id == "unbroadcast"
        return ast.Name(self.writer.helper(node.id)) if word and node.id not in self.own else node

    def visit_Attribute(self, node):
        """.mT 换掉。"""
        node = self.generic_visit(node)
        return filled("M.swapaxes(-1, -2)", M=node.value) if node.attr == "mT" else node


UNBROADCAST = '''
def unbroadcast(A, shape):
    """把 A 沿被广播的轴求和，还原成 shape。"""
    A = A.sum(axis=tuple(range(A.ndim - len(shape))))
    return A.sum(axis=tuple(k for k, n in enumerate(shape) if n != A.shape[k]), keepdims=True)
'''


def is_word(name):
    """是不是公式卡的词。"""
    return getattr(getattr(card, name, None), "__module__", "") == card.__name__


class Filled(ast.NodeTransformer):
    """名字换成节点。"""

    def __init__(self, nodes):
        self.nodes = nodes

    def visit_Name(self, node):
        """换掉，或者不动。"""
        return self.nodes.get(node.id, node)


def filled(template, **nodes):
    """表达式 template 里的名字换成各个节点；不是节点的是常数。"""
    nodes = {key: node if isinstance(node, ast.AST) else literal(node).node for key, node in nodes.items()}
    return Filled(nodes).visit(ast.parse(template, mode="eval").body)
# --8<-- [end:writer]


# --8<-- [start:simplifier]
def is_number(node, value):
    """是不是写出来的这个数；真假当作数。"""
    return isinstance(node, ast.Constant) and type(node.value) in (bool, int, float) and node.value == value


class Simplifier(ast.NodeTransformer):
    """化简：乘一、加零、与 None 比、不必要的 reshape 去掉，np.sum(x) 写成 x.sum()。"""

    def shape(self, node):
        """一个表达式的形状。"""
        return np.shape(self.writer.evaluate(node))

    def same_shape(self, one, other):
        """两个表达式是不是同形；里面有列表推导的变量，就不知道。"""
        try:
            return self.shape(one) == self.shape(other)
        except NameError:
            return False

    def reverses(self, axes):
        """这样调换轴，是不是全部倒过来。"""
        found = self.writer.evaluate(axes)
        return found is None or np.array_equal(found, range(len(found))[::-1])

    def visit_BinOp(self, node):
        """乘一、除以一、一次方、加零、减零、与 True，以及两个数。"""
        node = self.generic_visit(node)
        left, right, op = node.left, node.right, type(node.op)
        if op in (ast.Add, ast.Sub, ast.Mult) and all(
            isinstance(n, ast.Constant) and type(n.value) in (int, float) for n in (left, right)
        ):
            return literal(eval(ast.unparse(node))).node
        if op is ast.Pow and is_number(right, 0):
            return ast.Constant(1)
        unit = {ast.Mult: 1, ast.BitAnd: 1, ast.Add: 0, ast.Sub: 0, ast.Pow: 1, ast.Div: 1}.get(op)
        if unit is not None and is_number(right, unit):
            return left
        return right if op in (ast.Mult, ast.BitAnd, ast.Add) and is_number(left, unit) else node

    def visit_Compare(self, node):
        """与 None 比，当场就知道。"""
        node = self.generic_visit(node)
        if ast.unparse(node.comparators[0]) != "None":
            return node
        same = ast.unparse(node.left) == "None"
        return ast.Constant(same != isinstance(node.ops[0], ast.IsNot | ast.NotEq))

    def visit_BoolOp(self, node):
        """or，当场就知道。"""
        return literal(self.writer.evaluate(self.generic_visit(node))).node

    def visit_IfExp(self, node):
        """取哪一边，当场就知道。"""
        return self.visit(node.body if self.writer.evaluate(self.visit(node.test)) else node.orelse)

    def visit_Subscript(self, node):
        """写出来的元组里的一个。"""
        node = self.generic_visit(node)
        if isinstance(node.value, ast.Tuple) and isinstance(node.slice, ast.Constant):
            return node.value.elts[node.slice.value]
        return node

    def visit_Attribute(self, node):
        """M.mT 是 M.T，或者旧的 numpy 也有的写法。"""
        node = self.generic_visit(node)
        if node.attr != "mT":
            return node
        return filled("M.T" if len(self.shape(node.value)) == 2 else "M.swapaxes(-1, -2)", M=node.value)

    def called(self, node):
        """化简一个调用。"""
        arguments = [x for a in node.args for x in (a.value.elts if isinstance(a, ast.Starred) else [a])]
        keywords = [ast.keyword(key.value, value) for k in node.keywords if isinstance(k.value, ast.Dict)
                    for key, value in zip(k.value.keys, k.value.values)]
        keywords += [k for k in node.keywords if not isinstance(k.value, ast.Dict)
                     and ast.unparse(k.value) != self.defaults.get(k.arg)]
        node = ast.Call(node.func, arguments, keywords)
        function = getattr(node.func, "attr", "")
        listed = arguments and isinstance(arguments[0], ast.List | ast.ListComp)
        if function in METHODS and ast.unparse(node.func.value) == "np" and not listed:
            axes = [ast.keyword("axis", a) for a in arguments[1:] if ast.unparse(a) != "None"]
            return ast.Call(ast.Attribute(arguments[0], function), [], axes + keywords)
        inner = node.func.value if function == "reshape" else arguments[0] if arguments else node
        if function in ("reshape", "broadcast_to") and self.same_shape(inner, node):
            return inner
        if function in ("argsort", "negative"):  # 参数都是写出来的数
            return literal(tuple(np.ravel(self.writer.evaluate(node)).tolist())).node
        if function == "transpose" and self.reverses(arguments[0]):
            return ast.Attribute(node.func.value, "T")
        if function == "swapaxes" and len(self.shape(node.func.value)) == 2:
            return ast.Attribute(node.func.value, "T")
        return node
# --8<-- [end:simplifier]


# --8<-- [start:rewriter]
class Rewriter(Simplifier):
    """把一步的规则换成代码：形参换成这里的名字，词换成 numpy，再化简。"""

    def __init__(self, writer, step):
        self.writer, self.step, self.ready, self.walrus, self.summed = writer, step, {}, {}, []
        self.rule = True  # 规则里的 min 是 np.min；词的实现里的 min 是 Python 的
        signature = inspect.signature(OPERATORS[step.operator])
        found = signature.bind(*step.inputs, **step.parameters)
        found.apply_defaults()
        self.defaults = {p.name: repr(p.default) for p in signature.parameters.values()}
        self.bound = {key: self.node(value) for key, value in found.arguments.items()}
        self.values = {key: getattr(value, "array", value) for key, value in found.arguments.items()}
        self.given = [v for v in step.inputs if v.value is not None]
        self.bound["inputs"] = ast.Tuple([v.node for v in self.given])
        outputs = [v.node for v in step.outputs]
        self.several = len(outputs) > 1 or step.operator == "split"
        self.bound["z"] = ast.Tuple(outputs) if self.several else outputs[0]

    def node(self, value):
        """一个参数写进代码的样子。"""
        if isinstance(value, tuple) and any(isinstance(v, Value) for v in value):
            return ast.Tuple([v.node for v in value])
        if not isinstance(value, Value):
            return literal(value).node
        if type(value.value) is list:
            return filled("np.array(x)" if flattened(value.value) else "np.array(x, int)", x=value.node)
        return value.node

    def code(self, text, others=()):
        """一行规则写成代码；others 是同一个算子的别的几行，它们起的名字这里也能用。"""
        for each in (*others, text):
            found = [n for n in ast.walk(ast.parse(each, mode="eval")) if isinstance(n, ast.NamedExpr)]
            self.walrus |= {n.target.id: n.value for n in found}
        inner = copy.copy(self)
        inner.rule = True
        return inner.visit(ast.parse(text, mode="eval").body)

    def hoisted(self, name, node):
        """另起一行，给它一个名字；已经有了的直接用。"""
        if name not in self.ready:
            plain = isinstance(node, ast.Name | ast.Constant)
            self.ready[name] = node if plain else self.writer.emit(self.writer.fresh(name), node)
        return self.ready[name]

    def visit_Name(self, node):
        """形参、起过的名字、词、numpy 的名字。"""
        name = node.id
        if name in self.bound:
            return self.bound[name]
        if name in self.walrus:
            return self.ready.get(name) or self.hoisted(name, self.visit(copy.deepcopy(self.walrus[name])))
        if is_word(name):
            return self.word(name)
        if not self.rule or not (hasattr(np, name) or hasattr(np.linalg, name)):
            return node
        return ast.parse(f"np.{name}" if hasattr(np, name) else f"np.linalg.{name}", mode="eval").body

    def visit_NamedExpr(self, node):
        """(名字 := 式子) 另起一行。"""
        return self.visit_Name(node.target)

    def visit_Call(self, node):
        """词，或者别的函数。"""
        name = getattr(node.func, "id", "")
        if name in self.bound or not (is_word(name) or hasattr(self, f"word_{name}")):
            return self.called(self.generic_visit(node))
        keywords = {k.arg: self.visit(k.value) for k in node.keywords}
        return self.word(name, *[self.visit(each) for each in node.args], **keywords)

    def word(self, name, *nodes, **keywords):
        """一个词：这里有写法的照它；只有一句 return 的，展开；别的写成函数。没有参数的另起一行，只写一遍。"""
        if name in self.ready and not nodes:
            return self.ready[name]
        own = getattr(self, f"word_{name}", None)
        node = own(*nodes) if own else None
        if node is None and name in WRITTEN and self.by_mean():
            node = self.code(WRITTEN[name])
        if node is None:
            node = self.expanded(name, nodes, keywords)
        return node if nodes or name in PLAIN else self.hoisted(name, node)

    def expanded(self, name, nodes, keywords):
        """词的实现只有一句 return，就展开；不止一句，写成函数来调用。"""
        body = ast.parse(inspect.getsource(getattr(card, name))).body[0].body
        known, words = self.bound | keywords, inspect.signature(getattr(card, name)).parameters.values()
        named = {p.name: known[p.name] for p in words if p.kind == p.KEYWORD_ONLY and p.name in known}
        if len(body) > 2 or name in KEPT:
            return ast.Call(ast.Name(self.writer.helper(name)), list(nodes), [ast.keyword(*k) for k in named.items()])
        inner = copy.copy(self)
        inner.rule = False
        inner.bound = {p.name: literal(p.default).node for p in words if p.default is not p.empty} | named
        inner.bound |= dict(zip([p.name for p in words if p.kind != p.KEYWORD_ONLY], nodes))
        return inner.visit(body[-1].value)
# --8<-- [end:rewriter]


# --8<-- [start:words]
class Words(Rewriter):
    """公式卡的词在这里怎样写：形状已经知道，写得出是哪几根轴。写不出的返回 None。"""

    def word_ub(self, A, x):
        """沿被广播的轴求和。"""
        wide, shape = self.shape(A), self.shape(x)
        lead = len(wide) - len(shape)
        stretched = [k + lead for k, n in enumerate(shape) if n != wide[k + lead]]
        self.summed[:] = [*range(lead), *stretched]
        if lead:
            A = filled("A.sum()" if not shape else "A.sum(axis=k)", A=A, k=one_or_all(range(lead)))
        inner = one_or_all(k - lead for k in stretched)
        return filled("A.sum(axis=k, keepdims=True)", A=A, k=inner) if stretched else A

    def word_keep(self, A):
        """归约掉的轴放回来；反正要广播，轴在最前面的不必放。"""
        axis, ndim = self.values["axis"], np.ndim(self.values["x"])
        axes = sorted(k % ndim for k in flattened(axis)) if axis is not None else []
        if self.values.get("keepdims") or axis is None or axes == list(range(len(axes))):
            return A
        return filled("np.expand_dims(A, k)", A=A, k=self.bound["axis"])

    def word_S(self, A):
        """沿 axis 求和，留着轴；损失沿类别轴。"""
        axis = self.bound.get("axis", literal(self.classes()).node)
        whole = ast.unparse(axis) == "None"
        return filled("A.sum()", A=A) if whole else filled("A.sum(axis=k, keepdims=True)", A=A, k=axis)

    def word_top(self, A):
        """沿 axis 的最大值，留着轴。"""
        return filled("A.max(axis=k, keepdims=True)", A=A, k=self.bound.get("axis", literal(self.classes()).node))

    def word_N(self):
        """一组里有几个数。"""
        x, axis = self.bound["x"], self.values["axis"]
        if self.values["where"] is not True:
            return None
        sizes = [filled("x.shape[k]", x=x, k=k) for k in flattened(axis)] if axis is not None else [filled("x.size", x=x)]
        return functools.reduce(lambda a, b: ast.BinOp(a, ast.Mult(), b), sizes) if sizes else literal(1).node

    def word_A(self):
        """一维的当作一行。"""
        return filled("a[None, :]" if np.ndim(self.values["a"]) == 1 else "a", a=self.bound["a"])

    def word_B(self):
        """一维的当作一列。"""
        return filled("b[:, None]" if np.ndim(self.values["b"]) == 1 else "b", b=self.bound["b"])

    def word_mat(self, M):
        """补上 A、B 补的轴。"""
        M = filled("M[..., None]", M=M) if np.ndim(self.values["b"]) == 1 else M
        return filled("M[..., None, :]", M=M) if np.ndim(self.values["a"]) == 1 else M

    def word_rows(self, M):
        """前面的轴并成一根；两根轴的就是自己。"""
        return M if len(self.shape(M)) == 2 else None

    def word_order(self):
        """全部轴，写成数。"""
        n, axes = np.ndim(self.values["x"]), self.values["axes"]
        return literal(tuple(range(n)[::-1]) if axes is None else tuple(k % n for k in axes)).node

    def word_back(self, A, x):
        """没有重复的头，就是 ub。"""
        return None if self.values["enable_gqa"] else self.word_ub(A, x)

    def classes(self):
        """损失的类别轴。"""
        return min(self.given[0].array.ndim - 1, 1)

    def by_class(self):
        """这个损失是按类别的。"""
        return self.step.operator in ("cross_entropy", "nll_loss")

    def plain_loss(self):
        """没有权重，没有忽略的项。"""
        target, weight = self.values.get("target"), self.values.get("weight")
        skipped = self.by_class() and target is not None and np.any(np.equal(target, self.values["ignore_index"]))
        return weight is None and not skipped

    def batch(self):
        """一批有几个；没有批轴的当作一个。"""
        return filled("x.shape[0]", x=self.given[0].node) if self.given[0].array.ndim else 1

    def word_red(self, A):
        """各项合起来。"""
        how = {"mean": "A.mean()", "sum": "A.sum()", "batchmean": "A.sum() / n", "none": "A"}
        if self.by_class():
            how["none"] = "A.squeeze(axis=c)"
        how = how[self.values["reduction"]]
        return filled(how, A=A, n=self.batch(), c=self.classes()) if self.plain_loss() else None

    def word_g(self):
        """每一项的上游梯度：mean 时除以项数。"""
        shapes, x, how = [v.array.shape for v in self.given], self.given[0].node, self.values["reduction"]
        if not self.plain_loss():
            return None
        if self.by_class():
            if how == "none":
                return filled("np.expand_dims(G, c)", G=self.bound["G"], c=self.classes())
            count = self.batch() if len(shapes[0]) <= 2 else filled("x.size / x.shape[1]", x=x)
            count = 1 if len(shapes[0]) == 1 else count
        else:
            count = filled("x.size", x=x if len(set(shapes)) == 1 or self.step.operator == "kl_div" else self.word("d"))
        wide = len(set(shapes)) > 1 and self.step.operator == "kl_div"
        if wide:
            count = math.prod(np.broadcast_shapes(*shapes))
        made = {"mean": "G / n" if count != 1 else "G", "batchmean": "G / m"}.get(how, "G")
        made = f"np.full(s, {made})" if wide and how != "none" else made
        return filled(made, G=self.bound["G"], n=count, m=self.batch(), s=np.broadcast_shapes(*shapes))

    def word_q(self):
        """目标分布：独热向量，或者给的概率。"""
        target, shape = self.values.get("target"), self.given[0].array.shape
        if self.values.get("label_smoothing") or not self.plain_loss() or (target is not None and len(shape) > 2):
            return None
        if target is None:
            return self.given[1].node
        return filled("np.eye(n)[t]", n=shape[-1], t=self.bound["target"])

    def by_mean(self):
        """标准化：一组的平均写得成 x.mean(axis=…)。"""
        return self.step.operator != "group_norm" and self.values.get("training", True) is not False

    def word_M(self, A):
        """一组的平均。"""
        if not self.by_mean():
            return None
        sizes, ndim = self.values.get("normalized_shape"), self.given[0].array.ndim
        axes = range(-np.size(sizes), 0) if sizes is not None else range(2, ndim)
        axes = [0, *axes] if self.step.operator == "batch_norm" else axes
        return filled("A.mean(axis=k, keepdims=True)", A=A, k=one_or_all(axes))

    def word_rest(self, A):
        """权重没有的轴都加起来。"""
        sizes, ndim = self.values.get("normalized_shape"), self.given[0].array.ndim
        axes = range(ndim - np.size(sizes)) if sizes is not None else [k for k in range(ndim) if k != 1]
        return filled("A.sum(axis=k)", A=A, k=one_or_all(axes)) if len(axes) else A


def one_or_all(axes):
    """一根轴写成数，几根写成元组。"""
    axes = tuple(axes)
    return axes[0] if len(axes) == 1 else axes
# --8<-- [end:words]


# --8<-- [start:backward]
def forward_code(writer, steps):
    """前向的各行；返回各步的 Words，反向还要用，里面的 forward 是这一步的几行。"""
    rewriters = []
    for step in steps:
        words, first = Words(writer, step), len(writer.lines)
        names = [v.node.id for v in step.outputs]
        writer.emit(names if words.several else names[0], words.code(two_lines(step)[0]))
        words.forward = writer.lines[first:]
        rewriters.append(words)
    return rewriters


def backward_code(writer, rewriters, last, inputs):
    """反向的各行：倒着走一遍，写出一份一份的梯度。返回 (各步的说明, {名字: 它的梯度叫什么})。"""
    bars, told = {}, []
    bars[last] = writer.emit(writer.fresh(f"{last}_bar"), filled("np.array(1.0)"))
    for words in reversed(rewriters):
        names = [v.node.id for v in words.step.outputs]
        if any(v.recorded for v in words.step.inputs) and bars.keys() & set(names):
            upstream = [bars.get(n) or filled("np.zeros(z.shape)", z=ast.Name(n)) for n in names]
            words.bound["G"] = ast.Tuple(upstream) if words.several else upstream[0]
            told.append((words, upstream, list(shares(writer, words, bars))))
    for name in inputs:
        if name not in bars:
            bars[name] = writer.emit(writer.fresh(f"{name}_bar"), filled("np.zeros(x.shape)", x=ast.Name(name)))
    return told, {name: node.id for name, node in bars.items()}


def shares(writer, words, bars):
    """一步交给它的各个输入的一份：{给谁，规则的原文，代码的各行，沿哪些轴求了和，是不是加上去的}。"""
    step, parts, rules = words.step, two_lines(words.step)[1], cited(words.step.operator)[1]
    kinds = [p.kind for p in inspect.signature(OPERATORS[step.operator]).parameters.values()]
    several = inspect.Parameter.VAR_POSITIONAL in kinds  # concatenate(*xs, axis)
    if several:
        nodes = swapped(words) or words.code(parts[0])
        if not isinstance(nodes, ast.List):
            held = words.hoisted("shares", nodes)
            nodes = ast.List([filled("s[k]", s=held, k=k) for k in range(len(step.inputs))])
        parts, rules = nodes.elts, rules * len(nodes.elts)
    for k, value in enumerate(step.inputs):
        if not value.recorded:
            continue
        first, name = len(writer.lines), value.node.id
        words.summed.clear()
        node = parts[k] if several else words.code(parts[k], parts)
        added = name in bars
        bar = bars[name].id if added else writer.fresh(f"{name}_bar")
        bars[name] = writer.emit(bar, ast.BinOp(bars[name], ast.Add(), node) if added else node)
        lines = writer.lines[first:]
        yield {"of": name, "rule": rules[k], "code": lines, "summed": [*words.summed], "added": added}


def swapped(words):
    """einsum 的各份：下标没有重复、没有省略号的，与输出对换下标再 einsum 一次；不行就是 None。"""
    if words.step.operator != "einsum" or not isinstance(words.values.get("subscripts"), str):
        return None
    left, arrow, output = words.values["subscripts"].replace(" ", "").partition("->")
    terms, nodes = left.split(","), [v.node for v in words.step.inputs]
    found = []
    for k, term in enumerate(terms):
        others = terms[:k] + terms[k + 1 :]
        line = ast.Constant(",".join([output, *others]) + "->" + term)
        twice, elsewhere = len(set(term)) < len(term), set(output.join(others) + output)
        if not arrow or "." in left or twice or not set(term) <= elsewhere:
            return None
        found.append(ast.Call(filled("np.einsum"), [line, words.bound["G"], *nodes[:k], *nodes[k + 1 :]], []))
        if words.shape(found[-1]) != words.step.inputs[k].array.shape:
            return None
    return ast.List(found)
# --8<-- [end:backward]


# --8<-- [start:derive]
def parsed(text):
    """语法树；读不下去的，指出是哪里。"""
    if not text.strip() or len(text) > 2000:
        raise Mistake("还没有写式子" if not text.strip() else "太长：至多 2000 个字符")
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        line, start = min(error.lineno or 1, text.count("\n") + 1), error.offset or 1
        end = error.end_offset - 1 if error.end_lineno == line and error.end_offset else start
        told = next((told for pattern, told in SYNTAX.items() if re.search(pattern, error.msg)), SYNTAX[""])
        column = max(1, min(start, len(text.split("\n")[line - 1]) + 1))
        raise Mistake(told, line, column, max(start, end)) from None
    except (ValueError, RecursionError, MemoryError):
        raise Mistake("括号套得太深，或有不收的字符") from None
    if not tree.body:
        raise Mistake("还没有写式子")
    return tree


SYNTAX = {
    r"'\(' was never closed": "左括号没有闭上",
    r"was never closed": "左边的方括号没有闭上",
    "unmatched|does not match": "括号不成对",
    "invalid character|invalid non-printable": "全角的标点或特别的字符，换成半角的",
    "unterminated": "引号没有闭上",
    "indent": "行首不要空格",
    "decimal literal|invalid imaginary": "数写得不对；乘号要写出来，例如 2 * x",
    "cannot assign|Maybe you meant '=='": "等号左边只能是名字",
    "": "这里读不下去：少了或者多了什么",
}


def namer(tree, shapes):
    """起名字的函数：fresh("v1") 依次是 v1、v2、…，不与已有的相同。"""
    taken = {"np", "math", *shapes, *(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))}

    def fresh(stem):
        base, numbers = stem.rstrip("0123456789"), itertools.count(int(stem.endswith("1")) or 2)
        name = stem if stem not in taken else next(n for n in (f"{base}{k}" for k in numbers) if n not in taken)
        taken.add(name)
        return name

    return fresh


def derive(text, shapes, constant=()):
    """一个式子的全部：shapes 是 {变量: 形状的写法}，constant 是不求导的。写错了报 Mistake，见 result。"""
    tree, sizes = parsed(text), {name: as_shape(name, given) for name, given in shapes.items()}
    free = [name for name, (_, below) in sizes.items() if below is None and name not in constant]
    for name in constant:
        if name not in sizes:
            raise Mistake("说了不求导，却没有给形状", variable=name)
    if not free:
        raise Mistake("没有要求导的变量：至少给一个变量的形状")
    problem = None
    for kind in KINDS:
        values = drawn(sizes, kind)
        try:
            with np.errstate(all="ignore"):
                reader, last, value, gradients = recorded(text, tree, values, free)
        except Mistake as error:  # 也许只是随机数不巧，例如矩阵不正定
            problem = problem or error
            continue
        for name in sizes:
            if name not in reader.used:
                raise Mistake("给了形状，式子里却没有用到", variable=name)
        if np.isfinite(value) and all(np.isfinite(g).all() for g in gradients.values()):
            return result(reader, last, values, sizes, kind, value, gradients)
    raise problem or Mistake("得不到有限的数：换了几种随机数，结果或梯度还是 nan 或 inf")


def answer(text, shapes, constant=()):
    """页面用的：{"found": 推导} 或 {"mistake": 错在哪里}。"""
    try:
        return {"found": derive(text, shapes, constant)}
    except Mistake as error:
        return {"mistake": vars(error)}


def recorded(text, tree, values, free):
    """用 program 记下来，反向一次。返回 (Reader, 最后一个数的名字, 值, {变量: 梯度})。"""
    kept = []

    def expression(*inputs):
        given = values | dict(zip(free, inputs))
        named = {name: Value(ast.Name(name), each) for name, each in given.items()}
        reader = Reader(text, named, namer(tree, values))
        kept.append((reader, reader.run(tree)))
        return kept[-1][1].value

    value, backward = program(expression)(*(values[name] for name in free))
    reader, last = kept[-1]
    return reader, last.node.id, value, dict(zip(free, backward(1.0)))
# --8<-- [end:derive]


# --8<-- [start:result]
def result(reader, last, values, sizes, kind, value, gradients):
    """写成代码，核对，整理成只有数、字符串、列表与字典的一份：页面与命令行都用它。"""
    writer = Writer(reader.fresh, values)
    with np.errstate(all="ignore"):
        rewriters = forward_code(writer, reader.steps)
        first = len(writer.lines)
        told, bars = backward_code(writer, rewriters, last, gradients)
        code = printed(writer, first, list(values), [last, *(bars[name] for name in gradients)])
        space = {}
        exec(code, space)
        found, *given = space["value_and_gradients"](**values)
        forward = compile("\n".join(writer.lines[:first]), "前向", "exec")
        run = lambda changed: float(exec(forward, known := space | values | changed) or known[last])
        most = max(10, 400 // len(gradients))  # 变量多，就少试几个数
        checks = [checked(run, name, values[name], bar, gradients[name], float(found), float(value), min(most, 100))
                  for name, bar in zip(gradients, given)]
    shape = lambda name: list(np.shape(writer.space[name]))
    tape = [told_step(words) for words in rewriters]
    backward = [
        told_step(words) | {"upstream": [ast.unparse(n) for n in upstream], "stands": stands(words),
                            "shares": [share | {"shape": shape(share["of"])} for share in given], "words": explained(words, given)}
        for words, upstream, given in told
    ]
    variables = [{"name": name, "shape": list(size), "below": below, "bar": bars.get(name) if name in gradients else None}
                 for name, (size, below) in sizes.items()]
    return {"value": float(value), "last": last, "kind": kind, "variables": variables, "tape": tape,
            "start": bars[last], "backward": backward, "code": code, "checks": checks}


def told_step(words):
    """一步：得出的数与形状，代码，原文，输入；算子叫什么，在哪一页，公式是哪几条。"""
    step, document = words.step, OPERATORS[words.step.operator].__doc__
    found = re.search("(“[^“”]*”)(式 [^。]*)。", document)
    return {"names": [v.node.id for v in step.outputs], "shapes": [list(v.array.shape) for v in step.outputs],
            "code": words.forward, "written": step.written, "recorded": any(v.recorded for v in step.inputs),
            "inputs": [v.node.id for v in step.inputs if isinstance(v.node, ast.Name)], "operator": step.operator,
            "page": OPERATORS[step.operator].__module__.replace(".", "/"), "cited": found[1] + found[2] if found else ""}


def stands(words):
    """规则里的名字在这里各是什么：[[x, v3], …]，同名的不写。"""
    given = [(key, ast.unparse(node)) for key, node in words.bound.items() if key != "inputs"]
    used = " ".join(cited(words.step.operator)[1])
    return [[key, node] for key, node in given
            if node not in (key, words.defaults.get(key)) and re.search(rf"\b{key}\b", used)]


def explained(words, given):
    """规则里用到的公式卡的词，各是什么意思。"""
    used = [n.id for share in given for n in ast.walk(ast.parse(share["rule"], mode="eval")) if isinstance(n, ast.Name)]
    return [[name, getattr(card, name).__doc__] for name in dict.fromkeys(used)
            if is_word(name) and name not in words.bound]


def printed(writer, first, names, returned):
    """可以复制的代码：词、前向、反向写成一个函数，只用 numpy。"""
    rows = []
    for k, line in enumerate(writer.lines):
        name = line.split(" = ")[0]
        rows += ["# 反向"] * (k == first)
        shape = getattr(writer.space.get(name), "shape", None)
        rows.append(line if shape is None else f"{line}  # {shape}")
    body = ['"""标量，以及它对各个变量的梯度。"""', *rows, f"return {', '.join(returned)}"]
    needs = ["import math\n"] * ("math." in "".join([*writer.helpers, *writer.lines])) + ["import numpy as np\n"]
    helpers = "".join(f"\n\n{helper}\n" for helper in writer.helpers)
    head = f"\n\ndef value_and_gradients({', '.join(names)}):\n"
    return "".join(needs) + helpers + head + "".join(f"    {line}\n" for line in body)


def checked(run, name, x, bar, exact, found, value, most, h=6e-6):
    """印出的代码：与 program 的值与梯度比，与自己的前向的中心差分比；差都除以数的大小。"""
    scale = max(1.0, abs(value), np.abs(exact).max(initial=0))
    places, worst = np.random.default_rng(1).permutation(x.size)[:most], 0.0
    for place in places:
        step = np.zeros(x.size)
        step[place] = h
        up, down = (run({name: x + sign * step.reshape(x.shape)}) for sign in (1, -1))
        worst = max(worst, abs((up - down) / (2 * h) - bar.flat[place]) / scale)
    same = max(np.abs(bar - exact).max(initial=0), abs(found - value)) / scale
    return {"variable": name, "size": x.size, "count": len(places), "differences": float(worst), "program": float(same)}
# --8<-- [end:result]


# --8<-- [start:shell]
USAGE = """用法：python -m engine.derive 式子 变量=形状 … [--constant 变量,变量]
例：python -m engine.derive 'mean((X @ W.T + b - t)**2)' X=8,3 W=4,3 b=4 t=8,4 --constant t
形状写成 8,3，零维写作 ()；8<4 是 8 个从 0 到 3 的整数。--constant 之后是不求导的变量。"""


def lines(found):
    """结果写成一行一行的字。"""
    shape = lambda sizes: str(tuple(sizes))
    yield "磁带"
    for step in found["tape"]:
        yield f"  {step['code'][-1]}  # {step['operator']} {' '.join(map(shape, step['shapes']))}"
    yield f"反向，从 {found['start']} 是 1 起"
    for step in found["backward"]:
        yield f"  {step['code'][-1]}  # {step['operator']}，见{step['cited']}"
        for share in step["shares"]:
            told = f"，沿轴 {'、'.join(map(str, share['summed']))} 求和" if share["summed"] else ""
            told += "，加到已有的一份上" if share["added"] else ""
            yield f"    给 {share['of']}：{share['rule']}{told}"
            yield from (f"      {line}" for line in share["code"])
    yield "代码"
    yield from (f"  {line}".rstrip() for line in found["code"].splitlines())
    yield f"核对：变量取{found['kind']}"
    for check in found["checks"]:
        told = "，".join(f"与{name}差不到 {ceiling(check[key])}" for name, key in AGAINST)
        yield f"  {check['variable']} 的 {check['count']} 个数：{told}"


AGAINST = (("差分", "differences"), (" program ", "program"))


def ceiling(error):
    """比 error 大的十的整数次幂；太小的不细说。"""
    return f"1e{max(-15, math.floor(math.log10(max(error, 1e-99))) + 1):03d}"


def main(arguments):
    """命令行：印出推导；写错了的印到标准错误，退出码不是零。"""
    text, *rest = arguments or [""]
    marks = [k for k, each in enumerate(rest) if each == "--constant"]
    constant = ",".join(rest[marks[0] + 1 :]).split(",") if marks else []
    shapes = dict(each.partition("=")[::2] for each in (rest[: marks[0]] if marks else rest))
    if not text or text in ("-h", "--help"):
        print(USAGE)
        return 0 if text else 1
    try:
        print("\n".join(lines(derive(text, shapes, constant))))
    except Mistake as error:
        print(pointed(text, error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
# --8<-- [end:shell]
