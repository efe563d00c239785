"""反向推导器怎样读式子：照语法树一处一处地算，记下每一步用了哪个算子；写错的，指出是哪里。"""

import ast
import difflib
import functools
import inspect
import itertools
import math
import operator
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.derive_code import Code, Numpy, Shape, flattened, node_of, plain
from engine.tape import F, Var
from start.conventions import OPERATORS


# --8<-- [start:mistake]
class Mistake(Exception):
    """写错了：一句话；在式子里的有 line、column、end，从一数起；错在形状的有 variable。"""

    def __init__(self, sentence, line=0, column=0, end=0, variable=""):
        super().__init__(sentence)
        self.sentence, self.line, self.column, self.end, self.variable = sentence, line, column, end, variable


def pointed(text, error):
    """错误写成几行字：在式子里的，下面画 ^ 指着。"""
    if not error.line:
        return f"{error.variable}：{error.sentence}" if error.variable else error.sentence
    line = text.split("\n")[error.line - 1]
    before, under = (sum(1 + (c > "\u2e80") for c in part) for part in  # 汉字占两格
                     (line[: error.column - 1], line[error.column - 1 : error.end]))
    where = f"第 {error.line} 行第 {error.column} 个字符"
    return f"{where}：{error.sentence}\n    {line}\n    {' ' * before}{'^' * max(1, under)}"


