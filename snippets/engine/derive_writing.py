"""反向推导器怎样写代码：一步的规则照常运行一遍，里面的数会写下自己。"""

import ast
import functools
import inspect
import math
import re
import types

import numpy as np

from appendix import card
from engine import derive_words
from engine.derive_code import Code, Numpy, call, flattened, node_of, plain
from engine.derive_reading import UNSIZED
from start.conventions import OPERATORS

# --8<-- [start:writer]
source_of = functools.cache(inspect.getsource)
signature_of = functools.cache(inspect.signature)


class Writer:
    """写下的各行，各行得出的形状，写在最前面的函数；fresh 给新的名字。"""

    def __init__(self, fresh):
        self.fresh, self.lines, self.shapes, self.helpers, self.names = fresh, [], [], [], {}
        self.space = {"np": np, "math": math}  # 写成的函数，见 helper

    def emit(self, names, code):
        """写一行 name = code，此后它就叫 name；几个名字的是 a, b = code。"""
        target = ", ".join(names) + "," * (len(names) == 1) if isinstance(names, list) else names
        self.lines.append(f"{target} = {ast.unparse(node_of(code)).replace(' ** ', '**')}")
        self.shapes.append(getattr(plain(code), "shape", None))
        return Code(ast.Name(target), plain(code))

    def helper(self, word):
        """公式卡的一个词写成函数，连同它用到的别的词；返回它在这里叫什么。"""
        if word not in self.names:
            self.names[word] = self.fresh(word)
            tree = ast.parse(source_of(WORDS[word]))
            names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
            own = {node.id for node in names if isinstance(node.ctx, ast.Store)}
            own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
            for node in names:
                node.id = self.helper(node.id) if node.id in WORDS and node.id not in own else node.id
            tree.body[0].name = self.names[word]
            self.helpers.append(ast.unparse(tree).replace(".mT", ".swapaxes(-1, -2)"))  # 旧的 numpy 没有 .mT
            exec(self.helpers[-1], self.space)
        return self.names[word]
# --8<-- [end:writer]


# --8<-- [start:rule]
def functions(module):
    """一个模块自己的函数。"""
    found = vars(module).items()
    return {name: each for name, each in found if getattr(each, "__module__", "") == module.__name__}


SHORTER = functions(derive_words)
WORDS = SHORTER | functions(card)  # 写成函数的，照公式卡
OPEN = {"M", "back", "mat", "order", "rest", "rms"}  # 不止一句，也展开
KEPT = {"div0", "erf", "Phi", "phi", "Ah", "Aw", "add_at"}  # 只有一句，也写成函数


