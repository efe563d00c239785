"""“认手写数字”一页的图。"""

import drawsvg
import numpy as np

from notes.drawing import Figure, named, place
from notes.drawing.plotting import Plot


def curve(each_epoch):
    """每一遍里各批损失的平均，纵轴是它的常用对数

    横轴是第几遍，从 1 到 50；损失从 1 以上降到千分之几，越来越慢，中间有起伏。
    """
    figure = Figure(436, 236)
    plot = Plot(figure, 60, 12, 364, 196, (1, len(each_epoch)), (-3, 0.5))
    for power, words in ((0, "1"), (-1, "0.1"), (-2, "0.01"), (-3, "0.001")):
        figure.line(plot.place(1, power), plot.place(len(each_epoch), power), kind="grid")
        figure.note(words, 52, plot.place(1, power)[1], anchor="end")
    for epoch in (1, 10, 20, 30, 40, 50):
        figure.note(str(epoch), plot.place(epoch, 0)[0], 222)
    plot.curve(np.arange(1, len(each_epoch) + 1), np.log10(each_epoch), "accent")
    return figure


def misread(shown, said, right):
    """认错的六张：方块越大，笔画越浓；下面是应当是几，认成了几

    每张八行八列。
    """
    pixel, gap, left, top = 15, 16, 8, 8
    width = 8 * pixel
    figure = Figure(left + 3 * (width + gap), top + 2 * (width + 44))
    for k, image in enumerate(shown):
        x_0, y_0 = left + k % 3 * (width + gap), top + k // 3 * (width + 44)
        path = drawsvg.Path(**named("head"))
        for (i, j), value in np.ndenumerate(image):
            side = pixel * np.sqrt(value)
            if side:
                x, y = x_0 + (j + 0.5) * pixel - side / 2, y_0 + (i + 0.5) * pixel - side / 2
                path.M(place(x), place(y)).h(place(side)).v(place(side)).h(place(-side)).Z()
        figure.elements.append(path)
        figure.line(
            *((x_0 + a * width, y_0 + b * width) for a, b in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))), kind="grid"
        )
        figure.text(f"{right[k]}，认成 {said[k]}", x_0 + width / 2, y_0 + width + 18)
        figure.values.append(f"应当是 {right[k]}，认成 {said[k]}")
    return figure
