"""反向推导器：印出的代码只靠 numpy 就能运行，与 program、差分、PyTorch 都一致；写错的式子，各得一句中文。

两批式子：每个算子的全部样本；随机拼成的，种子固定，每个 SEEDS 一批。
"""

import importlib.util
import json
import math
import re
import sys
from collections import Counter

import numpy as np
import pytest

from engine import derive
from engine.derive import Mistake
from notes import consoles
from notes.files import write
from notes.operators.registry import OPERATORS
from notes.paths import SNIPPETS

SEEDS, EACH = range(16), 25
EXACT, DIFFERENCES = 1e-12, 1e-7


def gradients_of(found, values):
    """把印出的代码在只有它自己的命名空间里运行：{变量: 梯度}，以及标量。"""
    space = {}
    exec(found["code"], space)
    with np.errstate(all="ignore"):
        value, *bars = space["value_and_gradients"](**values)
    free = [each["name"] for each in found["variables"] if each["bar"]]
    return value, dict(zip(free, bars, strict=True))


def require(text, shapes, constant=()):
    """推导一个式子，核对印出的代码；返回推导与变量的值。"""
    found = derive.derive(text, shapes, constant)
    sizes = {name: derive.as_shape(name, given) for name, given in shapes.items()}
    values = derive.drawn(sizes, found["kind"])
    assert "import engine" not in found["code"] and set(imports(found["code"])) <= {"import numpy as np", "import math"}
    for check in found["checks"]:
        assert check["program"] <= EXACT, (text, shapes, check)
        assert check["differences"] <= DIFFERENCES, (text, shapes, check)
    _, bars = gradients_of(found, values)
    reader, _, expected, exact = derive.recorded(text, derive.parsed(text), values, list(bars))
    for name, bar in bars.items():
        scale = max(1, np.abs(exact[name]).max(initial=0), abs(expected))
        assert np.shape(bar) == values[name].shape, (text, name)
        assert np.abs(bar - exact[name]).max(initial=0) <= EXACT * scale, (text, name)
    return found, values, reader, bars


def imports(code):
    return [line for line in code.splitlines() if line.startswith(("import", "from"))]


# ---------- 每个算子 ----------


def written(operator, sample):
    """一个样本写成式子，最后化成标量；几个输出的取最后一个。"""
    inputs = ["None" if shape is None else f"x{k}" for k, shape in enumerate(sample.shapes)]
    words = [f"{name}={value!r}" for name, value in sample.parameters.items()]
    call = f"{operator}({', '.join(inputs + words)})"
    if str(operator) == "getitem":
        call = f"x0[{subscript(sample.parameters['index'])}]"
    last = "z[-1]" if isinstance(outputs(operator, sample), tuple) else "z"
    return f"z = {call}\nsum({last} * {last} + sin({last}))"


def outputs(operator, sample):
    rng = np.random.default_rng(0)
    shapes = [None if shape is None else rng.uniform(0.05, 0.95, shape) for shape in sample.shapes]
    try:
        return operator.apply(*shapes, **sample.parameters)[0]
    except (ValueError, np.linalg.LinAlgError):  # 不正定的矩阵
        return None


def subscript(index):
    """下标写成方括号里的样子。"""
    if isinstance(index, tuple) and index:
        return ", ".join(map(subscript, index)) + "," * (len(index) == 1)
    if isinstance(index, slice):
        return ":".join("" if part is None else str(part) for part in (index.start, index.stop, index.step))
    return "..." if index is ... else repr(index)


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=str)
def test_every_operator(operator):
    """每个算子都收，全部样本：印出的代码与 program、差分一致；算不出标量的零尺寸样本除外。"""
    done = 0
    for sample in operator.row.samples:
        shapes = {f"x{k}": given(shape) for k, shape in enumerate(sample.shapes) if shape is not None}
        found, *_ = require(written(operator, sample), shapes)
        assert found["tape"][0]["operator"] == str(operator)
        done += 1
    assert done


def given(shape):
    return ",".join(map(str, shape)) or "()"


# ---------- 随机的式子 ----------

