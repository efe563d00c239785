"""自动微分一章：程序过全部验证手段；磁带不溢出、不变慢、不漏内存；代码一共多少行。"""

import ast
import gc
import operator
import tracemalloc
import weakref
from time import process_time

import numpy as np
import pytest

from engine.checkpoint import checkpoint
from engine.program import program
from engine.second_order import hvp, jvp
from engine.tape import F, Tape, Var
from notes.page import page_of
from notes.paths import SNIPPETS
from start.verification import agree

LIMIT = 120
TOOLS = {"engine/derive"}  # 用它写的工具，见 test_derive.py


def code_lines(text):
    """一个文件里的代码有几行：空行、注释、docstring、@program 的函数不算；一条语句写成几行，就算几行。"""
    tree, uncounted = ast.parse(text), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            uncounted.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
        if isinstance(node, ast.FunctionDef) and "program" in map(ast.unparse, node.decorator_list):
            uncounted.update(range(node.decorator_list[0].lineno, node.end_lineno + 1))
    lines = enumerate(text.splitlines(), 1)
    return sum(1 for n, line in lines if n not in uncounted and line.strip() and not line.lstrip().startswith("#"))


COUNTED = '''"""说明。"""

import re  # 注释
# 注释
def f():
    """说明。"""
    return (1,
            2)
@program
def g(x):
    return x
'''


def test_what_is_counted():
    assert code_lines(COUNTED) == 4


def test_the_chapter_is_short():
    """“七 自动微分”的全部实现：snippets/engine/ 下的 .py，连同导入；用它写的程序（@program）、工具不算。"""
    paths = [path for path in (SNIPPETS / "engine").glob("*.py") if page_of(path).name not in TOOLS]
    counts = {path.name: code_lines(path.read_text(encoding="utf-8")) for path in paths}
    assert sum(counts.values()) <= LIMIT, counts


def chain(steps):
    @program
    def run(x):
        for _ in range(steps):
            x = F.sin(x)
        return x

    return run


def seconds(call):
    """最快的一次；只算这个进程用的。"""
    best = float("inf")
    for _ in range(2):
        start = process_time()
        call()
        best = min(best, process_time() - start)
    return best


def test_long_chain():
    """十万个算子：前向、反向、丢掉，都不溢出。"""
    x = np.array([0.5, 1.5])
    value, backward = chain(100_000)(x)
    (x_bar,) = backward(np.ones(2))
    assert np.all((value > 0) & (value < 0.01)) and np.all((x_bar > 0) & (x_bar < 1))
    del backward
    gc.collect()


def test_long_chain_is_linear():
    """长度乘 64，用时约乘 64；反向或回收里有平方的一步，就是 4096 倍。两者相差够大，机器忙时也分得清。"""

    def run(steps):
        chain(steps)(np.ones(3))[1](np.ones(3))

    assert seconds(lambda: run(64_000)) < 250 * seconds(lambda: run(1_000))


def test_memory_goes_with_backward():
    """backward 一丢，磁带就没有了，不必等垃圾回收。"""
    seen = []

    @program
    def run(x):
        y = F.exp(x)
        seen.append(weakref.ref(y.array.base if y.array.base is not None else y.array))
        return y * y

    gc.disable()
    try:
        _, backward = run(np.ones(3))
        assert seen[0]() is not None
        del backward
        assert seen[0]() is None
    finally:
        gc.enable()


def test_nothing_is_global():
    """运行到一半报错，下一次不受影响；没有记下的数，什么也不记。"""

    @program
    def broken(x):
        F.exp(x)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        broken(np.ones(2))
    _, backward = program(lambda x: F.exp(x))(np.zeros(2))
    assert agree(backward(np.array([2.0, 3.0]))[0], np.array([2.0, 3.0]))
    assert type(F.exp(np.zeros(2))) is np.ndarray


def test_mixed_tapes_are_refused():
    @program
    def outer(x):
        return F(program(lambda y: y * x))(x)

    with pytest.raises(ValueError, match="记在两盘磁带上"):
        outer(np.ones(2))

    @program
    def leaking(x):
        return F(program(lambda y: x))(x)

    with pytest.raises(ValueError, match="记在别的磁带上"):
        leaking(np.ones(2))


def test_captured_arrays_are_locked():
    """不求导的数组反向也要用：前向之后改写，当场报错，不会悄悄算错。磁带自己拿着的、检查点里的也一样。"""
    for wrap in (program, checkpoint):
        scale = np.array([3.0, 4.0])
        _, backward = wrap(lambda x, scale=scale: x * scale)(np.ones(2))
        with pytest.raises(ValueError, match="read-only"):
            scale[0] = 100.0
        assert backward(np.ones(2))[0].tolist() == [3, 4]
    x = np.ones(2)
    a = Tape([x]).enter(x)
    assert (a * a).shape == (2,)
    with pytest.raises(ValueError, match="read-only"):
        x += 1


