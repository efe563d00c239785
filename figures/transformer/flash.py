"""“分块与在线 softmax”一页的图。"""

import numpy as np

from notes.drawing import Figure, show
from notes.drawing.plotting import Plot


def setup(A, states):
    """分数取指数之后是四个数，分成两块，从左往右看一遍；每看完一块，记下最大值、总和、加权和

    上面一行是四个数，两块各两个；下面是看完一块之后的三样。
    """

    left, top, width, gap = 24, 28, 60, 60
    figure = Figure(440, 210)
    for b in range(2):
        x = left + b * (2 * width + gap) + b * 20
        figure.note(f"第 {b + 1} 块", x + width, top - 14)
        figure.array(f"第 {b + 1} 块", [np.exp(A[2 * b : 2 * b + 2])], x, top, width=width)
        figure.arrow((x + width, top + 46), (x + width, top + 82))
        for k, (name, value) in enumerate(zip(("最大", "总和", "加权和"), (states[b][0], *states[b][2:]), strict=True)):
            figure.cell(show(value), x - 14 + k * 52, top + 86, "meets", 52)
            figure.note(name, x + 12 + k * 52, top + 142)
            figure.values.append(f"看完第 {b + 1} 块，{name}是 {show(value)}")
    y = top + 106
    figure.arrow((left + 144, y), (left + 184, y), kind="accent")
    figure.note(f"旧的乘 {show(states[1][1])}", left + 168, y + 58)
    return figure


def memory(sizes, peaks):
    """前向加反向时内存的最高点，单位是 MB，横轴是序列的长度：由算子组成的、登记的算子、分块的

    三条线，由算子组成的最陡，分块的几乎贴着横轴。
    """
    names = {"composed_attention": "组成的", "scaled_dot_product_attention": "登记的", "blockwise_attention": "分块的"}
    figure = Figure(440, 250)
    top = 10 * (int(max(peaks["composed_attention"])) // 10 + 1)
    plot = Plot(figure, 44, 16, 310, 196, (0, sizes[-1]), (0, top))
    plot.axes(sizes, (0, top // 2, top))
    for name, told in names.items():
        figure.line(*(plot.place(x, y) for x, y in zip(sizes, peaks[name], strict=True)), kind="accent")
        for x, y in zip(sizes, peaks[name], strict=True):
            figure.dot(*plot.place(x, y))
        x, y = plot.place(sizes[-1], peaks[name][-1])
        figure.note(told, x + 10, y - (4 if told == "登记的" else 2), anchor="start")
        figure.values.append(f"{told}：" + "，".join(show(v, 1) for v in peaks[name]))
    return figure
