"""“切片、take 与 embedding”一页的图。"""

from notes.drawing import CELL, Figure


def example(G, x_bar, backward):
    """`index=[1, 1, 0]`：$G$ 的前两个数都加到 $\\bar x$ 的位置 1，没有被取的位置 2 得 0

    上面是上游梯度 G，下面是 x 的梯度，箭头从 G 的每个元素指到它被取的位置。
    """
    index = [1, 1, 0]
    left, top, gap = 48, 36, 64
    below = top + CELL + gap
    figure = Figure(left + 3 * CELL + 48, below + CELL + 30)
    figure.text("*G*", left - 20, top + CELL / 2)
    figure.barred("x", left - 20, below + CELL / 2)
    upstream = figure.array("G", G, left, top, lambda _, j: "meets" * (index[j] == 1))
    gradient = figure.array("x 的梯度", x_bar, left, below, lambda _, j: "meets" * (j == 1))
    figure.explain(gradient, lambda G: backward(G)[0], upstream)
    for j, i in enumerate(index):
        figure.note(f"取 {i}", left + (j + 0.5) * CELL, top - 14)
        figure.note(str(j), left + (j + 0.5) * CELL, below + CELL + 14)
        end = left + (i + 0.5) * CELL + (j - 0.5) * 8 * (i == 1)
        figure.arrow((left + (j + 0.5) * CELL, top + CELL + 4), (end, below - 4), kind="accent" if i == 1 else "")
    return figure


def example_embedding(G, weight_bar, indices, backward):
    """第 2 行查了两次，收到 $G$ 的两行，相加；第 1、3 行没有查，得 0

    左边是上游梯度 G，每一行旁边写着它查的是表的第几行；右边是表的梯度，箭头指到被查的那一行。
    """
    wide, left, top, gap = 48, 76, 36, 96
    right = left + G.shape[1] * wide + gap
    figure = Figure(right + weight_bar.shape[1] * wide + 56, top + len(weight_bar) * CELL + 12)
    twice = [i for i in indices if indices.count(i) > 1]
    figure.text("*G*", left + wide, top - 18)
    figure.barred("W", right + wide, top - 18)
    upstream = figure.array("G", G, left, top, lambda n, _: "meets" * (indices[n] in twice), wide)
    kind = lambda v, _: "meets" if v in twice else "" if v in indices else "zero"
    gradient = figure.array("W 的梯度", weight_bar, right, top, kind, wide)
    figure.explain(gradient, lambda G: backward(G)[0], upstream)
    for v in range(len(weight_bar)):
        figure.note(f"行 {v}", right + 2 * wide + 10, top + (v + 0.5) * CELL, anchor="start")
    for n, v in enumerate(indices):
        height = top + (n + 0.5) * CELL
        figure.note(f"查 {v}", left - 12, height, anchor="end")
        end = top + (v + 0.5) * CELL + 8 * (n - 1) * (v in twice)
        figure.arrow((left + 2 * wide + 8, height), (right - 8, end), kind="accent" * (v in twice))
    return figure
