"""“dropout”一页的图。"""

from notes.drawing import CELL, Figure


def example(x, G, mask, z, backward):
    """$p=\\frac34$：前向往下，反向也往下，掩码是同一个，留下的乘 4

    第 1、2 格被丢弃，两个方向都是 0；第 0、3 格留下，乘 4。
    """
    (x_bar,) = backward(G)
    left, gap, top = 44, 32, 30
    wide = len(x) * CELL
    figure = Figure(left + 2 * wide + gap + 44, top + 3 * (CELL + 26) - 20)
    kept = lambda i, j: "" if mask[j] else "zero"
    for k, (title, given, result, names) in enumerate((("前向", x, z, "xz"), ("反向", G, x_bar, "Gx"))):
        at = left + k * (wide + gap)
        figure.note(title, at + wide / 2, 12)
        drawn = []
        for row, values in enumerate((given, mask.astype(float), result)):
            name = (names[0], "m", names[1])[row]
            figure.array(f"{title}的 {name}{'̄' * (k and row == 2)}", values, at, top + row * (CELL + 26), kept)
            drawn.append(figure.called(name + " 的梯度" * (k and row == 2), values))
            side = at - 16 if k == 0 else at + wide + 16
            middle = top + row * (CELL + 26) + CELL / 2
            (figure.barred if k and row == 2 else figure.text)(name if k and row == 2 else f"*{name}*", side, middle)
        figure.explain(drawn[2], lambda given, m: given * m / (1 - 0.75), *drawn[:2])
        for row in (0, 1):
            for j in range(len(x)):
                middle, y = at + (j + 0.5) * CELL, top + row * (CELL + 26) + CELL
                if mask[j]:
                    figure.arrow((middle, y + 4), (middle, y + 22), kind="accent")
    return figure
