"""“广播的规则”一页的图。"""

import numpy as np

from notes.drawing import CELL, Figure, show

WIDTH, STEP, LEFT, TOP = 64, 76, 60, 40  # 一个大小的宽、相邻两根轴的间隔、左边与上边的余地


def example(x, y):
    """一行与一列相交的地方，是两个数之和

    加法表：左边一列是 x，上边一行是 y，中间是和。
    """
    i, j = 1, 2
    left, top, gap = 84, 4, 12
    body, below = left + CELL + gap, top + CELL + gap
    z = x + y
    figure = Figure(body + z.shape[1] * CELL + 4, below + z.shape[0] * CELL + 40)
    figure.text(f"`y` {y.shape}", body - gap, top + CELL / 2, anchor="end")
    figure.text(f"`x` {x.shape}", left - gap, below + z.shape[0] * CELL / 2, anchor="end")
    across = figure.array("y", y, body, top, lambda _, column: "meets" * (column == j))
    down = figure.array("x", x, left, below, lambda row, _: "meets" * (row == i))
    figure.array("x + y", z, body, below, lambda *index: "meets" * (index == (i, j)))
    figure.explain(figure.called("(x + y)", z), lambda x, y: x + y, down, across)
    total = f"{show(x[i, 0])} + {show(y[j])} = {show(z[i, j])}"
    figure.text(total, body + z.shape[1] * CELL / 2, below + z.shape[0] * CELL + 24, "accent")
    return figure


def trailing(x, y):
    """缺的轴当作 1，1 伸到对方的大小

    两个形状从右边对齐，逐根轴比较。
    """
    return _alignment(x.shape, y.shape)


def both(x, y):
    """两边都伸长：标出的格子伸到对方的大小

    两个形状从右边对齐，逐根轴比较，两边都有要伸长的轴。
    """
    return _alignment(x.shape, y.shape)


def mismatch(x, y):
    """有一根轴上的两个大小不相等，又都不是 1，广播不成

    两个形状从右边对齐，逐根轴比较，有一根轴对不上。
    """
    return _alignment(x.shape, y.shape)


def view(x, view):
    """一列伸成四列，存着的仍然只有左边的三个数

    左边是 x，右边是它伸长的样子：第 0 列是原来的数，其余各列是同样的数，没有另外存放。
    """
    rows, columns = view.shape
    left, top, gap = 8, 40, 72
    right = left + CELL + gap
    figure = Figure(right + columns * CELL + 8, top + rows * CELL + 68)
    middle = top + rows * CELL / 2
    figure.text("`x`", left + CELL / 2, top - 20)
    figure.text("`view`", right + columns * CELL / 2, top - 20)
    stored = figure.array("x", x, left, top)
    grown = figure.array("view", view, right, top, lambda _, column: "copy" if column else "")
    figure.explain(grown, lambda x: np.broadcast_to(x, view.shape), stored)
    figure.arrow((left + CELL + 10, middle), (right - 10, middle), kind="accent")
    figure.text(f"{x.shape[1]} → {columns}", left + CELL + gap / 2, middle - 18, "accent")
    down, along = view.strides
    figure.note(f"{x.shape}", left + CELL / 2, top + rows * CELL + 18)
    figure.note(f"{view.shape}", right + columns * CELL / 2, top + rows * CELL + 18)
    figure.note(
        f"步长：向下 {down} 字节，向右 {along} 字节", (left + right + columns * CELL) / 2, top + rows * CELL + 48
    )
    return figure


def _alignment(x, y):
    """右对齐的一张表：一行一个形状，一列一根轴，下面是理由与结果。"""
    rank = max(len(x), len(y))
    pairs = list(zip(_aligned(x, rank), _aligned(y, rank)))
    fits = all(a == b or {a, b} & {None, 1} for a, b in pairs)
    rows = [TOP, TOP + 48, TOP + 48 + 76]
    figure = Figure(LEFT + rank * STEP - 8, rows[2] + (CELL + 4 if fits else -4))
    figure.values.append(f"x 的形状 {x}，y 的形状 {y}")
    for name, top in zip(("`x`", "`y`", "结果"), rows if fits else rows[:2]):
        figure.text(name, LEFT / 2 - 6, top + CELL / 2)
    for axis, (a, b) in enumerate(pairs):
        left = LEFT + axis * STEP
        size = b if a in (None, 1) else a
        wrong = not (a == b or {a, b} & {None, 1})
        grown = [own for own in (a, b) if own != size]
        figure.note(f"轴 {axis}", left + WIDTH / 2, TOP - 20)
        for own, top in zip((a, b), rows):
            kind = "error" if wrong else "missing" if own is None else "meets" if own != size else ""
            figure.cell("缺" if own is None else own, left, top, kind, WIDTH)
        reason, kind = "相等", ""
        if wrong:
            reason, kind = f"{a} ≠ {b}", "error"
        elif grown:
            reason, kind = f"{grown[0] or '缺'} → {size}", "accent"
        figure.values.append(f"轴 {axis}：{reason}")
        figure.note(reason, left + WIDTH / 2, rows[1] + CELL + 18, kind)
        if fits:
            figure.cell(size, left, rows[2], "", WIDTH)
    return figure


def _aligned(shape, rank):
    return (None,) * (rank - len(shape)) + shape
