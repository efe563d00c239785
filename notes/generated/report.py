"""验证报告：每个算子用什么核对过、误差最大多少、折点怎样约定，写成 snippets/appendix/verification.md。"""

from collections.abc import Iterable, Iterator

from notes import sections
from notes.generated import bounds
from notes.generated.bounds import MEASURED
from notes.generated.footer import versions
from notes.operators.domains import DOMAINS
from notes.operators.measure import require_proved
from notes.operators.oracles import ORACLES, applicable
from notes.operators.registry import Operator, chapters
from notes.operators.row import domains
from notes.paths import SNIPPETS

STORED = SNIPPETS / "appendix" / "verification.md"
HEADER = ["算子", "取值", "样本", *map(str, MEASURED), "折点"]


def markdown() -> str:
    """报告的全文：总数与版本，各章一张误差的表，折点的表，哪些算子为什么不能用复步差分。"""
    require_proved()
    known = dict(chapters())
    operators = [operator for found in known.values() for operator in found]
    stored = bounds.stored()
    errors = (f"### {chapter}\n\n{table(HEADER, (row(o, stored) for o in found))}" for chapter, found in known.items())
    kinks = (cells for operator in operators for cells in kink_rows(operator))
    reasons = ((link(o), o.row.not_analytic) for o in operators if o.row.not_analytic)
    parts = {
        "total": total(operators),
        "counts": counts(operators),
        "errors": "\n".join(errors),
        "kinks": table(["算子", "输入", "上游梯度", "各输入的梯度"], kinks),
        "not-analytic": table(["算子", "为什么"], reasons),
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
    cells = [f"{known[o.name]:.0e}" if o.name in known else "—" for o in MEASURED]
    return [link(operator), words, len(operator.row.samples), *cells, len(operator.row.kinks) or "—"]


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
    """数与嵌套的列表，整数不带小数点。"""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(shown, value))}]"
    return f"{value:g}"
