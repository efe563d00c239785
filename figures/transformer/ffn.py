"""“GLU 与残差”一页的图。"""

import numpy as np

from notes.drawing import Figure
from notes.drawing.plotting import Plot


def eq_4(x, A, B, H):
    """SwiGLU 前馈层的形状：$x$ 走两条路，一条当门，相乘之后再变回来；残差是绕过它的那条线

    左边是输入的形状，中间上下两个是两条路，右边是相乘之后与输出的形状；最下面一条线从输入直通加号。
    """
    figure = Figure(440, 208)
    shown = lambda array: str(tuple(array.shape))
    wide, high, middle = 62, 36, 76
    for name, array, left, top, kind in (
        ("*x*", x, 4, middle - 18, ""),
        ("*A*", A, 122, 28, ""),
        ("*B*", B, 122, 88, ""),
        ("*H*", H, 242, middle - 18, "meets"),
    ):
        figure.cell(shown(array), left, top, kind, wide, high)
        figure.text(name, left + wide / 2, top - 12)
        figure.values.append(f"{name.strip('*')} 的形状 {shown(array)}")
    figure.arrow((66, middle - 4), (119, 46))
    figure.arrow((66, middle + 4), (119, 106))
    figure.note("*W*", 88, 48)
    figure.note("*V*", 88, 106)
    figure.arrow((184, 46), (239, middle - 4))
    figure.arrow((184, 106), (239, middle + 4))
    figure.note("silu", 216, 46)
    figure.arrow((304, middle), (351, middle))
    figure.note("*U*", 326, middle - 14)
    figure.cell("+", 354, middle - 16, "", 32, 32)
    figure.arrow((386, middle), (432, middle))
    figure.arrow((35, middle + 20), (35, 170), (370, 170), (370, middle + 19), kind="accent")
    figure.note("残差：原样", 200, 188, "accent")
    return figure


def depth(plain, straight):
    """30 层，从最后一层往回，梯度的长度是开始时的几倍，纵轴是常用对数：淡的没有残差，深的有

    横轴是往回走了几层。没有残差的一路降到一万分之几，有残差的慢慢升到十倍左右。
    """
    figure = Figure(436, 226)
    plot = Plot(figure, 62, 10, 362, 186, (0, 30), (-4, 1.5))
    for power, words in ((1, "10"), (0, "1"), (-1, "0.1"), (-2, "0.01"), (-3, "0.001"), (-4, "0.0001")):
        figure.line(plot.place(0, power), plot.place(30, power), kind="grid")
        figure.note(words, 54, plot.place(0, power)[1], anchor="end")
    for k in (0, 10, 20, 30):
        figure.note(str(k), plot.place(k, 0)[0], 212)
    for each, kind in ((plain, ""), (straight, "accent")):
        plot.curve(np.arange(31), np.log10(each / each[0]), kind)
    return figure
