"""“激活函数”一页的图。"""

from notes.drawing import Figure, show
from notes.drawing.plotting import Plot

LAYOUT = (("relu", "leaky_relu", "elu"), ("sigmoid", "tanh", "erf"), ("softplus", "silu", "gelu"))


def curves(t, curves):
    """细线是输出，着色的是导数；圆点是折点 0 处的约定。这里 `leaky_relu` 的负侧斜率是 0.25，`elu` 的 $\\alpha$ 是 0.5

    九个激活函数与各自的导数，横轴从 −4 到 4。relu、leaky_relu、elu 的导数在 0 处跳到 1，其余六个处处光滑。
    """
    width, height, left, top, gap = 104, 92, 26, 30, 38
    figure = Figure(left + 3 * (width + gap) - gap + 12, top + 3 * (height + 52) - 8)
    for row, (names, up) in enumerate(zip(LAYOUT, ((-1, 4), (-1.2, 1.2), (-1, 4)))):
        for column, name in enumerate(names):
            x, y = left + column * (width + gap), top + row * (height + 52)
            figure.text(f"`{name}`", x + width / 2, y - 16, size=14)
            plot = Plot(figure, x, y, width, height, (-4, 4), up)
            plot.axes((-4, 4), (-1, 0, 1) if up[1] < 2 else (0, 1, 4))
            z, slope = curves[name]
            plot.curve(t, z, "bar")
            plot.curve(t, slope, "accent")
            found = [list(t).index(k) for k in (-4, 0, 4)]
            listed = ["，".join(show(values[k]) for k in found) for values in (z, slope)]
            figure.values.append(f"{name} 在 −4、0、4 处的值：{listed[0]}；导数：{listed[1]}")
    return figure
