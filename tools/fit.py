"""拟合 erf 与 Φ 用的系数：python -m tools.fit 印出四对多项式，即 snippets/elementwise/activations.py 里存着的。

每一对 P/Q 使加权的相对误差最大的一处最小：先用加权的最小二乘起步，再用里米兹（Remez）的交换，直到误差在
m + n + 1 处正负交替、大小相等。全部用 50 位小数算，最后舍入成 float64，所以每次、每台机器印出的都相同。
"""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass

import mpmath

mp = mpmath.mp.clone()
mp.dps = 50

Pair = tuple[list[float], list[float]]


@dataclass(frozen=True)
class Problem:
    """拟合什么：P(u) / Q(u) ≈ target(x)，u = variable(x)，0 < x ≤ upper，P(0) 取定，Q(0) = 1。

    weight(x) 乘相对误差：erf 的相对误差是它里面那一个函数的几倍。
    """

    target: Callable
    upper: int
    constant: object
    degrees: tuple[int, int]
    variable: Callable = lambda x: x
    weight: Callable = lambda x: mp.mpf(1)


def inner(x):
    """artanh(erf x) / x；erf 近于 1 时不从 1 里减。"""
    tail = mp.erfc(x)
    return mp.log((2 - tail) / tail) / (2 * x)


def damping(x):
    """tanh g 的相对误差是 g 的几倍：2g / sinh 2g，g = x inner(x)。"""
    g = 2 * x * inner(x)
    return g / mp.sinh(g)


def mills(x):
    """exp(x² / 2) Φ(-x)。"""
    return mp.exp(x * x / 2) * mp.erfc(x / mp.sqrt(2)) / 2


def of_erf(degree):
    return Problem(inner, 6, 2 / mp.sqrt(mp.pi), (degree, degree), lambda x: x * x, damping)


PROBLEMS = {
    "LONG": of_erf(8),
    "SHORT": of_erf(3),
    "MILLS": Problem(mills, 39, mp.mpf(1) / 2, (9, 10)),
    "SHORT_MILLS": Problem(mills, 14, mp.mpf(1) / 2, (4, 5)),
}


@dataclass(frozen=True)
class Grid:
    """网格上的 u、目标、权重。"""

    u: list
    f: list
    w: list


def grid_of(problem: Problem, points: int) -> Grid:
    """两端密的 points 个点。"""
    x = [problem.upper * (1 - mp.cos(mp.pi * k / points)) / 2 for k in range(1, points + 1)]
    return Grid([problem.variable(v) for v in x], [problem.target(v) for v in x], [problem.weight(v) for v in x])


def value(coefficients, u):
    return mp.polyval(coefficients[::-1], u)


def error(grid: Grid, k: int, P, Q):
    """第 k 个点上加权的相对误差。"""
    return grid.w[k] * (value(P, grid.u[k]) / (grid.f[k] * value(Q, grid.u[k])) - 1)


def row(problem: Problem, u, f):
    """P - f Q 里各个未知系数前面的数，以及移到右边的常数。"""
    m, n = problem.degrees
    return [u**k for k in range(1, m + 1)] + [-f * u**k for k in range(1, n + 1)], f - problem.constant


def split(problem: Problem, unknown):
    m, n = problem.degrees
    return [problem.constant, *unknown[:m]], [mp.mpf(1), *unknown[m : m + n]]


def least_squares(problem: Problem, grid: Grid, rounds: int = 3):
    """起步：P - f Q 的加权平方和最小，权里的 Q 用上一轮的。"""
    Q = [mp.mpf(1)]
    for _ in range(rounds):
        A, b = [], []
        for u, f, w in zip(grid.u, grid.f, grid.w, strict=True):
            left, right = row(problem, u, f)
            scale = w / (f * value(Q, u))
            A.append([scale * a for a in left])
            b.append(scale * right)
        matrix = mp.matrix(A)
        unknown = mp.lu_solve(matrix.T * matrix, matrix.T * mp.matrix(b))
        P, Q = split(problem, list(unknown))
    return P, Q


def extremes(errors, count):
    """误差正负交替的各段里最大的一处，一共 count 处；多了，从两端去掉小的。"""
    best = [0]
    for k in range(1, len(errors)):
        if errors[k] * errors[best[-1]] < 0:
            best.append(k)
        elif abs(errors[k]) > abs(errors[best[-1]]):
            best[-1] = k
    while len(best) > count:
        best.pop(0 if abs(errors[best[0]]) < abs(errors[best[-1]]) else -1)
    return best


def level(problem: Problem, grid: Grid, at, P, Q, E):
    """使 at 各处的误差正负交替、大小都是 E 的 P、Q、E：用牛顿法，从上一次的 Q、E 出发。"""
    for _ in range(20):
        A, b = [], []
        for k in range(len(at)):
            u, f = grid.u[at[k]], grid.f[at[k]]
            share = (-1) ** k * f / grid.w[at[k]]
            left, right = row(problem, u, f + share * E)
            slope = share * value(Q, u)
            A.append([*left, -slope])
            b.append(right - slope * E)
        unknown = list(mp.lu_solve(mp.matrix(A), mp.matrix(b)))
        (P, Q), (E, previous) = split(problem, unknown), (unknown[-1], E)
        if abs(E - previous) < abs(E) * mp.mpf(10) ** -30:
            break
    return P, Q, E


def fit(problem: Problem, points: int = 2000) -> Pair:
    """交换直到误差最大的一处不超过各处的 1.000001 倍；返回舍入成 float64 的 P、Q。"""
    grid = grid_of(problem, points)
    P, Q = least_squares(problem, Grid(grid.u[::8], grid.f[::8], grid.w[::8]))
    E = mp.mpf(0)
    for _ in range(40):
        errors = [error(grid, k, P, Q) for k in range(points)]
        largest = max(map(abs, errors))
        if E and largest < abs(E) * mp.mpf("1.000001"):
            return list(map(float, P)), list(map(float, Q))
        at = extremes(errors, sum(problem.degrees) + 1)
        P, Q, E = level(problem, grid, at, P, Q, errors[at[0]])
    raise ArithmeticError("里米兹的交换没有收敛")


def written(name: str, pair: Pair) -> str:
    """写成源代码，一行不超过 100 列。"""
    rows = [textwrap.fill(f"{row},", 100, initial_indent="    ", subsequent_indent="     ") for row in pair]
    return "\n".join([f"{name} = (", *rows, ")"])


def main() -> None:
    for name, problem in PROBLEMS.items():
        print(written(name, fit(problem)))


if __name__ == "__main__":
    main()
