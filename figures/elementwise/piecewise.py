"""“abs、maximum、minimum、clip、where”一页的图。"""

from notes.drawing import Figure, show
from notes.drawing.plotting import Plot

TITLES = {"abs": "abs(x)", "maximum": "maximum(x, 1)", "clip": "clip(x, −1, 1)"}


def curves(t, curves):
    """细线是输出，着色的是对 $x$ 的斜率；圆点是折点处的约定，依次是 0、一半，与边界上的 1

    三个函数与它们的斜率，横轴从 −2 到 2。斜率在折点处跳，abs 在 0 处取 0，maximum 在 1 处取一半，clip 在 −1 与 1 处取 1。
    """
    width, height, left, top, gap = 104, 104, 26, 30, 38
    figure = Figure(left + 3 * (width + gap) - gap + 12, top + height + 30)
    for column, (name, (z, slope)) in enumerate(curves.items()):
        x = left + column * (width + gap)
        figure.text(f"`{TITLES[name]}`", x + width / 2, top - 16, size=14)
        plot = Plot(figure, x, top, width, height, (-2, 2), (-1.2, 2.2))
        plot.axes((-1, 1), (-1, 0, 1, 2))
        plot.curve(t, z, "bar")
        plot.curve(t, slope, "accent")
        listed = "，".join(show(slope[list(t).index(k)]) for k in (-1, 0, 1))
        figure.values.append(f"{name} 在 −1、0、1 处的斜率：{listed}")
    return figure
