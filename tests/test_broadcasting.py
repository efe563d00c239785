"""形状的规则与随机的形状比：broadcast_shapes 与 numpy 一致，unbroadcast 是广播的伴随。"""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcasting.gradient import unbroadcast
from broadcasting.rules import broadcast_shapes

sizes = st.sampled_from([0, 1, 1, 2, 3])
shapes = st.lists(sizes, max_size=4).map(tuple)
reproducible = settings(derandomize=True, max_examples=500, deadline=None, database=None)


def outcome(call, *arguments):
    """结果，或者报错的类型。"""
    try:
        return call(*arguments)
    except ValueError as error:
        return type(error)


@given(st.lists(shapes, max_size=6))
@reproducible
def test_broadcast_shapes_agrees_with_numpy(operands):
    assert outcome(broadcast_shapes, *operands) == outcome(np.broadcast_shapes, *operands)


@st.composite
def compatible(draw):
    """由一个结果形状退回去的几个操作数：一定能广播。"""
    result = draw(shapes)

    def operand():
        kept = result[draw(st.integers(0, len(result))) :]
        return tuple(draw(st.sampled_from([n, 1])) for n in kept)

    return [operand() for _ in range(draw(st.integers(3, 6)))]


@given(compatible())
@reproducible
def test_broadcast_shapes_agrees_with_numpy_on_compatible_shapes(operands):
    assert broadcast_shapes(*operands) == np.broadcast_shapes(*operands)


@given(shapes, shapes)
@reproducible
def test_unbroadcast_is_the_adjoint_of_broadcast_to(small, large):
    """⟨G, Bx⟩ = ⟨BᵀG, x⟩；广播不成时两边都报 ValueError。数值取整数，加法没有误差。"""
    rng = np.random.default_rng(len(small) * 7 + len(large))
    x = rng.integers(-9, 9, small).astype(float)
    G = rng.integers(-9, 9, large).astype(float)
    stretched = outcome(np.broadcast_to, x, large)
    gradient = outcome(unbroadcast, G, small)
    if stretched is ValueError:
        assert gradient is ValueError
    else:
        assert gradient.shape == x.shape
        assert np.sum(G * stretched) == np.sum(gradient * x)
