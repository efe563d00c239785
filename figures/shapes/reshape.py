"""“改变形状与调换轴”一页的图。"""

from drawing import CELL, Figure


def setup(x):
    """`x` 的第 0 行，`reshape` 之后仍连着排，`transpose` 之后成了第 0 列

    左边是 `x`，中间是 `reshape` 成 (3, 2)，右边是 `transpose`，涂色的是 `x` 的第 0 行。
    """
    top, left, gap = 36, 12, 56
    figure = Figure(2 * left + 2 * gap + 7 * CELL, top + 3 * CELL + 12)
    columns = x.shape[1]
    arrays = [
        ("x", x, lambda i, j: "meets" * (i == 0)),
        ("reshape", x.reshape(3, 2), lambda i, j: "meets" * (2 * i + j < columns)),
        ("transpose", x.T, lambda i, j: "meets" * (j == 0)),
    ]
    for name, array, chosen in arrays:
        width = array.shape[1] * CELL
        figure.text(f"*{name}*" if name == "x" else name, left + width / 2, top - 18)
        figure.array(name, array, left, top, chosen)
        left += width + gap
    return figure
