"""验证报告：每个算子用什么核对过、误差最大多少、折点怎样约定，写成 snippets/appendix/verification.md。"""

import math
from collections.abc import Iterable, Iterator
from itertools import groupby

from notes import sections
from notes.generated import bounds
from notes.generated.bounds import COMPARED, MEASURED
from notes.generated.footer import versions
from notes.operators.domains import DOMAINS
from notes.operators.measure import require_proved
from notes.operators.oracles import ORACLES, applicable
from notes.operators.registry import Operator, chapters
from notes.operators.row import Accuracy, domains
from notes.paths import SNIPPETS

STORED = SNIPPETS / "appendix" / "verification.md"
RELATIVE = [oracle.name for oracle in MEASURED if not oracle.unit]
LONG = 8  # 相同的超过几个就不逐个写
HEADER = ["算子", "取值", "样本", *RELATIVE, "折点"]


def markdown() -> str:
    """报告的全文：总数与版本，各章一张误差的表，折点的表，哪些算子为什么不能用复步差分、不能求二阶。"""
    require_proved()
    known = dict(chapters())
    operators = [operator for found in known.values() for operator in found]
    stored = bounds.stored()
    errors = (f"### {chapter}\n\n{table(HEADER, (row(o, stored) for o in found))}" for chapter, found in known.items())
    kinks = (cells for operator in operators for cells in kink_rows(operator))
    reasons = ((link(o), o.row.not_analytic) for o in operators if o.row.not_analytic)
    twice = ((link(o), o.row.backward_not_analytic) for o in operators if o.row.backward_not_analytic)
    ulps = (accuracy_row(o, a, stored) for o in operators if isinstance(a := o.row.accuracy, Accuracy))
    exact = ((link(o), o.row.accuracy) for o in operators if isinstance(o.row.accuracy, str))
    parts = {
        "total": total(operators),
        "counts": counts(operators),
        "errors": "\n".join(errors),
        "kinks": table(["算子", "输入", "上游梯度", "各输入的梯度"], kinks),
        "accuracy": table(["算子", "本站", "PyTorch", "单位与上限"], ulps),
        "not-measured": table(["算子", "为什么"], exact),
        "not-analytic": table(["算子", "为什么"], reasons),
        "backward-not-analytic": table(["算子", "为什么"], twice),
    }
    written = "\n".join(sections.written(name, text) for name, text in parts.items())
    return "<!-- 由 notes/generated/report.py 生成，不要手改 -->\n\n" + written


def total(operators: list[Operator]) -> str:
    """一共多少，用什么版本。"""
    samples = sum(len(operator.row.samples) for operator in operators)
    kinks = sum(len(operator.row.kinks) for operator in operators)
    used = "，".join(f"{name} {version}" for name, version in versions().items())
    return f"{len(operators)} 个算子，{samples} 个样本，{kinks} 条折点的约定；{used}。\n"


def counts(operators: list[Operator]) -> str:
    """每种手段用得上的算子各有多少。"""
    used = "，".join(f"{o} {sum(o.applies(op.row) for op in operators)} 个" for o in ORACLES.values())
    every = sum(len(applicable(op.row)) == len(ORACLES) for op in operators)
    return f"{len(operators)} 个算子里，{used}；全都用得上的有 {every} 个。\n"


def table(header: Iterable, rows: Iterable) -> str:
    lines = [header := list(header), ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(map(str, cells))} |\n" for cells in lines)


def row(operator: Operator, stored: bounds.Bounds) -> list:
    """一个算子的一行。"""
    inputs = max(len(sample.shapes) for sample in operator.row.samples)
    words = "、".join(dict.fromkeys(DOMAINS[name].words for name in domains(operator.row.domain, inputs)))
    known = stored.get(operator.name, {})
    cells = [f"{known[name]:.0e}" if name in known else "—" for name in RELATIVE]
    return [link(operator), words, len(operator.row.samples), *cells, len(operator.row.kinks) or "—"]


def accuracy_row(operator: Operator, accuracy: Accuracy, stored: bounds.Bounds) -> list:
    """一个算子的精度：误差至多末位的几个单位，PyTorch 的几个。"""
    known = stored.get(operator.name, {})
    return [link(operator), *(ulps(known.get(name)) for name in ("精度", COMPARED)), accuracy.why or "—"]


def ulps(number: float | None) -> str:
    """末位的几个单位；很大的写成 10 的幂。"""
    if number is None:
        return "—"
    if number == float("inf"):
        return "∞"
    return f"{number:.0f}" if number < 10**5 else f"10{exponent(round(math.log10(number)))}"


def exponent(number: int) -> str:
    return f"{number}".translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def link(operator: Operator) -> str:
    return f"[`{operator}`](../{operator.page}.md)"


def kink_rows(operator: Operator) -> Iterator[tuple]:
    """一个算子在折点处的约定，逐条一行。"""
    for kink in operator.row.kinks:
        given = [shown(x) for x in kink.inputs] + [f"{k}={v!r}" for k, v in kink.parameters.items()]
        yield link(operator), code(", ".join(given)), code(shown(kink.G)), code(", ".join(map(shown, kink.gradients)))


def code(text: str) -> str:
    return f"`{text}`"


def shown(value) -> str:
    """数与嵌套的列表，整数不带小数点；接连许多个相同的只写一个，说有几个。"""
    if not isinstance(value, list | tuple):
        return f"{value:g}"
    runs = [(text, len(list(same))) for text, same in groupby(map(shown, value))]
    return f"[{', '.join(f'{text} 共 {n} 个' if n > LONG else ', '.join([text] * n) for text, n in runs)}]"
