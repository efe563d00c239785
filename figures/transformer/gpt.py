"""“一个小的 GPT”一页的图。"""

import drawsvg
import numpy as np

from notes.drawing import Figure, named, place
from notes.drawing.plotting import Plot


def attention(weights, fresh):
    """学会倒写之后，留出的 500 个序列、四个头的注意力权重的平均：方块越大，看得越多。一行是一个位置，着色的六行要写出答案

    纵轴是正在看的位置，横轴是被看的位置。后六行各有一个最大的方块，从第 5 列排到第 0 列，正是要抄的那一位。
    """
    cell, left, top = 28, 62, 40
    size = len(weights)
    figure = Figure(left + size * cell + 4, top + size * cell + 4)
    names = [*"123456", ">", *"654321"]
    figure.note("看", left - 46, top - 14, anchor="start")
    for k in range(size):
        figure.note(names[k], left + (k + 0.5) * cell, top - 14)
        figure.note(names[k], left - 14, top + (k + 0.5) * cell)
    path = drawsvg.Path(**named("head"))
    bright = drawsvg.Path(**named("head accent"))
    for (i, j), weight in np.ndenumerate(weights):
        side = (cell - 2) * np.sqrt(weight)
        if side > 1:
            x, y = left + (j + 0.5) * cell - side / 2, top + (i + 0.5) * cell - side / 2
            drawn = bright if i >= 6 and j == weights[i].argmax() else path
            drawn.M(place(x), place(y)).h(place(side)).v(place(side)).h(place(-side)).Z()
    figure.elements += [path, bright]
    corners = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    figure.line(*((left + a * size * cell, top + b * size * cell) for a, b in corners), kind="grid")
    figure.line((left, top + 6 * cell), (left + size * cell, top + 6 * cell), kind="dotted")
    for i in range(6, size):
        figure.values.append(f"第 {i} 行最大的在第 {weights[i].argmax()} 列，{weights[i].max():.2f}")
    return figure


def addition(curve):
    """加法：500 对没有见过的操作数，写对了多少；淡的是损失

    横轴是第几步，从 0 到 500。写对的比例前 200 步几乎是 0，第 225 步起突然升高，到第 375 步接近全对；损失在同一时候掉下来。
    """
    steps, losses, counts = np.array(curve, float).T
    figure = Figure(436, 236)
    plot = Plot(figure, 46, 14, 372, 190, (0, 500), (0, 1))
    for share, words in ((0, "0"), (0.5, "250"), (1, "500")):
        figure.line(plot.place(0, share), plot.place(500, share), kind="grid")
        figure.note(words, 38, plot.place(0, share)[1], anchor="end")
    for step in (0, 100, 200, 300, 400, 500):
        figure.note(str(step), plot.place(step, 0)[0], 222)
    plot.curve(steps, losses / 2, "")
    plot.curve(steps, counts / 500, "accent")
    figure.note("损失（顶端是 2）", *plot.place(12, 0.8), anchor="start")
    figure.text("写对几个", *plot.place(365, 0.82), "accent", "start")
    return figure
