"""公式表怎样写成、怎样核对：一条公式是一个记录，按它的附注随机取样，与差分比较，写成表。"""

import inspect
import re
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy import eye

from start.verification import jacobian_by_complex_step, jacobian_by_differences


# --8<-- [start:record]
@dataclass(frozen=True)
class Identity:
    """一条公式：两边的 TeX，以及返回（函数值，声称的导数）的函数 rule。"""

    rule: object
    value_tex: str
    derivative_tex: str
    cookbook: str = ""  # The Matrix Cookbook（2012-11-15）里的编号
    by: str = ""  # 求导的变量怎样写，默认就是第一个参数的名字
    order: int = 1  # 2 表示二阶导数

    @property
    def arguments(self):
        """{参数名: 它的大小与前提，写在类型的附注里}；第一个参数就是求导的变量。"""
        parameters = inspect.signature(self.rule).parameters
        return {name: " ".join(p.annotation.__metadata__) for name, p in parameters.items()}
# --8<-- [end:record]


# --8<-- [start:groups]
class Groups(dict):
    """一页上的各组公式，{组的名字: 这一组的公式}；titles 是各组在页面上的小标题。"""

    def __init__(self):
        super().__init__()
        self.titles = {}

    def open(self, name, title):
        """开一组公式，返回登记用的装饰器。"""
        rows = self[name] = []
        self.titles[name] = title

        def identity(*texts, **options):
            """登记一条公式，参数见 Identity；函数的说明就由这些参数写出。"""

            def register(rule):
                rows.append(Identity(rule, *texts, **options))
                rule.__doc__ = "{}，导数是 {}。".format(*texts)
                return rule

            return register

        return identity

    def identities(self):
        """这一页的全部公式。"""
        return [identity for rows in self.values() for identity in rows]

    def markdown(self):
        """这一页的表：一组一张，各成一个小节，写进与页面同名的 .md。"""
        head = ["| 函数 $f$ | 导数 | 大小与前提 | Cookbook |", "|---|---|---|---|"]
        return sections({name: [*head, *map(row, rows)] for name, rows in self.items()})
# --8<-- [end:groups]


# --8<-- [start:sizes]
# 参数的类型：R 是数，Rmn 是 m 行 n 列的矩阵，余类推
R = Annotated[float, "scalar"]
Rm = Annotated[np.ndarray, "m"]
Rn = Annotated[np.ndarray, "n"]
Rp = Annotated[np.ndarray, "p"]
Rmm = Annotated[np.ndarray, "m m"]
Rmn = Annotated[np.ndarray, "m n"]
Rmp = Annotated[np.ndarray, "m p"]
Rnm = Annotated[np.ndarray, "n m"]
Rnn = Annotated[np.ndarray, "n n"]
Rnp = Annotated[np.ndarray, "n p"]
Rnq = Annotated[np.ndarray, "n q"]
Rpm = Annotated[np.ndarray, "p m"]
Rpn = Annotated[np.ndarray, "p n"]
Rpp = Annotated[np.ndarray, "p p"]
Rpq = Annotated[np.ndarray, "p q"]
Rqm = Annotated[np.ndarray, "q m"]
Integer = Annotated[int, "integer"]
# --8<-- [end:sizes]


# --8<-- [start:draw]
SIZES = {"m": 2, "n": 3, "p": 4, "q": 5}


def draw(words, rng):
    """按“n n symmetric”这样的说明随机取一个数、向量或矩阵。"""
    words = words.split()
    if "integer" in words:
        return int(rng.integers(1, 6))
    x = rng.standard_normal([SIZES[word] for word in words if word in SIZES])
    if "positive" in words:
        return x @ x.T + eye(len(x)) if x.ndim == 2 else np.abs(x) + 0.5
    if "symmetric" in words:
        return x + x.T
    if "invertible" in words:
        return x + 3 * eye(len(x))
    return np.abs(x) / np.abs(x).sum(axis=-1, keepdims=True) if "weights" in words else x
