"""“微分与迹”一页的图。"""

import numpy as np

from notes.drawing import CELL, Figure, show
from notes.drawing.plotting import Plot


def example(W, X, dW, dX):
    """$(W+dW)(X+dX)$ 的四块：有颜色的两块是 $dW\\,X$ 与 $W\\,dX$，合起来是 $dY$；右下的 $dW\\,dX$ 是余项

    左边一列是 W 与 dW，上面一行是 X 与 dX，相交处是两者的乘积。
    """
    m, p = W.shape[0], X.shape[1]
    left, top, gap = 46, 30, 12
    figure = Figure(left + 2 * p * CELL + gap + 8, top + 2 * m * CELL + gap + 40)
    for i, (row, A) in enumerate((("W", W), ("dW", dW))):
        y = top + i * (m * CELL + gap + 20)
        figure.text(f"*{row}*", left - 24, y + m * CELL / 2)
        for j, (column, B) in enumerate((("X", X), ("dX", dX))):
            x = left + j * (p * CELL + gap)
            if i == 0:
                figure.text(f"*{column}*", x + p * CELL / 2, top - 16)
            kind = ("", "meets", "zero")[i + j]
            figure.array(f"{row} 乘 {column}", A @ B, x, y, lambda *_: kind)
    return figure


def convolve(x, y, z):
    """一张表里是全部 $x_iy_j$，一条斜线上的数加起来是一个 $z_k$

    左边一列是 x，上面一行是 y，中间是两两的乘积；有颜色的一条斜线，和是下面有颜色的那个 z。
    """
    k = 3
    left, top, gap = 40, 12, 12
    m, n = len(x), len(y)
    right, below = left + CELL + gap, top + CELL + gap
    figure = Figure(right + (m + n - 1) * CELL + 8, below + (m + 1) * CELL + 76)
    figure.text("*y*", right + n * CELL + 16, top + CELL / 2)
    figure.text("*x*", left - 18, below + m * CELL / 2)
    across = figure.array("y", y, right, top)
    figure.array("x", x[:, None], left, below)
    side = figure.called("x", x)
    table = figure.array("乘积", np.outer(x, y), right, below, lambda i, j: "meets" * (i + j == k))
    figure.explain(table, np.outer, side, across)
    down = below + m * CELL + 22
    figure.text("*z*", right - 18, down + CELL / 2)
    sums = figure.array("z", z, right, down, lambda _, column: "meets" * (column == k))
    slanted = lambda M: [np.fliplr(M).trace(n - 1 - k) for k in range(m + n - 1)]
    figure.explain(sums, slanted, table)
    for column in range(m + n - 1):
        figure.note(str(column), right + (column + 0.5) * CELL, down + CELL + 14)
    terms = " + ".join(f"{show(x[i])} × {show(y[k - i])}" for i in range(m) if 0 <= k - i < n)
    words = terms.replace("× −1", "× (−1)") + f" = {show(z[k])}"
    figure.text(words, right + (m + n - 1) * CELL / 2, down + CELL + 40, "accent")
    return figure


def convolve_backward(g, x, y, x_bar, y_bar):
    """表里填的是 $g$，同一条斜线上相同；一行与 $y$ 的内积是 $\\bar x$ 的一个元素，一列与 $x$ 的内积是 $\\bar y$ 的一个元素

    左边一列是 x，上面一行是 y，中间是填好的 g，右边一列是 x 的梯度，下面一行是 y 的梯度。
    """
    a = 1
    left, top, gap = 40, 12, 12
    m, n = len(x), len(y)
    middle, below = left + CELL + gap, top + CELL + gap
    right, down = middle + n * CELL + gap, below + m * CELL + gap
    figure = Figure(right + CELL + 48, down + CELL + 40)
    row = lambda i, _: "meets" * (i == a)
    figure.text("*y*", middle - 18, top + CELL / 2)
    figure.text("*x*", left - 18, below + m * CELL / 2)
    across = figure.array("y", y, middle, top, lambda *_: "meets")
    figure.array("x", x[:, None], left, below)
    side = figure.called("x", x)
    table = [[g[i + j] for j in range(n)] for i in range(m)]
    figure.array("g", table, middle, below, row)
    filled = figure.called("表", table)
    figure.array("x 的梯度", x_bar[:, None], right, below, row)
    figure.explain(figure.called("x 的梯度", x_bar), np.matmul, filled, across)
    figure.explain(figure.array("y 的梯度", y_bar, middle, down), lambda table, x: x @ table, filled, side)
    figure.barred("x", right + CELL + 18, below + m * CELL / 2)
    figure.barred("y", middle - 18, down + CELL / 2)
    terms = " + ".join(f"{show(g[a + j])} × {show(y[j])}" for j in range(n))
    figure.text(
        terms.replace("× −1", "× (−1)") + f" = {show(x_bar[a])}", (right + CELL + 48) / 2, down + CELL + 26, "accent"
    )
    return figure


