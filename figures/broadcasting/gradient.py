"""“广播的梯度”一页的图。"""

from notes.drawing import CELL, Figure, show


def example(G, x_bar, y_bar, backward):
    """$\\bar x$ 是 $G$ 各行之和，$\\bar y$ 是 $G$ 各列之和

    左上是上游梯度，右边一列是它各行之和，下边一行是它各列之和。
    """
    rows, columns = G.shape
    left, top, gap = 60, 36, 72
    right, bottom = left + columns * CELL, top + rows * CELL
    figure = Figure(right + gap + CELL + 60, bottom + gap + CELL + 44)
    chosen = lambda row, _: "meets" * (row == 0)
    middle, last = (top + bottom) / 2, bottom + gap + CELL / 2
    figure.text("*G*", left - 30, middle - 10)
    figure.note(str(G.shape), left - 30, middle + 12)
    figure.barred("x", right + gap + CELL + 30, middle - 10)
    figure.note(str(x_bar.shape), right + gap + CELL + 30, middle + 12)
    figure.barred("y", left - 30, last - 10)
    figure.note(str(y_bar.shape), left - 30, last + 12)
    upstream = figure.array("G", G, left, top, chosen)
    for k, gradient in enumerate(
        (
            figure.array("x 的梯度", x_bar, right + gap, top, chosen),
            figure.array("y 的梯度", y_bar, left, bottom + gap),
        )
    ):
        figure.explain(gradient, lambda G: backward(G)[k], upstream)
    figure.note("轴 1 求和", right + gap / 2, top - 16)
    for row in range(rows):
        middle = top + (row + 0.5) * CELL
        figure.arrow((right + 8, middle), (right + gap - 8, middle), kind="accent" * (row == 0))
    figure.note("轴 0 求和", right + 8, bottom + gap / 2, anchor="start")
    for column in range(columns):
        middle = left + (column + 0.5) * CELL
        figure.arrow((middle, bottom + 8), (middle, bottom + gap - 8))
    total = " + ".join(map(show, G[0])) + f" = {show(x_bar[0, 0])}"
    figure.text(total, (left + right) / 2, bottom + gap + CELL + 26, "accent")
    return figure
