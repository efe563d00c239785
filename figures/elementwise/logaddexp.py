"""“logaddexp”一页的图。"""

from notes.drawing import Figure, show
from notes.drawing.plotting import Plot


def surface(t, z, share):
    """左边细线是 `logaddexp` 的值，着色的是 `maximum` 的；右边是分给 $x$ 的权重

    左边两条线在两头贴在一起，中间分开。右边的曲线从 0 升到 1。
    """
    figure = Figure(400, 170)
    left = Plot(figure, 30, 30, 140, 110, (-4, 4), (-0.5, 4.2))
    left.axes((-4, 0, 4), (0, 4))
    left.curve(t, t * (t > 0), "accent")
    left.curve(t, z, "bar")
    figure.text("`logaddexp(x, 0)`", 100, 12, size=14)
    right = Plot(figure, 236, 30, 140, 110, (-4, 4), (-0.1, 1.1))
    right.axes((-4, 0, 4), (0, 0.5, 1))
    right.curve(t, share, "bar")
    figure.text("权重", 306, 12, size=14)
    figure.values.append("z 在 −4、0、4 处的值：" + "，".join(show(z[k]) for k in (0, 16, 32)))
    return figure
