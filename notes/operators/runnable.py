"""算子跑得起来：docstring 的两行都在，每个样本算得出输出与梯度，不改输入。

跑不起来的，几十个测试会各说一遍；所以在一开始就试，只说一句。对不对由 oracles.py 说。
"""

from collections.abc import Iterable

import numpy as np

from notes.errors import Malformed, culprit
from notes.operators.formulas import lines
from notes.operators.oracles import Case, cases, upstreams
from notes.operators.registry import Operator, location


def require_runnable(operators: Iterable[Operator]) -> None:
    """逐个试一遍；跑不起来就抛 Malformed。"""
    for operator in operators:
        lines(operator.rule)
        for case in cases(operator.apply, operator.row):
            attempt(operator, case)


def attempt(operator: Operator, case: Case) -> None:
    path, line = location(operator.apply)
    inputs = [np.copy(x) for x in case.inputs]
    try:
        with np.errstate(all="ignore"):
            wrong = returned(operator.rule(*inputs, **case.parameters))
            if not wrong:
                outputs, backward = operator.apply(*inputs, **case.parameters)
                backward(*upstreams(case.rng, outputs))
    except Exception as error:
        at = culprit(path, error)
        sentence = f"算子 {operator} 算不了样本 {case.label}：{type(error).__name__}：{error}"
        raise Malformed(path, line if at == 1 else at, sentence) from None
    wrong = wrong or changed(inputs, case.inputs)
    if wrong:
        raise Malformed(path, line, f"算子 {operator} {wrong}")


def returned(result: object) -> str:
    """返回的是不是输出与 backward 两样；不是就说一句。"""
    if isinstance(result, tuple) and len(result) == 2 and callable(result[1]):
        return ""
    return f"应返回输出与 backward 两样，却返回了 {type(result).__name__}"


def changed(after: list[np.ndarray], before: tuple[np.ndarray, ...]) -> str:
    """改了哪个输入。"""
    wrong = [k for k, (x, y) in enumerate(zip(after, before, strict=True), 1) if not np.array_equal(x, y)]
    return f"改了自己的第 {wrong[0]} 个输入" if wrong else ""
