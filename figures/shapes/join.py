"""“拼接、切开、补零、平铺”一页的图。"""

from drawing import CELL, Figure


def tile(x, z, G):
    """`reps=2` 只重复最后一个轴：$x_{01}$ 用在 $z_{01}$ 与 $z_{04}$ 两处，梯度是 $G$ 里这两处之和

    从左到右是 `x`、平铺出来的 `z`、上游梯度 G，涂色的是同一个元素的各份。
    """
    top, left, gap = 36, 12, 40
    figure = Figure(2 * left + gap + 9 * CELL, 2 * top + 4 * CELL + 24)
    chosen = lambda i, j: "meets" * (i == 0 and j % x.shape[1] == 1)
    right = left + x.shape[1] * CELL + gap
    figure.text("*x*", left + 1.5 * CELL, top - 18)
    figure.array("x", x, left, top, chosen)
    figure.text("*z*", right + 3 * CELL, top - 18)
    figure.array("z", z, right, top, chosen)
    below = top + 2 * CELL + 40
    figure.text("*G*", right - gap / 2, below + CELL)
    figure.array("G", G, right, below, chosen)
    return figure
