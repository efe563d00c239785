"""“einsum 的梯度”一页的图。"""

from drawing import CELL, Figure


def alone(y, G, x_bar):
    """`ij,i->i`：$x$ 的梯度里没有下标 $j$，$G_iy_i$ 沿 $j$ 抄满一行

    从左到右是上游梯度 G、y，与 x 的梯度，后者每一行的三个数相同。
    """
    left, top, gap = 16, 36, 36
    middle, right = left + CELL + gap, left + 2 * CELL + 2 * gap + 12
    figure = Figure(right + 3 * CELL + 16, top + 2 * CELL + 12)
    kind = lambda i, _: "meets" * (i == 1)
    for name, values, place in (("G", G, left), ("y", y, middle)):
        figure.text(f"*{name}*", place + CELL / 2, top - 18)
        figure.array(name, values[:, None], place, top, kind)
    figure.barred("x", right + 1.5 * CELL, top - 18)
    figure.array("x 的梯度", x_bar, right, top, kind)
    for i in range(2):
        height = top + (i + 0.5) * CELL
        figure.text("×", left + CELL + gap / 2, height)
        figure.arrow((middle + CELL + 8, height), (right - 6, height), kind="accent" if i == 1 else "")
    return figure
