"""拿验证手段核对算子：量出误差，或者说清楚哪里不对。"""

import functools

from notes.errors import Fault, Malformed, told
from notes.operators import accuracy  # noqa: F401 登记精度这一种验证手段
from notes.operators.oracles import Oracle, applicable
from notes.operators.registry import OPERATORS, Operator, location


@functools.cache
def measure(operator: Operator, oracle: Oracle) -> float:
    """用一种验证手段核对一个算子，返回最大的误差；不对就抛 Fault，说它在哪一页。"""
    try:
        return oracle.measure(operator.apply, operator.row)
    except Exception as error:
        raise Fault(f"{operator.where()}\n  {oracle}：{told(error)}") from None


def require_proved() -> None:
    """要由算子写成的文件，先要算子都核对过；有一个没有通过，就抛 Malformed，免得把错的梯度写进去。"""
    for operator in OPERATORS.values():
        for oracle in applicable(operator.row):
            try:
                if oracle.available:
                    measure(operator, oracle)
            except Fault as error:
                sentence = f"算子 {operator} 没有通过{oracle}，由算子写成的文件要等它改对"
                raise Malformed(*location(operator.apply), f"{sentence}：{str(error).split('：', 1)[-1]}") from None
