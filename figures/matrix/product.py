"""“Y = WX 的梯度”一页的图。"""

import numpy as np

from notes.drawing import CELL, Figure, show


def setup(W, X, Y, matmul):
    """$W$ 的一行与 $X$ 的一列，相交处是 $Y$ 的一个元素

    左下是 W，右上是 X，右下是 Y；W 的第 1 行与 X 的第 2 列对应相乘再相加，得到 Y 的第 1 行第 2 列。
    """
    i, j = 1, 2
    (m, n), p = W.shape, X.shape[1]
    left, top, gap = 28, 28, 20
    right, below = left + n * CELL + gap, top + n * CELL + gap
    figure = Figure(right + p * CELL + 28, below + m * CELL + 44)
    figure.text("*X*", right + p * CELL + 16, top + n * CELL / 2)
    figure.text("*W*", left - 16, below + m * CELL / 2)
    figure.text("*Y*", right + p * CELL + 16, below + m * CELL / 2)
    figure.note(f"第 {j} 列", right + (j + 0.5) * CELL, top - 16)
    one = figure.array("W", W, left, below, lambda row, _: "meets" * (row == i))
    other = figure.array("X", X, right, top, lambda _, column: "meets" * (column == j))
    product = figure.array("Y", Y, right, below, lambda *index: "meets" * (index == (i, j)))
    figure.explain(product, lambda W, X: matmul(W, X)[0], one, other)
    figure.note(f"第 {i} 行", left + n * CELL / 2, below - 14)
    figure.text(_inner(W[i], X[:, j], Y[i, j]), (left + right + p * CELL) / 2, below + m * CELL + 26, "accent")
    return figure


def graph(W, x, y, g, x_bar, matmul):
    """同样的边走两个方向：$y_1$ 收齐通到它的三条，是 $W$ 的第 1 行；$\\bar x_1$ 收齐从 $x_1$ 通出去的两条，是第 1 列

    左边是前向，箭头从 x 的三个数指向 y 的两个数；右边是反向，箭头从 y 的梯度指回 x 的梯度。收齐的边着了色，写着 W 的元素。
    """
    a = b = 1
    figure = Figure(440, 372)
    forward, back = _inner(W[a], x, y[a]), _inner(W[:, b], g, x_bar[b])
    given, output = _edges(figure, 0, "前向", W, ("*x*", x), ("*y*", y), lambda i, j: i == a, False)
    gradient, upstream = _edges(figure, 226, "反向", W, ("x", x_bar), ("*g*", g), lambda i, j: j == b, True)
    run = lambda W, x: matmul(W, x[:, None])[0][:, 0]
    pull = lambda W, g: matmul(W, x[:, None])[1](g[:, None])[1][:, 0]
    for left, words, kind, ends in (
        (0, forward, lambda i, _: i == a, (output, run, given)),
        (226, back, lambda _, j: j == b, (gradient, pull, upstream)),
    ):
        target, function, source = ends
        edges = figure.array("W", W, left + 62, 248, lambda i, j, kind=kind: "meets" * kind(i, j), 36)
        figure.explain(target, function, edges, source)
        figure.text("*W*", left + 46, 248 + CELL)
        figure.note(words, left + 116, 248 + 2 * CELL + 22, "accent")
    return figure


