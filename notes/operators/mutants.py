"""变异：把算子的 backward 改错一处，看验证手段能不能发现。"""

import ast
import inspect
import textwrap
from dataclasses import dataclass
from functools import partial

from start.conventions import checked


def changed_operators(rule):
    """算子的变异：逐个给出 (说明, 改错了 backward 的算子)。"""
    yield from changed(rule, lambda node, inputs, others: variants(node, inputs + others))


def detached_operators(rule):
    """只有二阶看得见的变异：一个输入当了常数，或一个梯度只剩实部。"""
    yield from changed(rule, lambda node, inputs, others: real_parts(node, inputs))


@dataclass(frozen=True, eq=False)
class Change:
    """改了哪一处，改成什么；要说的时候才写成代码。"""

    old: ast.AST
    new: ast.AST

    def __repr__(self):
        return f"{ast.unparse(self.old)} → {ast.unparse(self.new)}"


def changed(rule, variants):
    """backward 的每一处依次换成 variants(节点, 输入的名字, 上游梯度与前向算出的量的名字) 里的各个。"""
    tree = parsed(rule)
    backward = next(n for n in ast.walk(tree.body[0]) if isinstance(n, ast.FunctionDef) and n.name == "backward")
    inputs = [a.arg for a in tree.body[0].args.args]
    others = [a.arg for a in backward.args.args] + assigned(tree.body[0])
    for node, put in places(backward):
        for new in variants(node, inputs, others):
            put(ast.fix_missing_locations(new))  # 别处的行号都在，只有新写的没有
            mutant = compiled(tree, rule)
            put(node)
            yield Change(node, new), mutant


def places(function):
    """函数体里的各个节点，以及在原处换成别的节点的办法；连同它们自己的各处。"""
    waiting = [(function, "body")]
    while waiting:
        parent, field = waiting.pop(0)
        value = getattr(parent, field)
        if isinstance(value, list):
            found = [(each, partial(value.__setitem__, k)) for k, each in enumerate(value)]
        else:
            found = [(value, partial(setattr, parent, field))]
        for node, put in found:
            if isinstance(node, ast.AST):
                yield node, put
                waiting += [(node, name) for name in node._fields]


def unchanged(rule):
    """同一个算子，只是重新编译过：它应当通过，否则上面的“发现”什么也说明不了。"""
    return compiled(parsed(rule), rule)


def parsed(rule):
    tree = ast.parse(textwrap.dedent(inspect.getsource(rule)))
    tree.body[0].decorator_list = []
    return tree


def assigned(rule):
    """前向算出的量。"""
    statements = [statement for statement in rule.body if isinstance(statement, ast.Assign)]
    names = [n for statement in statements for n in ast.walk(statement) if isinstance(n, ast.Name)]
    return [name.id for name in names if isinstance(name.ctx, ast.Store)]


def compiled(tree, rule):
    namespace = dict(rule.__globals__)
    exec(compile(tree, "<变异>", "exec"), namespace)
    return checked(namespace[rule.__name__])


def variants(node, names):
    """一个节点的各种错法。"""
    match node:
        case ast.Return(value=ast.Tuple(elts=elements)):
            for k, element in enumerate(elements):
                negated = [*elements[:k], ast.UnaryOp(ast.USub(), element), *elements[k + 1 :]]
                yield ast.Return(ast.Tuple(negated, ast.Load()))
            if len(elements) > 1:
                yield ast.Return(ast.Tuple(elements[::-1], ast.Load()))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=op, right=right):
            for other in OPERATIONS.get(type(op), ()):
                yield ast.BinOp(left, other(), right)
            if isinstance(op, ast.MatMult | ast.Div | ast.Sub | ast.Pow):
                yield ast.BinOp(right, op, left)
            if isinstance(op, ast.MatMult):
                yield ast.BinOp(left, op, ast.Attribute(right, "T", ast.Load()))
                yield ast.BinOp(ast.Attribute(left, "T", ast.Load()), op, right)
        case ast.Attribute(value=value, attr="T" | "mT"):
            yield value
        case ast.Name(id=name, ctx=ast.Load()) if name in names:
            for other in names:
                if other != name:
                    yield ast.Name(other, ast.Load())
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1)
        case ast.Call(func=ast.Name(id="unbroadcast"), args=[G, _]):
            yield G


OPERATIONS = {ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div, ast.Add), ast.Div: (ast.Mult,)}


def real_parts(node, inputs):
    """返回的一个梯度、乘除加减的一边，只取实部：输入是实数时什么也没有变。"""
    match node:
        case ast.Return(value=ast.Tuple(elts=elements)):
            for k, element in enumerate(elements):
                yield ast.Return(ast.Tuple([*elements[:k], real(element), *elements[k + 1 :]], ast.Load()))
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() | ast.MatMult() as op, right=right):
            if isinstance(left, ast.Name) and left.id in inputs:
                yield ast.BinOp(real(left), op, right)
            if isinstance(right, ast.Name) and right.id in inputs:
                yield ast.BinOp(left, op, real(right))


def real(value):
    return ast.Attribute(value, "real", ast.Load())
