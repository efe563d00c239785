"""“vec 与 Kronecker 积”一页的图。"""

from math import log2

import numpy as np

from notes.drawing import CELL, Figure

LEFT, RIGHT, BOTTOM = 60, 320, 292
UNITS = ["B", "KiB", "MiB", "GiB", "TiB"]


def example_ravel(W, vec):
    """同一列的元素，列优先时相邻，行优先时相隔一行

    上面是 W，有一列标了颜色；下面两条是按两种次序拉直的 W，标了颜色的仍是那一列的元素。
    """
    b = 1
    m, n = W.shape
    left, top = 96, 12
    figure = Figure(left + m * n * CELL + 8, top + (m + 2) * CELL + 126)
    middle = left + m * n * CELL / 2 - n * CELL / 2
    figure.text("*W*", middle - 18, top + m * CELL / 2)
    matrix = figure.array("W", W, middle, top, lambda _, column: "meets" * (column == b))
    columns = np.tile(np.arange(n), (m, 1))
    below = top + m * CELL + 22
    for name, values, owners in (("vec(W)", vec(W), vec(columns)), ("W.ravel()", W.ravel(), columns.ravel())):
        figure.text(f"`{name}`", left - 10, below + CELL / 2, anchor="end")
        line = figure.array(name, values, left, below, lambda _, k: "meets" * bool(owners[k] == b))
        figure.explain(line, vec if name == "vec(W)" else np.ravel, matrix)
        for k in range(m * n):
            figure.note(str(k), left + (k + 0.5) * CELL, below + CELL + 14)
        below += CELL + 44
    return figure


def example_big(big, W, X):
    """$4\\times3$ 块，第 $(j,b)$ 块是 $(X^\\top)_{jb}$ 乘以单位阵

    一行是一对 j 与 i，一列是一对 b 与 a；慢的 j、b 管第几块，快的 i、a 管块里的位置。
    """
    m, (n, p) = len(W), X.shape
    left, top, gap, side = 96, 44, 10, m * CELL
    figure = Figure(left + n * (side + gap) + 8, top + p * (side + gap) + 4)
    for j, b in np.ndindex(p, n):
        block = big[j * m : (j + 1) * m, b * m : (b + 1) * m]
        x, y = left + b * (side + gap), top + j * (side + gap)
        kind = lambda i, a: "meets" if i == a and X[b, j] else "zero"
        figure.array(f"j = {j}、b = {b} 的块", block, x, y, kind)
    for b in range(n):
        figure.text(f"*b* = {b}", left + b * (side + gap) + side / 2, 12)
        for a in range(m):
            figure.note(f"*a* = {a}" if b == a == 0 else str(a), left + b * (side + gap) + (a + 0.5) * CELL, 33)
    for j in range(p):
        figure.text(f"*j* = {j}", 24, top + j * (side + gap) + side / 2)
        for i in range(m):
            down = top + j * (side + gap) + (i + 0.5) * CELL
            figure.note(f"*i* = {i}", left - 8, down, anchor="end")
    return figure


def memory(sizes, jacobian_bytes, vjp_bytes, held, held_vjp):
    """$m=n=p$ 时要放下多少字节，两根轴都是对数的；线按公式数出，点是真的造出来的数组

    横轴是 n，纵轴是字节数。上面的线是雅可比矩阵，下面的线是 VJP，点在线上。
    """
    figure = Figure(400, 330)
    for power in (10, 20, 30, 40):
        figure.line((LEFT - 8, _down(2**power)), (RIGHT + 8, _down(2**power)), kind="grid")
        figure.note(_size(2**power), LEFT - 14, _down(2**power), anchor="end")
    figure.line((LEFT - 8, BOTTOM), (RIGHT + 8, BOTTOM))
    across = lambda n: LEFT + (RIGHT - LEFT) * log2(n / sizes[0]) / log2(sizes[-1] / sizes[0])
    for n in sizes:
        figure.note(str(n), across(n), BOTTOM + 20)
    figure.note("*n*", RIGHT + 32, BOTTOM + 20)
    curves = ("雅可比矩阵", "", jacobian_bytes, held), ("VJP", "accent", vjp_bytes, held_vjp)
    for name, kind, count, found in curves:
        points = [(across(n), _down(count(n, n, n))) for n in sizes]
        figure.line(*points, kind=kind)
        for n, size in found.items():
            figure.dot(across(n), _down(size * 2**20), kind)
        (x, y), (right, top) = points[-2:]
        figure.text(name, x - 8, y - 18, kind, "end")
        figure.text(_size(count(sizes[-1], sizes[-1], sizes[-1])), right + 12, top, kind, "start")
        figure.values.append(f"{name}：" + "，".join(f"n 是 {n} 时 {_size(count(n, n, n))}" for n in sizes))
        figure.values.append(
            "造出来的：" + "，".join(f"n 是 {n} 时 {_size(size * 2**20)}" for n, size in found.items())
        )
    return figure


def _down(size):
    return BOTTOM - 8 - 260 * log2(size / 256) / 36


def _size(count):
    """字节数，用合适的单位。"""
    power = int(log2(count)) // 10
    return f"{count / 2 ** (10 * power):g} {UNITS[power]}"
