"""一个 inf、nan 只坏了用到它的数：PyTorch 的输出与梯度还是有限的地方，这里也是。线性的算子换输入与上游梯度，别的换
上游梯度。

卷积曾经拿补的 0 去乘没有窗口读的 nan，权重的梯度全成了 nan；这样的错，有限的样本都看不出来。

softmax 一类逐行的算子，一行的结果也不看别的行：别的行里有一个 +inf，nan 的一行曾经被当作 +inf 的一行，得到
概率 1 与 0；累乘的一行曾经因为别的行太大，-inf 的梯度成了 nan。坏了的数也不改变 dtype：float32 的 softmax，
有一个 +inf，曾经给出 float64。
"""

import math

import numpy as np
import pytest

from notes.operators.oracles import as_tuple, cases, upstreams
from notes.operators.registry import OPERATORS

# cholesky 的反向用一般的矩阵乘法与解方程，三角形里的 0 也要乘；PyTorch 用三角形的
ENTANGLED = {"cholesky"}


@pytest.mark.parametrize("operator", [each for each in OPERATORS.values() if each.name not in ENTANGLED], ids=str)
def test_one_bad_number_spoils_no_more_than_in_pytorch(operator):
    torch = pytest.importorskip("torch")
    spread = [f"{label}：第 {k} 个数组的第 {at} 个换成 {bad}" for label, k, at, bad in spoiled(torch, operator)]
    assert not spread, "PyTorch 还是有限的数，这里坏了\n" + "\n".join(spread)


def spoiled(torch, operator):
    """逐个给出坏到了别处的 (样本, 第几个数组, 第几个数, 换成什么)；最后的几个数组是上游梯度，不是线性的算子只换它。"""
    for case in cases(operator.apply, operator.row):
        outputs, _ = operator.apply(*case.inputs, **case.parameters)
        arrays = [*case.inputs, *upstreams(case.rng, outputs)]
        for k, array in list(enumerate(arrays))[0 if operator.row.linear else len(case.inputs) :]:
            for at in case.rng.permutation(array.size)[:3].tolist():
                for bad in (np.nan, np.inf):
                    given = [each.copy() for each in arrays]
                    given[k].flat[at] = bad
                    pairs = zip(ours(operator, given, case), theirs(torch, operator, given, case), strict=True)
                    if any((np.isfinite(their) & ~np.isfinite(our)).any() for our, their in pairs):
                        yield case.label, k, at, bad


def ours(operator, arrays, case):
    """输出与各个梯度。"""
    with np.errstate(all="ignore"):
        outputs, backward = operator.apply(*arrays[: len(case.inputs)], **case.parameters)
        return [np.asarray(each) for each in (*as_tuple(outputs), *backward(*arrays[len(case.inputs) :]))]


def theirs(torch, operator, arrays, case):
    """同上，PyTorch 的。"""
    count = len(case.inputs)
    tensors = [torch.tensor(x, requires_grad=True) for x in arrays[:count]]
    outputs = as_tuple(operator.row.torch(torch, *tensors, **case.parameters))
    gradients = torch.autograd.grad(outputs, tensors, [torch.tensor(G) for G in arrays[count:]])
    return [each.numpy(force=True) for each in (*outputs, *gradients)]


ROWS = [[np.nan, 1, 2], [np.inf, np.nan, 1], [np.inf, 1, np.inf], [-np.inf, 0, 1], [-np.inf] * 3, [900, 1, 2]]


ROW_BY_ROW = [(name, {"axis": -1}) for name in ("softmax", "log_softmax", "logsumexp")]
ROW_BY_ROW += [("cross_entropy", {"label_smoothing": smooth, "reduction": "none"}) for smooth in (0, 0.1)]


@pytest.mark.parametrize(("name", "options"), ROW_BY_ROW, ids=str)
def test_a_row_does_not_depend_on_the_other_rows(name, options):
    def run(x):
        target = {"target": np.zeros(x.shape[:-1], int)} if name == "cross_entropy" else {}
        z, backward = OPERATORS[name].apply(x, **options, **target)
        return z, backward(np.ones(z.shape))[0]

    with np.errstate(all="ignore"):
        alone = [run(np.array(row, float)) for row in ROWS]
        for i, one in enumerate(ROWS):
            for j, other in enumerate(ROWS):
                both = run(np.array([one, other], float))
                for k, row in enumerate((i, j)):
                    for batched, single in zip(both, alone[row], strict=True):
                        np.testing.assert_allclose(batched[k], single, rtol=1e-14, atol=1e-15)


