"""一行与一列两两运算的表：对角线上的才是想要的。"""

from notes.drawing import CELL, Figure

LEFT, TOP, GAP = 96, 4, 12


def outer(row, column, table, function):
    """三者各是 (名字, 数组)：row 排在上边，column 排在左边，table 是 function(row, column)，两两运算的结果。"""
    (across, x), (down, y), (name, values) = row, column, table
    body, below = LEFT + CELL + GAP, TOP + CELL + GAP
    rows, columns = values.shape
    figure = Figure(body + columns * CELL + 4, below + rows * CELL + 4)
    figure.text(f"`{across}` {x.shape}", body - GAP, TOP + CELL / 2, anchor="end")
    figure.text(f"`{down}` {y.shape}", LEFT - GAP, below + rows * CELL / 2, anchor="end")
    above, beside = figure.array(across, x, body, TOP), figure.array(down, y, LEFT, below)
    figure.array(name, values, body, below, lambda i, j: "meets" if i == j else "zero")
    figure.explain(figure.called(f"({name})", values), function, above, beside)
    return figure
