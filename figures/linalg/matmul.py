"""“matmul、outer 与 linear”一页的图。"""

from notes.drawing import CELL, Figure


def example(A, G, B_bar):
    """$B$ 被两批共用：第 $t$ 批给出一块 $A_t^\\top G_t$，两块相加才是 $\\bar B$

    上面是两批各自的外积，每一块与 B 同形；下面是它们的和，即 B 的梯度。
    """
    n, p = B_bar.shape
    drawn = []
    gap, left, top = 44, 20, 36
    wide, high = p * CELL, n * CELL
    figure = Figure(2 * left + 2 * wide + gap, 2 * top + 2 * high + 52)
    middle = left + wide + gap / 2
    below = top + high + 52 + 12
    for t in range(len(A)):
        x, block = left + t * (wide + gap), A[t].T @ G[t]
        figure.note(f"第 {t} 批", x + wide / 2, top - 16)
        figure.array(f"第 {t} 批的一块", block, x, top, lambda i, j, block=block: "zero" * bool(block[i, j] == 0))
        drawn.append(figure.called(f"第 {t} 块", block))
        turn = top + high + 24
        figure.line((x + wide / 2, top + high + 6), (x + wide / 2, turn), (middle, turn))
    figure.arrow((middle, top + high + 24), (middle, below - 6))
    figure.text("+", middle, top + high / 2)
    gradient = figure.array("B 的梯度", B_bar, middle - wide / 2, below, lambda *_: "meets")
    figure.explain(gradient, lambda *blocks: sum(blocks), *drawn)
    figure.barred("B", middle - wide / 2 - 18, below + high / 2)
    return figure
