"""反向推导器：读一个式子，一步一步反向，印出不用本站的 numpy 代码，当场核对。

用法：python -m engine.derive 'mean((X @ W.T + b - t)**2)' X=8,3 W=4,3 b=4 t=8,4 --constant t
"""

import ast
import functools
import itertools
import math
import re
import sys

import numpy as np

from appendix import card
from engine.derive_code import Code, Numpy, node_of
from engine.derive_reading import KINDS, Mistake, Reader, as_shape, drawn, parsed, pointed
from engine.derive_writing import Rule, Writer
from engine.program import program
from start.conventions import OPERATORS


# --8<-- [start:derive]
def derive(text, shapes, constant=()):
    """一个式子的全部：shapes 是 {变量: 形状的写法}，constant 是不求导的。写错了报 Mistake，见 result。"""
    tree, sizes = parsed(text), {name: as_shape(name, given) for name, given in shapes.items()}
    free = [name for name, (_, below) in sizes.items() if below is None and name not in constant]
    for name in constant:
        if name not in sizes:
            raise Mistake("说了不求导，却没有给形状", variable=name)
    if not free:
        raise Mistake("没有要求导的变量：至少给一个变量的形状")
    problem = Mistake("得不到有限的数：换了几种随机数，结果或梯度还是 nan 或 inf")
    for kind in KINDS:
        values = drawn(sizes, kind)
        try:
            with np.errstate(all="ignore"):
                reader, last, value, gradients = recorded(text, tree, values, free)
        except Mistake as error:  # 也许只是随机数不巧，例如矩阵不正定
            problem = error if kind == KINDS[0] else problem
            continue
        except np.linalg.LinAlgError:
            problem = Mistake(SINGULAR)
            continue
        for name in sizes:
            if name not in reader.used:
                raise Mistake("给了形状，式子里却没有用到", variable=name)
        if np.isfinite(value) and all(np.isfinite(g).all() for g in gradients.values()):
            try:
                return result(reader, last, values, kind, value, gradients)
            except np.linalg.LinAlgError:
                problem = Mistake(SINGULAR)
            except ZeroDivisionError:  # 印出的代码里有 1 / 0
                continue
    raise problem


SINGULAR = "反向要用逆矩阵，这里的矩阵是奇异的"


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
        reader = Reader(text, values | dict(zip(free, inputs)), namer(tree, values))
        kept[:] = reader, reader.run(tree)
        return kept[1].taped

    value, backward = program(expression)(*(values[name] for name in free))
    reader, last = kept
    return reader, last.node.id, value, dict(zip(free, backward(1.0)))


def namer(tree, shapes):
    """起名字的函数：fresh("v1") 依次是 v1、v2、…，不与已有的相同。"""
    taken = {"np", "math", *shapes, *(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))}

    def fresh(stem):
        base, numbers = stem.rstrip("0123456789"), itertools.count(int(stem.endswith("1")) or 2)
        name = stem if stem not in taken else next(n for n in (f"{base}{k}" for k in numbers) if n not in taken)
        taken.add(name)
        return name

    return fresh
# --8<-- [end:derive]


# --8<-- [start:backward]
def forward_code(writer, steps):
    """前向的各行；返回各步的 Rule，反向还要用，里面的 forward 是这一步的几行。"""
    rules = []
    for step in steps:
        rule, first = Rule(writer, step), len(writer.lines)
        names, code = list(rule.outputs), rule.code(two_lines(step)[0])
        arrays = [each for each in step.inputs if isinstance(each.value, np.ndarray | np.generic)]
        if not arrays and not ast.unparse(node_of(code)).startswith("np."):  # 后面还要 .sum() 一类的方法
            code = Numpy().array(code, float)
        writer.emit(names if rule.several else names[0], code)
        rule.forward = writer.lines[first:]
        rules.append(rule)
    return rules


def backward_code(writer, rules, last, values):
    """反向的各行：倒着走一遍，写出一份一份的梯度。返回 ([(Rule, 各份)], {名字: 它的梯度叫什么})。"""
    told, bars = [], {last: writer.emit(writer.fresh(f"{last}_bar"), written("np.array(1.0)", np.array(1.0)))}
    zeros = lambda name, array: written(f"np.zeros({name}.shape)", np.zeros(np.shape(array)))
    for rule in reversed(rules):
        upstream = tuple(bars[name] if name in bars else zeros(name, z) for name, z in rule.outputs.items())
        if any(v.recorded for v in rule.step.inputs) and rule.outputs.keys() & bars.keys():
            rule.bound["G"] = upstream if rule.several else upstream[0]
            told.append((rule, list(shares(writer, rule, bars))))
    for name, array in values.items():
        if name not in bars:  # 标量不随它变
            bars[name] = writer.emit(writer.fresh(f"{name}_bar"), zeros(name, array))
    return told, {name: ast.unparse(bar.node) for name, bar in bars.items()}