ELEMENTWISE = (
    *("sin({a})", "np.cos({a})", "tanh({a})", "sigmoid({a})", "relu({a})", "softplus({a})", "silu({a})", "gelu({a})"),
    *("erf({a})", "np.exp(tanh({a}))", "np.log({a}**2 + 1)", "sqrt({a} * {a} + 0.5)", "1 / (2 + {a}**2)", "{a}**2"),
    *("-{a}", "np.abs({a})", "expm1(tanh({a}))", "log1p({a}**2)", "logsigmoid({a})", "softsign({a})", "mish({a})"),
    *("relu6({a})", "hardsigmoid({a})", "hardswish({a})", "selu({a})", "elu({a}, alpha=0.7)", "reciprocal({a}**2 + 1)"),
    *("leaky_relu({a}, negative_slope=0.2)", "({a}**2 + 1)**0.3", "{a}**3 / 4", "square({a})", "3 - {a}", "{a} / 2"),
    *("gelu({a}, approximate='tanh')", "np.clip({a}, -0.7, 0.8)", "np.where({a} > 0.1, {a}, {a}**2)", "2**tanh({a})"),
)
PAIRS = (
    *("{a} + {b}", "{a} - {b}", "{a} * {b}", "{a} / (1 + {b}**2)", "({a}**2 + 1)**tanh({b})", "np.maximum({a}, {b})"),
    *("np.minimum({a}, {b})", "logaddexp({a}, {b})", "np.where({a} > {b}, {a}, {b} * 2)", "swiglu({a}, {b})"),
)
LINES = ("softmax({a}, axis={k})", "log_softmax({a}, axis={k})", "normalize({a}, axis={k})", "np.cumsum({a}, axis={k})")
REDUCTIONS = (
    *("{a}.sum(axis={k}{d})", "np.mean({a}, axis={k}{d})", "np.max({a}, axis={k}{d})", "{a}.min(axis={k}{d})"),
    *("np.var({a}, axis={k}{d})", "std({a}, axis={k}{d})", "norm({a}, axis={k}{d})", "logsumexp({a}, axis={k}{d})"),
    *("prod(1 + tanh({a}) / 8, axis={k}{d})", "norm({a}, ord=3, axis={k}{d})"),
)


