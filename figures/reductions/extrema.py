"""“最大、连乘、logsumexp、累加”一页的图。"""

import numpy as np

from notes.drawing import CELL, Figure, show
from notes.drawing.folding import fold


def setup(x, G, ours):
    """第 0 行的两个 3 平局，各得一半；第 1 行只有一个最大，得到全部

    上面一行是 x 与它各行的最大值 z，下面一行是上游梯度 G 与 x 的梯度，不是最大的都得 0。
    """
    z, backward = ours.max(x, axis=1)
    (x_bar,) = backward(G)
    chosen = lambda i, j: "meets" if x[i, j] == z[i] else "zero"
    words = lambda i: "max(" + ", ".join(f"x[{i},{j}]" for j in range(x.shape[1])) + ")"
    return fold(x, z, G, x_bar, "轴 1 取最大", "平分", chosen, lambda x: ours.max(x, axis=1), words=words)


def eq_4(x, P, Q):
    """每个元素左边的积 $P_i$ 与右边的积 $Q_i$ 相乘，就是其余元素之积，没有用到除法；着色的是 0 的那一列

    四行，从上往下是 x，左边各元素之积 P，右边各元素之积 Q，与两者之积。涂色的是 x 里的 0 那一列。
    """
    left, top, gap = 76, 12, 18
    figure = Figure(left + len(x) * CELL + 24, top + 4 * CELL + 3 * gap + 12)
    zero = list(x).index(0)
    drawn = []
    rows = (("x", "*x*", x), ("左边之积", "*P*", P), ("右边之积", "*Q*", Q), ("其余元素之积", "*PQ*", P * Q))
    for k, (name, label, values) in enumerate(rows):
        y = top + k * (CELL + gap)
        figure.text(label, left - 16, y + CELL / 2, anchor="end")
        figure.array(name, values, left, y, lambda _, j: "meets" * (j == zero))
        drawn.append(figure.called(label.replace("*", ""), values))
    n, (given, before, after, product) = len(x), drawn
    joined = lambda places: "·".join(f"x[{k}]" for k in places) or "1"
    each = lambda cut: lambda x: [np.prod(x[cut(k)]) for k in range(n)]
    figure.explain(before, each(lambda k: slice(k)), given, words=lambda k: joined(range(k)))
    figure.explain(after, each(lambda k: slice(k + 1, n)), given, words=lambda k: joined(range(k + 1, n)))
    figure.explain(product, np.multiply, before, after)
    between = top + CELL + gap / 2
    figure.line((left + 4, between), (left + zero * CELL - 4, between), kind="accent")
    figure.line((left + (zero + 1) * CELL + 4, between), (left + len(x) * CELL - 4, between), kind="accent")
    return figure


def example_cumulative(x, G, ours):
    """$z_j$ 用到前 $j$ 个元素，把 $G_j$ 送给它们；竖着加，就是从右往左累加 $G$

    三行三列，第 j 行是 z 的第 j 个元素送给各个 x 的一份，用不到的是 0；最下面一行是各列之和，即 x 的梯度。
    """
    n, wide, left, top, gap = len(x), 56, 108, 36, 44
    (x_bar,) = ours.cumsum(x)[1](G)
    shares = np.tril(np.ones((n, n))) * G[:, None]
    below = top + n * CELL + gap
    figure = Figure(left + n * wide + 24, below + CELL + 36)
    kind = lambda i, j: "zero" if shares[i, j] == 0 else "meets" * (j == 1)
    sent = figure.array("送回的各份", shares, left, top, kind, wide)
    gradient = figure.array("x 的梯度", x_bar, left, below, lambda _, j: "meets" * (j == 1), wide)
    figure.explain(gradient, lambda shares: shares.sum(axis=0), sent)
    figure.barred("x", left - 20, below + CELL / 2)
    for k in range(n):
        middle = left + (k + 0.5) * wide
        figure.note(f"给 *x*{'₁₂₃'[k]}", middle, top - 16)
        figure.note(f"*G*{'₁₂₃'[k]} = {show(G[k])}", left - 12, top + (k + 0.5) * CELL, anchor="end")
        figure.arrow((middle, top + n * CELL + 8), (middle, below - 8), kind="accent" * (k == 1))
    total = " + ".join(show(share) for share in shares[1:, 1]) + f" = {show(x_bar[1])}"
    figure.text(total, left + n * wide / 2, below + CELL + 20, "accent")
    return figure
