"""“乘、除、倒数、平方”一页的图。"""

import numpy as np

from notes.drawing import CELL, Figure


def diagonal(J, g):
    """$\\partial z/\\partial x$ 是对角阵 $\\mathrm{diag}(y)$，乘 $g$ 就是逐个相乘

    左边是雅可比矩阵的转置，对角线以外都是 0；中间是上游梯度，右边是两者之积，即 x 的梯度。
    """
    size, wide, gap, left, top = len(g), 52, 40, 8, 36
    figure = Figure(left + size * CELL + 2 * (gap + wide) + 8, top + size * CELL + 8)
    figure.text("*J*ᵀ", left + size * CELL / 2, top - 18)
    figure.array("J 的转置", J.T, left, top, lambda i, j: "meets" if i == j else "zero")
    matrix = figure.called("Jᵀ", J.T)
    across = left + size * CELL
    figure.text("*g*", across + gap + wide / 2, top - 18)
    figure.array("g", g[:, None], across + gap, top, width=wide)
    upstream = figure.called("g", g)
    figure.text("=", across + gap * 1.5 + wide, top + size * CELL / 2)
    figure.barred("x", across + gap * 2 + wide * 1.5, top - 18)
    figure.array("x 的梯度", (J.T @ g)[:, None], across + gap * 2 + wide, top, width=wide)
    figure.explain(figure.called("x 的梯度", J.T @ g), np.matmul, matrix, upstream)
    return figure