def test_a_short_vector_is_only_divided():
    """长度不足 eps 的一行，梯度是 G / eps：G 里一个 inf 不坏别的。"""
    with np.errstate(all="ignore"):
        backward = OPERATORS["normalize"].apply(np.array([[0.0, 0.3], [3.0, 4.0]]), eps=2.0)[1]
        (x_bar,) = backward(np.array([[np.inf, 1.0], [1.0, 2.0]]))
    assert x_bar[0].tolist() == [np.inf, 0.5] and np.isfinite(x_bar[1]).all()


POOL = [0.0, -0.0, 1, -2, 3, np.inf, -np.inf, np.nan, 5e-324, -5e-324, 2.0**-1022, 1e308, -1e308, 1e-30, 1e30, 1e-3]
GROUPED = [(name, {"axis": -1}) for name in ("sum", "mean", "var", "std", "norm", "max", "min", "prod", "logsumexp")]
GROUPED += [("norm", {"axis": -1, "ord": ord}) for ord in (1, 3, np.inf)]
GROUPED += [(name, {"axis": -1}) for name in ("cumsum", "cumprod", "softmax", "log_softmax", "normalize")]
GROUPED += [("prod", {"axis": -1, "initial": initial}) for initial in (0.0, np.inf)]


@pytest.mark.parametrize(("name", "options"), GROUPED, ids=str)
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_a_group_does_not_depend_on_the_other_groups(name, options, size):
    """±inf、0、nan、次正规数混在一起的许多行，一行单独算，输出与梯度也一样。"""
    rng = np.random.default_rng(size)
    x = np.concatenate([rng.standard_normal((8, size)), rng.choice(POOL, (100, size))])
    G = rng.choice([1.5, -2.0, 1.0, 0.25], x.shape)

    def run(x, G):
        z, backward = OPERATORS[name].apply(x, **options)
        return z, backward(G if z.shape == x.shape else G[..., 0])[0]

    with np.errstate(all="ignore"):
        together = run(x, G)
        for k, alone in enumerate(map(run, x, G)):
            for whole, one in zip(together, alone, strict=True):
                largest = np.abs(one[np.isfinite(one)]).max(initial=0)
                np.testing.assert_allclose(
                    whole[k], one, 1e-14, 1e-14 * largest + 5e-324, err_msg=f"{x[k]}，G = {G[k]}"
                )


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=str)
def test_special_values_keep_the_dtype(operator):
    """float32 的输入里有 inf、nan、极大、极小的数，输出与梯度还是 float32。"""
    for case in cases(operator.apply, operator.row):
        arrays = [x.astype(np.float32) for x in case.inputs]
        for k in [k for k, x in enumerate(arrays) if x.size]:
            for bad in (np.inf, -np.inf, np.nan, 3e38, 1e-45):
                given = [x.copy() for x in arrays]
                given[k].flat[::2] = bad
                with np.errstate(all="ignore"):
                    try:
                        outputs, backward = operator.apply(*given, **case.parameters)
                        gradients = backward(*(np.ones(z.shape, np.float32) for z in as_tuple(outputs)))
                    except (ValueError, np.linalg.LinAlgError):  # 概率不能是 nan，矩阵不能奇异
                        continue
                assert {z.dtype for z in (*as_tuple(outputs), *gradients)} == {np.dtype(np.float32)}, (
                    case.label,
                    k,
                    bad,
                )


# 余弦相似度的各项先除以长度，再相消：长度很小、G 很大，相消之前就上溢
SCALED = [each for each in OPERATORS.values() if each.name != "cosine_similarity"]


@pytest.mark.parametrize("operator", SCALED, ids=str)
def test_gradients_are_linear_in_tiny_and_huge_upstream_gradients(operator):
    """float32 的 G 乘 2ᵏ，梯度就乘 2ᵏ：中途不上溢，也不失去末几位；输入也试小的。"""
    for case in cases(operator.apply, operator.row):
        for scale in (1.0, 2.0**-20):
            given = [(x * scale).astype(np.float32) for x in case.inputs]
            check_linear(operator, given, case.parameters, case.rng, case.label)