# --8<-- [end:draw]


# --8<-- [start:error]
def derivative(identity, values):
    """由函数值算出的导数：参数里有 dX 的，求沿 dX 方向的；否则对第一个参数求全部偏导。"""

    def value(**moved):
        return identity.rule(**(values | moved))[0]

    moving = [name for name in values if "d" + name in values]
    if moving:
        return jacobian_by_differences(
            lambda t: value(**{name: values[name] + t * values["d" + name] for name in moving}),
            np.array(0.0),
        )
    first, x = next(iter(values.items()))
    x = np.asarray(x)
    if identity.order == 1:
        return jacobian_by_differences(lambda x: value(**{first: x}), x)
    gradient = lambda x: jacobian_by_complex_step(lambda x: value(**{first: x}), x)
    return jacobian_by_differences(gradient, x)


def error(identity, seed):
    """随机取一组参数，公式与差分的最大相对误差；形状不同算无穷大。"""
    rng = np.random.default_rng(seed)
    values = {name: draw(words, rng) for name, words in identity.arguments.items()}
    claimed, truth = np.asarray(identity.rule(**values)[1]), derivative(identity, values)
    if claimed.shape != truth.shape:
        return np.inf
    return float(np.max(np.abs(claimed - truth) / np.maximum(1, np.abs(truth))))
# --8<-- [end:error]


# --8<-- [start:markdown]
CONDITIONS = {
    "symmetric": "对称",
    "invertible": "可逆",
    "positive": ["大于 0", "各元素大于 0", "正定"],
    "weights": ["", "各元素之和为 1", "各行之和为 1"],
    "integer": "正整数",
    "scalar": "",
}


def describe(names, words, end):
    """大小与前提相同的几个参数写在一起，例如“B, C ∈ ℝⁿˣⁿ 对称”；end 是后面的标点。"""
    sizes = [word for word in words.split() if word in SIZES]
    said = [CONDITIONS[word] for word in words.split() if word not in SIZES]
    said = "".join(text if isinstance(text, str) else text[len(sizes)] for text in said)
    shape = r"\times ".join(sizes)
    space = r"\in\mathbb R" + (f"^{{{shape}}}" if shape else "")
    tex = ",".join(names) + ("" if "integer" in words else space)
    return f"${{{tex}}}$ {said}{'，' if end else ''}" if said else f"${{{tex}{end}}}$"


def row(identity):
    """表里的一行。公式外面的花括号让它不在中间换行。"""
    names = list(identity.arguments)
    moving = [name for name in names if name[1:] in names]
    power = "" if identity.order == 1 else f"^{identity.order}"
    side = "df" if moving else rf"\partial{power}_{{{identity.by or names[0]}}}f"
    same = {}
    for name, words in identity.arguments.items():
        if name not in moving:
            same.setdefault(words, []).append(name)
    ends = [","] * (len(same) - 1) + [""]
    sizes = " ".join(describe(n, w, end) for (w, n), end in zip(same.items(), ends))
    number = re.sub(r"\d+", r"(\g<0>)", identity.cookbook)
    value, derivative = f"${{{identity.value_tex}}}$", f"${{{side}={identity.derivative_tex}}}$"
    return f"| {value} | {derivative} | {sizes} | {number} |"


SCISSORS = "--8<" + "--"  # 小节的标记；分开写，免得这一行自己被当成标记


def sections(tables):
    """{小节: 各行} 写成的文件。"""
    lines = ["<!-- 由同名的 .py 里的 markdown() 生成，不要手改 -->", ""]
    for name, rows in tables.items():
        lines += [f"<!-- {SCISSORS} [start:{name}] -->", *rows, f"<!-- {SCISSORS} [end:{name}] -->", ""]
    return "\n".join(lines)
# --8<-- [end:markdown]
