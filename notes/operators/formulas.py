"""算子的 docstring 里“前向”“反向”两行：当作 numpy 表达式来算，与算子本身比较。

两行是表达式，不是装饰：前向给出输出，反向逗号隔开，一个输入一个梯度。能用的名字是算子自己的参数、
G（上游梯度）、z（输出）、numpy 与 numpy.linalg 的函数，以及 snippets/appendix/card.py 里的词。
"""

import ast
import functools
import inspect
import re
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from appendix import card
from notes.errors import Fault, Malformed, told
from notes.operators.oracles import as_tuple, cases, require, upstreams
from start.verification import agree

WORDS = {
    name: word
    for name, word in vars(card).items()
    if getattr(word, "__module__", "") == card.__name__ and not name.startswith("_")
}
NUMPY = {**vars(np.linalg), **vars(np)}
LONGEST = 75


@dataclass(frozen=True)
class Line:
    """docstring 里的一行。"""

    text: str

    @property
    def parts(self):
        """逗号隔开的各个表达式。"""
        tree = ast.parse(self.text, mode="eval").body
        parts = tree.elts if isinstance(tree, ast.Tuple) else [tree]
        return tuple(ast.get_source_segment(self.text, part) for part in parts)


@functools.cache
def lines(rule):
    """算子的“前向”“反向”两行；缺了、写错了，用一句话说清楚在哪里。"""
    source, first = inspect.getsourcelines(rule)
    path, found = Path(inspect.getsourcefile(rule)), {}
    for line, text in enumerate(source, first):
        matched = re.fullmatch(r"\s*(前向|反向)：(.*)", text.rstrip())
        if matched and matched[1] in found:
            raise Malformed(path, line, f"算子 {rule.__name__} 的“{matched[1]}”写了两行")
        if matched:
            found[matched[1]] = parse(path, line, *matched.groups())
            count = len(found[matched[1]].parts)
            if matched[1] == "反向" and count != len(positional(rule)):
                raise Malformed(
                    path, line, f"“反向”应有 {len(positional(rule))} 个表达式，一个输入一个，却有 {count} 个"
                )
    for kind in ("前向", "反向"):
        if kind not in found:
            raise Malformed(path, first, f"算子 {rule.__name__} 的 docstring 里没有“{kind}：”一行")
    return found["前向"], found["反向"]


def parse(path, line, kind, text):
    """一行表达式。"""
    if len(text) > LONGEST:
        raise Malformed(path, line, f"“{kind}”有 {len(text)} 个字符，至多 {LONGEST} 个，卡片上才放得下")
    try:
        ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise Malformed(path, line, f"“{kind}”不是一个表达式：{error.msg}") from None
    return Line(text)


def positional(rule):
    """位置参数；*xs 只算一个，可以不给的也算。"""
    return [p for p in inspect.signature(rule).parameters.values() if p.kind != p.KEYWORD_ONLY]


def own_names(rule, inputs, parameters):
    """算子自己的参数：输入，以及关键字参数（没有给的取默认值）；列表变成数组，空的算整数。"""
    signature = inspect.signature(rule)
    bound = signature.bind(*inputs, **parameters)
    bound.apply_defaults()
    return {k: as_array(v) if isinstance(v, list) else v for k, v in bound.arguments.items()} | {"inputs": inputs}


def as_array(values):
    array = np.asarray(values)
    return array if array.size else array.astype(np.intp)


def used_words(text, names):
    """表达式里用到的词；与算子的参数同名的是参数。"""
    loaded = {node.id for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.Name)}
    return [name for name in WORDS if name in loaded and name not in names]


def evaluate(text, names, replaced=MappingProxyType({})):
    """在 names、词与 numpy 的名字里求值；replaced 是顶替词与 numpy 的同名函数的。"""
    with np.errstate(all="ignore"):
        words = {name: bound_word(replaced.get(name, WORDS[name]), names) for name in used_words(text, names)}
        return eval(text, {**NUMPY, **replaced, **words, **names})


def bound_word(word, names):
    """填上 * 后面的参数；没有别的参数的词就是它的值。"""
    parameters = inspect.signature(word).parameters.values()
    filled = {p.name: names[p.name] for p in parameters if p.kind == p.KEYWORD_ONLY and p.name in names}
    return functools.partial(word, **filled) if any(p.kind != p.KEYWORD_ONLY for p in parameters) else word(**filled)


def check(operator, forward, backward):
    """两行在全部样本上与算子相符；不符就抛 AssertionError。"""
    for case in cases(operator.apply, operator.row):
        z, pullback = operator.apply(*case.inputs, **case.parameters)
        G = upstreams(case.rng, z)
        compare(case.label, operator, forward, backward, case.inputs, case.parameters, z, G, pullback(*G))


def require_true(operator):
    """两行写得对：不符的，说清楚是哪一个算子、哪里不符。"""
    try:
        check(operator, *lines(operator.rule))
    except Malformed:
        raise
    except Exception as error:
        raise Fault(f"{operator.where()}\n  {told(error)}") from None


def compare(label, operator, forward, backward, inputs, parameters, z, G, gradients):
    names = own_names(operator.rule, inputs, parameters)
    equal(label, "前向", evaluate(forward.text, names), z)
    names |= {"G": G if isinstance(z, tuple) else G[0], "z": z}
    equal(label, "反向", given_gradients(operator.rule, backward, names), gradients)


def given_gradients(rule, backward, names, replaced=MappingProxyType({})):
    """“反向”一行给出的梯度，只算给了的输入。"""
    pairs = zip(positional(rule), backward.parts, strict=True)
    asked = [part for parameter, part in pairs if names[parameter.name] is not None]
    found = evaluate(f"{', '.join(asked)},", names, replaced)
    return found[0] if isinstance(found[0], list) else found


def equal(label, kind, found, expected):
    found, expected = as_tuple(tuple(found) if isinstance(found, list) else found), as_tuple(expected)
    require(len(found) == len(expected), label, f"“{kind}”给出 {len(found)} 个，应有 {len(expected)} 个")
    for k, (left, right) in enumerate(zip(found, expected, strict=True), 1):
        same = agree(left, right, 1e-12) or np.array_equal(left, right, equal_nan=True)
        require(same, label, f"“{kind}”的第 {k} 个与算子不符")


def holds_at_kinks(operator):
    """在它那一行列出的折点与极端值处，两行也与算子相符。"""
    forward, backward = lines(operator.rule)
    for kink in operator.row.kinks:
        inputs = tuple(np.asarray(x) for x in kink.inputs)
        with np.errstate(all="ignore"):
            z, _ = operator.apply(*inputs, **kink.parameters)
        G = tuple(np.asarray(g, float) for g in as_tuple(kink.G))
        try:
            compare("", operator, forward, backward, inputs, kink.parameters, z, G, kink.gradients)
        except (AssertionError, np.linalg.LinAlgError):
            return False
    return True


def words_of(operator):
    """算子的两行用到的词。"""
    own = inspect.signature(operator.rule).parameters
    return {word for line in lines(operator.rule) for word in used_words(line.text, own)}