def _edges(figure, left, title, W, source, target, chosen, back):
    """左边一列点，右边一列点，W 的元素是边；back 为真时箭头往左。返回两列点。"""
    names, columns = (source[0], target[0]), (source[1], target[1])
    at = [
        [(left + 44, 72 + 62 * j) for j in range(W.shape[1])],
        [(left + 188, 103 + 62 * i) for i in range(W.shape[0])],
    ]
    figure.note(title, left + 116, 16)
    for name, column in zip(names, at):
        draw = figure.barred if len(name) == 1 else figure.text
        draw(name, column[0][0], column[0][1] - 34)
    for i, j in sorted(np.ndindex(W.shape), key=lambda index: chosen(*index)):
        ends = np.array([at[0][j], at[1][i]]) + [(24, 0), (-24, 0)]
        start, end = ends[::-1] if back else ends
        figure.arrow(tuple(start), tuple(end), kind="accent" * bool(chosen(i, j)))
        if chosen(i, j):
            middle = start + 0.3 * (end - start)
            figure.text(show(W[i, j]), middle[0], middle[1] + (-12 if start[1] < 130 else 13), "accent")
    drawn = []
    for name, values, column, own in zip(names, columns, at, (lambda k: chosen(-1, k), lambda k: chosen(k, -1))):
        for k, (value, (x, y)) in enumerate(zip(values, column)):
            figure.cell(show(value), x - 20, y - 16, "meets" * bool(own(k)), CELL, 32)
        drawn.append(figure.called(name.strip("*") if "*" in name else f"{name} 的梯度", values))
    figure.values.append(f"{title}：" + "；".join("，".join(map(show, values)) for values in columns))
    return drawn


def example(G, X, W_bar, W, matmul):
    """$G$ 的一行与 $X$ 的一行作内积，得到 $\\bar W$ 的一个元素

    左上是 G，左下是 X，列标对齐；右边是 W 的梯度，它的第 0 行第 1 列来自 G 的第 0 行与 X 的第 1 行。
    """
    a, b = 0, 1
    (m, p), n = G.shape, X.shape[0]
    left, top, gap = 28, 28, 48
    right, below = left + p * CELL + gap, top + m * CELL + gap
    figure = Figure(right + n * CELL + 28, below + n * CELL + 44)
    figure.text("*G*", left - 16, top + m * CELL / 2)
    figure.text("*X*", left - 16, below + n * CELL / 2)
    figure.barred("W", right + n * CELL + 16, top + m * CELL / 2)
    upstream = figure.array("G", G, left, top, lambda row, _: "meets" * (row == a))
    other = figure.array("X", X, left, below, lambda row, _: "meets" * (row == b))
    gradient = figure.array("W 的梯度", W_bar, right, top, lambda *index: "meets" * (index == (a, b)))
    figure.explain(gradient, lambda G, X: matmul(W, X)[1](G)[0], upstream, other)
    across, up = top + (a + 0.5) * CELL, right + (b + 0.5) * CELL
    figure.arrow((left + p * CELL + 6, across), (right - 6, across), kind="accent")
    turn = below + (b + 0.5) * CELL
    figure.arrow((left + p * CELL + 6, turn), (up, turn), (up, top + m * CELL + 6), kind="accent")
    figure.note("行变成列", right + n * CELL / 2 + 8, turn + 20)
    for column in range(p):
        middle = left + (column + 0.5) * CELL
        figure.line((middle, top + m * CELL + 8), (middle, below - 8), kind="dotted")
    figure.text(_inner(G[a], X[b], W_bar[a, b]), (left + right + n * CELL) / 2, below + n * CELL + 26, "accent")
    return figure


