"""测试的测试：算子的 backward 改错一处，一定有一种验证手段看得出来。"""

import numpy as np
import pytest

from notes.errors import Fault
from notes.operators import mutants
from notes.operators.oracles import applicable, dot_product
from notes.operators.registry import OPERATORS


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=str)
def test_changed_backward_is_noticed(operator):
    if killed(mutants.unchanged(operator.rule), operator.row):
        raise Fault(f"{operator.where()}\n  没有改就已经通不过，见 test_oracles.py")
    changed = mutants.changed_operators(operator.rule)
    survivors = [what for what, mutant in changed if not killed(mutant, operator.row)]
    assert not survivors, f"{operator} 的 backward 这样改错，没有被发现：{survivors}"


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
