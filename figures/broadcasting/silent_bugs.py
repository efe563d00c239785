"""“静默错误集”一页的图。"""

from notes.drawing import CELL, Figure
from notes.drawing.outer import outer


def example(p, t):
    """要的只是对角线上的 $p_i-t_i$；其余的格子，是一个样本的预测减去另一个样本的目标

    左边一列是预测，上边一行是目标，中间是广播算出的差，对角线标了出来。
    """
    return outer(("t", t), ("p", p), ("p − t", p - t), lambda t, p: p - t)


def keepdims(X, mean):
    """左边是程序做的：第 0 行的平均减到了第 0 列上；右边是要做的：减在自己那一行

    两边都是 X 与各行的平均。左边平均排成一行，对着列；右边平均排成一列，对着行。
    """
    rows, columns = X.shape
    top, gap, between = 68, 12, 60
    width = columns * CELL
    right = width + between
    figure = Figure(right + width + gap + CELL + 4, top + gap + (rows + 1) * CELL + 30)
    body = top + CELL + gap
    figure.text(f"`mean` {mean.shape}", 2 + width / 2, top - 20)
    figure.array("左边的平均", mean, 2, top, lambda _, j: "error" if j == 0 else "")
    wrong = figure.called("mean", mean)
    figure.array("左边的 X", X, 2, body, lambda _, j: "error" if j == 0 else "")
    average = lambda i, _=0: "(" + " + ".join(f"X[{i},{j}]" for j in range(columns)) + f")/{columns}"
    figure.explain(wrong, lambda X: X.mean(axis=1), figure.called("X", X), words=average)
    figure.text(f"`mean` {(rows, 1)}", right + width + gap + CELL + 2, body - 20, anchor="end")
    figure.array("右边的平均", mean[:, None], right + width + gap, body, lambda i, _: "meets" if i == 0 else "")
    column = figure.called("mean", mean[:, None])
    figure.array("右边的 X", X, right, body, lambda i, _: "meets" if i == 0 else "")
    figure.explain(column, lambda X: X.mean(axis=1, keepdims=True), figure.called("X", X), words=average)
    figure.note("没有 keepdims", 2 + width / 2, body + rows * CELL + 20)
    figure.note("keepdims=True", right + width / 2, body + rows * CELL + 20)
    return figure
