"""“更多激活函数”一页的图。"""

from notes.drawing import Figure, show
from notes.drawing.plotting import Plot

LAYOUT = (
    (("relu6", (-1, 7)), ("hardsigmoid", (-0.4, 1.2)), ("hardswish", (-1, 7)), ("selu", (-2, 7))),
    (("logsigmoid", (-8, 1.2)), ("softsign", (-1.2, 1.2)), ("mish", (-1, 7))),
)


def curves(t, curves):
    """细线是输出，着色的是导数；圆点是折点处的约定

    七个激活函数与各自的导数，横轴从 −8 到 8。relu6、hardsigmoid、hardswish 各有两个折点，selu 有一个，其余三个没有。
    """
    width, height, left, top, gap = 80, 84, 26, 30, 26
    figure = Figure(left + 4 * (width + gap) - gap + 10, top + 2 * (height + 50) - 10)
    for row, panels in enumerate(LAYOUT):
        for column, (name, up) in enumerate(panels):
            x, y = left + column * (width + gap), top + row * (height + 50)
            figure.text(f"`{name}`", x + width / 2, y - 16, size=14)
            plot = Plot(figure, x, y, width, height, (-8, 8), up)
            ticks = {7: (0, 6), 1.2: (0, 1)}[up[1]] if up[0] > -3 else (0, -8)
            plot.axes((-8, 8), ticks)
            z, slope = curves[name]
            inside = (z >= up[0]) & (z <= up[1])
            plot.curve(t[inside], z[inside], "bar")
            plot.curve(t, slope, "accent")
            found = [list(t).index(k) for k in (-8, 0, 8)]
            listed = ["，".join(show(values[k]) for k in found) for values in (z, slope)]
            figure.values.append(f"{name} 在 −8、0、8 处的值：{listed[0]}；导数：{listed[1]}")
    return figure
