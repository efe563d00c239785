"""“转置卷积”一页的图。"""

import numpy as np

from notes.drawing import CELL, Figure


def example(x, weight, z):
    """$x=(1,2,4)$，核 $(1,3,-2)$，步长 2：每个 $x_i$ 乘整个核，放在从 $2i$ 起的地方，重叠处相加

    前三行依次是 x 的三个数乘核，各往右挪两格，位置 2 与 4 各有两份；最下面一行是各列的和，就是 z。
    """
    left, top, wide, row = 84, 30, 48, CELL + 8
    taps, values = weight[0, 0, 0], x[0, 0, 0]
    figure = Figure(left + 7 * wide + 8, top + 4 * row + 8)
    for j in range(7):
        figure.note(str(j), left + (j + 0.5) * wide, top - 14)
    drawn = []
    for i, value in enumerate(values):
        y = top + i * row
        figure.text(f"{value:g} × 核", left - 10, y + CELL / 2, anchor="end")
        lit = lambda _, j, i=i: "meets" if 2 * i + j in (2, 4) else ""
        figure.array(f"{value:g} 乘核", value * taps, left + 2 * i * wide, y, lit, wide)
        drawn.append(figure.called(f"({value:g} × 核)", value * taps))
    y = top + 3 * row + 8
    figure.line((left, y - 8), (left + 7 * wide, y - 8))
    figure.text("*z*", left - 16, y + CELL / 2)
    total = figure.array("z", z[0, 0, 0], left, y, lambda _, j: "meets" if j in (2, 4) else "", wide)
    moved = lambda *shares: sum(np.pad(share, (2 * i, 4 - 2 * i)) for i, share in enumerate(shares))
    figure.explain(total, moved, *drawn)
    return figure


def checkerboard(counts):
    """$3\\times3$ 的输入，核 3，步长 2：输出的每一格由几个输入合成。着色的不止一个，隔一格一次，像棋盘

    七行七列，第 2、4 行与第 2、4 列是 2，交叉处是 4，其余是 1。
    """
    cell = 36
    figure = Figure(7 * cell + 12, 7 * cell + 12)
    figure.values.append("各行：" + "；".join("，".join(f"{v:g}" for v in row) for row in counts))
    for (i, j), value in np.ndenumerate(counts):
        figure.cell(f"{value:g}", 6 + j * cell, 6 + i * cell, "meets" if value > 1 else "", cell, cell)
    return figure
