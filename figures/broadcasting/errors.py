"""“图解与报错”一页的图。"""

import numpy as np

from notes.drawing import CELL, Figure, show
from notes.drawing.outer import outer

STEP, LEFT = 72, 112  # 相邻两根轴的间隔、左边写名字的余地
WIDTH = 56  # 一个大小的宽


def locate(x, y, k, d):
    """同一列有三种编号：报错里的 `k` 是补齐之后的；各自的轴号 `j`，两个操作数不同；从右数的 `k-d` 补齐前后不变，可以直接作两个操作数的下标

    两个形状右对齐，对不上的一列标了出来；上面是补齐之后的编号，下面是各自的轴号与负编号。
    """
    names = ["`x.shape`", "`y.shape`"]
    sizes = [36, 36 + CELL + 8]
    notes = [sizes[1] + CELL + 20 + 26 * row for row in range(3)]
    figure = Figure(LEFT + d * STEP - STEP + WIDTH + 4, notes[2] + 16)
    figure.note("报错里的 k", LEFT - 16, 16, anchor="end")
    for name, top in zip(names, sizes):
        figure.text(name, LEFT - 16, top + CELL / 2, anchor="end")
    for name, middle in zip(("x 自己的 j", "y 自己的 j", "k − d"), notes):
        figure.note(name, LEFT - 16, middle, anchor="end")
    for axis in range(d):
        left = LEFT + axis * STEP
        middle = left + WIDTH / 2
        wrong = axis == k
        figure.note(str(axis), middle, 16, "error" * wrong)
        for array, top, below in zip((x, y), sizes, notes):
            own = axis - (d - array.ndim)
            kind = "missing" if own < 0 else "error" * wrong
            figure.cell("缺" if own < 0 else array.shape[own], left, top, kind, WIDTH)
            figure.note("—" if own < 0 else str(own), middle, below, "error" * wrong)
        figure.note(show(axis - d), middle, notes[2], "error" * wrong)
    figure.values.append(f"x 的形状 {x.shape}，y 的形状 {y.shape}，k 是 {k}，k − d 是 {show(k - d)}")
    return figure


def silent(x, y):
    """`x` 排成一行，`y` 排成一列，两两相加；本想要的三个和只在对角线上

    加法表：上边一行是 x，左边一列是 y，中间是和，对角线标了出来。
    """
    return outer(("x", x), ("y", y), ("x + y", x + y), np.add)
