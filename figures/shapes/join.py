"""“拼接、切开、补零、平铺”一页的图。"""

from notes.drawing import CELL, Figure


def tile(x, z, G, tile):
    """`reps=2` 只重复最后一个轴：$x_{01}$ 用在 $z_{01}$ 与 $z_{04}$ 两处，梯度是 $G$ 里这两处之和

    从左到右是 `x`、平铺出来的 `z`、上游梯度 G，涂色的是同一个元素的各份。
    """
    top, left, gap = 36, 12, 40
    figure = Figure(2 * left + gap + 9 * CELL, 2 * top + 4 * CELL + 24)
    chosen = lambda i, j: "meets" * (i == 0 and j % x.shape[1] == 1)
    right = left + x.shape[1] * CELL + gap
    figure.text("*x*", left + 1.5 * CELL, top - 18)
    given = figure.array("x", x, left, top, chosen)
    figure.text("*z*", right + 3 * CELL, top - 18)
    figure.explain(figure.array("z", z, right, top, chosen), lambda x: tile(x, reps=2)[0], given)
    below = top + 2 * CELL + 40
    figure.text("*G*", right - gap / 2, below + CELL)
    figure.array("G", G, right, below, chosen)
    return figure


def example(G, x_bar, y_bar, backward):
    """在接缝 $o_1=2$ 处把 $G$ 切开，前两列与最后一列各还给自己的输入

    上面是上游梯度 G，列的上方写着下标，虚线是接缝；下面左边是 x 的梯度，右边是 y 的梯度。
    """
    left, top, gap = 60, 52, 56
    seam, below = x_bar.shape[1], top + 2 * CELL + gap
    apart = CELL
    figure = Figure(left + 3 * CELL + apart + 48, below + 2 * CELL + 12)
    start = left + apart / 2
    chosen = lambda _, j: "meets" * (j >= seam)
    figure.text("*G*", start - 20, top + CELL)
    upstream = figure.array("G", G, start, top, chosen)
    for j in range(G.shape[1]):
        figure.note(str(j), start + (j + 0.5) * CELL, top - 18)
    at = start + seam * CELL
    figure.line((at, top - 32), (at, top + 2 * CELL + 16), kind="dotted")
    right = left + seam * CELL + apart
    figure.arrow((start + CELL, top + 2 * CELL + 8), (left + CELL, below - 8))
    figure.arrow((at + CELL / 2, top + 2 * CELL + 8), (right + CELL / 2, below - 8), kind="accent")
    first = figure.array("x 的梯度", x_bar, left, below)
    second = figure.array("y 的梯度", y_bar, right, below, lambda *_: "meets")
    figure.explain(first, lambda G: backward(G)[0], upstream)
    figure.explain(second, lambda G: backward(G)[1], upstream)
    figure.barred("x", left - 20, below + CELL)
    figure.barred("y", right + CELL + 20, below + CELL)
    return figure


def pad(G, x_bar, backward):
    """前面补一行、右边补两列：$G$ 里只有原来的一块还回去，落在补上去的 0 上的都丢掉

    左边是上游梯度 G，涂色的一块对应 x；右边是 x 的梯度，就是那一块。
    """
    left, top, gap = 12, 36, 64
    rows, columns = x_bar.shape
    before = len(G) - rows
    right = left + G.shape[1] * CELL + gap
    figure = Figure(right + columns * CELL + 12, top + len(G) * CELL + 12)
    figure.text("*G*", left + G.shape[1] * CELL / 2, top - 18)
    upstream = figure.array("G", G, left, top, lambda i, j: "meets" if i >= before and j < columns else "zero")
    below = top + before * CELL
    figure.barred("x", right + columns * CELL / 2, below - 18)
    gradient = figure.array("x 的梯度", x_bar, right, below, lambda *_: "meets")
    figure.explain(gradient, lambda G: backward(G)[0], upstream)
    middle = below + rows * CELL / 2
    figure.arrow((left + G.shape[1] * CELL + 8, middle), (right - 8, middle), kind="accent")
    return figure


def modes(results, G, pad):
    """`reflect`：每个 $G_p$ 沿箭头加到它的 $z_p$ 取自的那个 $x_i$ 上；$x_0$ 与 $x_2$ 各收两份，$x_1$ 收三份

    上面一行是补过的 z，涂色的三个是原来的 x；中间一行是上游梯度 G，下面是 x 的梯度。
    """
    z, x_bar = results["reflect"]
    before, n = (len(z) - len(x_bar)) // 2, len(x_bar)
    x = z[before : before + n]
    left, top, gap = 48, 12, 88
    below = top + 2 * CELL + gap
    figure = Figure(left + len(z) * CELL + 12, below + CELL + 12)
    own = lambda _, j: "meets" * (before <= j < before + n)
    figure.text("*z*", left - 24, top + CELL / 2)
    padded = lambda x: pad(x, pad_width=before, mode="reflect")
    figure.array("z", z, left, top, own)
    figure.text("*G*", left - 24, top + 1.5 * CELL)
    upstream = figure.array("G", G, left, top + CELL, own)
    figure.barred("x", left + before * CELL - 24, below + CELL / 2)
    gradient = figure.array("x 的梯度", x_bar, left + before * CELL, below, lambda *_: "meets")
    figure.explain(gradient, lambda G: padded(x)[1](G)[0], upstream)
    for p, value in enumerate(z):
        i = before + list(x).index(value)
        spread = 11 * ((p > i) - (p < i))
        ends = (left + (p + 0.5) * CELL, top + 2 * CELL + 4), (left + (i + 0.5) * CELL + spread, below - 6)
        figure.arrow(*ends, kind="accent" if p == i else "")
    return figure