def shares(writer, rule, bars):
    """一步交给它的各个输入的一份：{给谁，它的形状，规则的原文，代码的各行，沿哪些轴求了和，是不是加上去的}。"""
    parts, quoted, first = two_lines(rule.step)[1], cited(rule.step.operator)[1], len(writer.lines)
    every = rule.code(parts[0]) if rule.many else None  # concatenate(*xs, axis)：一行规则写着全部的份
    for k, value in enumerate(rule.step.inputs):
        if value.recorded:
            name, added = value.node.id, value.node.id in bars
            rule.summed.clear()
            share = every[k] if rule.many else rule.code(parts[k], parts)
            bar = ast.unparse(bars[name].node) if added else writer.fresh(f"{name}_bar")
            bars[name] = writer.emit(bar, bars[name] + share if added else share)
            yield {"of": name, "shape": list(value.array.shape), "rule": quoted[0 if rule.many else k],
                   "code": writer.lines[first:], "summed": [*rule.summed], "added": added}
            first = len(writer.lines)


def written(text, value):
    """写好的一处代码与它的值。"""
    return Code(ast.parse(text, mode="eval").body, value)
# --8<-- [end:backward]


# --8<-- [start:rules]
@functools.cache
def cited(operator):
    """算子 docstring 里的两行；反向的按逗号分开。"""
    found = dict(re.findall(r"(前向|反向)：(.*)", OPERATORS[operator].__doc__))
    tree = ast.parse(found["反向"], mode="eval").body
    parts = tree.elts if isinstance(tree, ast.Tuple) else [tree]
    return found["前向"], [ast.get_source_segment(found["反向"], part) for part in parts]


# 卡片上的一行不好直接抄的，换一个写法：前向减去最大值，免得上溢；一维的矩阵乘法不补轴
INSTEAD = {
    "softmax": ("(e := exp(x - max(x, axis, keepdims=True))) / S(e)", None),
    "log_softmax": ("(c := x - max(x, axis, keepdims=True)) - log(S(exp(c)))", None),
    "logsumexp": ("logaddexp.reduce(x, axis, keepdims=keepdims)", None),
    "softplus": ("logaddexp(0, x)", None),
    "logsigmoid": ("-logaddexp(0, -x)", None),
    "logaddexp": ("logaddexp(x, y)", None),
    "norm 2": ("sqrt(sum(x**2, axis, keepdims=keepdims))", ["keep(G) * div0(x, keep(z))"]),
    "norm inf": (
        "max(abs(x), axis, keepdims=keepdims)",
        ["keep(G) * sign(x) * (m := abs(x) == keep(z)) / S(m)"],
    ),
    "norm": ("sum(abs(x)**ord, axis, keepdims=keepdims)**(1 / ord)", None),
    "matmul 1 1": (None, ["G * b", "G * a"]),
    "matmul 2 1": (None, ["G[..., None] * b", "ub(G[..., None] * a, b)"]),
    "matmul 1 2": (None, ["ub(sum(b * G[..., None, :], -1), a)", "a[:, None] * G[..., None, :]"]),
    "nll_loss": ("red(-S(q * log_p))", ["-g * q"]),
    "cross_entropy": (
        "red(-S(q * log_p))",
        ["g * (S(q) * exp(log_p) - q)", "(label_smoothing - 1) * g * log_p"],
    ),
    "cross_entropy target": ("red(-S(q * log_p))", ["g * (exp(log_p) - q)", "0"]),
    "concatenate": (
        None,
        ["[(parts := split(G, ends, axis or 0))[k].reshape(xs[k].shape) for k in range(len(xs))]"],
    ),
    "embedding": (None, ["nopad(add_at(G, indices, weight))"]),
    "getitem": (None, ["add_at(G, s_[index], x)"]),
    "stack": (None, ["[(parts := moveaxis(G, axis, 0))[k] for k in range(len(xs))]"]),
}


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
# --8<-- [end:rules]


# --8<-- [start:result]
def result(reader, last, values, kind, value, gradients):
    """写成代码，核对，整理成只有数、字符串、列表与字典的一份：页面与命令行都用它。"""
    writer = Writer(reader.fresh)
    with np.errstate(all="ignore"):
        rules = forward_code(writer, reader.steps)
        first = len(writer.lines)
        told, bars = backward_code(writer, rules, last, {name: values[name] for name in gradients})
        code = printed(writer, first, list(values), [last, *(bars[name] for name in gradients)])
        checks = checked(code, writer.lines[:first], last, values, value, gradients)
    variables = [{"name": name, "shape": list(x.shape), "bar": bars[name] if name in gradients else None}
                 for name, x in values.items()]
    return {"value": float(value), "kind": kind, "variables": variables, "tape": list(map(told_step, rules)),
            "start": bars[last], "backward": [told_step(rule) | told_rule(rule, given) for rule, given in told],
            "code": code, "checks": checks}


