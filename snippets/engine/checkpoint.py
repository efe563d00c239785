"""检查点：只留输入，反向时再算一遍。"""

import functools

from engine.program import program
from start.conventions import checked


# --8<-- [start:checkpoint]
def checkpoint(function):
    """与 program(function) 同一个算子，前向之后只留着输入；反向时再算一遍，用时间换内存。"""
    recorded = program(function)

    @functools.wraps(recorded.__wrapped__)
    def rule(*inputs, **parameters):
        run = functools.partial(recorded.__wrapped__, *inputs, **parameters)
        return run()[0], lambda *upstream: run()[1](*upstream)

    return checked(rule)
# --8<-- [end:checkpoint]
