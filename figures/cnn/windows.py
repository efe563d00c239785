"""“窗口”一页的图。"""

import numpy as np

from notes.drawing import CELL, Figure


def example(x, w, A, x_bar, windows, scatter):
    """上半：$x$ 的六个数，两个窗口各取三个。下半：$A$ 的每个数回到它被取的那一列，一列加起来是 $\\bar x$

    上半第一行是 x，下面两行是两个窗口，摆在它们取的位置下面，位置 2 在两个窗口里都有，位置 5 一个也没有。
    下半两行是 A 的两列，摆在同样的位置，最下面一行是各列的和。
    """
    left, top, wide = 92, 30, 50
    row = CELL + 8
    figure = Figure(left + 6 * wide + 8, top + 7 * row + 22)
    lines = [("*x*", [x], 0, 0), ("窗口 0", [w[:, 0]], 1, 0), ("窗口 1", [w[:, 1]], 2, 2)]
    lines += [("*A* 的列 0", [A[:, 0]], 4, 0), ("*A* 的列 1", [A[:, 1]], 5, 2)]
    drawn = []
    for name, values, place, start in lines:
        y = top + place * row - 8 * (place > 3)
        figure.text(name, left - 10, y + CELL / 2, anchor="end")
        kind = lambda _, j, start=start: "meets" if start + j == 2 else "zero" if start + j == 5 else ""
        figure.array(name.replace("*", ""), values, left + start * wide, y, kind, wide)
        drawn.append(figure.called(name.replace("*", ""), values[0]))
    for j in range(6):
        figure.note(str(j), left + (j + 0.5) * wide, top - 14)
    y = top + 6 * row + 8
    figure.barred("x", left - 16, y + CELL / 2)
    figure.array("x 的梯度", [x_bar], left, y, lambda _, j: "meets" if j == 2 else "zero" if j == 5 else "", wide)
    given, *taken = drawn
    for o in range(2):
        figure.explain(taken[o], lambda x, o=o: windows(x, kernel=(3,), stride=(2,), dilation=(1,))[:, o], given)
    back = lambda *columns: scatter(np.stack(columns, 1), x.shape, kernel=(3,), stride=(2,), dilation=(1,))
    figure.explain(figure.called("x 的梯度", x_bar), back, *taken[2:])
    figure.line((left, y - 8), (left + 6 * wide, y - 8))
    return figure


def counts(counts):
    """$6\\times6$ 的输入，核 3，步长 2：每个像素被几个窗口取到。着色的不止一次，空白的一次也没有

    六行六列的格子，第 2 行与第 2 列是 2，交叉处是 4，最后一行与最后一列是 0，其余是 1。
    """
    figure = Figure(6 * CELL + 12, 6 * CELL + 12)
    kind = lambda i, j: "meets" if counts[i, j] > 1 else "zero" if counts[i, j] == 0 else ""
    figure.array("次数", counts, 6, 6, kind)
    return figure
