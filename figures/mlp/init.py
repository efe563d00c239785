"""“初始化”一页的图。"""

import numpy as np

from notes.drawing import Figure
from notes.drawing.plotting import Plot


def example(forward, backward):
    """各层的均方根，纵轴是常用对数：实线是前向，虚线是反向，从右往左读；深的是 He

    太小的一条前向从左往右降，太大的一条升，He 的两条都平。
    """
    figure = Figure(436, 276)
    plot = Plot(figure, 60, 12, 364, 232, (1, 20), (-10, 8))
    for power, words in ((-8, "1e−8"), (-4, "1e−4"), (0, "1"), (4, "1e4"), (8, "1e8")):
        figure.line(plot.place(1, power), plot.place(20, power), kind="grid")
        figure.note(words, 52, plot.place(1, power)[1], anchor="end")
    for layer in (1, 5, 10, 15, 20):
        figure.note(str(layer), plot.place(layer, 0)[0], 260)
    layers = np.arange(1, 21)
    for name, kind in (("太小", ""), ("He", "accent"), ("太大", "error")):
        plot.curve(layers, np.log10(forward[name]), kind)
        plot.curve(layers, np.log10(backward[name]), f"{kind} dotted")
        at = 5 if name == "He" else 17
        figure.text(name, plot.place(at, 0)[0], plot.place(at, np.log10(forward[name][at - 1]))[1] - 14, kind)
        figure.values.append(f"{name}：第 20 层前向 {forward[name][19]:.1e}，第 1 层反向 {backward[name][0]:.1e}")
    return figure
