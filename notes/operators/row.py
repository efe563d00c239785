"""一个算子怎样验证、怎样计时：只有数据的几个类型。每一行写在 rows/ 下与页面同名的文件里。"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from notes.operators.domains import DOMAINS


@dataclass(frozen=True)
class Sample:
    """一组输入：各个位置参数的形状，以及关键字参数。"""

    shapes: tuple
    parameters: dict

    def __str__(self) -> str:
        shapes = " 与 ".join(map(str, self.shapes))
        return f"{shapes}，{self.parameters}" if self.parameters else shapes


@dataclass(frozen=True)
class Kink:
    """折点处的约定：在这些输入、这个上游梯度下，梯度应为这些值。"""

    inputs: tuple
    G: object
    gradients: tuple
    parameters: dict


@dataclass(frozen=True)
class Extreme:
    """核对精度的一组输入：数组，或 SWEEP，即在取值的范围里铺满各个数量级。

    units 是误差的单位随哪个数的大小：先是输出，再是各个梯度，各写一个 numpy 表达式；没有写的，随结果
    自己的大小。tiny 是最小的正规数。
    """

    inputs: tuple
    parameters: dict
    units: tuple = ()


SWEEP = "sweep"


@dataclass(frozen=True)
class Accuracy:
    """一个算子应当准到什么程度。

    extremes  量哪些输入；不写就是每个位置参数都铺满
    ulps      误差至多是末位的几个单位
    why       超过 4 个单位，或单位不随结果自己的大小，为什么
    """

    extremes: tuple = ()
    ulps: int = 4
    why: str = ""


@dataclass(frozen=True)
class Timing:
    """make bench 怎样计时。

    shapes      各个输入的形状，一个字母一个轴：n 是元素的总数，排成 r 行 c 列；m 是方阵的阶，t、q 是它的三倍、四倍；数字就是它自己；
                b、k、h 是卷积网络的一层：批、通道、边长，最大的一档是 8、64、32；
                a、s 是注意力的头数与长度，最大的一档是 4、512
    parameters  关键字参数；要随大小变的写成函数，接一个 Size
    autograd    HIPS autograd 里的写法，或它没有这条规则的说明
    torch       PyTorch 里的写法；不写就用验证时的
    domain      各输入取值的范围；不写就用验证时的
    """

    shapes: tuple
    parameters: dict
    autograd: Callable | str
    torch: Callable | None
    domain: tuple | str


@dataclass(frozen=True)
class Size:
    """计时的一档有多大，以及取随机下标用的生成器。"""

    n: int
    r: int
    c: int
    m: int
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    @property
    def t(self) -> int:
        return 3 * self.m

    @property
    def q(self) -> int:
        return 4 * self.m

    @property
    def b(self) -> int:
        return 8 if self.n >= 1_000_000 else 1

    @property
    def k(self) -> int:
        return 64 if self.n >= 1_000_000 else 4 if self.n >= 1_000 else 1

    @property
    def h(self) -> int:
        return 32 if self.n >= 1_000_000 else 16 if self.n >= 1_000 else 3

    @property
    def a(self) -> int:
        return 4 if self.n >= 1_000 else 1

    @property
    def s(self) -> int:
        return 512 if self.n >= 1_000_000 else 16 if self.n >= 1_000 else 3

    def shape(self, letters: str) -> tuple[int, ...]:
        return tuple(int(letter) if letter.isdigit() else getattr(self, letter) for letter in letters)

    def integers(self, high: int, *shape: int) -> np.ndarray:
        return self.rng.integers(high, size=shape)


# 计时的形状能用的字母
LETTERS = "nrcmtqbkhas"


@dataclass(frozen=True, eq=False)
class Row:
    """一个算子怎样验证。

    samples       样本
    torch         PyTorch 里的同一个算子：第一个参数是 torch 模块
    timing        计时的样本
    domain        各输入取值的范围，见 domains.py；只写一个就都是它
    linear        对每个输入分别是线性的：差分用 h = 1，容差 1e-12
    kinks         折点的约定
    accuracy      准到什么程度；不量的写成一句理由
    not_analytic           前向不解析、不能用复步差分的理由；解析的留空
    backward_not_analytic  反向不解析、不能用复步差分求二阶的理由；解析的留空
    """

    samples: tuple
    torch: Callable
    timing: Timing = Timing((), {}, "", None, "")
    domain: tuple | str = "real"
    linear: bool = False
    kinks: tuple = ()
    accuracy: Accuracy | str = ""
    not_analytic: str = ""
    backward_not_analytic: str = ""


def sample(*shapes, **parameters) -> Sample:
    return Sample(shapes, parameters)


def kink(*inputs, G, gradients, **parameters) -> Kink:
    return Kink(inputs, G, gradients, parameters)


def extreme(*inputs, units=(), **parameters) -> Extreme:
    return Extreme(inputs, parameters, units)


def timing(*shapes, autograd, torch=None, domain="", **parameters) -> Timing:
    return Timing(shapes, parameters, autograd, torch, domain)


def domains(given: tuple | str, count: int) -> tuple[str, ...]:
    """count 个输入各自的范围。"""
    return (given,) * count if isinstance(given, str) else tuple(given[:count])


def problems(row: object, rule: Callable) -> Iterator[str]:
    """这一行哪里写得不对，各一句话。"""
    if not isinstance(row, Row):
        yield f"应是 Row(…)，却是 {type(row).__name__}"
        return
    if wrong := list(mistyped(row)) or list(mistyped_parts(row)):
        yield from wrong
        return
    if not row.samples:
        yield "一个样本也没有"
    if not row.timing.shapes:
        yield "没有写 timing，make bench 不知道怎样计时"
        return
    if not row.accuracy:
        yield "没有写 accuracy：准到什么程度，或为什么不量"
    yield from spare_domains(rule, row.domain)
    for fitted in (*row.samples, row.timing):
        yield from misfits(rule, fitted, fitted.shapes, row.domain)
    for kink in row.kinks:
        yield from misfits(rule, kink, kink.inputs, row.domain)
        if len(kink.gradients) != len(kink.inputs):
            yield f"折点 {kink.inputs} 有 {len(kink.inputs)} 个输入，却写了 {len(kink.gradients)} 个梯度"
    if row.timing.domain:
        yield from misfits(rule, row.timing, row.timing.shapes, row.timing.domain)
        yield from spare_domains(rule, row.timing.domain)


def mistyped(row: Row) -> Iterator[str]:
    """Row 的哪几项不是该写的类型。只有一个的元组，常忘了末尾的逗号。"""
    yield from several("samples", row.samples, Sample)
    yield from several("kinks", row.kinks, Kink)
    if not callable(row.torch):
        yield f"torch 应是一个函数，却是 {row.torch!r}"
    if not isinstance(row.timing, Timing):
        yield f"timing 应写成 timing(…)，却是 {row.timing!r}"
    if isinstance(row.accuracy, Accuracy):
        yield from several("accuracy 的 extremes", row.accuracy.extremes, Extreme)
    elif not isinstance(row.accuracy, str):
        yield f"accuracy 应写成 Accuracy(…) 或一句话，却是 {row.accuracy!r}"
    if not isinstance(row.domain, str | tuple):
        yield f"domain 应是一个名字，或名字的元组，却是 {row.domain!r}"
    for name in ("not_analytic", "backward_not_analytic"):
        if not isinstance(getattr(row, name), str):
            yield f"{name} 应是一句话，说为什么不解析，却是 {getattr(row, name)!r}"


def several(name: str, given: object, kind: type) -> Iterator[str]:
    """given 应是 kind 的元组。"""
    word = f"{kind.__name__.lower()}(…)"
    if not isinstance(given, tuple):
        yield f"{name} 应是 {word} 的元组，却是 {type(given).__name__}；只有一个时，末尾也要有逗号"
        return
    for each in given:
        if not isinstance(each, kind):
            yield f"{name} 里应是 {word}，却有 {each!r}"


def mistyped_parts(row: Row) -> Iterator[str]:
    """样本的形状、计时的字母、HIPS autograd 的写法。"""
    for shape in (shape for each in row.samples for shape in each.shapes):
        if shape is not None and not (isinstance(shape, tuple) and all(type(n) is int and n >= 0 for n in shape)):
            yield f"样本的形状应是整数的元组，如 (3,)，却有 {shape!r}"
    for letters in row.timing.shapes:
        if not (isinstance(letters, str) and all(each in LETTERS or each.isdigit() for each in letters)):
            yield f"timing 的形状写成字母，一个字母一个轴，只能用 {'、'.join(LETTERS)} 与数字，却有 {letters!r}"
    if not callable(row.timing.autograd) and not isinstance(row.timing.autograd, str):
        yield f"timing 的 autograd 应是一个函数或一句话，却是 {row.timing.autograd!r}"


def spare_domains(rule: Callable, domain: tuple | str) -> Iterator[str]:
    """domain 不比输入多；可以不给的输入也算。"""
    known = inspect.signature(rule).parameters.values()
    if isinstance(domain, str) or any(p.kind == p.VAR_POSITIONAL for p in known):
        return
    most = sum(p.kind == p.POSITIONAL_OR_KEYWORD for p in known)
    if len(domain) > most:
        yield f"算子有 {most} 个输入，domain 却写了 {len(domain)} 个"


def misfits(rule: Callable, fitted: Sample | Kink | Timing, inputs: tuple, domain: tuple | str) -> Iterator[str]:
    """一组输入与算子的参数、取值的范围合不合。"""
    try:
        inspect.signature(rule).bind(*inputs, **fitted.parameters)
    except TypeError as error:
        yield f"{type(fitted).__name__} {inputs}，{fitted.parameters} 与算子的参数不合：{error}"
    if not isinstance(domain, str) and len(domain) < len(inputs):
        yield f"有 {len(inputs)} 个输入 {inputs}，domain 却只写了 {len(domain)} 个"
    for name in domains(domain, len(inputs)):
        if name not in DOMAINS:
            yield f"不认识的取值范围 {name!r}，应为 {'、'.join(DOMAINS)} 之一"
