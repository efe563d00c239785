"""“输出大小计算器”一页的图。"""

import numpy as np

from notes.drawing import CELL, Figure

SMALL_CELL = 20


def counts(T, c):
    """窗口表 $T$：一行一个窗口，一列一个输入格；下面是列的和，第 7 格是 0

    三个窗口，每个涂色三格，往右一次移两格。
    """
    left, top = 76, 34
    figure = Figure(left + 8 * CELL + 4, top + 3 * CELL + 62)
    for i in range(8):
        figure.note(str(i), left + (i + 0.5) * CELL, 16)
    for o in range(3):
        figure.note(f"窗口 {o}", left - 36, top + (o + 0.5) * CELL)
    figure.array("T", T.astype(int), left, top, lambda o, i: "meets" if T[o, i] else "zero")
    below = top + 3 * CELL + 18
    figure.text("*c*", left - 20, below + CELL / 2)
    figure.array("列的和", c, left, below, lambda _, i: "" if c[i] else "error")
    return figure


def checkerboard(uneven, even):
    """每个输出格由几个输入写成，输入是 $4\\times4$，步长 2：左边核 3，右边核 4。两个以上的涂了色

    左边中间 1、2、4 相间，像棋盘；右边除了边上，都是 4。
    """
    top, gap = 34, 24
    figure = Figure((len(uneven) + len(even)) * SMALL_CELL + gap + 12, top + len(even) * SMALL_CELL + 6)
    left = 6
    for words, counts in (("核 3", uneven), ("核 4", even)):
        size = len(counts) * SMALL_CELL
        figure.note(words, left + size / 2, 16)
        for (i, j), value in np.ndenumerate(np.outer(counts, counts)):
            x, y = left + j * SMALL_CELL, top + i * SMALL_CELL
            figure.cell(str(value), x, y, "meets" if value > 1 else "", SMALL_CELL, SMALL_CELL)
        figure.values.append(f"{words}，一行的路数：" + "，".join(map(str, counts.tolist())))
        left += size + gap
    return figure