class Maker:
    """随机拼一个式子：pool 是已有的 (名字, 形状)，一行一个新的；变量用几次不一定。"""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.lines, self.shapes, self.pool = [], {}, []
        for name in ("x", "y", "z")[: 1 + seed % 3]:
            self.variable(name, tuple(self.rng.integers(1, 4, size=self.rng.integers(0, 4)).tolist()))

    def variable(self, name, shape):
        self.shapes[name] = given(shape)
        self.pool.append((name, shape))
        return name

    def pick(self, choices):
        return choices[self.rng.integers(len(choices))]

    def line(self, text, shape):
        name = f"h{len(self.lines)}"
        self.lines.append(f"{name} = {text}")
        self.pool.append((name, shape))

    def step(self):
        """随机的一步。"""
        a, shape = self.pick(self.pool)
        kinds = [self.one, self.two, self.lines_of, self.reduced, self.moved, self.product]
        self.pick(kinds if shape else kinds[:2])(a, shape)

    def one(self, a, shape):
        self.line(self.pick(ELEMENTWISE).format(a=a), shape)

    def two(self, a, shape):
        """另一个取池里能广播的，没有就新添一个变量。"""
        fits = [(b, other) for b, other in self.pool if fitting(shape, other)]
        if self.rng.integers(3) == 0 or not fits:
            other = tuple(n if self.rng.integers(2) else 1 for n in shape[self.rng.integers(len(shape) + 1) :])
            fits = [(self.variable(f"w{len(self.shapes)}", other), other)]
        b, other = self.pick(fits)
        self.line(self.pick(PAIRS).format(a=a, b=b), np.broadcast_shapes(shape, other))

    def lines_of(self, a, shape):
        k = int(self.rng.integers(-len(shape), len(shape)))
        self.line(self.pick(LINES).format(a=a, k=k), shape)

    def reduced(self, a, shape):
        """归约：全部、一根、几根轴，留不留。"""
        count = int(self.rng.integers(1, len(shape) + 1))
        axes = sorted(self.rng.permutation(len(shape))[:count].tolist())
        keep = bool(self.rng.integers(2))
        left = tuple(1 if k in axes else n for k, n in enumerate(shape) if keep or k not in axes)
        k = axes[0] - len(shape) * int(self.rng.integers(2)) if count == 1 else tuple(axes)
        self.line(self.pick(REDUCTIONS).format(a=a, k=k, d=", keepdims=True" * keep), left)

    def moved(self, a, shape):
        """搬动：转置、改形、切片、翻转、拼接、补零……"""
        n, k = math.prod(shape), int(self.rng.integers(len(shape)))
        grown = (*shape[:k], 2 * shape[k], *shape[k + 1 :])
        self.line(
            *self.pick(
                [
                    (f"{a}.T", shape[::-1]),
                    (f"{a}.reshape({n})", (n,)),
                    (f"np.reshape({a}, (1, -1))", (1, n)),
                    (f"np.flip({a}, axis={k})", shape),
                    (f"np.roll({a}, 1, axis={k})", shape),
                    (f"np.expand_dims({a}, {k})", (*shape[:k], 1, *shape[k:])),
                    (f"{a}[0]", shape[1:]),
                    (f"{a}[..., None, :1]", (*shape[:-1], 1, 1)),
                    (f"{a}[[0, 0, -1]]", (3, *shape[1:])),
                    (f"np.concatenate([{a}, {a}], axis={k})", grown),
                    (f"np.stack([{a}, -{a}], axis={k})", (*shape[:k], 2, *shape[k:])),
                    (f"np.take({a}, [0, 0], axis={k})", (*shape[:k], 2, *shape[k + 1 :])),
                    (f"np.tile({a}, {(2,) + (1,) * (len(shape) - 1)})", (2 * shape[0], *shape[1:])),
                    (f"np.pad({a}, 1)", tuple(m + 2 for m in shape)),
                    (f"np.broadcast_to({a}, {(2, *shape)})", (2, *shape)),
                    (f"np.swapaxes({a}, 0, {k})", swapped(shape, 0, k)),
                    (f"scatter_add({a}, {a}, indices=[{', '.join(['0'] * shape[0])}])", shape),
                ][: 17 if len(shape) == 1 else 16]
            )
        )

    def product(self, a, shape):
        """乘一个新的变量：向量、矩阵、一批矩阵；或者 einsum、linear、outer。"""
        m, w = int(self.rng.integers(1, 4)), f"w{len(self.shapes)}"
        *lead, n = shape
        self.line(
            *self.pick(
                [
                    (f"{a} @ {self.variable(w, (n,))}", (*lead,)),
                    (f"{a} @ {self.variable(w + 'm', (n, m))}", (*lead, m)),
                    (f"linear({a}, {self.variable(w + 'l', (m, n))})", (*lead, m)),
                    (f"np.einsum('...i,ij->...j', {a}, {self.variable(w + 'e', (n, m))})", (*lead, m)),
                    (f"np.matmul({self.variable(w + 't', (m, n))}, {a})", (m,))
                    if not lead
                    else (f"{a}.mT", (*lead[:-1], n, lead[-1])),
                    (f"layer_norm({a}, {self.variable(w + 'n', (n,))}, normalized_shape={n})", shape),
                    (f"{self.variable(w + 'b', (2, m, n))} @ {a}", (2, m))
                    if not lead
                    else (f"{a}.mT @ {a}", (*lead[:-1], n, n)),
                    (f"np.einsum('ij,ik->jk', {a}, {a})", (n, n)) if len(lead) == 1 else (f"{a}", shape),
                ]
            )
        )
        self.shapes = {name: size for name, size in self.shapes.items() if self.uses(name)}
        self.pool = [(name, size) for name, size in self.pool if name in self.shapes or name.startswith("h")]

    def uses(self, name):
        return name in ("x", "y", "z") or any(used(name, line) for line in self.lines)

    def made(self):
        """(式子, 形状)：把没有用到的都加进最后一行。"""
        for _ in range(int(self.rng.integers(2, 8))):
            self.step()
        text = "\n".join(self.lines)
        left = [
            name for name, _ in self.pool if not used(name, text.partition(f"{name} = ")[2] if name[0] == "h" else text)
        ]
        self.lines.append(" + ".join(f"({self.pick(('sin', 'tanh'))}({name})).mean()" for name in left))
        return "\n".join(self.lines), self.shapes


def used(name, text):
    return name in {token.strip() for token in "".join(c if c.isalnum() else " " for c in text).split()}


def fitting(one, other):
    try:
        return math.prod(np.broadcast_shapes(one, other)) <= 64
    except ValueError:
        return False


def swapped(shape, one, other):
    shape = list(shape)
    shape[one], shape[other] = shape[other], shape[one]
    return tuple(shape)


