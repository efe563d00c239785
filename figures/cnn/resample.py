"""“重采样”一页的图。"""

import numpy as np

from notes.drawing import CELL, Figure, show


def example(A, x, B, z):
    """$z=A\\,x\\,B^\\top$：$z_{11}$ 由 $A$ 的第 1 行、$B$ 的第 1 行（右边 $B^\\top$ 的第 1 列）与 $x$ 的左边四个数合成

    上面从左到右是 A、x、B 的转置，下面是 z，涂色的是算出 z 的第 1 行第 1 列用到的数。
    """
    wide, cell, gap, top = 44, 34, 10, 34
    o, k, z = 1, 1, z[0, 0]
    (m, n), (q, p) = A.shape, B.shape
    lefts = [10]
    for columns in (n, p):
        lefts.append(lefts[-1] + columns * 40 + gap)
    below = top + m * cell + 56
    figure = Figure(lefts[2] + q * 40 + 8, below + m * cell + 10)
    used = lambda i, j: "meets" * bool(A[o, i] * B[k, j])
    parts = (
        ("*A*", A, lefts[0], lambda i, j: "meets" * (i == o) or "zero" * bool(A[i, j] == 0)),
        ("*x*", x, lefts[1], used),
        ("*B*ᵀ", B.T, lefts[2], lambda i, j: "meets" * (j == k) or "zero" * bool(B[j, i] == 0)),
    )
    drawn = []
    for name, values, left, kind in parts:
        figure.text(name, left + values.shape[1] * 20, top - 16)
        drawn.append(_array(figure, name.replace("*", ""), values, left, top, kind, 40, cell))
    left = (figure.width - q * wide) / 2
    figure.text("*z*", left - 20, below + m * cell / 2)
    found = _array(figure, "z", z, left, below, lambda i, j: "meets" * ((i, j) == (o, k)), wide, cell)
    figure.explain(found, lambda A, x, Bt: A @ x @ Bt, *drawn)
    words = f"({show(A[o, 0])}, {show(A[o, 1])}) 取行，({show(B[k, 0])}, {show(B[k, 1])}) 取列，得 {show(z[o, k])}"
    figure.note(words, figure.width / 2, below - 24, "accent")
    return figure


def _array(figure, name, values, left, top, kind, width, height):
    """一个矩阵，格子的宽、高自己给。"""
    rows = [[show(v) for v in row] for row in values]
    figure.values.append(f"{name}：" + "；".join("，".join(row) for row in rows))
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            figure.cell(value, left + j * width, top + i * height, kind(i, j), width, height)
    return figure.called(name, values)


def grids(edges, centres):
    """三个像素放大成六个：上面一半对齐线段的两端，$u_o=(o+\\frac12)\\frac12-\\frac12$；
    下面一半是 `align_corners=True`，对齐两端像素的中心，格子变窄了。落在两端的中心之外的，取两端

    每一半里，上面一排是三个输入的格子，下面一排是六个输出的格子，竖线连着两排，指到输出的中心落在输入的什么位置。
    """
    pixel, left, height, gap = 112, 50, 30, 34
    figure = Figure(left + 3 * pixel + 40, 318)
    for half, (name, u, step) in enumerate((("两端对齐", edges, 1 / 2), ("中心对齐", centres, 2 / 5))):
        top = 34 + half * 156
        first = -1 / 4 if half == 0 else 0
        figure.note(name, left + 1.5 * pixel, top - 20)
        for i in range(3):
            figure.cell("", left + i * pixel, top, "", pixel, height)
            figure.text(f"{i}", left + (i + 0.5) * pixel + 12, top + height / 2)
            figure.dot(left + (i + 0.5) * pixel, top + height / 2)
        below = top + height + gap
        for o in range(6):
            centre = left + (first + o * step + 0.5) * pixel
            figure.cell("", centre - step * pixel / 2, below, "", step * pixel, height)
            figure.text(f"{o}", centre + 10, below + height / 2, "accent")
            figure.dot(centre, below + height / 2, "accent")
            figure.line((centre, below), (centre, top + height), kind="dotted")
            figure.note(show(u[o]), centre, below + height + 14)
        figure.note("输入", left - 8, top + height / 2, anchor="end")
        figure.note("输出", left - 8, below + height / 2, anchor="end")
        figure.values.append(f"{name}：格点在 {'，'.join(show(v) for v in u)}")
    return figure


def reshape(x, pixel_shuffle):
    """四个通道各有两个像素，$r=2$。同一个像素的四个数按行排成一个小块；着色的第 1 个通道，总在小块的右上角

    左边从上到下是四个通道，右边是排成的两行四列，两个小块之间有一条虚线。
    """
    left, top, right, drawn = 60, 12, 220, []
    figure = Figure(right + 4 * CELL + 10, top + 4 * (CELL + 8))
    for c in range(4):
        height = top + c * (CELL + 8)
        figure.note(f"通道 {c}", left - 8, height + CELL / 2, anchor="end")
        drawn.append(figure.array(f"通道 {c}", x[c], left, height, lambda *_, c=c: "meets" * (c == 1)))
    middle = top + 2 * (CELL + 8) - 4
    figure.arrow((left + 2 * CELL + 12, middle), (right - 12, middle))
    z = [[x[2 * i + j, 0, w] for w in range(2) for j in range(2)] for i in range(2)]
    shuffled = figure.array("z", z, right, middle - CELL, lambda i, j: "meets" * (i == 0 and j % 2 == 1))
    figure.explain(shuffled, lambda *x: pixel_shuffle(np.stack(x), upscale_factor=2)[0][0], *drawn)
    figure.line((right + 2 * CELL, middle - CELL - 10), (right + 2 * CELL, middle + CELL + 10), kind="dotted")
    return figure
