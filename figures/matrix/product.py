"""“Y = WX 的梯度”一页的图。"""

import numpy as np

from notes.drawing import CELL, Figure, show


def setup(W, X, Y):
    """$W$ 的一行与 $X$ 的一列，相交处是 $Y$ 的一个元素

    左下是 W，右上是 X，右下是 Y；W 的第 1 行与 X 的第 2 列对应相乘再相加，得到 Y 的第 1 行第 2 列。
    """
    i, j = 1, 2
    (m, n), p = W.shape, X.shape[1]
    left, top, gap = 28, 28, 20
    right, below = left + n * CELL + gap, top + n * CELL + gap
    figure = Figure(right + p * CELL + 28, below + m * CELL + 44)
    figure.text("*X*", right + p * CELL + 16, top + n * CELL / 2)
    figure.text("*W*", left - 16, below + m * CELL / 2)
    figure.text("*Y*", right + p * CELL + 16, below + m * CELL / 2)
    figure.note(f"第 {j} 列", right + (j + 0.5) * CELL, top - 16)
    figure.array("W", W, left, below, lambda row, _: "meets" * (row == i))
    figure.array("X", X, right, top, lambda _, column: "meets" * (column == j))
    figure.array("Y", Y, right, below, lambda *index: "meets" * (index == (i, j)))
    figure.note(f"第 {i} 行", left + n * CELL / 2, below - 14)
    figure.text(_inner(W[i], X[:, j], Y[i, j]), (left + right + p * CELL) / 2, below + m * CELL + 26, "accent")
    return figure


def example(G, X, W_bar):
    """$G$ 的一行与 $X$ 的一行作内积，得到 $\\bar W$ 的一个元素

    左上是 G，左下是 X，列标对齐；右边是 W 的梯度，它的第 0 行第 1 列来自 G 的第 0 行与 X 的第 1 行。
    """
    a, b = 0, 1
    (m, p), n = G.shape, X.shape[0]
    left, top, gap = 28, 28, 48
    right, below = left + p * CELL + gap, top + m * CELL + gap
    figure = Figure(right + n * CELL + 28, below + n * CELL + 44)
    figure.text("*G*", left - 16, top + m * CELL / 2)
    figure.text("*X*", left - 16, below + n * CELL / 2)
    figure.barred("W", right + n * CELL + 16, top + m * CELL / 2)
    figure.array("G", G, left, top, lambda row, _: "meets" * (row == a))
    figure.array("X", X, left, below, lambda row, _: "meets" * (row == b))
    figure.array("W 的梯度", W_bar, right, top, lambda *index: "meets" * (index == (a, b)))
    across, up = top + (a + 0.5) * CELL, right + (b + 0.5) * CELL
    figure.arrow((left + p * CELL + 6, across), (right - 6, across), kind="accent")
    turn = below + (b + 0.5) * CELL
    figure.arrow((left + p * CELL + 6, turn), (up, turn), (up, top + m * CELL + 6), kind="accent")
    figure.note("行变成列", right + n * CELL / 2 + 8, turn + 20)
    for column in range(p):
        middle = left + (column + 0.5) * CELL
        figure.line((middle, top + m * CELL + 8), (middle, below - 8), kind="dotted")
    figure.text(_inner(G[a], X[b], W_bar[a, b]), (left + right + n * CELL) / 2, below + n * CELL + 26, "accent")
    return figure


def blocks_small(J):
    """$i=a$ 的块都是 $X^\\top$，$i\\ne a$ 的块全是 0

    四阶张量摊成矩阵，一行是一对 i 与 j，一列是一对 a 与 b，分成四块。
    """
    m, p, _, n = J.shape
    left, top, gap = 108, 56, 12
    wide, tall = n * CELL + gap, p * CELL + gap
    figure = Figure(left + m * wide - gap + 8, top + m * tall - gap + 8)
    for i, a in np.ndindex(m, m):
        kind = "meets" if i == a else "zero"
        figure.array(f"i = {i}、a = {a} 的块", J[i, :, a], left + a * wide, top + i * tall, lambda *_: kind)
    figure.note("*b* =", left - 8, 40, anchor="end")
    for a, b in np.ndindex(m, n):
        figure.note(str(b), left + a * wide + (b + 0.5) * CELL, 40)
    for i, j in np.ndindex(m, p):
        figure.note(f"*j* = {j}", left - 8, top + i * tall + (j + 0.5) * CELL, anchor="end")
    for k in range(m):
        figure.text(f"*a* = {k}", left + k * wide + n * CELL / 2, 14)
        figure.text(f"*i* = {k}", 24, top + k * tall + p * CELL / 2)
    return figure


def _inner(left, right, total):
    """内积的算式。"""
    return " + ".join(f"{show(x)} × {show(y)}" for x, y in zip(left, right)) + f" = {show(total)}"
