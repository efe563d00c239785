"""“softmax 与 log_softmax”一页的图。"""

import numpy as np

from notes.drawing import CELL, Figure


def blocks(z, J):
    """$2\\times3$ 的 softmax 的雅可比矩阵：每一行一块，对角线上是 $z_i(1-z_i)$，其余是 $-z_iz_a$

    六行六列的矩阵，左上、右下各有一个三行三列的块，两块之外都是 0。矩阵上面的一行是 z 的六个数。
    """
    rows, columns = z.shape
    size, wide, left, strip, top = len(J), 64, 48, 12, 118
    figure = Figure(left + size * wide + 8, top + size * CELL + 8)
    figure.text("*z*", left - 24, strip + CELL / 2)
    figure.array("z", [z.ravel()], left, strip, width=wide)
    output = figure.called("z", z)
    kind = lambda i, j: "meets" if i == j else "" if i // columns == j // columns else "zero"
    figure.array("雅可比矩阵", J, left, top, kind, wide)
    figure.explain(figure.called("J", J), _jacobian, output, words=_entry)
    for r in range(rows):
        middle = (r + 0.5) * columns
        figure.note(f"对 *x* 的第 {r} 行", left + middle * wide, top - 36)
        figure.note("*z* 的", left - 24, top + middle * CELL - 10)
        figure.note(f"第 {r} 行", left - 24, top + middle * CELL + 10)
        figure.line((left + r * columns * wide + 4, top - 20), (left + (r + 1) * columns * wide - 4, top - 20))
    return figure


def _jacobian(z):
    """由 z 得到的雅可比矩阵：每一行的一块是 diag(z) − z zᵀ。"""
    blocks = [np.diag(row) - np.outer(row, row) for row in z]
    return np.block([[block * (r == s) for s in range(len(z))] for r, block in enumerate(blocks)])


def _entry(i, a):
    """第 i 行第 a 列的算式；z 的一行是三个数。"""
    (r, i), (s, a) = divmod(i, 3), divmod(a, 3)
    if r != s:
        return "0"
    return f"z[{r},{i}]·(1 − z[{r},{i}])" if i == a else f"−z[{r},{i}]·z[{r},{a}]"
