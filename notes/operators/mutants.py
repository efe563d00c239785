"""变异：把算子的 backward 改错一处，看验证手段能不能发现。"""

import ast
import copy
import inspect
import textwrap

from start.conventions import checked


def changed_operators(rule):
    """算子的变异：逐个给出 (说明, 改错了 backward 的算子)。"""
    tree = parsed(rule)
    for index, node in enumerate(ast.walk(tree)):
        node.index = index
    backward = next(n for n in ast.walk(tree.body[0]) if isinstance(n, ast.FunctionDef) and n.name == "backward")
    names = differentiable_names(tree.body[0], backward)
    for node in [n for statement in backward.body for n in ast.walk(statement)]:
        for new in variants(node, names):
            mutant = Replace(node.index, new).visit(copy.deepcopy(tree))
            yield f"{ast.unparse(node)} → {ast.unparse(new)}", compiled(mutant, rule)


def unchanged(rule):
    """同一个算子，只是重新编译过：它应当通过，否则上面的“发现”什么也说明不了。"""
    return compiled(parsed(rule), rule)


def parsed(rule):
    tree = ast.parse(textwrap.dedent(inspect.getsource(rule)))
    tree.body[0].decorator_list = []
    return tree


def differentiable_names(rule, backward):
    """可以互相换错的名字：输入、上游梯度，以及前向算出的量。"""
    names = [a.arg for f in (rule, backward) for a in f.args.args]
    for statement in rule.body:
        if isinstance(statement, ast.Assign):
            names += [n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return names


class Replace(ast.NodeTransformer):
    """把编号为 index 的节点换成 new。"""

    def __init__(self, index, new):
        self.index, self.new = index, new

    def visit(self, node):
        return self.new if getattr(node, "index", None) == self.index else self.generic_visit(node)


def compiled(tree, rule):
    namespace = dict(rule.__globals__)
    exec(compile(ast.fix_missing_locations(tree), "<变异>", "exec"), namespace)
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
