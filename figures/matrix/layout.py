"""“矩阵求导的布局”一页的图。"""

import numpy as np

from notes.drawing import CELL, Figure

DIGITS = "₀₁₂"


def example(numerator, denominator):
    """同样 6 个偏导：左边的行是输出 $y_i$，右边的行是输入 $x_j$；有颜色的是 $y_0$ 对三个输入的偏导

    左边是分子布局，有颜色的在第 0 行；右边是分母布局，有颜色的在第 0 列。
    """
    top, first, second = 62, 46, 262
    (m, n), drawn = numerator.shape, []
    figure = Figure(second + m * CELL + 8, top + n * CELL + 8)
    for name, J, left, rows, columns in (
        ("分子布局", numerator, first, "y", "x"),
        ("分母布局", denominator, second, "x", "y"),
    ):
        figure.text(name, left + J.shape[1] * CELL / 2, 14)
        for i in range(J.shape[0]):
            figure.text(f"*{rows}*{DIGITS[i]}", left - 20, top + (i + 0.5) * CELL)
        for j in range(J.shape[1]):
            figure.text(f"*{columns}*{DIGITS[j]}", left + (j + 0.5) * CELL, top - 16)
        drawn.append(figure.array(name, J, left, top, lambda i, j: "meets" * ((i if rows == "y" else j) == 0)))
    figure.explain(drawn[1], np.transpose, drawn[0])
    return figure


def one_same(x_bar, W_bar):
    """同样的数，四种摆法；上面是 $\\partial L/\\partial x$，下面是 $\\partial L/\\partial W$

    从左到右是分子布局、分母布局与混合布局、同形约定；标着形状，有颜色的是对 W 第 0 行的偏导。
    """
    n, gap, top, below = W_bar.shape[1], 28, 46, 224
    wide = n * CELL
    figure = Figure(3 * wide + 2 * gap + 8, below + n * CELL + 8)
    kinds = (
        ("分子布局", x_bar[None, :], W_bar.T, lambda i, j: "meets" * (j == 0)),
        ("分母、混合", x_bar[:, None], W_bar, lambda i, j: "meets" * (i == 0)),
        ("同形约定", x_bar, W_bar, lambda i, j: "meets" * (i == 0)),
    )
    for k, (name, x, W, kind) in enumerate(kinds):
        middle = 4 + k * (wide + gap) + wide / 2
        figure.text(name, middle, 12)
        for A, y, color in ((x, top, lambda *_: ""), (W, below, kind)):
            columns = A.shape[-1]
            shape = f"`{A.shape}`" if k == 2 else f"{A.shape[0]} × {A.shape[1]}"
            figure.note(shape, middle, y - 12)
            figure.array(f"{name}，形状 {A.shape}", A, middle - columns * CELL / 2, y, color)
    return figure
