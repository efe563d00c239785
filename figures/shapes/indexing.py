"""“切片、take 与 embedding”一页的图。"""

from drawing import CELL, Figure


def example(G, x_bar):
    """`index=[1, 1, 0]`：$G$ 的前两个数都加到 $\\bar x$ 的位置 1，没有被取的位置 2 得 0

    上面是上游梯度 G，下面是 x 的梯度，箭头从 G 的每个元素指到它被取的位置。
    """
    index = [1, 1, 0]
    left, top, gap = 48, 36, 64
    below = top + CELL + gap
    figure = Figure(left + 3 * CELL + 48, below + CELL + 30)
    figure.text("*G*", left - 20, top + CELL / 2)
    figure.barred("x", left - 20, below + CELL / 2)
    figure.array("G", G, left, top, lambda _, j: "meets" * (index[j] == 1))
    figure.array("x 的梯度", x_bar, left, below, lambda _, j: "meets" * (j == 1))
    for j, i in enumerate(index):
        figure.note(f"取 {i}", left + (j + 0.5) * CELL, top - 14)
        figure.note(str(j), left + (j + 0.5) * CELL, below + CELL + 14)
        end = left + (i + 0.5) * CELL + (j - 0.5) * 8 * (i == 1)
        figure.arrow((left + (j + 0.5) * CELL, top + CELL + 4), (end, below - 4), kind="accent" if i == 1 else "")
    return figure