def cases(seed):
    return [Maker(1000 * seed + k).made() for k in range(EACH)]


@pytest.mark.parametrize("seed", SEEDS)
def test_random_expressions(seed):
    """印出的代码在只有 numpy 的命名空间里运行，与 program、差分、PyTorch 一致。"""
    torch = __import__("torch") if importlib.util.find_spec("torch") else None
    for text, shapes in cases(seed):
        found, values, reader, bars = require(text, shapes)
        if torch:
            for name, expected in by_pytorch(torch, reader, values, bars).items():
                scale = max(1, np.abs(expected).max(initial=0), abs(found["value"]))
                assert np.abs(bars[name] - expected).max(initial=0) <= 1e-11 * scale, (text, shapes, name)


def by_pytorch(torch, reader, values, names):
    """同样的几步，用 PyTorch 的同名函数：{变量: 梯度}。"""
    known = {name: torch.tensor(x, requires_grad=name in names) for name, x in values.items()}

    def tensor(value):
        if isinstance(value, tuple):
            return tuple(map(tensor, value))
        name = getattr(value.node, "id", "")
        return known[name] if name in known else torch.tensor(value.value, dtype=torch.float64)

    for step in reader.steps:
        parameters = {key: plain(torch, value.array) for key, value in step.parameters.items()}
        inputs = [tensor(value) for value in step.inputs if value.value is not None]
        result = OPERATORS[step.operator].row.torch(torch, *inputs, **parameters)
        known |= zip([v.node.id for v in step.outputs], result if isinstance(result, tuple) else [result], strict=True)
    given = torch.autograd.grad(known[reader.steps[-1].outputs[0].node.id], [known[name] for name in names])
    return dict(zip(names, (each.numpy() for each in given), strict=True))


def plain(torch, value):
    return value.tolist() if isinstance(value, np.ndarray) else value


def test_random_expressions_are_many_and_varied():
    """至少 300 个，每个都不同；里面有许多种算子、0 维、广播、用了几次的变量。"""
    texts, counts = set(), Counter()
    for seed in SEEDS:
        for text, shapes in cases(seed):
            sizes = {name: derive.as_shape(name, size) for name, size in shapes.items()}
            steps = derive.recorded(text, derive.parsed(text), derive.drawn(sizes, derive.KINDS[0]), list(shapes))[
                0
            ].steps
            arrays = [[v.array for v in step.inputs if v.recorded] for step in steps]
            names = [v.node.id for step in steps for v in step.inputs if v.recorded]
            texts.add(text)
            counts.update({step.operator for step in steps})
            counts["广播"] += any(len({np.shape(x) for x in each}) > 1 for each in arrays)
            counts["用了几次"] += len(set(names)) < len(names)
            counts["0 维"] += any(np.ndim(x) == 0 for each in arrays for x in each[1:])
    assert len(texts) >= 300
    assert min(counts[word] for word in ("广播", "用了几次", "0 维")) >= 50, counts
    assert len([name for name in counts if name in OPERATORS and counts[name] >= 3]) >= 60, counts


# ---------- 写错的 ----------

