"""“求和、平均、方差、范数”一页的图。"""

from notes.drawing.folding import fold


def setup(x, z, G, x_bar, ours):
    """前向沿轴 1 求和，每行合成一个数；反向把 $G$ 的每个数抄给它那一行的每个元素

    上面一行是 x 与它各行之和 z，下面一行是上游梯度 G 与 x 的梯度，后者每一行的四个数相同。
    """
    return fold(x, z, G, x_bar, "轴 1 求和", "抄回去", lambda i, _: "meets" * (i == 0), lambda x: ours.sum(x, axis=1))