class Rule:
    """一步的规则怎样写成代码：形参是这里的名字，np 是替身，词照它的实现运行。"""

    def __init__(self, writer, step):
        self.writer, self.step, self.ready, self.walrus, self.summed = writer, step, {}, {}, []
        signature = signature_of(OPERATORS[step.operator])
        found = signature.bind(*step.inputs, **step.parameters)
        found.apply_defaults()
        self.many = any(p.kind == p.VAR_POSITIONAL for p in signature.parameters.values())  # concatenate(*xs)
        self.several = len(step.outputs) > 1 or step.operator == "split"
        self.bound = {key: written(value, key in UNSIZED) for key, value in found.arguments.items()}
        given = {key: ast.unparse(node_of(value)) for key, value in self.bound.items()}
        self.omitted = {key for key in given if given[key] == repr(signature.parameters[key].default)}
        self.outputs = {v.node.id: v.array for v in step.outputs}
        outputs = tuple(map(written, step.outputs))
        self.bound |= {"z": outputs if self.several else outputs[0], "operator": step.operator}
        self.bound["inputs"] = tuple(written(v) for v in step.inputs if v.value is not None)
        self.space = {name: functools.partial(self.word, name) for name in WORDS}
        self.space |= {"np": Numpy(), "math": math, "named": self.named}

    def code(self, text, others=()):
        """一行规则写成代码；others 是同一个算子的别的几行，它们起的名字这里也能用。"""
        for each in (*others, text):
            self.walrus |= named_in(each)
        for name in self.omitted:
            text = text.replace(f", {name}={name}", "")
        text = re.sub(r"\((\w+) := ", r"named('\1', ", text)
        space = {"named": self.named}
        for name, called in re.findall(r"(?<![.\w'])([A-Za-z]\w*)(\(?)", text):
            space |= {} if name in space else self.meaning(name, called)
        return eval(text, space)

    def meaning(self, name, called):
        """规则里的一个名字：形参，起过的名字，词，numpy 的名字；都不是，就是 Python 的。"""
        if name in self.bound:
            return {name: self.bound[name]}
        if name in self.walrus:
            known = name in self.ready
            return {name: self.ready[name] if known else self.named(name, self.code(self.walrus[name]))}
        if name in WORDS:
            return {name: self.space[name] if called else self.word(name)}
        numpy = self.space["np"] if hasattr(np, name) else self.space["np"].linalg
        return {name: getattr(numpy, name)} if hasattr(numpy.real, name) else {}

    def named(self, name, code):
        """不止一个名字的，另起一行，给它一个名字；已经有了的直接用。"""
        if name not in self.ready:
            parts = ast.walk(code.node) if isinstance(code, Code) else ()
            long = any(isinstance(part, ast.Call | ast.BinOp | ast.Compare) for part in parts)
            self.ready[name] = self.writer.emit(self.writer.fresh(name), code) if long else code
        return self.ready[name]

    def word(self, name, *given, **named):
        """一个词：先看有没有短的写法，再看能不能展开，不能就写成函数。没有参数的另起一行，只写一遍。"""
        if name in self.ready and not given:
            return self.ready[name]
        if name == "unbroadcast":
            wide, lead = given[0].shape, given[0].ndim - len(given[1])
            self.summed[:] = [k for k, n in enumerate(wide) if k < lead or n != given[1][k - lead]]
        found = self.run(SHORTER[name], given, named) if name in SHORTER and name not in KEPT else None
        if found is None:
            found = self.run(WORDS[name], given, named) if opened(name) else self.helped(name, given, named)
        return found if given else self.named(name, found)

    def filled(self, function, named):
        """没有写出来的参数，由算子的同名参数填上。"""
        words = [p.name for p in signature_of(function).parameters.values() if p.kind == p.KEYWORD_ONLY]
        return {name: self.bound[name] for name in words if name in self.bound} | named

    def run(self, function, given, named):
        """运行一个词的实现，里面的 np 与别的词换成这里的。"""
        here = types.FunctionType(function.__code__, self.space, function.__name__, function.__defaults__)
        here.__kwdefaults__ = function.__kwdefaults__
        return here(*given, **self.filled(function, named))

    def helped(self, name, given, named):
        """写成函数，调用它。"""
        named = self.filled(WORDS[name], named)
        function = self.writer.helper(name)
        found = self.writer.space[function](*plain(given), **plain(named))
        return Code(call(ast.Name(function), given, named), found)


@functools.cache
def named_in(text):
    """一行规则里起的名字：{名字: 式子}。"""
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.NamedExpr)]
    return {node.target.id: ast.unparse(node.value) for node in found}


@functools.cache
def opened(name):
    """词的实现只有一句 return，就展开；不止一句，写成函数来调用。"""
    body = ast.parse(source_of(WORDS[name])).body[0].body
    return name in OPEN or (len(body) == 2 and name not in KEPT)


def written(value, array=False):
    """一个输入或参数：写得出的数、元组、列表就是它自己，别的记着怎样写；array 时列表写成数组。"""
    if isinstance(value, tuple):
        return tuple(map(written, value))
    if not isinstance(value, Code):
        return value
    if type(value.value) is list and (array or any(type(each) is not int for each in flattened(value.value))):
        return Numpy().array(value, *([] if flattened(value.value) else [int]))
    try:
        return ast.literal_eval(value.node)
    except ValueError:
        return Code(value.node, value.value)
# --8<-- [end:rule]
