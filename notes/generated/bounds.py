"""各算子用各种手段核对时误差的上界，存成 notes/generated/bounds.json，验证报告由它写成。

误差因机器而异，所以存的是上界：10 的幂里不小于实测 3 倍的最小一个，不超过容差；以末位的单位计的，是
2 的幂里不小于 1.25 倍的最小一个。存着的上界仍然成立、又没有松到千倍（末位的单位是 8 倍）以上，就沿用：
换一台机器，不算过时。精度一项还量 PyTorch 在同样的输入上差多少，只用来对比，没有上限。
"""

import json
from math import inf

from notes.errors import Malformed
from notes.files import read
from notes.operators import accuracy
from notes.operators.measure import measure, require_proved
from notes.operators.oracles import ORACLES, Oracle, applicable
from notes.operators.registry import OPERATORS, Operator, location
from notes.paths import ROOT

STORED = ROOT / "notes" / "generated" / "bounds.json"
SMALLEST = -15
# 有误差可言的手段；别的只有对与不对
MEASURED = [oracle for oracle in ORACLES.values() if oracle.tolerance]
# 同样的输入与单位，PyTorch 差多少
COMPARED = "PyTorch 的精度"

Bounds = dict[str, dict[str, float]]  # {算子: {验证手段: 上界}}


def stored() -> Bounds:
    return json.loads(read(STORED)) if STORED.is_file() else {}


def text() -> str:
    """JSON 的全文，一个算子一行；存着的仍然成立就沿用。"""
    require_proved()
    known = stored()
    found = {operator.name: bounds_of(operator, known.get(operator.name, {})) for operator in OPERATORS.values()}
    rows = ",\n".join(f"  {json.dumps(name)}: {line(numbers)}" for name, numbers in found.items())
    return f"{{\n{rows}\n}}\n"


def line(numbers: dict[str, float]) -> str:
    return (
        "{"
        + ", ".join(f"{json.dumps(name, ensure_ascii=False)}: {written(number)}" for name, number in numbers.items())
        + "}"
    )


def written(number: float) -> str:
    """JSON 没有无穷大，写成读出来是无穷大的数。"""
    return "1e999" if number == inf else f"{number:.0f}" if number >= 1 or not number else f"{number:.0e}"


def bounds_of(operator: Operator, known: dict[str, float]) -> dict[str, float]:
    used = [oracle for oracle in applicable(operator.row) if oracle in MEASURED]
    found = {oracle.name: bound_of(operator, oracle, known.get(oracle.name, inf)) for oracle in used}
    if "精度" in found:
        found[COMPARED] = compared(operator, known.get(COMPARED))
    return found


def compared(operator: Operator, previous: float | None) -> float:
    """PyTorch 的误差；没有装时沿用存着的。"""
    if ORACLES["PyTorch"].available:
        return within(accuracy.pytorch_ulps(operator.name, operator.row), inf, inf if previous is None else previous)
    if previous is None:
        path, at = location(operator.apply)
        sentence = f"算子 {operator} 还没有量过 PyTorch 的精度：先 pip install -r requirements-dev.txt，再 make update"
        raise Malformed(path, at, sentence)
    return previous


def bound_of(operator: Operator, oracle: Oracle, previous: float) -> float:
    """要的包没有装时沿用存着的；没有存着的就不写，免得两台机器写得不一样。"""
    if oracle.available:
        choose = within if oracle.unit else bound
        return choose(measure(operator, oracle), oracle.limit(operator.row), previous)
    if previous == inf:
        path, at = location(operator.apply)
        sentence = f"算子 {operator} 还没有用 {oracle} 量过：先 pip install -r requirements-dev.txt，再 make update"
        raise Malformed(path, at, sentence)
    return previous


def within(ulps: float, limit: float, previous: float) -> float:
    """末位的几个单位的上界。"""
    if ulps <= previous <= 8 * max(1, ulps):
        return previous
    if not ulps:
        return 0.0
    powers = (float(2**k) for k in range(1024))
    return min(limit, next((power for power in powers if power >= 1.25 * ulps), inf))


def bound(error: float, limit: float, previous: float) -> float:
    """误差的上界；previous 是存着的上界。"""
    smallest = float(f"1e{SMALLEST}")
    if error <= previous <= max(smallest, 1000 * error):
        return previous
    powers = (float(f"1e{k}") for k in range(SMALLEST, 0))
    return min(limit, next(power for power in powers if power >= 3 * error))
