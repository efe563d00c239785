"""权重是 0 的一项：损失是无穷大，不算；分数是 nan，值与梯度都还是 nan，与 PyTorch 相同；被忽略的，nan 也不算。"""

import numpy as np
import pytest

from notes.operators.registry import OPERATORS

INF, NAN = np.inf, np.nan
ROW = [1.0, 2.0]  # 没有坏的一行


def run(name, *inputs, **parameters):
    """值之和与各个梯度。"""
    with np.errstate(all="ignore"):
        z, backward = OPERATORS[name].apply(*(np.array(x, float) for x in inputs), **parameters)
        return z.sum(), backward(np.ones(z.shape))


# 各种写法：第 0 行（第 0 项）的权重是 0
ZERO = [
    ("binary_cross_entropy_with_logits", {"weight": [0.0, 3.0], "reduction": reduction})
    for reduction in ("none", "mean")
]
ZERO += [
    (name, {"target": [0, 1], "weight": [0.0, 3.0], "reduction": reduction})
    for name in ("cross_entropy", "nll_loss")
    for reduction in ("none", "sum", "mean")
]
ZERO += [("cross_entropy", {"target": [0, 0], "weight": [0.0, 0.0], "label_smoothing": 0.2, "reduction": "sum"})]


def losses(name, bad, **parameters):
    """第 0 行的第 0 个分数是 bad。"""
    if name == "binary_cross_entropy_with_logits":
        return run(name, [bad, 2.0], [0.5, 1.0], **parameters)
    return run(name, [[bad, 1.0], ROW], **parameters)


@pytest.mark.parametrize(("name", "parameters"), ZERO, ids=str)
def test_infinite_losses_of_weight_zero_do_not_count(name, parameters):
    clean = losses(name, 0.5, **parameters)
    for bad in (INF, -INF):
        value, gradients = losses(name, bad, **parameters)
        assert value == pytest.approx(clean[0], rel=1e-14)
        for gradient, usual in zip(gradients, clean[1], strict=True):
            assert not gradient[0].any() and gradient[1] == pytest.approx(usual[1], rel=1e-14)


@pytest.mark.parametrize(("name", "parameters"), ZERO, ids=str)
def test_a_nan_score_of_weight_zero_is_not_hidden(name, parameters):
    """PyTorch 的值与梯度在哪里是 nan，这里也在哪里是 nan，别处一样是有限的数。"""
    torch = pytest.importorskip("torch")
    value, gradients = losses(name, NAN, **parameters)
    assert np.isnan(value)
    given = {"target": torch.long, "weight": torch.float64}
    options = {k: torch.tensor(v, dtype=given[k]) if k in given else v for k, v in parameters.items()}
    inputs = [[NAN, 2.0], [0.5, 1.0]] if "binary" in name else [[[NAN, 1.0], ROW]]
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs]
    z = getattr(torch.nn.functional, name)(*tensors, **options)
    assert torch.isnan(z.sum())
    for ours, theirs in zip(gradients, torch.autograd.grad(z.sum(), tensors), strict=True):
        assert np.isnan(ours).tolist() == theirs.isnan().tolist()


@pytest.mark.parametrize("bad", [NAN, INF, -INF])
@pytest.mark.parametrize("name", ["cross_entropy", "nll_loss"])
def test_ignored_rows_do_not_count(name, bad):
    for options in ({}, {"weight": [0.0, 3.0]}, {"label_smoothing": 0.2}):
        if name == "nll_loss" and "label_smoothing" in options:
            continue
        alone = run(name, [ROW], target=[1], **options)
        value, (gradient,) = run(name, [[bad, 1.0], ROW, [bad, bad]], target=[-100, 1, -100], **options)
        assert value == pytest.approx(alone[0], rel=1e-14)
        assert not gradient[[0, 2]].any() and gradient[1] == pytest.approx(alone[1][0][0], rel=1e-14)


def test_probability_zero_is_like_weight_zero():
    """q = 0、p = 0 的一项：无穷大不算，nan 是 nan。"""
    value, (x_bar, q_bar) = run("cross_entropy", [[0.0, -INF]], [[1.0, 0.0]], weight=[2.0, 0.0])
    assert value == 0 and not x_bar.any() and not q_bar.any()
    value, (x_bar, q_bar) = run("cross_entropy", [[0.0, NAN]], [[0.0, 0.0]], weight=[2.0, 0.0])
    assert np.isnan([value, *x_bar[0], *q_bar[0]]).all()
    for log_target, zero in ((False, 0.0), (True, -INF)):
        assert run("kl_div", [INF], [zero], log_target=log_target)[0] == 0
        value, (x_bar, p_bar) = run("kl_div", [NAN], [zero], log_target=log_target)
        assert np.isnan([value, *p_bar]).all() and x_bar == 0


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "huber_loss"])
def test_regression_shows_nan_in_both_gradients(name):
    for x, t in ((NAN, 1.0), (1.0, NAN)):
        value, gradients = run(name, [x, 2.0], [t, 5.0])
        assert np.isnan([value, *(g[0] for g in gradients)]).all() and all(np.isfinite(g[1]) for g in gradients)
