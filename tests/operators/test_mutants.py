"""测试的测试：算子的 backward 改错一处，一定有一种验证手段看得出来。"""

import numpy as np
import pytest

from notes.errors import Fault
from notes.operators import accuracy, mutants  # noqa: F401 登记精度这一种验证手段
from notes.operators.oracles import ORACLES, applicable, dot_product, kinks
from notes.operators.registry import OPERATORS

SECOND = ORACLES["二阶"]
FIRST = [dot_product, kinks]


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=str)
def test_changed_backward_is_noticed(operator):
    """看出了什么的手段，对没有改的都通得过；否则“看出来”什么也说明不了。"""
    changed = [(what, killer(mutant, operator.row)) for what, mutant in mutants.changed_operators(operator.rule)]
    survivors = [what for what, oracle in changed if not oracle]
    assert not survivors, f"{operator} 的 backward 这样改错，没有被发现：{survivors}"
    same = mutants.unchanged(operator.rule)
    for oracle in dict.fromkeys(oracle for _, oracle in changed):
        if notices(oracle, same, operator.row):
            raise Fault(f"{operator.where()}\n  没有改就已经通不过{oracle}，见 test_oracles.py")


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


def killer(mutant, row):
    """不靠别的库，本站的哪一种验证手段看得出来，没有就是 None；点积检验最快，先用它，再看折点：它看不出的，多半错在那里。"""
    ours = [oracle for oracle in applicable(row) if not oracle.needs]
    ours.sort(key=lambda oracle: FIRST.index(oracle.errors) if oracle.errors in FIRST else len(FIRST))
    return next((oracle for oracle in ours if notices(oracle, mutant, row)), None)


def notices(oracle, mutant, row):
    try:
        with np.errstate(all="ignore"):
            oracle.measure(mutant, row)
    except Exception:
        return True
    return False
