"""话里要核对的：数、形状、有所断言的公式。由什么核对，见 notes/coverage.py。"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from notes.prose import Text, blank, trail, without

PACKAGES = ("PyTorch", "NumPy", "numpy", "Python")

FORMULA = re.compile(r"(?<![\\$`])\$(?!\$)((?:[^$\\`]|\\.)+?)\$(?!\$)")
DISPLAY = re.compile(r"^[ \t>]*\$\$[ \t]*\n((?:(?!^[ \t>]*\$\$).)*)^[ \t>]*\$\$", re.MULTILINE | re.DOTALL)
RELATIONS = "le|leq|ge|geq|ne|neq|approx|to|in|notin|equiv|Rightarrow|Longrightarrow|ll|gg|propto"
RELATION = re.compile(rf"=|<|>|\\(?:{RELATIONS})(?![A-Za-z])")
OPERATIONS = "odot|otimes|top|frac|dfrac|tfrac|sum|prod|sqrt|operatorname|mathrm|cdot|times"
OPERATION = re.compile(rf"[+\-/^*]|\\(?:{OPERATIONS})(?![A-Za-z])")
# 下标是名字的一部分，求和的上下限由公式核对
SUBSCRIPT = re.compile(r"\\(?:sum|prod)\s*(?:_\{[^{}]*\})?(?:\^\{[^{}]*\}|\^\w)?|_(?:\{(?:[^{}]|\{[^{}]*\})*\}|\w)")
FRACTION = re.compile(r"\\[dt]?frac(\d)(\d)")
COMMAND = re.compile(r"\\[A-Za-z]+")

SIGN = r"(?P<sign>(?<![A-Za-z0-9_)\]}.])[-−])?"
POWER = r"(?:(?P<factor>\d+(?:\.\d+)?) +)?10\^(?:\{(?P<power>-?\d+)\}|(?P<digit>\d))"
PLAIN = r"(?P<plain>\d{1,3}(?:(?: |\\,|\u2009)\d{3})+(?!\d)|\d+(?:\.\d+)?(?:e[-+]?\d+)?)"
NUMBER = re.compile(rf"(?<![A-Za-z0-9_.]){SIGN}(?:{POWER}|{PLAIN})")
SHAPE = re.compile(
    r"[(\[](?P<sizes>\d+(?:, ?\d+)+|\d+,)[)\]]|(?<![A-Za-z0-9_.])(?P<times>\d+(?: ?(?:\\times|×) ?\d+)+)(?![\w^.])"
)


@dataclass(frozen=True)
class Kind:
    """一种不必核对的数，以及理由。"""

    name: str
    pattern: str
    reason: str

    def masked(self, words: str) -> str:
        return without(re.compile(self.pattern), words)


KINDS = [
    Kind("公式的编号", r"(?:式 ?)?(?<![A-Za-z0-9_})`])\(\d+\)", "编号与公式的对应，另有测试"),
    Kind("练习的编号", r"练习 \d+(?:[、与]\d+)*", "列表自己编的号"),
    Kind("条目的编号", r"第 \d+(?:[、与] ?\d+)* 条", "列表自己编的号；勘误的，由链接的锚核对"),
    Kind("日期", r"\d{4}-\d\d-\d\d|\d{4} 年(?: \d+ 月)?(?: \d+ 日)?|（\d{4}）", "出处的时间，不能运行"),
    Kind("版本", rf"(?:{'|'.join(PACKAGES)}) \d+(?:\.\d+)+|\d+\.\d+\.\d+", "与钉死的版本相符，另有测试"),
    Kind("议题与提交", r"(?:issue|PR|#)(?:[ 、与\[\]]*\d{3,})+|提交 \w{7,}", "别人的仓库里的编号，写着出处"),
    Kind("论文", r"arXiv[: ]\d{4}\.\d{5}", "arXiv 的编号，写着出处"),
    Kind("名字", r"0-dim|[12]-(?:范数|norm)|BSD-3|BY 4\.0", "术语与许可证的名字"),
]
# 用字母说的形状：公式里的，前面说着“形状”“是”；说明里的
LETTERS = re.compile(r"(?=.*(?<!\\)\b[A-Za-z])(?:\([A-Za-z]\w*(?:, ?[\w+-]+)+,?\)|\(\w+,\)|\w+(?: ?\\times ?\w+)+)")
SHAPED = re.compile(r"(?:形状|是|为|成|到|得)[^，。；]{0,3}$")
AXIS = r"(?:\.\.\.|…|[A-Za-z]\w*|\d+)"
IN_DOCSTRING = re.compile(rf"(?<![\w.])\((?:{AXIS}(?:, ?{AXIS})+,?|[A-Za-z]\w*,)\)")
RULES = "规则"
# 出处里的数是别人的：页码、编号、他们的写法
SOURCES = "出处"
# 定义与条件不是断言：前面紧挨着“设”“若”，或后面紧接着“时”“处”；“设 $a=b$，$c=d$”是两个定义
BETWEEN = r"(?:(?![得是即有为则就等])[\u4e00-\u9fff]){0,6} ?(?:\$[^$]+\$[，、与和且 ]+)*"
DEFINING = re.compile(rf"(?:设|记|取|令|让|定义|记作|写作|叫作|若|当|如果|给定|对){BETWEEN}$")
CONDITION = re.compile(r"^ ?(?:时|处|的各项|的位置)")
# 一览表里的记号
NOTATION = re.compile(r"(?:G|\\bar ?(?P<name>\\?\w+))=\\partial L/\\partial ?(?(name)(?P=name)|\w+)")


@dataclass(frozen=True)
class Number:
    """话里的一个数：在哪里，是多少。"""

    start: int
    end: int
    words: str
    value: Decimal


@dataclass(frozen=True)
class Assertion:
    """一处要核对的：在哪一处话的哪一段，是什么。"""

    text: Text
    start: int
    end: int
    kind: str

    @property
    def words(self) -> str:
        return self.text.words[self.start : self.end]

    @property
    def line(self) -> int:
        return self.text.line(self.start)


def numbers(words: str) -> Iterator[Number]:
    """一段话里的数；下标与不必核对的几种不算。"""
    rest = without(SUBSCRIPT, words)
    for kind in KINDS:
        rest = kind.masked(rest)
    for fraction in FRACTION.finditer(rest):
        yield from (Number(*fraction.span(k), fraction[k], Decimal(fraction[k])) for k in (1, 2))
    for found in NUMBER.finditer(without(COMMAND, without(FRACTION, rest))):
        yield Number(found.start(), found.end(), words[found.start() : found.end()], value(found))


def value(found: re.Match) -> Decimal:
    """一个数的值：分节的、科学记数的都认。"""
    if found["plain"]:
        size = Decimal(re.sub(r"[ \u2009]", "", found["plain"].replace("\\,", "")))
    else:
        size = Decimal(found["factor"] or 1) * Decimal(10) ** int(found["power"] or found["digit"])
    return -size if found["sign"] else size


def shapes(words: str) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """一段话里的形状：(起, 止, 各轴的大小)。"""
    for found in SHAPE.finditer(words):
        yield found.start(), found.end(), tuple(map(int, re.findall(r"\d+", found["sizes"] or found["times"])))


def assertions(text: Text) -> list[Assertion]:
    """一处话里要核对的，按先后；公式里的数由公式核对，形状里的由形状核对。"""
    rest = text.scanned
    found = []
    for pattern, kind in ((DISPLAY, "行间公式"), (FORMULA, "公式")):
        for formula in pattern.finditer(rest):
            if asserts(text, formula):
                found.append(Assertion(text, formula.start(), formula.end(), kind))
                rest = rest[: formula.start()] + blank(formula[0]) + rest[formula.end() :]
    for start, end, _ in shapes(without(SUBSCRIPT, rest)):
        found.append(Assertion(text, start, end, "形状"))
        rest = rest[:start] + blank(rest[start:end]) + rest[end:]
    if text.path.suffix == ".py":
        found += [Assertion(text, shape.start(), shape.end(), "形状") for shape in IN_DOCSTRING.finditer(rest)]
    for number in numbers(rest):
        if SOURCES not in trail(text, text.line(number.start)):
            found.append(Assertion(text, number.start, number.end, "数"))
    return sorted(found, key=lambda each: each.start)


def asserts(text: Text, formula: re.Match) -> bool:
    """公式有所断言：有等号一类的、说形状的，又不是定义或条件；表格与“规则”里的，有运算的就算。"""
    tex = formula[1].replace("\\,", "")
    line = text.scanned[text.scanned.rfind("\n", 0, formula.start()) + 1 : formula.start()]
    if NOTATION.fullmatch(tex):
        return False
    if line.lstrip().startswith("|") or RULES in trail(text, text.line(formula.start())):
        return not is_name(tex) or bool(LETTERS.fullmatch(tex))
    shape = LETTERS.fullmatch(tex) and ("times" in tex or SHAPED.search(line))
    after = text.scanned[formula.end() : formula.end() + 6]
    said = shape or RELATION.search(without(SUBSCRIPT, tex))
    return bool(said) and not (DEFINING.search(line) or CONDITION.search(after))


def is_name(tex: str) -> bool:
    """公式里没有等号一类的，也没有运算。"""
    tex = without(SUBSCRIPT, tex)
    return not (RELATION.search(tex) or OPERATION.search(tex))