def steepest(height, point, M):
    """$M$ 垂直于等高线，指向 $L$ 上升最快的一边；$-M$ 下降最快，却不指着最低点

    三条椭圆是等高线，最低点在正中；从点 (2, 1) 出发，着色的箭头是梯度，另一个箭头是它的反方向，虚线是等高线的切线。
    """
    figure = Figure(424, 262)
    plot = Plot(figure, 12, 6, 400, 240, (-4.5, 4.5), (-2.7, 2.7))
    turn = np.linspace(0, 2 * np.pi, 121)
    for level in (1, height(point), 9):
        radius = np.sqrt(2 * level)
        figure.line(*(plot.place(radius * np.cos(a), radius / 2 * np.sin(a)) for a in turn), kind="bar")
        figure.note(f"*L* = {show(level)}", *plot.place(0, -radius / 2 + 0.22))
    along = np.array([M[1], -M[0]]) * 0.32
    figure.line(plot.place(*(point - along)), plot.place(*(point + along)), kind="dotted")
    figure.arrow(plot.place(*point), plot.place(*(point + 0.3 * M)), kind="accent")
    figure.arrow(plot.place(*point), plot.place(*(point - 0.3 * M)))
    figure.text("*M*", *plot.place(*(point + 0.3 * M + [0.25, 0.1])), "accent")
    figure.text("−*M*", *plot.place(*(point - 0.3 * M + [0.38, -0.1])), "quiet")
    figure.dot(*plot.place(*point), "accent")
    figure.dot(*plot.place(0, 0))
    figure.values.append(f"M = ({show(M[0])}, {show(M[1])})")
    return figure


def toeplitz(T, x, g):
    """卷积是乘 Toeplitz 矩阵 $T$：它的一行里 $y$ 倒着，一列里 $y$ 顺着；反向乘 $T^\\top$，用的是 $T$ 的列

    上面是 T 乘 x 得 z，着色的是第 3 行；下面是 T 的转置乘 g 得 x 的梯度，着色的是第 1 行，也就是 T 的第 1 列。
    """
    tall, columns = T.shape
    figure = Figure(440, 30 + 2 * tall * CELL + 74 + 8)
    inside = lambda k, a: 0 <= k - a <= tall - columns
    _product(figure, 30, ("*T*", T), ("*x*", x), ("*z*", T @ x), 3, inside)
    _product(figure, 104 + tall * CELL, ("*T*ᵀ", T.T), ("*g*", g), ("x", T.T @ g), 1, lambda a, k: inside(k, a))
    return figure


def _product(figure, top, matrix, vector, result, row, inside):
    """矩阵乘向量：第 row 行与它的结果着色，y 之外的 0 淡；算式写在右下或左下空着的地方。"""
    (name, A), (given, v), (found, w) = matrix, vector, result
    (m, n), wide, gap = A.shape, 36, 34
    left = (figure.width - (n + 2) * wide - 2 * gap) / 2
    middle, right = left + n * wide + gap, left + (n + 1) * wide + 2 * gap
    mine = lambda i, _: "meets" * (i == row)
    figure.text(name, left + n * wide / 2, top - 16)
    figure.text(given, middle + wide / 2, top - 16)
    kind = lambda i, j: mine(i, j) or "zero" * (not inside(i, j))
    band = figure.array(name.replace("*", ""), A, left, top, kind, wide)
    figure.array(given.strip("*"), v[:, None], middle, top, width=wide)
    vector = figure.called(given.strip("*"), v)
    gradient = len(found) == 1
    (figure.barred if gradient else figure.text)(found, right + wide / 2, top - 16)
    figure.array(f"{found.strip('*')}{'的梯度' * gradient}", w[:, None], right, top, mine, wide)
    figure.explain(figure.called(f"{found.strip('*')}{' 的梯度' * gradient}", w), np.matmul, band, vector)
    figure.text("=", right - gap / 2, top + (row + 0.5) * CELL)
    terms = [f"{show(p)} × {show(q)}".replace("× −1", "× (−1)") for p, q in zip(A[row], v) if p]
    place = (left + n * wide / 2, top + m * CELL + 24) if gradient else (figure.width / 2, top + m * CELL + 24)
    figure.text(" + ".join(terms) + f" = {show(w[row])}", *place, "accent")
