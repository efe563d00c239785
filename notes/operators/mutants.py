"""变异：把印出来的输出、算子的 backward 各改错一处，看测试能不能发现。"""

import ast
import copy
import inspect
import re
import textwrap

from notes.implementations import function

REPLACEMENTS = {"True": "False", "False": "True", "float64": "float32", "int64": "int32"}
TOKEN = re.compile(r"\d|-(?=\d)|\b(?:True|False|float64|int64)\b|\((?:\d+, )+\d+\)")


def changed_lines(lines):
    """输出的变异：改一个数字、去掉负号、换真假、换 dtype、倒转形状，少一行，多一行。"""
    for row, line in enumerate(lines):
        for token in TOKEN.finditer(line):
            new = changed_token(token[0])
            if new != token[0]:
                yield [*lines[:row], line[: token.start()] + new + line[token.end() :], *lines[row + 1 :]]
        yield lines[:row] + lines[row + 1 :]
    yield [*lines, "0"]


def changed_token(token):
    if token.isdigit():
        return str((int(token) + 1) % 10)
    if token.startswith("("):
        return "(" + ", ".join(reversed(token[1:-1].split(", "))) + ")"
    return "" if token == "-" else REPLACEMENTS[token]


def changed_outputs(text, sections):
    """会话文件的变异：逐个给出 (小节名, 改动之后的全文)，每次只改一步的输出。"""
    lines = text.split("\n")
    for section in sections.values():
        for step in section.steps:
            start = step.line - 1 + len(step.source)
            for want in changed_lines(step.want):
                yield section.name, "\n".join([*lines[:start], *want, *lines[start + len(step.want) :]])


def changed_operators(apply):
    """算子的变异：逐个给出 (说明, 改错了 backward 的算子)。"""
    rule = apply.__wrapped__
    tree = parsed(rule)
    for index, node in enumerate(ast.walk(tree)):
        node.index = index
    backward = next(n for n in ast.walk(tree.body[0]) if isinstance(n, ast.FunctionDef) and n.name == "backward")
    names = differentiable_names(tree.body[0], backward)
    for node in [n for statement in backward.body for n in ast.walk(statement)]:
        for new in variants(node, names):
            mutant = Replace(node.index, new).visit(copy.deepcopy(tree))
            yield f"{ast.unparse(node)} → {ast.unparse(new)}", compiled(mutant, rule)


def unchanged(apply):
    """同一个算子，只是重新编译过：它应当通过，否则上面的“发现”什么也说明不了。"""
    return compiled(parsed(apply.__wrapped__), apply.__wrapped__)


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
    return function("checked")(namespace[rule.__name__])


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
