"""“卷积网络认手写数字”一页的图。"""

import drawsvg
import numpy as np

from notes.drawing import Figure, named, place
from notes.drawing.plotting import Plot


def curve(by_epoch):
    """每一遍的平均损失，纵轴是它的常用对数：蓝的是卷积网络，灰的是 MLP

    横轴是第几遍，从 1 到 30。开头卷积网络高一些，第 20 遍以后低于 MLP，末尾低一个数量级。
    """
    figure = Figure(436, 236)
    count = len(by_epoch[0])
    plot = Plot(figure, 60, 12, 364, 196, (1, count), (-3.5, 0.5))
    for power, words in ((0, "1"), (-1, "0.1"), (-2, "0.01"), (-3, "0.001")):
        figure.line(plot.place(1, power), plot.place(count, power), kind="grid")
        figure.note(words, 52, plot.place(1, power)[1], anchor="end")
    for epoch in (1, 5, 10, 15, 20, 25, 30):
        figure.note(str(epoch), plot.place(epoch, 0)[0], 222)
    for losses, kind in zip(by_epoch[::-1], ("", "accent"), strict=True):
        plot.curve(np.arange(1, count + 1), np.log10(losses), kind)
    return figure


def misread(shown, said, right):
    """认错的三张：方块越大，笔画越浓；下面是应当是几，认成了几

    每张八行八列。
    """
    pixel, gap = 15, 16
    width = 8 * pixel
    figure = Figure(8 + 3 * (width + gap), width + 44)
    for k, image in enumerate(shown):
        left = 8 + k * (width + gap)
        _squares(figure, image, left, 8, pixel, "head")
        _frame(figure, left, 8, width, width)
        figure.text(f"{right[k]}，认成 {said[k]}", left + width / 2, 8 + width + 18)
        figure.values.append(f"应当是 {right[k]}，认成 {said[k]}")
    return figure


def filters(before, gradient, learned):
    """第一层的八个滤波器：上面是初值，中间是初值处的梯度，下面是学到的。方块越大，绝对值越大，实心是正，空心是负

    每个三行三列；一行之内，方块的大小可以比较。
    """
    pixel, left, top, step = 15, 40, 22, 50
    figure = Figure(left + 8 * step, top + 3 * (step + 14))
    for q in range(8):
        figure.note(str(q), left + q * step + 1.5 * pixel, 10)
    for row, (words, values) in enumerate((("初值", before), ("梯度", gradient), ("学到", learned))):
        y = top + row * (step + 14)
        figure.note(words, 17, y + 1.5 * pixel)
        most = np.abs(values).max()
        for q, each in enumerate(values):
            x = left + q * step
            _squares(figure, np.clip(each, 0, None) / most, x, y, pixel, "head accent")
            _squares(figure, np.clip(-each, 0, None) / most, x, y, pixel, "line error")
            _frame(figure, x, y, 3 * pixel, 3 * pixel)
        figure.values.append(f"{words}里有 {int((values > 0).sum())} 个正数，{int((values < 0).sum())} 个负数")
    return figure


def responses(picture, maps):
    """一个 7 与它的八张特征图：方块越大，数越大，没有方块的格子是 0

    左边是原图，右边两行四列，第一行是滤波器 0 到 3 的，第二行是 4 到 7 的。
    """
    pixel, gap = 9, 12
    width = 8 * pixel
    figure = Figure(20 + 5 * (width + gap), 28 + 2 * (width + 28))
    _squares(figure, picture, 8, 28 + (width + 28) / 2, pixel, "head")
    _frame(figure, 8, 28 + (width + 28) / 2, width, width)
    for q, values in enumerate(maps):
        x, y = 20 + (1 + q % 4) * (width + gap), 28 + q // 4 * (width + 28)
        figure.note(f"滤波器 {q}", x + width / 2, y - 12)
        _squares(figure, values / maps.max(), x, y, pixel, "head accent")
        _frame(figure, x, y, width, width)
        figure.values.append(f"滤波器 {q} 有 {int((values > 0).sum())} 格不是 0")
    return figure


def _squares(figure, values, left, top, pixel, kind):
    """每格一个方块，面积与值成正比，值从 0 到 1；0 不画。"""
    path = drawsvg.Path(**named(kind))
    for (i, j), value in np.ndenumerate(values):
        side = (pixel - 1) * np.sqrt(value)
        if side:
            x, y = left + (j + 0.5) * pixel - side / 2, top + (i + 0.5) * pixel - side / 2
            path.M(place(x), place(y)).h(place(side)).v(place(side)).h(place(-side)).Z()
    figure.elements.append(path)


def _frame(figure, left, top, width, height):
    corners = ((0, 0), (width, 0), (width, height), (0, height), (0, 0))
    figure.line(*((left + x, top + y) for x, y in corners), kind="grid")
