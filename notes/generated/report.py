"""验证报告：每个算子用什么核对过、误差最大多少、折点怎样约定，写成 snippets/appendix/verification.md。

误差因机器而异，所以印的是上界：10 的幂里不小于实测 3 倍的最小一个，不超过容差。存着的上界仍然成立、
又没有松到千倍以上，就沿用：换一台机器，报告不算过时。
"""

import re
from math import inf

from notes.files import read
from notes.implementations import SNIPPETS
from notes.operators import HAS_TORCH, chapters, measure, page_of, require_proved
from notes.operators.oracles import ORACLES, applicable, tolerance
from notes.operators.samples import SAMPLES
from notes.generated.verified import versions

STORED = SNIPPETS / "appendix" / "verification.md"
SMALLEST = -15
MEASURED = [oracle for oracle in ORACLES if oracle != "折点"]
HEADER = ["算子", "取值", "样本", *MEASURED, "折点"]
DOMAINS = {
    "real": "实数",
    "nonzero": "非零",
    "positive": "正数",
    "invertible": "可逆方阵",
    "positive definite": "正定方阵",
}


def markdown():
    """报告的全文：总数与版本，各章一张误差的表，折点的表，哪些算子为什么不能用复步差分。"""
    require_proved()
    stored = stored_bounds(read(STORED) if STORED.is_file() else "")
    known = {chapter: [a for a in found if a.__name__ in SAMPLES] for chapter, found in chapters()}
    rules = [apply for found in known.values() for apply in found]
    errors = (f"### {chapter}\n\n{table(HEADER, (row(a, stored) for a in found))}" for chapter, found in known.items())
    kinks = (cells for apply in rules for cells in kink_rows(apply))
    reasons = ((link(a), SAMPLES[a.__name__].not_analytic) for a in rules if SAMPLES[a.__name__].not_analytic)
    sections = {
        "total": total(rules),
        "errors": "\n".join(errors),
        "kinks": table(["算子", "输入", "上游梯度", "各输入的梯度"], kinks),
        "not-analytic": table(["算子", "为什么"], reasons),
    }
    marked = (f"<!-- --8<-- [start:{name}] -->\n{text}<!-- --8<-- [end:{name}] -->\n" for name, text in sections.items())
    return "<!-- 由 notes/generated/report.py 生成，不要手改 -->\n\n" + "\n".join(marked)


def total(rules):
    """一共多少，用什么版本。"""
    samples = sum(len(SAMPLES[apply.__name__].samples) for apply in rules)
    kinks = sum(len(SAMPLES[apply.__name__].kinks) for apply in rules)
    used = "，".join(f"{name} {version}" for name, version in versions().items())
    return f"{len(rules)} 个算子，{samples} 个样本，{kinks} 条折点的约定；{used}。\n"


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(map(str, cells))} |\n" for cells in lines)


def row(apply, stored):
    """一个算子的一行。"""
    data = SAMPLES[apply.__name__]
    inputs = max(len(sample.shapes) for sample in data.samples)
    domain = "、".join(dict.fromkeys(DOMAINS[name] for name in data.domain[:inputs]))
    bounds = [printed_bound(apply.__name__, oracle, stored) for oracle in MEASURED]
    return [link(apply), domain, len(data.samples), *bounds, len(data.kinks) or "—"]


def link(apply):
    return f"[`{apply.__name__}`](../{page_of(apply)}.md)"


def printed_bound(name, oracle, stored):
    """一格：误差的上界。这种手段用不上时是“—”；没有装 torch 时沿用存着的，没有存着的留空。"""
    data, previous = SAMPLES[name], stored.get((name, oracle), inf)
    if oracle not in applicable(data):
        return "—"
    if oracle == "PyTorch" and not HAS_TORCH:
        return "" if previous == inf else f"{previous:.0e}"
    return f"{bound(measure(name, oracle), tolerance(oracle, data), previous):.0e}"


def bound(error, limit, previous):
    """误差的上界；previous 是存着的上界。"""
    smallest = float(f"1e{SMALLEST}")
    if error <= previous <= max(smallest, 1000 * error):
        return previous
    powers = (float(f"1e{k}") for k in range(SMALLEST, 0))
    return min(limit, next(power for power in powers if power >= 3 * error))


def stored_bounds(text):
    """存着的报告里的上界：{(算子, 验证手段): 上界}。"""
    found = {}
    for name, rest in re.findall(r"^\| \[`(\w+)`\]\S+ \|(.+)\|$", text, re.MULTILINE):
        cells = [cell.strip() for cell in rest.split("|")]
        if len(cells) == len(HEADER) - 1:
            numbers = zip(MEASURED, cells[2:-1])
            found |= {(name, oracle): float(number) for oracle, number in numbers if number[:1].isdigit()}
    return found


def kink_rows(apply):
    """一个算子在折点处的约定，逐条一行。"""
    for kink in SAMPLES[apply.__name__].kinks:
        given = [shown(x) for x in kink.inputs] + [f"{k}={v!r}" for k, v in kink.parameters.items()]
        yield link(apply), code(", ".join(given)), code(shown(kink.G)), code(", ".join(map(shown, kink.gradients)))


def code(text):
    return f"`{text}`"


def shown(value):
    """数与嵌套的列表，整数不带小数点。"""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(shown, value))}]"
    return f"{value:g}"
