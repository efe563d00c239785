"""登记在册的算子，按目录的次序；各在哪一页，用什么核对过，误差多少。"""

import functools
import importlib.util
import inspect
from pathlib import Path

from notes.files import Malformed, display
from notes.implementations import SNIPPETS, function, modules, section_at
from notes.operators.oracles import ORACLES, applicable
from notes.pages import nav, shown_at
from notes.operators.samples import SAMPLES

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


def require_proved():
    """要由算子写成的文件，先要算子都核对过；有一个没有通过，就抛 Malformed，免得把错的梯度写进去。"""
    for name in filter(SAMPLES.get, OPERATORS):
        for oracle in applicable(SAMPLES[name]):
            try:
                if oracle != "PyTorch" or HAS_TORCH:
                    measure(name, oracle)
            except Exception as error:
                sentence = f"算子 {name} 没有通过{oracle}，由算子写成的文件要等它改对：{error}"
                raise Malformed(*location(OPERATORS[name]), sentence) from None


def location(apply):
    """算子写在哪个文件、哪一行。"""
    return Path(inspect.getsourcefile(apply.__wrapped__)), inspect.getsourcelines(apply.__wrapped__)[1]


def where(apply):
    """算子印在哪一页、写在哪个文件，用在报错里。"""
    path, line = location(apply)
    page = shown_at(path.relative_to(SNIPPETS).as_posix(), section_at(path, line))
    return f"{page or '（没有页面印它）'}\n{display(path)}:{line}  算子 {apply.__name__}"
