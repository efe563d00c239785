"""“softmax 与 log_softmax”一页的图。"""

from notes.drawing import CELL, Figure


def blocks(z, J):
    """$2\\times3$ 的 softmax 的雅可比矩阵：每一行一块，对角线上是 $z_i(1-z_i)$，其余是 $-z_iz_a$

    六行六列的矩阵，左上、右下各有一个三行三列的块，两块之外都是 0。
    """
    rows, columns = z.shape
    size, wide, left, top = len(J), 64, 48, 56
    figure = Figure(left + size * wide + 8, top + size * CELL + 8)
    kind = lambda i, j: "meets" if i == j else "" if i // columns == j // columns else "zero"
    figure.array("雅可比矩阵", J, left, top, kind, wide)
    for r in range(rows):
        middle = (r + 0.5) * columns
        figure.note(f"对 *x* 的第 {r} 行", left + middle * wide, top - 36)
        figure.note("*z* 的", left - 24, top + middle * CELL - 10)
        figure.note(f"第 {r} 行", left - 24, top + middle * CELL + 10)
        figure.line((left + r * columns * wide + 4, top - 20), (left + (r + 1) * columns * wide - 4, top - 20))
    return figure
