"""“幂、指数、对数、开方”一页的图。"""

from notes.drawing import Figure, show
from notes.drawing.plotting import Plot


def tangents(s, curve, feet):
    """$z=e^x$ 的切线：切点多高，斜率就是多少，所以都在切点左边恰好 1 个单位处落到横轴

    曲线是 e 的 x 次方，横轴从 −2 到 1.5；三条着色的切线，各从横轴上的一点画到切点，虚线是切点的高。
    """
    figure = Figure(420, 300)
    plot = Plot(figure, 34, 16, 370, 250, (-2, 1.5), (0, 4.6))
    plot.axes((-2, -1, 0, 1), (0, 1, 2, 3, 4))
    plot.curve(s, curve, "bar")
    for x, (z, foot) in feet.items():
        figure.line(plot.place(x, 0), plot.place(x, z), kind="dotted")
        figure.line(plot.place(foot, 0), plot.place(x, z), kind="accent")
        figure.dot(*plot.place(x, z), "accent")
        figure.dot(*plot.place(foot, 0), "accent")
        figure.values.append(f"切点的横坐标 {show(x)}，高 {show(z)}，切线落在 {show(foot)}")
    return figure
