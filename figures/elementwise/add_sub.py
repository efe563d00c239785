"""“加、减、取负”一页的图。"""

from notes.drawing import CELL, Figure


def accumulate(backward, g, gradients):
    """加法把 $G$ 交给两个位置；$z=x+x$ 的两个位置是同一个变量，两份要相加

    上面是上游梯度，中间是两个位置各收到的一份，都与它相同；下面是两份之和，即 x 的梯度。
    """
    gap, left, top, wide = 56, 16, 36, 46
    width = len(g) * wide
    figure = Figure(2 * left + 2 * width + gap, top + 3 * CELL + 152)
    center, middle, below = left + width + gap / 2, top + CELL + 70, top + 2 * CELL + 140
    figure.text("*G*", center - width / 2 - 18, top + CELL / 2)
    figure.array("G", g, center - width / 2, top, width=wide)
    for k, share in enumerate(backward(g)):
        x = left + k * (width + gap)
        along = x + width / 2
        figure.arrow(
            (center, top + CELL + 6), (center, top + CELL + 22), (along, top + CELL + 22), (along, middle - 24)
        )
        figure.note(f"第 {k + 1} 个位置", along, middle - 12)
        figure.array(f"第 {k + 1} 个位置", share, x, middle, width=wide)
        figure.line((along, middle + CELL + 6), (along, middle + CELL + 26), (center, middle + CELL + 26))
    figure.text("+", center, middle + CELL / 2)
    figure.arrow((center, middle + CELL + 26), (center, below - 6), kind="accent")
    figure.array("x 的梯度", gradients["x"], center - width / 2, below, lambda *_: "meets", wide)
    figure.barred("x", center - width / 2 - 18, below + CELL / 2)
    return figure
