"""“回归损失”一页的图。"""

from notes.drawing import Figure, show
from notes.drawing.plotting import Plot

KINDS = {"mse_loss": ("bar", "mse"), "l1_loss": ("dotted", "l1"), "huber_loss": ("accent", "huber")}


def curves(d, curves):
    """横轴是残差，左边是一项的损失，右边是它的导数，`huber` 的 $\\delta$ 是 2；圆点是绝对误差在 0 处的约定

    两块画面，横轴是残差，从 −3 到 3。均方误差的斜率没有上限，绝对误差的只有正负一，Huber 的夹在正负二之间。
    """
    width, height, left, top, gap = 160, 170, 34, 32, 48
    figure = Figure(left + 2 * width + gap + 16, top + height + 62)
    for k, (title, up, ticks) in enumerate((("*ρ*(*d*)", (0, 9), (0, 4, 8)), ("*ρ*′(*d*)", (-6, 6), (-4, 0, 4)))):
        x = left + k * (width + gap)
        figure.text(title, x + width / 2, top - 18)
        across = (-3, 3)
        plot = Plot(figure, x, top, width, height, across, up)
        plot.axes((-2, 0, 2), ticks)
        inside = (d >= across[0]) & (d <= across[1])
        for name, (kind, _) in KINDS.items():
            plot.curve(d[inside], curves[name][k][inside], kind)
    for k, (name, (kind, label)) in enumerate(KINDS.items()):
        x, y = 70 + 110 * k, top + height + 44
        figure.line((x, y), (x + 28, y), kind=kind)
        figure.text(f"`{label}`", x + 36, y, anchor="start", size=14)
        listed = ["，".join(show(values[list(d).index(at)]) for at in (-3, -1, 0, 1, 3)) for values in curves[name]]
        figure.values.append(f"{label} 在 −3、−1、0、1、3 处：{listed[0]}；斜率：{listed[1]}")
    return figure
