"""存着的系数，就是拟合它们的程序给出的。"""

import pytest

from elementwise import activations
from tools import fit


@pytest.mark.parametrize("name", fit.PROBLEMS)
def test_the_stored_coefficients_are_what_the_program_gives(name):
    assert getattr(activations, name) == fit.fit(fit.PROBLEMS[name]), (
        "若改动是有意的，把 python -m tools.fit 印出的抄进去"
    )


@pytest.mark.parametrize("name", ["SHORT", "SHORT_MILLS"])
def test_the_error_is_level(name):
    """里米兹的判据：误差在 m + n + 1 处正负交替、一样大；别的点上都不超过它。"""
    problem = fit.PROBLEMS[name]
    grid = fit.grid_of(problem, 1234)  # 不是拟合时用的点
    P, Q = ([fit.mp.mpf(c) for c in part] for part in fit.fit(problem))
    errors = [fit.error(grid, k, P, Q) for k in range(len(grid.u))]
    heights = [abs(errors[k]) for k in fit.extremes(errors, sum(problem.degrees) + 1)]
    assert len(heights) == sum(problem.degrees) + 1
    assert max(heights) < 1.001 * min(heights) and max(map(abs, errors)) == max(heights)


def test_a_fit_that_does_not_settle_says_so(monkeypatch):
    monkeypatch.setattr(fit, "extremes", lambda errors, count: list(range(count)))
    with pytest.raises(ArithmeticError, match="没有收敛"):
        fit.fit(fit.PROBLEMS["SHORT"], 200)
