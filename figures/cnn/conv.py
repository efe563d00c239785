"""“卷积”一页的图。"""

import numpy as np

from notes.drawing import CELL, Figure


def example(x, weight, z, G, x_bar, conv1d, backward):
    """$x_2=3$ 去的路与回来的路。上半：它乘着核的三个数，进入三个输出；下半：三个输出的上游梯度乘着同样的数回来，相加

    上半第一行是 x，第二行是 z，箭头从 x 的位置 2 指到 z 的三个位置，旁边写着核的数。
    下半第一行是 G，第二行是 x 的梯度，箭头反过来，旁边的数相同。
    """
    left, wide, gap = 44, 72, 78
    figure = Figure(left + 5 * wide + 8, 4 * CELL + 2 * gap + 64)
    taps = weight[0, 0]
    run = lambda x: conv1d(x[None, None], weight)[0]
    pull = lambda G: backward(G[None, None])[0]
    for top, forward in ((24, True), (24 + 2 * CELL + gap + 28, False)):
        low = top + CELL + gap
        above, below = (x[0, 0], z[0, 0]) if forward else (G[0, 0], x_bar[0, 0])
        drawn = []
        for name, values, y in (("x" if forward else "G", above, top), ("z" if forward else "x̄", below, low)):
            start = left + (len(values) == 3) * wide
            if name == "x̄":
                figure.barred("x", left - 20, y + CELL / 2)
            else:
                figure.text(f"*{name}*", left - 20, y + CELL / 2)
            three = len(values) == 3
            lit = lambda _, j, three=three: "meets" if three or j == 2 else ""
            figure.array("x 的梯度" if name == "x̄" else name, values, start, y, lit, wide)
            drawn.append(figure.called(name, values))
        figure.explain(drawn[1], run if forward else pull, drawn[0])
        centre = left + 2.5 * wide
        for o in range(3):
            end = left + (1.5 + o) * wide
            points = ((centre + (o - 1) * 12, top + CELL + 4), (end, low - 4))
            if not forward:
                points = ((end, top + CELL + 4), (centre + (o - 1) * 12, low - 4))
            figure.arrow(*points, kind="accent")
            middle = (points[0][0] + points[1][0]) / 2, (points[0][1] + points[1][1]) / 2
            figure.note(f"×{taps[2 - o]:g}".replace("-", "−"), middle[0] + (-30, 18, 26)[o], middle[1])
    return figure


def _pair(J, described):
    """矩阵与它的转置，并排。"""
    cell, top, gap = 30, 30, 48
    rows, columns = J.shape
    figure = Figure(8 + (rows + columns) * cell + gap + 40, top + max(rows, columns) * cell + 8)
    drawn = []
    for name, M, x in (("*J*：前向", J, 8), ("*J* 的转置：反向", J.T, 8 + columns * cell + gap)):
        figure.text(name, x + M.shape[1] * cell / 2, 12, size=14)
        for (i, j), value in np.ndenumerate(M):
            words = "" if value == 0 else f"{value:g}".replace("-", "−")
            kind = "zero" if value == 0 else "meets" if value == 3 else ""
            figure.cell(words, x + j * cell, top + i * cell, kind, cell, cell)
        drawn.append(figure.called("Jᵀ" if drawn else "J", M))
    figure.explain(drawn[1], np.transpose, drawn[0])
    figure.values.append(described + "；".join("，".join(f"{v:g}".replace("-", "−") for v in row) for row in J))
    return figure


def jacobian(J):
    """核 $(1,3,-2)$，六个数，步长 1：雅可比矩阵是一条带，每一行往右挪一格；转置的每一列往下挪一格

    左边四行六列，右边六行四列，空白处是 0。
    """
    return _pair(J, "J 的各行：")


def strided(J):
    """同样的核，步长 2：每一行往右挪两格，最后一列全是 0，转置的最后一行也就全是 0

    左边两行六列，右边六行两列，空白处是 0。
    """
    return _pair(J, "J 的各行：")