SHAPES = {"X": "8,3", "W": "4,3", "b": "4", "y": "8<4"}
WRONG = {
    # 式子: (行, 指着的字, 一句话里有的)
    "mean((Z @ W.T)**2)": (1, "Z", "没有给 Z 的形状"),
    "mean(x @ W.T)": (1, "x", "没有给 x 的形状；想写的是 X 吗"),
    "mean(relue(X @ W.T))": (1, "relue", "没有名叫 relue 的算子；想写的是 relu 吗"),
    "np.linalg.invert(W).sum()": (1, "np.linalg.invert", "没有名叫 invert 的算子"),
    "mean(relu)": (1, "relu", "relu 是算子，要写成 relu(…)"),
    "h = X @ W.T\nmean(h @ W.T)": (2, "h @ W.T", "matmul 的输入形状为 (8, 4) 与 (3, 4)"),
    "sum(X + W)": (1, "X + W", "不能广播"),
    "X @ W.T + b": (1, "X @ W.T + b", "形状是 (8, 4)，不是标量：外面加一层 sum 或 mean"),
    "mean((X @ W.T": (1, "(", "左括号没有闭上"),
    "sum(X[0)": (1, ")", "括号不成对"),
    "sum(X))": (1, ")", "括号不成对"),
    "mean（X）": (1, "（", "全角的标点"),
    "sum(X W)": (1, "X W", "读不下去"),
    "2X.sum()": (1, "2", "乘号要写出来"),
    "sum('X)": (1, "'", "引号没有闭上"),
    "X + 1\nmean(X)": (1, "X + 1", "这一行没有名字"),
    "X = W\nmean(X)": (1, "X", "X 已经有了"),
    "np = X * 2\nsum(exp(np))": (1, "np", "变量不能叫“np”"),
    "float, c = split(X, 2)\nmse_loss(float, 0)": (1, "float", "变量不能叫“float”"),
    "X.T = W\nsum(X)": (1, "X.T", "等号左边只能是名字"),
    "import os": (1, "import os", "一行只能是"),
    "for k in X: k": (1, "for k in X: k", "一行只能是"),
    "sum(X if True else W)": (1, "X if True else W", "不收这种写法"),
    "(lambda: X)()": (1, "lambda: X", "这里只能是算子的名字"),
    "X.__class__": (1, "X.__class__", "不认得 .__class__"),
    "__import__('os')": (1, "__import__", "没有名叫 __import__ 的算子"),
    "sum(X, **W)": (1, "**W", "不收 * 与 **"),
    "sum(X % 2)": (1, "X % 2", "只有 + - * / ** @"),
    "sum(~X)": (1, "~X", "前面只能写负号"),
    "sum(X * 1j)": (1, "1j", "只收实数"),
    "sum(X * 10**400)": (1, "10**400", "算不出来"),
    "sum(X, axis=5)": (1, "sum(X, axis=5)", "超出范围"),
    "sum(X, axes=1)": (1, "sum(X, axes=1)", "sum 没有关键字参数 axes"),
    "sum(X[9])": (1, "X[9]", "超出范围"),
    "sum(X[0.5])": (1, "0.5", "下标要是整数"),
    "X.shape[2] * sum(X)": (1, "2", "这里有 2 个"),
    "sum(X * y)": (1, "X * y", "y 是整数或真假，没有梯度；只能作参数，例如 target=y"),
    "cross_entropy(X @ W.T, y)": (1, "cross_entropy(X @ W.T, y)", "没有梯度；只能作参数，例如 target=y"),
    "sum(X > 0)": (1, "sum(X > 0)", "没有梯度"),
    "sum(0 < X < 1)": (1, "0 < X < 1", "比较只收一个"),
    "a, c = X\nsum(a)": (1, "X", "左边有 2 个名字"),
    "sum(tile(X, (999, 999, 999)))": (1, "tile(X, (999, 999, 999))", "太大"),
    "sum(einsum('i,j,k->ijk', b, b, tile(b, (9999,))))": (1, "einsum('i,j,k->ijk', b, b, tile(b, (9999,)))", "太大"),
    "mean(X.shape)": (1, "mean(X.shape)", "mean 要的是数组，X.shape 不是"),
    "3": (1, "3", "不随要求导的变量变动"),
    "cholesky(X)": (1, "cholesky(X)", "方阵"),
    "log(-square(X)).sum()": (0, "", "得不到有限的数"),
    "sum(X / reciprocal(0))": (0, "", "得不到有限的数"),
    "det(X.T @ X - X.T @ X)": (0, "", "反向要用逆矩阵，这里的矩阵是奇异的"),
    "slogdet(X.T @ X - X.T @ X)[1] * 0": (0, "", "反向要用逆矩阵，这里的矩阵是奇异的"),
    "": (0, "", "还没有写式子"),
    "X" * 2001: (0, "", "太长"),
    "(" * 300 + "X" + ")" * 300: (1, None, ""),
}
WRONG_SHAPES = {
    "": "还没有填形状",
    "8;3": "看不懂形状“8;3”",
    "3.5": "看不懂形状",
    "-1": "看不懂形状",
    "8,a": "看不懂形状",
    "8<0": "看不懂形状",
    "99,99": "(99, 99) 太大：至多 4096 个数",
    "1,1,1,1,1,1,1,1,1": "8 根轴",
}


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text[:40] or "空")
def test_wrong_expression_is_located(text):
    """一句中文，指着式子里的那一处。"""
    line, under, sentence = WRONG[text]
    shapes = {name: size for name, size in SHAPES.items() if name in f"X {text}"}
    with pytest.raises(Mistake) as caught:
        derive.derive(text, shapes)
    error = caught.value
    assert sentence in error.sentence and error.line == line, (error.sentence, error.line)
    assert under is None or text.split("\n")[max(line, 1) - 1][error.column - 1 : error.end] == under or not line, (
        error.column,
        error.end,
    )
    assert not error.line or derive.pointed(text, error).splitlines()[2].strip("^ ") == ""


