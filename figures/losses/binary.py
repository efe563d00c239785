"""“二分类损失与 KL 散度”一页的图。"""

from notes.drawing import Figure, show
from notes.drawing.plotting import Plot


def curves(s, curves):
    """细线是一项的损失，着色的 $\\sigma(x)-t$ 是它对 $x$ 的梯度；猜错得越远，损失越像直线，梯度的大小趋于 1

    两块画面，目标是 1 与 0，横轴是分数，从 −6 到 6。猜对的一侧，损失与梯度都趋于 0。
    """
    width, height, left, top, gap = 160, 150, 34, 32, 48
    figure = Figure(left + 2 * width + gap + 16, top + height + 30)
    for k, (t, (loss, slope)) in enumerate(curves.items()):
        x = left + k * (width + gap)
        figure.text(f"*t* = {show(t)}", x + width / 2, top - 18)
        plot = Plot(figure, x, top, width, height, (-6, 6), (-1.4, 6.2))
        plot.axes((-6, 0, 6), (-1, 0, 1, 6))
        plot.curve(s, loss, "bar")
        plot.curve(s, slope, "accent")
        listed = ["，".join(show(values[list(s).index(at)]) for at in (-6, 0, 6)) for values in (loss, slope)]
        figure.values.append(f"t 是 {show(t)} 时，−6、0、6 处的损失：{listed[0]}；梯度：{listed[1]}")
    return figure
