"""“交叉熵：cross_entropy、nll_loss”一页的图。"""

import numpy as np

from notes.drawing import CELL, Figure


def example(x, t, backward):
    """概率减去独热向量，再除以样本数，就是 $\\bar x$；每一行加起来是 0

    上面一行左边是概率，右边是独热向量；相减，再除以样本数，得到下面的 x 的梯度。
    """
    p = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    (x_bar,) = backward(1.0)
    rows, columns = x.shape
    wide, gap, left, top = 62, 44, 8, 36
    target = lambda i, j: "meets" * (t[i] == j)
    across, below = left + columns * wide + gap, top + rows * CELL + 84
    figure = Figure(across + columns * wide + 8, below + rows * CELL + 8)
    figure.text("*p*", left + columns * wide / 2, top - 18)
    figure.array("概率", p, left, top, target, wide)
    probability = figure.called("p", p)
    figure.text("−", across - gap / 2, top + rows * CELL / 2)
    figure.text("*q*", across + columns * wide / 2, top - 18)
    figure.array("独热向量", np.eye(columns)[t], across, top, target, wide)
    wanted = figure.called("q", np.eye(columns)[t])
    middle = across - gap / 2
    figure.arrow((middle, top + rows * CELL + 8), (middle, below - 36))
    figure.note(f"÷ {rows}", middle + 12, (top + rows * CELL + below) / 2 - 14, anchor="start")
    start = middle - columns * wide / 2
    figure.barred("x", start + columns * wide / 2, below - 18)
    gradient = figure.array("x 的梯度", x_bar, start, below, target, wide)
    figure.explain(gradient, lambda p, q: (p - q) / rows, probability, wanted)
    return figure
