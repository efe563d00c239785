"""程序也是算子：两层网络、残差块、注意力、一千步的循环、嵌套的程序，每种验证手段一个测试。"""

import numpy as np
import pytest

from engine.program import program
from engine.tape import F
from notes.operators.oracles import ORACLES, applicable
from notes.operators.programs import PROGRAMS, Program
from notes.operators.row import Row, sample

PAIRS = [(each, oracle) for each in PROGRAMS for oracle in applicable(each.row)]


@pytest.mark.parametrize(("each", "oracle"), PAIRS, ids=str)
def test_program(each, oracle):
    if not oracle.available:
        pytest.skip(f"没有装 {oracle.needs}")
    oracle.measure(each.apply, each.row)


def test_only_accuracy_is_left_out():
    """折点没有，精度由各个算子自己量；别的一样不少。"""
    for each in PROGRAMS:
        assert {*ORACLES} - {oracle.name for oracle in applicable(each.row)} == {"折点", "精度"}


@program
def cut(x):
    """乘积里有一个因子切断了：差分看得见它，backward 看不见。"""
    return x * x.value


@program
def wrong_constant(x):
    """前向是 sin，反向却少了一份。"""
    return F.sin(x) + np.cos(x.value)


@pytest.mark.parametrize("wrong", [cut, wrong_constant], ids=["cut", "wrong_constant"])
def test_wrong_program_is_noticed(wrong):
    """切断的程序不是它的前向的导数，验证手段说得出来。"""
    each = Program(wrong, Row((sample((2, 3)),), torch=None, accuracy="试试而已"))
    noticed = []
    for oracle in applicable(each.row):
        try:
            if not oracle.needs:
                oracle.measure(each.apply, each.row)
        except AssertionError:
            noticed.append(oracle.name)
    assert {"中心差分", "点积检验"} <= set(noticed)
