"""测试的测试：算子的 backward 改错一处，一定有一种验证手段看得出来。"""

import numpy as np
import pytest

from notes.errors import Fault
from notes.operators import mutants
from notes.operators.oracles import ORACLES, applicable, dot_product
from notes.operators.registry import OPERATORS

SECOND = ORACLES["二阶"]


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=str)
def test_changed_backward_is_noticed(operator):
    if killed(mutants.unchanged(operator.rule), operator.row):
        raise Fault(f"{operator.where()}\n  没有改就已经通不过，见 test_oracles.py")
    changed = mutants.changed_operators(operator.rule)
    survivors = [what for what, mutant in changed if not killed(mutant, operator.row)]
    assert not survivors, f"{operator} 的 backward 这样改错，没有被发现：{survivors}"


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=str)
def test_detached_backward_is_noticed(operator):
    """backward 里的输入当了常数，一阶全对，二阶看得出来。"""
    if operator.row.backward_not_analytic:
        assert not SECOND.applies(operator.row)
        return
    survivors = [
        what for what, mutant in mutants.detached_operators(operator.rule) if not fails(SECOND, mutant, operator)
    ]
    assert not survivors, f"{operator} 的 backward 这样改错，二阶没有发现：{survivors}"


@pytest.mark.parametrize("name", ["mul", "exp", "softmax", "linear"])
def test_only_second_order_notices_a_detached_backward(name):
    operator = OPERATORS[name]
    others = [oracle for oracle in applicable(operator.row) if oracle is not SECOND and not oracle.needs]
    found = list(mutants.detached_operators(operator.rule))
    assert found
    for what, mutant in found:
        assert not any(fails(oracle, mutant, operator) for oracle in others), what


def fails(oracle, mutant, operator):
    try:
        oracle.measure(mutant, operator.row)
    except AssertionError:
        return True
    return False


def killed(mutant, row):
    """不靠别的库，本站的验证手段至少有一种看得出来；点积检验最快，先用它。"""
    for oracle in sorted(applicable(row), key=lambda oracle: oracle.errors is not dot_product):
        try:
            with np.errstate(all="ignore"):
                if not oracle.needs:
                    oracle.measure(mutant, row)
        except Exception:
            return True
    return False