SYNTAX = {  # Python 的报错里有的，怎样说
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


def parsed(text):
    """语法树；读不下去的，指出是哪里。"""
    if len(text) > 2000:
        raise Mistake("太长：至多 2000 个字符")
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        line, start = min(error.lineno or 1, text.count("\n") + 1), error.offset or 1
        end = error.end_offset - 1 if error.end_lineno == line and error.end_offset else start
        told = next(told for pattern, told in SYNTAX.items() if re.search(pattern, error.msg))
        column = max(1, min(start, len(text.split("\n")[line - 1]) + 1))
        raise Mistake(told, line, column, max(start, end)) from None
    except (ValueError, RecursionError, MemoryError):
        raise Mistake("括号套得太深，或有不收的字符") from None
    if not tree.body:
        raise Mistake("还没有写式子")
    return tree
# --8<-- [end:mistake]


# --8<-- [start:shapes]
RESERVED = ("np", "numpy", "F", "math", "float")  # 印出的代码里另有所指，变量不能叫这些
LARGEST = 4096  # 一个数组至多几个数；中间的结果至多 16 倍
HALF = str.maketrans("（），、；＜：＝　", "(),,;<:= ")


def as_shape(name, text):
    """读一个形状，小于号后面是整数的上界。返回 (形状, 上界或 None)。"""
    if not name.isidentifier() or name in RESERVED:
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
    texts = [path.read_text(encoding="utf-8") for path in Path(__file__).parents[1].glob("*/*.py")]
    return {name for text in texts for name in re.findall(r"@operator\ndef (\w+)\(", text)}


# numpy 与 PyTorch 的名字，本站的名字
ALIASES = {
    **{"subtract": "sub", "multiply": "mul", "divide": "div", "true_divide": "div", "negative": "neg"},
    **{"power": "pow", "absolute": "abs", "amax": "max", "amin": "min", "dot": "matmul"},
    **{"vector_norm": "norm", "cat": "concatenate"},
}
INFIX = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow", ast.MatMult: "matmul"}
COMPARE = {ast.Gt: operator.gt, ast.Lt: operator.lt, ast.GtE: operator.ge, ast.LtE: operator.le}
CONSTANTS = ("pi", "e", "inf")
MODULES = ("np", "numpy", "np.linalg", "numpy.linalg", "F")
UNSIZED = ("target", "indices", "index", "positions", "ignore_index")  # 这些参数不会把数组放大


@dataclass
class Step:
    """一步：哪个算子，输入与参数，得出的几个数。"""

    operator: str
    inputs: list
    parameters: dict
    outputs: tuple


class Number(Code):
    """式子里的数组：变量，或者一步得出的；taped 是交给算子的，要求导的是记下的数。"""

    def __init__(self, name, taped):
        recorded = type(taped) is Var
        super().__init__(ast.Name(name), taped.array if recorded else taped, recorded)
        self.taped = taped


def numeric(value):
    """是不是整数或小数；形状里的一个也是。"""
    return type(plain(value)) in (int, float)


def similar(name, known):
    """名字写错了，想写的大概是哪一个。"""
    found = [k for k in known if k.lower() == name.lower()] or difflib.get_close_matches(name, sorted(known), 1)
    return f"；想写的是 {found[0]} 吗" if found else ""
# --8<-- [end:names]


# --8<-- [start:reader]
class Reader:
    """照着语法树一处一处地算，用到算子的记在 steps 里；不认得的写法一概不收，从不运行读者的代码。"""

    def __init__(self, text, given, fresh):
        self.text, self.fresh, self.steps, self.used = text, fresh, [], set()
        self.names = {name: Number(name, each) for name, each in given.items()}
        self.chosen = {}  # 一处的结果叫什么；没有写在这里的，依次叫 v1、v2……
        self.places = []  # 正在算的一处，以及套着它的各处

    def wrong(self, node, sentence):
        """node 这一处写错了；ast 的列数的是字节，这里换成字。"""
        line = self.text.split("\n")[node.lineno - 1].encode()
        start, end = (len(line[:k].decode(errors="ignore")) for k in (node.col_offset, node.end_col_offset))
        return Mistake(sentence, node.lineno, start + 1, end if node.end_lineno == node.lineno else start + 1)

    def run(self, tree):
        """依次算各行，返回最后一行的值。"""
        for statement in tree.body:
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                result = self.assign(statement.targets[0], statement.value)
            elif isinstance(statement, ast.Expr) and statement is tree.body[-1]:
                self.chosen[statement.value] = [self.fresh("L")]
                result = self.value(statement.value)
            elif isinstance(statement, ast.Expr):
                raise self.wrong(statement, "这一行没有名字，后面用不到它；写成 h = …")
            else:
                raise self.wrong(statement, "一行只能是“名字 = 式子”，最后一行可以只是式子")
        if not getattr(result, "recorded", False):
            raise self.wrong(statement.value, "最后一行不随要求导的变量变动")
        if result.shape != ():
            told = f"最后一行的形状是 {result.value.shape}，不是标量：外面加一层 sum 或 mean"
            raise self.wrong(statement.value, told)
        return result

    def assign(self, target, expression):
        """名字 = 式子；几个输出的，左边写几个名字。"""
        several = isinstance(target, ast.Tuple)
        targets = target.elts if several else [target]
        for each in targets:
            if not isinstance(each, ast.Name):
                raise self.wrong(each, "等号左边只能是名字")
            if each.id in RESERVED:
                raise self.wrong(each, f"变量不能叫“{each.id}”")
            if each.id in self.names:
                raise self.wrong(each, f"{each.id} 已经有了，换一个名字")
        names = self.chosen[expression] = [each.id for each in targets]
        found = self.value(expression)
        values = [found] if not several else found if isinstance(found, tuple | list) else ()
        if len(values) != len(names):
            raise self.wrong(expression, f"左边有 {len(names)} 个名字，右边却有 {len(values) or 1} 个输出")
        self.names |= dict(zip(names, values))
        return found

    def value(self, node):
        """一处的值：数组是 Number，个数是 Code，别的是 Python 的数、元组、列表。"""
        self.places.append(node)
        try:
            return self.computed(node)
        except (ArithmeticError, ValueError, TypeError):
            raise self.wrong(node, "这里算不出来：形状对不上，或没有这样的数") from None
        except RecursionError:
            raise Mistake("一层套一层，套得太深：分成几行写") from None
        finally:
            self.places.pop()

    def computed(self, node):
        """照写法分别算；一个都不合，就不收。"""
        match node:
            case ast.Name():
                return self.named(node)
            case ast.Constant(number):
                if isinstance(number, complex | bytes) or (numeric(number) and abs(number) >= 2**31):
                    raise self.wrong(node, "只收实数，不收太大的数")
                return number
            case ast.UnaryOp(ast.USub(), inner):
                inner = self.value(inner)
                return -inner if numeric(inner) else self.apply("neg", [inner])
            case ast.UnaryOp(_, inner):
                self.value(inner)
                raise self.wrong(node, "前面只能写负号")
            case ast.BinOp(left, sign, right):
                return self.infix(node, INFIX.get(type(sign)), left, right)
            case ast.Compare(left, [ast.Gt() | ast.Lt() | ast.GtE() | ast.LtE() as sign], [right]):
                return COMPARE[type(sign)](self.value(left), self.value(right))
            case ast.Compare():
                raise self.wrong(node, "比较只收一个 >、<、>= 或 <=")
            case ast.Tuple(parts):
                return tuple(map(self.value, parts))
            case ast.List(parts):
                return list(map(self.value, parts))
            case ast.Subscript(base, index):
                return self.subscript(index, self.value(base), self.index(index))
            case ast.Attribute():
                return self.attribute(node)
            case ast.Call():
                return self.called(node)
        raise self.wrong(node, "不收这种写法：只收算子、+ - * / ** @、下标与关键字参数")

    def named(self, node):
        """变量，前面起的名字，pi、e、inf。"""
        if node.id in self.names:
            self.used.add(node.id)
            return self.names[node.id]
        if node.id in CONSTANTS:
            return getattr(Numpy(), node.id)
        if node.id in operators():
            raise self.wrong(node, f"{node.id} 是算子，要写成 {node.id}(…)")
        raise self.wrong(node, f"没有给 {node.id} 的形状{similar(node.id, self.names)}")

    def infix(self, node, name, left, right):
        """四则、乘方、矩阵乘法；两个数当场算好，平方写成 square。"""
        if not name:
            raise self.wrong(node, "不收这种运算：只有 + - * / ** @")
        left, right = self.value(left), self.value(right)
        if numeric(left) and numeric(right):
            if name == "pow":
                math.pow(plain(left), plain(right))  # 太大的，不真的去算
            return getattr(operator, {"div": "truediv"}.get(name, name))(left, right)
        square = name == "pow" and numeric(right) and plain(right) == 2
        return self.apply("square", [left]) if square else self.apply(name, [left, right])

    def index(self, node):
        """下标：整数、切片、None、省略号、整数的列表或变量、真假，以及它们的元组。"""
        if isinstance(node, ast.Tuple):
            return tuple(map(self.index, node.elts))
        if isinstance(node, ast.Slice):
            return slice(*(each and self.index(each) for each in (node.lower, node.upper, node.step)))
        found = self.value(node)
        if isinstance(found, float) or getattr(found, "recorded", False):
            raise self.wrong(node, "下标要是整数，不是求导的数")
        return found

    def subscript(self, node, base, index):
        """几个输出、形状里的一个，或者切片。"""
        if not isinstance(base, tuple | list):
            return self.apply("getitem", [base], {"index": index})
        if type(index) is not int or not -len(base) <= index < len(base):
            raise self.wrong(node, f"这里有 {len(base)} 个，下标要是一个整数，从 0 数起")
        return base[index]

    def attribute(self, node):
        """.T、.mT、.shape、.size、.ndim，以及 np.pi。"""
        if ast.unparse(node.value) in MODULES and node.attr in CONSTANTS:
            return getattr(Numpy(), node.attr)
        base = self.value(node.value)
        if node.attr in ("shape", "size", "ndim") and isinstance(base, Code):
            return getattr(base, node.attr)
        if node.attr == "T":
            return self.apply("transpose", [base])
        if node.attr == "mT":
            return self.apply("swapaxes", [base], {"axis1": -1, "axis2": -2})
        raise self.wrong(node, f"不认得 .{node.attr}：只有 .T、.mT、.shape、.size、.ndim，算子写成 x.sum(…)")

    def called(self, node):
        """relu(x)、np.relu(x)、x.relu()，三种写法相同。"""
        function, arguments = node.func, list(node.args)
        if not isinstance(function, ast.Name | ast.Attribute):
            raise self.wrong(function, "这里只能是算子的名字")
        written = function.attr if isinstance(function, ast.Attribute) else function.id
        if isinstance(function, ast.Attribute) and ast.unparse(function.value) not in MODULES:
            arguments.insert(0, function.value)
        name = ALIASES.get(written, written)
        if name not in operators():
            meant = similar(written, operators() | set(ALIASES))
            raise self.wrong(function, f"没有名叫 {written} 的算子{meant}")
        for each in [*arguments, *node.keywords]:
            if isinstance(each, ast.Starred) or getattr(each, "arg", "") is None:
                raise self.wrong(each, "不收 * 与 **")
        values, named = list(map(self.value, arguments)), {k.arg: self.value(k.value) for k in node.keywords}
        if written == "dot" and [np.ndim(plain(each)) > k for k, each in enumerate(values, 1)] == [True, True]:
            raise self.wrong(node, "第二个有 3 根轴以上时，dot 与 @ 不同：写成 @，或者写成 einsum")
        if written in ("trace", "diagonal") and ast.unparse(function).endswith(f"linalg.{written}"):
            named = {"axis1": -2, "axis2": -1} | named  # np.trace 取前两根轴，np.linalg.trace 取后两根
        return self.apply(name, *arranged(name, values, named))

    def apply(self, name, inputs, parameters=None):
        """用一个算子，记下一步；返回得出的数，几个输出的是元组。"""
        node, given = self.places[-1], {key: plain(each) for key, each in (parameters or {}).items()}
        inputs = [self.as_input(node, name, each) for each in inputs]
        self.check_size(node, inputs, given)
        try:
            arrays = [each.taped if isinstance(each, Number) else each.value for each in inputs]
            result = getattr(F, name)(*arrays, **given)
        except (TypeError, ValueError, IndexError, OverflowError, MemoryError, np.linalg.LinAlgError) as error:
            raise self.wrong(node, str(error)) from None
        results = result if isinstance(result, tuple) else (result,)
        names = self.chosen.get(node, ())
        names = names if len(names) == len(results) else [self.fresh("v1") for _ in results]
        outputs = tuple(map(Number, names, results))
        if sum(each.value.size for each in outputs) > 16 * LARGEST:
            raise self.wrong(node, f"结果的形状是 {outputs[0].value.shape}，太大：至多 {16 * LARGEST} 个数")
        parameters = {key: Code(node_of(each), plain(each)) for key, each in (parameters or {}).items()}
        self.steps.append(Step(name, inputs, parameters, outputs))
        return outputs if isinstance(result, tuple) else outputs[0]

    def as_input(self, node, name, value):
        """算子的一个输入：数组，数，数的列表；整数的变量不行。"""
        written, now = node_of(value), plain(value)
        numbers = [] if type(value) is Shape else flattened(now)
        if numbers and all(map(numeric, numbers)):
            getattr(F, name)  # 还没有导入的，这时才登记
            if numeric(now) and OPERATORS[name].__module__.startswith("elementwise."):
                return Code(written, float(now))
            return Numpy().array(Code(written, now), float)
        if (isinstance(now, np.ndarray | np.generic) and now.dtype == float) or now is None:
            return value if now is not None else Code(written, None)
        told = ast.unparse(written)
        if isinstance(now, np.ndarray | np.generic):
            only = f"只能作参数，例如 target={told}、indices={told}"
            raise self.wrong(node, f"{told} 是整数或真假，没有梯度；{only}")
        raise self.wrong(node, f"{name} 要的是数组，{told} 不是")

    def check_size(self, node, inputs, parameters):
        """参数里的数会把数组放得太大，或者步数太多，就不算。"""
        sizes = flattened([value for key, value in parameters.items() if key not in UNSIZED])
        factor = math.prod(max(1, abs(n)) for n in sizes if type(n) is int)
        largest = max([np.size(each.value) for each in inputs], default=1)
        if factor * largest > LARGEST**2 or len(self.steps) >= 200:
            raise self.wrong(node, "太大：参数里的数放得太大，或者超过了 200 步")


def arranged(name, values, parameters):
    """numpy 的写法换成算子的：前几个是数组，多出来的依次是关键字参数。返回 (数组, 参数)。"""
    signature = inspect.signature(getattr(F, name)).parameters.values()
    words = [p.name for p in signature if p.kind == p.KEYWORD_ONLY]
    words = list(itertools.takewhile(lambda word: word not in ("keepdims", "ddof", "initial"), words))
    count = sum(p.kind != p.KEYWORD_ONLY for p in signature)
    if name == "einsum" and values and isinstance(values[0], str):  # 空格本站不管，numpy 不许在箭头中间
        values[0] = values[0].replace(" ", "")
    first = {"einsum": "subscripts", "where": "condition"}.get(name)
    if first and first not in parameters:
        return values[1:], parameters | dict(zip([first], values))
    if name in ("concatenate", "stack") and values and isinstance(values[0], tuple | list):
        return values[0], parameters | dict(zip(words, values[1:]))
    if any(p.kind == p.VAR_POSITIONAL for p in signature):
        return values, parameters
    extra = values[count:]
    if name in ("reshape", "transpose", "broadcast_to") and len(extra) > 1:  # x.reshape(2, 3)
        extra = [tuple(extra)]
    return values[:count] + extra[len(words) :], parameters | dict(zip(words, extra))
# --8<-- [end:reader]
