"""“单位化与余弦相似度”一页的图。"""

import numpy as np

from notes.drawing import Figure, show


def example(x, z, G, backward):
    """虚线是长度为 1 的圆，$z$ 在上面；$G$ 去掉沿 $z$ 的一份，剩下的与 $x$ 垂直，$\\bar x$ 是它的五分之一

    从原点到 x 的长箭头，z 在半路的圆上。从 x 出发，G 水平向右，着色的箭头与 x 成直角，指向右下。
    """
    step, left, bottom = 34, 40, 190
    figure = Figure(left + 9 * step, bottom + 24)
    place = lambda point: (left + float(point[0]) * step, bottom - float(point[1]) * step)
    (x,), (z,), (G,), (x_bar,) = x, z, G, backward(G)[0]
    turn = np.linspace(0, np.pi / 2, 25)
    figure.line(*(place((np.cos(a), np.sin(a))) for a in turn), kind="dotted")
    figure.line(place((0, 0)), place((8, 0)), kind="grid")
    figure.line(place((0, 0)), place((0, 5)), kind="grid")
    figure.arrow(place((0, 0)), place(x), kind="bar")
    figure.arrow(place((0, 0)), place(z), kind="bar")
    figure.arrow(place(x), place(x + G), kind="bar")
    rest = G - (G @ z) * z
    figure.arrow(place(x), place(x + rest), kind="accent")
    figure.line(place(x + rest), place(x + G), kind="dotted")
    for name, at, shift in (("*x*", x, (-12, -10)), ("*z*", z, (14, 6)), ("*G*", x + G, (12, 0))):
        px, py = place(at)
        figure.text(name, px + shift[0], py + shift[1])
    px, py = place(x + rest)
    figure.note("剩下的", px + 4, py + 16)
    figure.values.append("x̄：" + "，".join(map(show, x_bar)))
    return figure
