"""“改变形状与调换轴”一页的图。"""

import numpy as np

from notes.drawing import CELL, Figure


def setup(x):
    """`x` 的第 0 行，`reshape` 之后仍连着排，`transpose` 之后成了第 0 列

    左边是 `x`，中间是 `reshape` 成 (3, 2)，右边是 `transpose`，涂色的是 `x` 的第 0 行。
    """
    top, left, gap = 36, 12, 56
    figure = Figure(2 * left + 2 * gap + 7 * CELL, top + 3 * CELL + 12)
    columns = x.shape[1]
    arrays = [
        ("x", x, lambda i, j: "meets" * (i == 0)),
        ("reshape", x.reshape(3, 2), lambda i, j: "meets" * (2 * i + j < columns)),
        ("transpose", x.T, lambda i, j: "meets" * (j == 0)),
    ]
    drawn = []
    for name, array, chosen in arrays:
        width = array.shape[1] * CELL
        figure.text(f"*{name}*" if name == "x" else name, left + width / 2, top - 18)
        drawn.append(figure.array(name, array, left, top, chosen))
        left += width + gap
    for target, function in zip(drawn[1:], (lambda x: x.reshape(3, 2), np.transpose)):
        figure.explain(target, function, drawn[0])
    return figure


def moves(x, z, G, backward, roll):
    """`roll(x, shift=2)`：前向往后挪两步，出界的从头上回来；反向往前挪两步，着色的一个照原路回来

    上面两行是 x 与 z，箭头往右下；下面两行是 G 与 x 的梯度，箭头往左下，走的是同样的路。
    """
    n, left, top, gap = len(x), 44, 12, 52
    figure = Figure(left + n * CELL + 20, top + 4 * CELL + 2 * gap + 28 + 12)
    moved = [list(z).index(value) for value in x]
    (x_bar,) = backward(G)
    drawn = []
    rows = [top, top + CELL + gap, top + 2 * CELL + gap + 28, top + 3 * CELL + 2 * gap + 28]
    for (name, values, chosen), y in zip(
        (("x", x, 0), ("z", z, moved[0]), ("G", G, moved[0]), ("x 的梯度", x_bar, 0)), rows
    ):
        drawn.append(figure.array(name, values, left, y, lambda _, j, chosen=chosen: "meets" * (j == chosen)))
        if len(name) == 1:
            figure.text(f"*{name}*", left - 20, y + CELL / 2)
        else:
            figure.barred("x", left - 20, y + CELL / 2)
    figure.explain(drawn[1], lambda x: roll(x, shift=2)[0], drawn[0])
    figure.explain(drawn[3], lambda G: backward(G)[0], drawn[2])
    for i, j in enumerate(moved):
        kind = "accent" * (i == 0)
        here, there = left + (i + 0.5) * CELL, left + (j + 0.5) * CELL
        figure.arrow((here, rows[0] + CELL + 4), (there, rows[1] - 4), kind=kind)
        figure.arrow((there, rows[2] + CELL + 4), (here, rows[3] - 4), kind=kind)
    return figure
