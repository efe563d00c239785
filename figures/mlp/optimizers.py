"""“优化器”一页的图。"""

import numpy as np

from notes.drawing import Figure
from notes.drawing.plotting import Plot


def paths(plain, heavy, adaptive):
    """从同一点出发的四十步：淡的是 SGD，实的是动量，虚的是 Adam；椭圆是损失的等高线

    横轴是缓的方向，纵轴是陡的方向。SGD 先落到谷底，再沿着谷慢慢走；动量越过谷底，来回摆动；Adam 斜着走到原点，又走过了一点。
    """
    figure = Figure(436, 316)
    plot = Plot(figure, 44, 12, 384, 272, (-1.1, 1.1), (-1.1, 1.1))
    angle = np.linspace(0, 2 * np.pi, 97)
    for level in (0.1, 0.4, 1.0):
        radius = np.sqrt(2 * level)
        x, y = radius * np.cos(angle), radius * np.sin(angle) / np.sqrt(10)
        inside = np.abs(x) <= 1.1
        for piece in np.split(np.arange(97), np.flatnonzero(np.diff(inside)) + 1):
            if inside[piece[0]]:
                figure.line(*(plot.place(x[k], y[k]) for k in piece), kind="grid")
    plot.axes((-1, 0, 1), (-1, 0, 1))
    for name, found, kind in (("SGD", plain, ""), ("动量", heavy, "accent"), ("Adam", adaptive, "accent dotted")):
        figure.line(*(plot.place(*point) for point in found), kind=kind)
        figure.dot(*plot.place(*found[-1]), kind.replace(" dotted", ""))
        figure.values.append(f"{name} 最后在 ({found[-1][0]:.2f}, {found[-1][1]:.2f})")
    return figure
