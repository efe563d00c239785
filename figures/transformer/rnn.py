"""“RNN、LSTM 与 GRU”一页的图。"""

import numpy as np

from notes.drawing import Figure
from notes.drawing.plotting import Plot

NAMES = {"RNN，0.5": "error", "RNN，1.0": "", "RNN，1.5": "error", "LSTM，0.0": "dotted", "LSTM，3.0": "accent"}
# 名字写在哪一步的旁边，往右、往下挪多少
PLACES = {
    "RNN，0.5": (14, -40, 18),
    "RNN，1.0": (30, 0, 14),
    "RNN，1.5": (30, 0, -20),
    "LSTM，0.0": (40, 14, -18),
    "LSTM，3.0": (42, 0, 14),
}


def norms(curves):
    """往回走几步，梯度的范数剩多少；纵轴是常用对数，开始是 1

    RNN 后面的数是正交矩阵乘的倍数，LSTM 后面的是遗忘门的偏置加了几。倍数 0.5 的一条一直降，1.5 的一条升，
    LSTM 偏置 0 的降，偏置 3 的几乎是平的。
    """
    figure = Figure(436, 300)
    plot = Plot(figure, 60, 12, 364, 256, (0, 50), (-16, 4))
    for power, words in ((-16, "1e−16"), (-12, "1e−12"), (-8, "1e−8"), (-4, "1e−4"), (0, "1"), (4, "1e4")):
        figure.line(plot.place(0, power), plot.place(50, power), kind="grid")
        figure.note(words, 52, plot.place(0, power)[1], anchor="end")
    for step in (0, 10, 20, 30, 40, 50):
        figure.note(str(step), plot.place(step, 0)[0], 284)
    for name, kind in NAMES.items():
        values = np.log10(curves[name])
        plot.curve(np.arange(51), values, kind)
        at, right, down = PLACES[name]
        x, y = plot.place(at, values[at])
        figure.text(name, x + right, y + down, kind.replace("dotted", ""))
        figure.values.append(f"{name}：走 50 步之后 {curves[name][50]:.1e}")
    return figure


def task(results):
    """问第一个符号：损失的曲线，每 20 步平均

    横轴是第几步；RNN 与偏置 0 的 GRU 一直停在 1.6 上下，偏置 3 的 GRU 在 150 步前后降下来。
    """
    figure = Figure(436, 216)
    plot = Plot(figure, 44, 12, 380, 172, (0, 240), (0, 1.8))
    plot.axes((0, 60, 120, 180, 240), (0, 0.5, 1, 1.5))
    for name, kind, at, (right, down) in (
        ("RNN", "error", 1, (0, -14)),
        ("GRU，0", "dotted", 4, (0, 14)),
        ("GRU，3", "accent", 8, (44, 0)),
    ):
        means = np.reshape(results[name][1], (12, 20)).mean(axis=1)
        steps = 10 + 20 * np.arange(12)
        plot.curve(steps, means, kind)
        x, y = plot.place(steps[at], means[at])
        figure.text(name, x + right, y + down, kind.replace("dotted", ""))
        figure.values.append(f"{name}：最后 20 步平均 {means[-1]:.2f}")
    return figure