# 先乘一个比 1 大的数，再乘小的：G 是最大的有限数时，乘到中途上溢
STEPWISE = {"div", "pow", "cumprod", "inv", "solve", "mse_loss", "glu", "swiglu"}
STEPWISE |= {"kl_div", "binary_cross_entropy_with_logits", "batch_norm"}
# 许多个积的和，次序是 BLAS 的
SUMMED = {"einsum", "matmul", "linear", "conv1d", "conv2d", "conv_transpose2d"}
WHOLE = [each for each in OPERATORS.values() if each.name not in STEPWISE | SUMMED]


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=str)
@pytest.mark.parametrize("operator", WHOLE, ids=str)
def test_the_largest_upstream_gradients_do_not_overflow_where_pytorch_is_right(operator, dtype):
    """G 里一个最大的有限数，一个是它的相反数，别的是 0。

    softmax 的反向先减去 G 里的一个数，曾经得到 inf 与 nan；log_softmax、logsumexp、交叉熵、单位化、标准化也是。
    """
    torch = pytest.importorskip("torch")
    for case in cases(operator.apply, operator.row):
        given = [x.astype(dtype) for x in case.inputs]
        with np.errstate(all="ignore"):
            outputs = as_tuple(operator.apply(*given, **case.parameters)[0])
        for signs in [(1, -1), (1, 0)] * 3:
            upstream = [placed(z.shape, signs, dtype, case.rng) for z in outputs]
            found, right = gradients_at_scale(operator, given, upstream, case, 1.0), {}
            right["这里缩小了算"] = gradients_at_scale(operator, given, upstream, case, 2.0**-60)
            right["PyTorch"] = theirs(torch, operator, [*given, *upstream], case)[len(outputs) :]
            for our, scaled, their in zip(found, *right.values(), strict=True):
                with np.errstate(all="ignore"):
                    at = np.isfinite(their) & np.isclose(their / 4, scaled / 4, 1e-3, 0)
                np.testing.assert_allclose(our[at] / 4, scaled[at] / 4, 1e-3, err_msg=f"{case.label}，{upstream}")


def placed(shape, signs, dtype, rng):
    """随机的几处是 signs 乘最大的有限数，别的是 0。"""
    G = np.zeros(math.prod(shape), dtype)
    at = rng.permutation(G.size)[: len(signs)]
    G[at] = np.finfo(dtype).max * np.array(signs[: at.size], dtype)
    return G.reshape(shape)


def gradients_at_scale(operator, given, upstream, case, scale):
    """上游梯度乘 scale 之后的各个梯度，再除回去。"""
    with np.errstate(all="ignore"):
        arrays = [*given, *(G * G.dtype.type(scale) for G in upstream)]
        return [x / x.dtype.type(scale) for x in ours(operator, arrays, case)[-len(given) :]]


# 指数没有减去最大值，分数都在 -30 附近，或都在 30 附近
@pytest.mark.parametrize("score", [-29, 29])
def test_attention_is_linear_in_tiny_and_huge_upstream_gradients(score):
    rng = np.random.default_rng(3)
    near = [np.full((n, 8), (abs(score) / 8) ** 0.5) + rng.standard_normal((n, 8)) / 100 for n in (4, 5)]
    given = [x.astype(np.float32) for x in (near[0] * np.sign(score), near[1], rng.standard_normal((5, 3)))]
    check_linear(OPERATORS["scaled_dot_product_attention"], given, {"scale": 1.0}, rng, score)


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=str)
@pytest.mark.parametrize(
    ("name", "options"), [("avg_pool2d", {"kernel_size": 2}), ("adaptive_avg_pool2d", {"output_size": 4})]
)
def test_a_window_that_overflows_does_not_spoil_the_others(name, options, dtype):
    x = np.ones((1, 1, 8, 8), dtype)
    x[..., 4:6, 2:4] = 0.6 * np.finfo(dtype).max
    with np.errstate(all="ignore"):
        z = OPERATORS[name].apply(x, **options)[0][0, 0]
    assert np.isinf(z[2, 1]) and np.isfinite(z).sum() == 15 and z[np.isfinite(z)].tolist() == [1.0] * 15


def check_linear(operator, given, parameters, rng, label):
    with np.errstate(all="ignore"):
        try:
            outputs, backward = operator.apply(*given, **parameters)
            upstream = [G.astype(np.float32) for G in upstreams(rng, outputs)]
            base = backward(*upstream)
        except (ValueError, np.linalg.LinAlgError):  # 缩小之后不再合要求
            return
        for k in (-100, 115):
            for plain, found in zip(base, backward(*(G * np.float32(2.0**k) for G in upstream)), strict=True):
                expected = plain.astype(float) * 2.0**k
                usual = np.finfo(np.float32).tiny * 4
                at = (
                    (np.abs(plain) > usual)
                    & (np.abs(expected) > usual)
                    & (np.abs(expected) < np.finfo(np.float32).max / 4)
                )
                np.testing.assert_allclose(found[at], expected[at], 2e-6, err_msg=f"{label}，2 的 {k} 次")