def column(W, G, X_bar, X, matmul):
    """$W$ 的一列与 $G$ 的一列作内积，得到 $\\bar X$ 的一个元素

    左上是 W，右上是 G，行标对齐；右下是 X 的梯度，它的第 1 行第 3 列来自 W 的第 1 列与 G 的第 3 列。
    """
    a, b = 1, 3
    (m, n), p = W.shape, G.shape[1]
    left, top, gap = 28, 28, 44
    right, below = left + n * CELL + gap, top + m * CELL + gap
    figure = Figure(right + p * CELL + 28, below + n * CELL + 44)
    figure.text("*W*", left - 16, top + m * CELL / 2)
    figure.text("*G*", right + p * CELL + 16, top + m * CELL / 2)
    figure.barred("X", right + p * CELL + 16, below + n * CELL / 2)
    other = figure.array("W", W, left, top, lambda _, column: "meets" * (column == a))
    upstream = figure.array("G", G, right, top, lambda _, column: "meets" * (column == b))
    gradient = figure.array("X 的梯度", X_bar, right, below, lambda *index: "meets" * (index == (a, b)))
    figure.explain(gradient, lambda W, G: matmul(W, X)[1](G)[1], other, upstream)
    down, across = left + (a + 0.5) * CELL, below + (a + 0.5) * CELL
    figure.arrow((down, top + m * CELL + 6), (down, across), (right - 6, across), kind="accent")
    figure.arrow(*((right + (b + 0.5) * CELL, y) for y in (top + m * CELL + 6, below - 6)), kind="accent")
    figure.note("列变成行", left + n * CELL / 2, across + 20)
    for row in range(m):
        middle = top + (row + 0.5) * CELL
        figure.line((left + n * CELL + 8, middle), (right - 8, middle), kind="dotted")
    figure.text(_inner(W[:, a], G[:, b], X_bar[a, b]), right + p * CELL / 2, below + n * CELL + 26, "accent")
    return figure


def sheets(sheets, W_bar):
    """四列各给一张外积 $g_jx_j^\\top$，相加是 $\\bar W$；涂色的是第 0 行第 1 列的 4 从哪里来

    上面四张是各列的外积，下面是它们的和，W 的梯度。
    """
    wide, gap, left, top = 28, 26, 10, 36
    m, n = W_bar.shape
    step = n * wide + gap
    below = top + m * CELL + 56
    figure = Figure(left + len(sheets) * step - gap + 10, below + m * CELL + 10)
    chosen = lambda *index: "meets" * (index == (0, 1))
    drawn = []
    for j, sheet in enumerate(sheets):
        figure.note(f"*j* = {j}", left + j * step + n * wide / 2, top - 18)
        figure.array(f"j = {j} 的外积", sheet, left + j * step, top, chosen, wide)
        drawn.append(figure.called(f"第 {j} 张", sheet))
        if j:
            figure.text("+", left + j * step - gap / 2, top + m * CELL / 2)
    middle = figure.width / 2
    figure.arrow((middle, top + m * CELL + 8), (middle, below - 8))
    figure.barred("W", middle - n * wide / 2 - 16, below + m * CELL / 2)
    gradient = figure.array("W 的梯度", W_bar, middle - n * wide / 2, below, chosen, wide)
    figure.explain(gradient, lambda *sheets: sum(sheets), *drawn)
    return figure


def blocks_small(J):
    """$i=a$ 的块都是 $X^\\top$，$i\\ne a$ 的块全是 0

    四阶张量摊成矩阵，一行是一对 i 与 j，一列是一对 a 与 b，分成四块。
    """
    m, p, _, n = J.shape
    left, top, gap = 108, 56, 12
    wide, tall = n * CELL + gap, p * CELL + gap
    figure = Figure(left + m * wide - gap + 8, top + m * tall - gap + 8)
    for i, a in np.ndindex(m, m):
        kind = "meets" if i == a else "zero"
        figure.array(f"i = {i}、a = {a} 的块", J[i, :, a], left + a * wide, top + i * tall, lambda *_: kind)
    figure.note("*b* =", left - 8, 40, anchor="end")
    for a, b in np.ndindex(m, n):
        figure.note(str(b), left + a * wide + (b + 0.5) * CELL, 40)
    for i, j in np.ndindex(m, p):
        figure.note(f"*j* = {j}", left - 8, top + i * tall + (j + 0.5) * CELL, anchor="end")
    for k in range(m):
        figure.text(f"*a* = {k}", left + k * wide + n * CELL / 2, 14)
        figure.text(f"*i* = {k}", 24, top + k * tall + p * CELL / 2)
    return figure


def _inner(left, right, total):
    """内积的算式。"""
    return " + ".join(f"{show(x)} × {show(y)}" for x, y in zip(left, right)) + f" = {show(total)}"
