"""会答的图：每一格从哪些格来，由真的函数运行得到，不是写上去的。

读者指着一格，docs/assets/figures.js 点亮它的来处与去处，写出算式；这里把来处算好，写成一行放进图里，
形如 `W:2,3|X:3,4|Y:2,4:0.6+1.a+2.e;…`：各个数组的名字与形状；由别的格算出来的数组，再跟着它各格的来处，
用分号隔开。来处是几项之和，一项是几格之积，`*` 后面是系数；格的编号是三十六进制，按画的次序。
几项之和写不出来的（exp、max），来处是一个算式，`#` 后面是格的编号。
算式里的数是格里写着的；它们舍入过，算出来与写着的不是一丝不差时，来处前面有一个 `~`。
"""

import functools
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

CLOSE = 1e-9
DIGITS = 4  # 写着的系数舍入到几位
DRAWS = 3  # 除了图上的数，再用几批随机数来核对
FUNCTIONS = {"exp": math.exp, "log": math.log, "sqrt": math.sqrt, "max": max}
SIGNS = str.maketrans({"·": "*", "×": "*", "−": "-"})  # 算式里的写法，Python 里的写法
BAR = "\u0304"  # 梯度的名字上面的一横


@dataclass(frozen=True, eq=False)
class Cells:
    """画出来的一个数组：怎样称呼，没有舍入的数，格里写着的字，第一格是图上的第几格。"""

    name: str
    values: np.ndarray
    words: tuple[str, ...]
    first: int

    @functools.cached_property
    def shown(self) -> np.ndarray:
        """格里写着的数，空着的是 0；它们须是没有舍入的数舍入得到的。"""
        plain = [word.translate(SIGNS) or "0" for word in self.words]
        shown = np.array([float(word) for word in plain]).reshape(self.values.shape)
        units = np.reshape([10.0 ** -len(word.partition(".")[2]) for word in plain], self.values.shape)
        if (abs(shown - self.values) > units / 2 + CLOSE).any():
            raise ValueError(f"{self.name} 的格里写的是 {'、'.join(self.words)}，数却是 {self.values.ravel().tolist()}")
        return shown

    def number(self, k: int) -> str:
        return np.base_repr(self.first + k, 36).lower()


def named(name: str) -> str:
    """数组在算式里的名字：“W 的梯度”是上面加一横的 W。"""
    return name.removesuffix(" 的梯度") + BAR if name.endswith(" 的梯度") else name


def draws(sources: Sequence[Cells]) -> Iterator[list[np.ndarray]]:
    """图上的数，再是几批随机数。"""
    yield [source.values for source in sources]
    rng = np.random.default_rng(0)
    for _ in range(DRAWS):
        yield [rng.normal(0, 2, source.values.shape) for source in sources]


def run(function: Callable, inputs: Sequence[np.ndarray], target: Cells) -> np.ndarray:
    """函数的输出，摊平；须与画的数组一样多。"""
    output = np.ravel(function(*(each.copy() for each in inputs))).astype(float)
    if output.size != target.values.size:
        raise ValueError(f"{target.name} 画了 {target.values.size} 格，函数算出 {output.size} 个数")
    return output


def expansion(function: Callable, target: Cells, sources: Sequence[Cells]) -> np.ndarray:
    """函数展开成的各项的系数：轴依次对应各个输入，最后一轴是输出的各格。

    一根轴上的第 0 个，是这一项不用那个输入；第 k + 1 个，是用它的第 k 格。
    各个输入轮流取全 0 与一格上的 1，运行真的函数；再沿每一轴减去全 0 时的，留下的就是系数。
    """
    lengths = [source.values.size + 1 for source in sources]
    units = [np.eye(n)[:, 1:].reshape(n, *source.values.shape) for n, source in zip(lengths, sources, strict=True)]
    outputs = [
        run(function, [unit[k] for unit, k in zip(units, pick, strict=True)], target) for pick in np.ndindex(*lengths)
    ]
    table = np.stack(outputs).reshape(*lengths, -1)
    for axis in range(len(sources)):
        none, some = np.split(table, [1], axis)
        table = np.concatenate([none, some - none], axis)
    return table.round(12)


def total(table: np.ndarray, inputs: Sequence[np.ndarray]) -> np.ndarray:
    """照着系数算出来的输出。"""
    for each in inputs:
        table = np.tensordot(np.append(1.0, each), table, 1)
    return table


