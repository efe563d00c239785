"""“einsum 的梯度”一页的图。"""

from notes.drawing import CELL, Figure


def alone(x, y, G, x_bar, einsum):
    """`ij,i->i`：$x$ 的梯度里没有下标 $j$，$G_iy_i$ 沿 $j$ 抄满一行

    从左到右是上游梯度 G、y，与 x 的梯度，后者每一行的三个数相同。
    """
    left, top, gap = 16, 36, 36
    middle, right = left + CELL + gap, left + 2 * CELL + 2 * gap + 12
    figure = Figure(right + 3 * CELL + 16, top + 2 * CELL + 12)
    kind = lambda i, _: "meets" * (i == 1)
    drawn = []
    for name, values, place in (("G", G, left), ("y", y, middle)):
        figure.text(f"*{name}*", place + CELL / 2, top - 18)
        figure.array(name, values[:, None], place, top, kind)
        drawn.append(figure.called(name, values))
    figure.barred("x", right + 1.5 * CELL, top - 18)
    gradient = figure.array("x 的梯度", x_bar, right, top, kind)
    pull = lambda G, y: einsum(x, y, subscripts="ij,i->i")[1](G)[0]
    figure.explain(gradient, pull, *drawn)
    for i in range(2):
        height = top + (i + 0.5) * CELL
        figure.text("×", left + CELL + gap / 2, height)
        figure.arrow((middle + CELL + 8, height), (right - 6, height), kind="accent" if i == 1 else "")
    return figure


def renamed(routes):
    """求谁的梯度，就把谁的下标与输出的下标对调，它的位置上换成 $G$

    三行，每行两个输入、一个输出，格子里是下标。第一行是前向，第二行求 x 的梯度，第三行求 y 的梯度，涂色的是对调了的两组。
    """
    left, top, gap, comma = 64, 40, 40, 24
    places = [left, left + 2 * CELL + comma, left + 4 * CELL + comma + 2 * gap]
    names = {"z": ("x", "y", "z"), "x": ("G", "y", "x"), "y": ("x", "G", "y")}
    figure = Figure(places[2] + 2 * CELL + 16, top + 3 * CELL + 2 * 48 + 12)
    for row, (target, route) in enumerate(routes.items()):
        y = top + row * (CELL + 48)
        figure.note("前向" if target == "z" else "反向", left / 2 - 4, y + CELL / 2)
        for k, (letters, place) in enumerate(zip(route.replace("->", ",").split(","), places)):
            name = names[target][k]
            swapped = target != "z" and (k == 2 or name == "G")
            middle = place + CELL
            figure.barred(name, middle, y - 16) if k == 2 and target != "z" else figure.text(
                f"*{name}*", middle, y - 16
            )
            for n, letter in enumerate(letters):
                figure.cell(letter, place + n * CELL, y, "meets" * swapped)
        figure.text(",", places[1] - comma / 2, y + CELL / 2 + 6)
        figure.arrow((places[1] + 2 * CELL + 10, y + CELL / 2), (places[2] - 10, y + CELL / 2))
        figure.values.append(f"{route}")
    return figure