def told_step(rule):
    """一步：得出的数与形状，代码，用到的数；算子叫什么，在哪一页，公式是哪几条。"""
    step, operator = rule.step, OPERATORS[rule.step.operator]
    found = re.search("(“[^“”]*”)(式 [^。]*)。", operator.__doc__)
    return {"names": list(rule.outputs), "shapes": [list(z.shape) for z in rule.outputs.values()],
            "code": rule.forward, "inputs": [v.node.id for v in step.inputs if isinstance(v.node, ast.Name)],
            "operator": step.operator, "page": operator.__module__.replace(".", "/"),
            "cited": found[1] + found[2] if found else ""}


def told_rule(rule, given):
    """反向的一步：规则里的名字在这里各是什么，用到的公式卡的词各是什么意思，给各个输入的一份。"""
    stands = {key: ast.unparse(node_of(value)) for key, value in rule.bound.items() if key not in rule.omitted}
    if ":" in stands.get("index", ""):  # 切片外面不写括号
        stands["index"] = ast.unparse(ast.Subscript(ast.Name("x"), node_of(rule.bound["index"])))[2:-1]
    whole = named(cited(rule.step.operator)[1])
    said = [name for name in named([share["rule"] for share in given]) if name not in rule.bound]
    return {"stands": [[key, each] for key, each in stands.items() if key in whole and key != each],
            "words": [[name, getattr(card, name).__doc__] for name in said if name in vars(card)],
            "shares": given}


def named(lines):
    """规则里的各个名字，按出现的次序。"""
    return list(dict.fromkeys(name for line in lines for name in names_of(line)))


@functools.cache
def names_of(line):
    """一行规则里的各个名字。"""
    return [node.id for node in ast.walk(ast.parse(line, mode="eval")) if isinstance(node, ast.Name)]


def printed(writer, first, names, returned):
    """可以复制的代码：词、前向、反向写成一个函数，只用 numpy。"""
    rows = [line if shape is None else f"{line}  # {shape}" for line, shape in zip(writer.lines, writer.shapes)]
    rows = ['"""标量，以及它对各个变量的梯度。"""', *rows[:first], "# 反向", *rows[first:]]
    rows += [f"return {', '.join(returned)}"]
    code = "".join(f"\n\n{helper}\n" for helper in writer.helpers)
    code += f"\n\ndef value_and_gradients({', '.join(names)}):\n" + "".join(f"    {row}\n" for row in rows)
    return "import math\n" * ("math." in code) + "import numpy as np\n" + code


def checked(code, forward, last, values, value, gradients, h=6e-6):
    """印出的代码：与 program 的值与梯度比，与自己的前向的中心差分比；差都除以数的大小。"""
    space, found = {}, []
    exec(code, space)
    forward = compile("\n".join(forward), "前向", "exec")
    scalar = lambda changed: float(exec(forward, known := space | values | changed) or known[last])
    again, *bars = space["value_and_gradients"](**values)
    for (name, exact), bar in zip(gradients.items(), bars):
        x, scale = values[name], max(1.0, abs(value), np.abs(exact).max(initial=0))
        most, worst = min(100, max(10, 400 // len(gradients))), 0.0  # 变量多，就少试几个数
        places = np.random.default_rng(1).permutation(x.size)[:most]
        for place in places:
            step = h * (np.arange(x.size) == place).reshape(x.shape)
            slope = (scalar({name: x + step}) - scalar({name: x - step})) / (2 * h)
            worst = np.maximum(worst, abs(slope - bar.flat[place]) / scale)  # nan 不丢
        same = max(np.abs(bar - exact).max(initial=0), abs(again - value)) / scale
        found.append({"variable": name, "count": len(places),
                      "differences": finite(worst), "program": finite(same)})
    return found


def finite(error):
    """有限的照写；nan 与无穷大写作 HUGE。"""
    return float(error) if error < HUGE else HUGE
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
        yield from (f"  {line}" for line in step["code"][:-1])
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
        told = "，".join(apart(name, check[key]) for name, key, _ in AGAINST)
        held = all(check[key] < limit for _, key, limit in AGAINST)
        why = "" if held else "；核对没有过，也许随机取的数在折点附近，也许数太大，差分本身不准"
        yield f"  {check['variable']} 的 {check['count']} 个数：{told}{why}"


HUGE = 1e99  # 差是 nan 或无穷大，JSON 里没有它们
AGAINST = (("差分", "differences", 1e-6), (" program ", "program", 1e-12))  # 名字，查哪一项，差到多少算没有过


def apart(name, error):
    """与 name 差多少：不到十的几次方，太小的不细说；得 nan、无穷大的没有次数可说。"""
    if error >= HUGE:
        return f"与{name}的差是 nan 或无穷大"
    return f"与{name}差不到 1e{max(-15, math.floor(math.log10(max(error, 1e-99))) + 1):03d}"


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