@pytest.mark.parametrize("text", ["X" + " + X" * 450, "-" * 1500 + "X"], ids=["加", "负号"])
def test_deep_expression_is_refused(text):
    """不到 2000 个字符，套得却太深：也是一句中文。"""
    with pytest.raises(Mistake, match="太深"):
        derive.derive(text, {"X": "2"})


@pytest.mark.parametrize("size", WRONG_SHAPES, ids=lambda size: size or "空")
def test_wrong_shape_is_told(size):
    with pytest.raises(Mistake, match=WRONG_SHAPES[size].replace("(", r"\(").replace(")", r"\)")) as caught:
        derive.derive("sum(x)", {"x": size})
    assert caught.value.variable == "x" and not caught.value.line


@pytest.mark.parametrize(
    ("shapes", "constant", "variable", "sentence"),
    [
        ({"X": "3", "c": "2"}, (), "c", "给了形状，式子里却没有用到"),
        ({"X": "3"}, ("t",), "t", "说了不求导，却没有给形状"),
        ({"X": "3"}, ("X",), "", "没有要求导的变量"),
        ({"X": "3", "np": "2"}, (), "np", "变量不能叫“np”"),
        ({"X": "3", "2x": "2"}, (), "2x", "变量不能叫“2x”"),
    ],
)
def test_wrong_variables_are_told(shapes, constant, variable, sentence):
    with pytest.raises(Mistake, match=sentence) as caught:
        derive.derive("sum(X)", shapes, constant)
    assert caught.value.variable == variable


GARBLED = [
    "mean((X @ W.T + b - y[:4])**2)",
    "h = relu(X @ W.T + b)\ncross_entropy(h, target=y)",
    "a, c = split(X, [1], axis=1)\nsum(a * c.sum(axis=1, keepdims=True)) + np.where(X > 0, X, X**2).mean()",
    "einsum('ij,kj->ik', X, W).sum() + np.concatenate([X, W], axis=0).reshape(-1, 2).max(axis=0).sum()",
]
PIECES = (
    *"()[]{}=+-*/@.,:;'\"019 \n#%<>!&|~^abXWy_\\$`?汉（",
    "None",
    "True",
    "sum",
    "(1,2)",
    "[0]",
    "...",
    "axis=0",
    "->",
)


def test_garbled_expressions_are_refused_in_chinese():
    """随意改几处：要么推导得出来，要么是一句中文；没有别的报错。"""
    rng, said = np.random.default_rng(0), []
    for k in range(600):
        text = GARBLED[k % len(GARBLED)]
        for _ in range(rng.integers(1, 4)):
            at = rng.integers(len(text) + 1)
            piece = PIECES[rng.integers(len(PIECES))] if rng.integers(2) else ""
            text = text[:at] + piece + text[at + rng.integers(3) :]
        shapes = {name: size for name, size in SHAPES.items() if used(name, text)}
        try:
            derive.derive(text, shapes or {"X": "8,3"})
        except Mistake as error:
            said.append(f"{error.sentence}{derive.pointed(text, error)[:0]}")
    assert 300 < len(said) < 600
    assert not [sentence for sentence in said if not re.search("[\u4e00-\u9fff]", sentence)]


def test_shapes_are_read_as_written():
    for text in ("8,3", "(8, 3)", "（8，3）", "[8, 3]", "8 3", "8、3"):
        assert derive.as_shape("x", text) == ((8, 3), None)
    assert derive.as_shape("x", "()") == ((), None) and derive.as_shape("y", "8<4") == ((8,), 4)
    assert derive.as_shape("x", "(3,)") == ((3,), None) and derive.as_shape("x", "0,3") == ((0, 3), None)


def test_names_do_not_collide():
    """变量与代码里要用的名字、公式卡的词同名。"""
    for names in (("v1", "L", "v1_bar"), ("g", "q", "scatter"), ("t", "d", "div0"), ("e", "pi", "places")):
        a, b, c = names
        text = (
            f"{c}2 = softmax({a} @ {b}.T)\ncross_entropy({c}2 * {c}, target=[0, 1, 2]) + sum({a}[[0, 0]]) + norm({b})"
        )
        require(text, {a: "3,2", b: "4,2", c: "4"})