def sums(function: Callable, target: Cells, sources: Sequence[Cells]) -> list[str]:
    """各格的来处，写成几项之和；函数对每个输入都是一次的才行。"""
    table = expansion(function, target, sources)
    for inputs in draws(sources):
        if not np.allclose(total(table, inputs), run(function, inputs, target), CLOSE, CLOSE):
            raise ValueError(f"{target.name} 对某个输入不是一次的，写不成几项之和；请写出算式")
    written = table.round(DIGITS)
    exact = abs(total(written, [source.shown for source in sources]) - target.shown.ravel()) < CLOSE
    found: list[list[str]] = [[] for _ in exact]
    # 按来处的次序写：先是用到第一个输入的各项，按它的格
    for *pick, k in sorted(np.argwhere(table).tolist(), key=lambda row: [i or math.inf for i in row]):
        factors = [source.number(i - 1) for source, i in zip(sources, pick, strict=True) if i]
        coefficient = np.format_float_positional(written[*pick, k], trim="-")
        found[k].append(".".join(factors) + f"*{coefficient}" * (coefficient != "1" or not factors))
    return ["~" * (not same) + "+".join(terms) for same, terms in zip(exact, found, strict=True)]


def formulas(function: Callable, target: Cells, sources: Sequence[Cells], words: Callable[..., str]) -> list[str]:
    """各格的来处，写成算式；算式须与函数处处相等，提到的格也不多不少。"""
    numbers = {
        f"{source.name}[{','.join(map(str, index))}]": (s, index)
        for s, source in enumerate(sources)
        for index in np.ndindex(source.values.shape)
    }
    mention = re.compile("|".join(map(re.escape, sorted(numbers, key=len, reverse=True))))
    texts = [words(*index) for index in np.ndindex(target.values.shape)]
    used = [{numbers[each] for each in mention.findall(text)} for text in texts]

    def values(inputs: Sequence[np.ndarray]) -> np.ndarray:
        def put(found: re.Match) -> str:
            source, index = numbers[found[0]]
            return f"({float(inputs[source][index])!r})"

        return np.array([eval(mention.sub(put, text).translate(SIGNS), FUNCTIONS) for text in texts])

    for inputs in draws(sources):
        if not np.allclose(values(inputs), run(function, inputs, target), CLOSE, CLOSE):
            raise ValueError(f"{target.name} 的算式算出来与函数不符")
    for k, (here, text) in enumerate(zip(dependencies(function, target, sources), texts, strict=True)):
        if here != used[k]:
            raise ValueError(f"{target.name} 的算式 {text} 提到的格，与函数用到的不符")
    exact = abs(values([source.shown for source in sources]) - target.shown.ravel()) < CLOSE
    put = lambda found: f"#{number(sources, numbers[found[0]])}"
    told = [mention.sub(put, text) if here else constant(text) for text, here in zip(texts, used, strict=True)]
    return ["~" * (not same) + text for same, text in zip(exact, told, strict=True)]


def constant(text: str) -> str:
    """没有提到一格的算式是一个数；0 没有来处。"""
    return "" if text == "0" else f"*{text}"


def number(sources: Sequence[Cells], place: tuple) -> str:
    source, index = place
    values = sources[source].values
    return sources[source].number(int(np.ravel_multi_index(index, values.shape)) if index else 0)


def dependencies(function: Callable, target: Cells, sources: Sequence[Cells]) -> list[set]:
    """输出的各格用到哪些格：逐格换一个数，看哪些输出变了；在几批随机数上都试。"""
    found: list[set] = [set() for _ in range(target.values.size)]
    for inputs in list(draws(sources))[1:]:
        before = run(function, inputs, target)
        for s, given in enumerate(inputs):
            for index in np.ndindex(given.shape):
                for value in (0.25, 3.0):
                    changed = [each.copy() for each in inputs]
                    changed[s][index] = value
                    for k in np.flatnonzero(run(function, changed, target) != before):
                        found[k].add((s, index))
    return found


def entries(function: Callable, target: Cells, sources: Sequence[Cells], words: Callable[..., str] | None) -> str:
    """target 各格的来处。画着的数须是函数用画着的输入算出来的。"""
    output = run(function, [source.values for source in sources], target)
    if not np.allclose(output, target.values.ravel(), CLOSE, CLOSE):
        raise ValueError(f"{target.name} 画的是 {target.values.ravel().tolist()}，函数算出 {output.tolist()}")
    found = formulas(function, target, sources, words) if words else sums(function, target, sources)
    return ";".join(found)


def line(told: dict[int, tuple[Cells, str]]) -> str:
    """放进图里的一行；told 是各个数组与它的来处，按第一格的编号。没有名字的格只写有几个。"""
    parts, at = [], 0
    for first in sorted(told):
        cells, found = told[first]
        if first > at:
            parts.append(str(first - at))
        shape = ",".join(map(str, cells.values.shape))
        parts.append(f"{cells.name}:{shape}{':' * bool(found)}{found}")
        at = first + cells.values.size
    return "|".join(parts)
