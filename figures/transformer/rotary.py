"""“旋转位置编码”一页的图。"""

import numpy as np

from notes.drawing import Figure, show
from notes.drawing.plotting import Plot


def jacobian(adjacent, halves):
    """位置 1 处的雅可比矩阵，$d=6$：左边相邻的两个一对，右边前后两半配对；着色的是余弦，没有着色的是正弦，空白处是 0

    左边三个两行两列的块排在对角线上；右边的余弦还在对角线上，正弦移到了上下各隔三格的斜线上。
    """
    cell, top, gap = 34, 34, 16
    size = len(adjacent)
    figure = Figure(4 + 2 * size * cell + gap + 4, top + size * cell + 6)
    for k, (name, R) in enumerate((("相邻配对", adjacent), ("前后配对", halves))):
        x = 4 + k * (size * cell + gap)
        figure.note(name, x + size * cell / 2, 14)
        figure.cell("", x, top, "zero", size * cell, size * cell)
        for i, j in zip(*R.nonzero(), strict=True):
            figure.cell("", x + j * cell, top + i * cell, "meets" if i == j else "", cell, cell)
            figure.note(show(R[i, j], 1), x + (j + 0.5) * cell, top + (i + 0.5) * cell)
        figure.values.append(f"{name}：" + "；".join("，".join(show(v, 2) for v in row) for row in R))
    return figure


def decay(apart, falling):
    """$q=k=(1,\\dots,1)$、$d=128$ 时，内积除以 $d$ 随相对位置的变化

    横轴是相对位置，从 0 到 256；曲线从 1 很快降下来，带着小的起伏，到右端还剩三成多。
    """
    figure = Figure(436, 216)
    plot = Plot(figure, 40, 12, 384, 172, (0, 256), (0, 1))
    plot.axes((0, 64, 128, 192, 256), (0, 0.5, 1))
    plot.curve(np.array(apart, float), falling, "accent")
    return figure
