"""“VJP 与 JVP”一页的图。"""

import numpy as np

from notes.drawing import CELL, SMALL, Figure

WIDE, GAP, LEFT = 62, 48, 8
SIDE = 14  # 方块里一个单位的长


def eq_5(x, a, b, f, v, J1, J2, J3):
    """前向从左到右，反向从右到左；每一处的梯度与那里的值同形

    上面一行是前向的四个向量，下面一行是它们的梯度，从最右边的 v 开始，依次乘各步雅可比矩阵的转置。
    """
    gradients = [v]
    for J in (J3, J2, J1):
        gradients.insert(0, J.T @ gradients[0])
    tall = CELL * max(map(len, gradients))
    top, below = 36, tall + 98
    figure = Figure(2 * LEFT + 4 * WIDE + 3 * GAP, below + tall + 8)
    for k, (name, value, gradient) in enumerate(zip("xaby", [x, a, b, f(x)], gradients)):
        left = LEFT + k * (WIDE + GAP)
        figure.text(f"*{name}*", left + WIDE / 2, top - 18)
        figure.array(name, value[:, None], left, top, width=WIDE, digits=3)
        if k < 3:
            figure.barred(name, left + WIDE / 2, below - 18)
        else:
            figure.text("*v*", left + WIDE / 2, below - 18)
        figure.array(f"{name} 的梯度", gradient[:, None], left, below, width=WIDE, digits=3)
    for k, step in enumerate("₁₂₃", 1):
        start, end = LEFT + k * (WIDE + GAP) - GAP + 6, LEFT + k * (WIDE + GAP) - 6
        figure.text(f"*f*{step}", (start + end) / 2, top + CELL - 18)
        figure.arrow((start, top + CELL), (end, top + CELL))
        figure.text(f"*J*{step}ᵀ", (start + end) / 2, below + CELL - 18, "accent")
        figure.arrow((end, below + CELL), (start, below + CELL), kind="accent")
    return figure


def eq_7(v, W3, W2, W1, left, right):
    """每一步的两个因子、结果与乘法的次数，方块按大小画

    上面三步从左往右乘，每一步的左因子都是一行；下面三步从右往左乘，前两步是矩阵乘矩阵。
    """
    W21, W321 = W2 @ W1, W3 @ W2 @ W1
    row = v[None]
    routes = (
        ("从左往右", left, ((row, W3), (row @ W3, W2), (row @ W3 @ W2, W1))),
        ("从右往左", right, ((W2, W1), (W3, W21), (row, W321))),
    )
    figure, y = Figure(428, 0), 8
    for name, total, steps in routes:
        figure.text(f"{name}：共 {total} 次", 8, y + 8, "accent", "start")
        y += 30
        for A, B in steps:
            tall = max(SIDE * len(B), 44)
            for M, x, kind in ((A, 8, ""), (B, 116, ""), (A @ B, 244, "meets")):
                _box(figure, M, x, y + tall / 2, kind)
            figure.note("×", 98, y + tall / 2)
            figure.note("=", 227, y + tall / 2)
            (m, n), p = A.shape, B.shape[1]
            figure.text(f"{m * n * p} 次", 420, y + tall / 2, anchor="end")
            figure.values.append(f"{name}：{m}×{n} 乘 {n}×{p}，{m * n * p} 次")
            y += tall + 12
        y += 10
    figure.height = y - 12
    return figure


def ones(J):
    """`backward(ones)` 得到的是每一列之和，不是对角线

    雅可比矩阵，对角线有颜色；下面一行是各列之和。
    """
    left, top, wide = 60, 8, 66
    m, n = J.shape
    figure = Figure(left + n * wide + 8, top + (m + 1) * CELL + 20)
    figure.text("*J*", left - 28, top + m * CELL / 2)
    figure.text("列和", left - 28, top + (m + 0.5) * CELL + 12)
    matrix = figure.array("J", J, left, top, lambda i, j: "meets" * (i == j), wide)
    sums = figure.array("列和", J.sum(axis=0), left, top + m * CELL + 12, width=wide)
    figure.explain(sums, lambda J: np.ones(m) @ J, matrix)
    return figure


def _box(figure, matrix, x, y, kind):
    """按大小画的方块，左边在 x，竖直方向以 y 为中心，写着形状。"""
    tall, wide = (SIDE * size for size in matrix.shape)
    words = "×".join(map(str, matrix.shape))
    inside = tall > SMALL + 4 and wide > 28
    figure.cell(words if inside else "", x, y - tall / 2, kind, wide, tall)
    if not inside:
        figure.note(words, x + wide / 2, y + tall / 2 + 11)
