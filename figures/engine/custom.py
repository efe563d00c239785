"""“自己写一个 autograd.Function”一页的图。"""

from notes.drawing import Figure


def shapes(x, y, G, x_bar, y_bar):
    """前向把两个形状广播成一个，反向把 $G$ 还原成两个

    左边是两个输入的形状，中间是输出的形状，右边是两个梯度的形状，与输入一一相同。
    """
    figure = Figure(440, 176)
    for top, name, array in ((30, "x", x), (100, "y", y)):
        figure.note(name, 12, top + 20)
        figure.cell(str(tuple(array.shape)), 28, top, "", 84, 40)
        figure.arrow((112, top + 20), (173, 85))
        figure.values.append(f"{name} 的形状 {tuple(array.shape)}")
    figure.cell(str(tuple(G.shape)), 178, 65, "meets", 84, 40)
    figure.note("z 与 G", 220, 50)
    for top, name, gradient in ((30, "x", x_bar), (100, "y", y_bar)):
        figure.arrow((262, 85), (325, top + 20), kind="accent")
        figure.cell(str(tuple(gradient.shape)), 328, top, "", 84, 40)
        figure.barred(name, 426, top + 20, "accent")
        figure.values.append(f"{name} 的梯度的形状 {tuple(gradient.shape)}")
    figure.note("前向", 142, 160)
    figure.note("反向", 294, 160, "accent")
    return figure
