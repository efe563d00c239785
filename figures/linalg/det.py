"""“行列式与迹”一页的图。"""

import numpy as np

from notes.drawing import CELL, Figure, show


def nudge(A, A_bar):
    """去掉第 1 行、第 2 列，剩下的行列式乘以 $(-1)^{1+2}$ 就是 $\\bar A_{12}$

    左边是 A，去掉的第 1 行与第 2 列是虚线，交点涂色；右边是剩下的两行两列，它的行列式是 −1，乘以符号得 1。
    """
    row, column = 1, 2
    left, top, gap = 16, 36, 88
    right = left + 3 * CELL + gap
    figure = Figure(right + 2 * CELL + 72, top + 3 * CELL + 52)
    rest = np.delete(np.delete(A, row, 0), column, 1)
    kind = lambda i, j: "meets" if (i, j) == (row, column) else "missing" if i == row or j == column else ""
    figure.text("*A*", left + 1.5 * CELL, top - 18)
    figure.array("A", A, left, top, kind)
    middle, upper = top + 1.5 * CELL, top + 0.5 * CELL
    figure.arrow((left + 3 * CELL + 10, middle), (right - 10, middle))
    figure.note("剩下的", right - gap / 2, middle - 16)
    figure.array("剩下的", rest, right, upper)
    minor = np.linalg.det(rest)
    figure.text(f"det = {show(minor)}", right + CELL, upper + 2 * CELL + 20)
    total = f"{show((-1) ** (row + column))} × ({show(minor)}) = {show(A_bar[row, column])}"
    figure.text(total, figure.width / 2, top + 3 * CELL + 32, "accent")
    return figure
