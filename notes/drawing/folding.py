"""归约的图：上面一行是前向，每组合成一个数；下面一行是反向，一个数变回一组。"""

from notes.drawing import CELL, Figure


def fold(x, z, G, x_bar, forward, back, chosen, operator, width=CELL, words=None):
    """x 每行一组，z 与 G 每组一个数；chosen(i, j) 是格子的类名。

    operator(x) 返回 z 与 backward，图由它答；z 对 x 不是一次的，words(i) 给出 z[i] 的算式。
    """
    rows, columns = x.shape
    left, top, gap = 36, 36, 84
    right, below = left + columns * width + gap, top + rows * CELL + 56
    figure = Figure(right + width + 36, below + rows * CELL + 12)
    for height, inner, one, y in (("x", x, z, top), ("x 的梯度", x_bar, G, below)):
        backward = y == below
        name = "G" if backward else "z"
        inside = figure.array(height, inner, left, y, chosen, width)
        figure.array(name, one[:, None], right, y, lambda i, _: "meets" * (i == 0), width)
        single = figure.called(name, one)
        if backward:
            figure.explain(inside, lambda G: operator(x)[1](G)[0], single)
        else:
            figure.explain(single, lambda x: operator(x)[0], inside, words=words)
        middle = left + columns * width / 2
        figure.barred("x", middle, y - 18) if backward else figure.text("*x*", middle, y - 18)
        figure.text(f"*{name}*", right + width / 2, y - 18)
        figure.note(back if backward else forward, right - gap / 2, y - 18)
        for i in range(rows):
            ends = [(right - gap + 8, y + (i + 0.5) * CELL), (right - 8, y + (i + 0.5) * CELL)]
            figure.arrow(*(reversed(ends) if backward else ends), kind="accent" * (i == 0))
    return figure