def test_what_has_no_hessian_is_refused():
    """不是一个标量的输出、方向与输入不合的，报错，不广播出一个似是而非的答案。"""
    x, total = np.ones(2), program(lambda x: F.sum(x * x * x))
    for several in (program(lambda x: x * x), program(lambda x: (F.sum(x), F.sum(x)))):
        with pytest.raises(TypeError, match="没有黑塞矩阵"):
            hvp(several, [x], [x])
    for directions in ([np.ones((3, 2))], [np.ones(3)], [], [x, x]):
        for call in (hvp, jvp):
            with pytest.raises(ValueError, match=r"broadcast|remapping|argument"):
                call(total, [x], directions)
    for dtype in (np.float32, np.float64):
        assert hvp(total, [x.astype(dtype)], [x.astype(dtype)])[0].dtype == dtype


def test_comparisons_are_refused():
    """x == 0 若按 Python 的默认，是 False，作条件就悄悄错了；要比，比 x.value。"""
    for compare in ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"):
        with pytest.raises(TypeError, match="不能改写、比较"):
            program(lambda x, compare=compare: F.where(x, -x, condition=getattr(x, compare)(0.0)))(np.ones(2))
    z, _ = program(lambda x: F.where(x, -x, condition=x.value == 1.0))(np.array([1.0, 2.0]))
    assert z.tolist() == [1, -2]


@pytest.mark.parametrize("sign", ["add", "sub", "mul", "truediv", "matmul", "pow"])
def test_arrays_on_the_left(sign):
    """数组在左、记下的数在右，与两个都是记下的数一样。"""
    a, x, G = 1 + np.random.default_rng(0).random((3, 2, 2))
    for left in (a, np.float64(1.5)) if sign != "matmul" else (a,):
        z, backward = program(lambda x, left=left: getattr(operator, sign)(left, x))(x)
        same, pullback = program(getattr(operator, sign))(np.asarray(left), x)
        assert np.array_equal(z, same) and np.array_equal(backward(G)[0], pullback(G)[1])


def test_methods_are_the_operators():
    """x.sum(axis=0) 就是 F.sum(x, axis=0)，没有的说没有登记。"""
    z, backward = program(lambda x: x.square().sum(axis=0).relu() + abs(x).mean())(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert z.tolist() == [12.5, 22.5] and backward(np.ones(2))[0].tolist() == [[2.5, 4.5], [6.5, 8.5]]
    with pytest.raises(AttributeError, match="没有登记名叫 T 的算子"):
        program(lambda x: x.T)(np.ones(2))


def test_lists_are_refused():
    with pytest.raises(TypeError, match="却返回 list"):
        program(lambda x: [x, x])(np.ones(2))


def test_same_array_twice():
    """同一个数组给两次，是两个输入；同一个数返回两次，梯度相加。"""
    x = np.array([1.0, 2.0])
    _, backward = program(lambda a, b: a * b)(x, x)
    assert [g.tolist() for g in backward(np.ones(2))] == [[1, 2], [1, 2]]
    _, backward = program(lambda a: (a, a, 3 * a))(x)
    assert backward(np.ones(2), np.ones(2), np.ones(2))[0].tolist() == [5, 5]


def test_variables_are_light():
    assert not hasattr(Var(np.ones(1), None, 0), "__dict__")


def test_inputs_left_out():
    """可以不给的输入：算子的、程序的，不给与写 None 一样，梯度少一个。"""

    @program
    def layer(x, W, b=None):
        return F.linear(x, W, b)

    x, W, b = np.ones((2, 3)), np.ones((4, 3)), np.ones(4)
    for inputs, count in (((x, W), 2), ((x, W, None), 2), ((x, W, b), 3)):
        value, backward = layer(*inputs)
        assert len(backward(np.ones(value.shape))) == count
        _, backward = layer.__wrapped__(*(a if a is None else a + 0j for a in inputs))
        assert len(backward(np.ones(value.shape))) == count


def test_every_operator_is_found_by_name():
    """没有导入过的也找得到：按名字找它写在哪个文件。"""
    with pytest.raises(AttributeError, match="没有登记名叫 no_such_operator 的算子"):
        F.no_such_operator  # noqa: B018
    assert callable(F.einsum)


def peak_memory(call):
    """call 运行时多占的内存最多多少字节。"""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        call()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def test_checkpoints_save_memory():
    """128 层、每 8 层一段，数组的个数是不分段的八分之一；真的占的内存也差不多。"""

    def layers(h, *, count):
        for _ in range(count):
            h = F.tanh(h + 1.0)
        return h

    whole, segment = program(layers), checkpoint(layers)

    @program
    def in_segments(h, *, count, length):
        for _ in range(count // length):
            h = F(segment)(h, count=length)
        return h

    x = np.ones(20_000)
    plain = peak_memory(lambda: whole(x, count=128)[1](x))
    saved = peak_memory(lambda: in_segments(x, count=128, length=8)[1](x))
    assert 256 < plain / x.nbytes < 290
    assert 32 < saved / x.nbytes < 50
