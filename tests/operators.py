"""登记在册的算子，按目录的次序；各在哪一页，用什么核对过，误差多少。"""

import functools
import importlib.util

from implementations import function, modules
from oracles import ORACLES, applicable
from pages import nav
from samples import SAMPLES

modules()
HAS_TORCH = importlib.util.find_spec("torch") is not None


def page_of(apply):
    """算子写在哪一页：a/b。"""
    return apply.__module__.replace(".", "/")


def in_order():
    """{名字: 算子}，先按所在的页在目录里的次序，再按登记的次序。"""
    registered = function("operator").__globals__["OPERATORS"]
    order = [page for _, pages in nav() for page in pages]
    return dict(sorted(registered.items(), key=lambda item: (order + [page_of(item[1])]).index(page_of(item[1]))))


OPERATORS = in_order()


def chapters():
    """逐章给出 (章, [算子])，没有算子的章不算。"""
    for chapter, pages in nav():
        found = [apply for apply in OPERATORS.values() if page_of(apply) in pages]
        if found:
            yield chapter, found


@functools.cache
def measure(name, oracle):
    """用一种验证手段核对一个算子，返回最大的误差；不对就抛 AssertionError。"""
    return ORACLES[oracle](OPERATORS[name], SAMPLES[name])


def oracles_of(name):
    """这台机器上用得上的验证手段。"""
    return [oracle for oracle in applicable(SAMPLES[name]) if oracle != "PyTorch" or HAS_TORCH]