def test_several_outputs_and_unreached_variables():
    require("a, c = split(x, 2, axis=-1)\nmean(a * tanh(c))", {"x": "3,4"})
    require("slogdet(A)[1]", {"A": "3,3"})
    found, _, _, bars = require("n = y.shape[0]\nsum(x) / n", {"x": "3", "y": "4,2"})
    assert not bars["y"].any() and "y_bar = np.zeros(y.shape)" in found["code"]
    found, *_ = require("x", {"x": "()"})
    assert found["tape"] == [] and found["value"] != 0


def test_code_holds_for_another_batch():
    """代码里写的是轴与 .shape，不是大小：换一批样本，梯度照样对。"""
    cases = {
        "cross_entropy(X @ W.T, target=y)": {"y": "8<4"},
        "mse_loss(relu(X @ W.T), t)": {"t": "8,4"},
        "huber_loss(X @ W.T, b)": {"b": "4"},
        "sum((X @ W.T - t)**2) / X.shape[0] + norm(W)": {"t": "8,4"},
        "mean(softmax(X @ W.T / sqrt(2 * X.shape[-1])) * t)": {"t": "8,4"},
        "binary_cross_entropy_with_logits(X @ W.T, sigmoid(t))": {"t": "8,4"},
    }
    for text, others in cases.items():
        shapes = {"X": "8,3", "W": "4,3"} | others
        wider = {name: size.replace("8", "5") for name, size in shapes.items()}
        found = derive.derive(text, shapes)
        values = derive.drawn({name: derive.as_shape(name, size) for name, size in wider.items()}, found["kind"])
        value, bars = gradients_of(found, values)
        _, _, expected, exact = derive.recorded(text, derive.parsed(text), values, list(bars))
        assert abs(value - expected) <= EXACT and all(np.abs(bars[k] - exact[k]).max() <= EXACT for k in bars), text


CONSTANT = (
    *("sum(x * 0)", "sum(0 * x + x)", "-sum(x) * 0", "x[0] * 0.0", "sum(x * 0)**2 + sum(x)", "max(x * 0 + x)"),
    *("sum(x**0 * x)", "sum(x)**0 * sum(x)", "sum(x * 1 + 0 - 0)", "1 * sum(x) / 1", "sum(-x * -0.0)"),
    *("sum(abs(2).reshape(-1) * x)", "max(abs(0)) * sum(x)", "sum(relu(2)**-1 * x)", "sum(square(3)[None] * x)"),
    *("l1_loss(x.size**0.5, sum(x))", "l1_loss(leaky_relu(2, negative_slope=0), sum(x))", "add(2, 3).sum() * x[0]"),
)


@pytest.mark.parametrize("text", CONSTANT)
def test_constants(text):
    """乘 0、0 次方、全是数的一步，照样推得出，形状也对。"""
    require(text, {"x": "3"})


@pytest.mark.parametrize("text", ["sum(prod(relu(x)))", "sum((x * 0)**exp(x))"])
def test_code_without_an_answer_is_told(text, capsys):
    """印出的代码在这里得 nan：核对没有过，命令行与页面都说得出来。"""
    found = derive.answer(text, {"x": "5"})
    checks = json.loads(json.dumps(found, allow_nan=False))["found"]["checks"]
    assert [check["differences"] for check in checks] == [check["program"] for check in checks] == [derive.HUGE]
    assert derive.main([text, "x=5"]) == 0 and " program 的差是 nan 或无穷大；核对没有过" in capsys.readouterr().out


def test_numbers_where_arrays_are_wanted():
    for text in ("sum(3) * sum(x)", "mse_loss(x, 0)", "mean(stack([1.0, sum(x)]))", "sum(reshape(3, (1,)) * x)"):
        require(text, {"x": "2,3"})


WRONG_RULES = {
    "变号": ("norm 2", (None, ["-keep(G) * div0(x, keep(z))"]), "norm(x @ A)"),
    "少了转置": ("matmul 2 2", (None, ["G @ b", "a @ G"]), "sum(tanh(A @ A))"),
    "忘了求和": ("matmul 2 1", (None, ["G[..., None] * b", "G @ (a * 2)"]), "sum(sin(A @ x))"),
    "前向写错": ("softmax", ("exp(x) / S(exp(x)) + 1e-9", None), "sum(softmax(A)**2)"),
    "常数写错": (
        "cross_entropy target",
        (None, ["g * (exp(log_p) - q) * 1.0001", "0"]),
        "cross_entropy(A, target=[0, 1, 2])",
    ),
}


