"""“原地操作与视图”一页的图。"""

from itertools import product

from notes.drawing import CELL, Figure

LEFT, WIDTH, STEP = 84, 64, 76  # 写名字的余地、一个大小的宽、相邻两根轴的间隔


def example(x, y):
    """相加的结果放得进新的内存，放不进 `x` 的：标红的两根轴要变大，而 `x` 不能变

    三个形状逐轴排列：x、y 与相加的结果，x 与结果不同的轴标了出来。
    """
    shapes = [x.shape, y.shape, (x + y).shape]
    tops = [36, 36 + CELL + 8, 36 + 2 * CELL + 28]
    figure = Figure(LEFT + 2 * STEP + WIDTH + 4, tops[2] + CELL + 34)
    for name, top in zip(("`x`", "`y`", "`x + y`"), tops):
        figure.text(name, LEFT - 16, top + CELL / 2, anchor="end")
    for axis, sizes in enumerate(zip(*shapes)):
        left = LEFT + axis * STEP
        grows = sizes[0] != sizes[2]
        figure.note(f"轴 {axis}", left + WIDTH / 2, 18)
        for size, top, kind in zip(sizes, tops, ("error" * grows, "", "error" * grows)):
            figure.cell(size, left, top, kind, WIDTH)
        reason = f"{sizes[0]} 放不下 {sizes[2]}" if grows else "相等"
        figure.note(reason, left + WIDTH / 2, tops[2] + CELL + 20, "error" * grows)
    figure.values.append(f"x 的形状 {shapes[0]}，y 的形状 {shapes[1]}，结果的形状 {shapes[2]}")
    return figure


def strides(row, wide):
    """`wide` 的六个位置只指着三处内存：向下走一步，字节数不变，还停在原来的数上

    上面是视图，每格下方是它离开头的字节数；下面是内存，一列指着一处。
    """
    rows, columns = wide.shape
    width, height, top, left = 72, CELL + 22, 34, 76
    memory = top + rows * height + 58
    figure = Figure(left + columns * width + 4, memory + CELL + 66)
    figure.text("`wide`", left - 16, top + rows * height / 2 - 11, anchor="end")
    figure.text(f"{wide.shape}", left - 16, top + rows * height / 2 + 11, anchor="end")
    figure.text("内存", left - 16, memory + CELL / 2, anchor="end")
    for i, j in product(range(rows), range(columns)):
        offset = sum(index * stride for index, stride in zip((i, j), wide.strides))
        kind = "copy" if i else ""
        figure.cell("", left + j * width, top + i * height, kind, width, height)
        figure.text(f"{wide[i, j]:g}", left + (j + 0.5) * width, top + i * height + 22, kind)
        figure.note(f"{offset} 字节", left + (j + 0.5) * width, top + i * height + 46)
        figure.values.append(f"wide[{i}, {j}] 是 {wide[i, j]:g}，离开头 {offset} 字节")
    for j in range(columns):
        middle = left + (j + 0.5) * width
        figure.arrow((middle, top + rows * height + 8), (middle, memory - 8), kind="accent")
        figure.note(str(j * row.itemsize), middle, memory + CELL + 18)
    figure.array("内存", row, left, memory, width=width)
    down, along = wide.strides
    figure.note(f"向右一步 +{along} 字节", left + columns * width / 2, top - 18)
    figure.note(f"向下一步 +{down} 字节", left + columns * width / 2, memory + CELL + 46, "accent")
    return figure
