"""“零维与零尺寸”一页的图。"""

from notes.drawing import CELL, Figure


def eq_1(shapes, left):
    """一格一个元素。`()` 有一格而没有轴；有一根轴的大小是 0，就一格也没有

    每个形状画成格子：没有轴的画一格，大小是 0 的轴画成虚线。
    """
    count = dict(zip(shapes, left))
    places = [[((), 24), ((0,), 116), ((1,), 180), ((3,), 272)], [((2, 3), 4), ((3, 0), 196), ((0, 3), 272)]]
    figure = Figure(396, 290)
    for line, bottom in zip(places, (8 + CELL, 120 + 3 * CELL)):
        for shape, start in line:
            rows, columns = (1, 1, *shape)[-2:]
            width, height = columns * CELL, rows * CELL
            upper = bottom - height
            for i in range(rows):
                for j in range(columns):
                    figure.cell("", start + j * CELL, upper + i * CELL, "meets" if shape == () else "")
            if not rows * columns:
                figure.line((start, upper), (start + width, bottom), kind="dotted")
            figure.text(f"`{shape}`", start + width / 2, bottom + 20)
            figure.note(f"{count[shape]} 个", start + width / 2, bottom + 42)
            figure.values.append(f"{shape} 有 {count[shape]} 个元素")
    return figure