@pytest.mark.parametrize("name", WRONG_RULES)
def test_wrong_rule_is_noticed(name, monkeypatch):
    """规则写错了，当场的核对看得出来。"""
    key, lines, text = WRONG_RULES[name]
    monkeypatch.setitem(derive.INSTEAD, key, lines)
    shapes = {each: size for each, size in (("A", "3,3"), ("x", "3")) if used(each, text)}
    checks = derive.derive(text, shapes)["checks"]
    exact, differences = (max(check[key] for check in checks) for key in ("program", "differences"))
    assert exact > EXACT or differences > DIFFERENCES


def test_answer_is_plain():
    """页面要的一份写得成 JSON；写错的也是。"""
    for text, key in (("cross_entropy(x, target=[0, 1]) + norm(x[0])", "found"), ("sum(z)", "mistake")):
        found = derive.answer(text, {"x": "2,3"})
        assert list(found) == [key] and json.loads(json.dumps(found)) == found


# ---------- 印出的代码好不好读 ----------

READABLE = {
    # 式子: (形状, 代码里有的几行)
    "sum(swapaxes(x, axis1=0, axis2=0) * y)": ({"x": "3,4", "y": "3,4"}, ["v1 = x.swapaxes(0, 0)"]),
    "sum(concatenate([x, y], axis=1)**2)": (
        {"x": "3,4", "y": "3,2"},
        ["parts = np.split(v1_bar, [x.shape[1]], 1)", "x_bar = parts[0]", "y_bar = parts[1]"],
    ),
    "sum(layer_norm(x, g, normalized_shape=4)**3)": (
        {"x": "3,4", "g": "4"},
        ["c = x - x.mean(axis=-1, keepdims=True)", "xh = c * r", "v1 = g * xh"],
    ),
    "sum(batch_norm(x, g, training=True)**3)": (
        {"x": "5,4", "g": "4"},
        ["v1 = g * xh", "g_bar = (v1_bar * xh).sum(axis=0)"],
    ),
    "sum(scaled_dot_product_attention(q, k, v, is_causal=True)**2)": (
        {"q": "3,2", "k": "3,2", "v": "3,4"},
        ["T = q @ k.T / q.shape[-1]**0.5", "P = e / e.sum(axis=-1, keepdims=True)", "v_bar = P.T @ v1_bar"],
    ),
    "sum(var(x, axis=(0, 2))**2)": ({"x": "2,3,4"}, ["N = x.shape[0] * x.shape[2]"]),
    "sum(x[:, [0, 0]]**2)": ({"x": "2,3"}, ["x_bar = add_at(v1_bar, np.s_[:, [0, 0]], x)"]),
    "sum(norm(x, 3, axis=0))": ({"x": "2,3"}, ["v1 = (np.abs(x)**3).sum(axis=0)**(1 / 3)"]),
}


@pytest.mark.parametrize("text", READABLE)
def test_code_is_readable(text):
    """写得短，不靠写成函数的词；每一步的说明里有它的全部几行。"""
    shapes, wanted = READABLE[text]
    found, *_ = require(text, shapes)
    told = [line for step in found["tape"] for line in step["code"]]
    told += [line for step in found["backward"] for share in step["shares"] for line in share["code"]]
    body = found["code"].partition("def value_and_gradients")[2]
    lines = [line.strip().split("  #")[0] for line in body.splitlines()]
    assert not [line for line in wanted if line not in told or line not in lines], found["code"]
    assert not [line for line in lines if " = " in line and line not in told and "np.array(1.0)" not in line]


# ---------- 命令行 ----------


def test_shell(tmp_path):
    """页面上的命令照着运行；写错了的退出码是 1。"""
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    write(python, f'#!/bin/sh\nPYTHONPATH="{SNIPPETS}" exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    for path in sorted((SNIPPETS / "engine").glob("derive*.console")):
        consoles.run(path, tmp_path)


def test_usage(capsys):
    assert derive.main(["--help"]) == 0 and derive.main([]) == 1
    assert capsys.readouterr().out == (derive.USAGE + "\n") * 2
