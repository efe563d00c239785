"""“池化”一页的图。"""

from notes.drawing import CELL, Figure, show


def example(x, G, most, mean, max_pool2d, avg_pool2d):
    """正中的 9 在四个窗口里都最大，收到 $1+2+4+8=15$；平均时每个 $G$ 平分给窗口里的四个数，正中收到 $15/4$

    从左到右是 x、上游梯度 G、最大池化的梯度、平均池化的梯度，涂色的是正中的像素。
    """
    cell, top, gap = 35, 34, 12
    panels = (("x", x[0], ""), ("G", G[0], ""), ("x", most, "最大"), ("x", mean, "平均"))
    figure = Figure(12 + 11 * cell + 3 * gap, top + 3 * cell + 34)
    left, drawn = 6, []
    for name, values, note in panels:
        rows, columns = values.shape
        down = top + (3 - rows) * cell / 2
        middle = left + columns * cell / 2
        (figure.barred if note else figure.text)(name if note else f"*{name}*", middle, down - 18)
        if note:
            figure.note(note, middle, top + 3 * cell + 16)
        _cells(
            figure, f"{note}{name}", values, left, down, lambda i, j, n=rows: "meets" * (n == 2 or i == j == 1), cell
        )
        drawn.append(figure.called(f"{note} x 的梯度" if note else name, values))
        left += columns * cell + gap
    for gradient, pool in zip(drawn[2:], (max_pool2d, avg_pool2d)):
        figure.explain(gradient, lambda G: pool(x, kernel_size=2, stride=1)[1](G[None])[0], drawn[1])
    return figure


def _cells(figure, name, values, left, top, kind, size):
    """一个矩阵，格子的边长是 size。"""
    rows = [[show(v) for v in row] for row in values]
    figure.values.append(f"{name}：" + "；".join("，".join(row) for row in rows))
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            figure.cell(value, left + j * size, top + i * size, kind(i, j), size, size)


def ceil(x, avg_pool2d):
    """6 个输入，左右各补一格，核 3，步长 2。`ceil_mode` 多出最后一个窗口：一个输入，一格补零，一格悬在外面；悬出去的不算

    上面一排从左到右是一格补零、六个输入、一格补零、一格悬出去的；下面四条横线是四个窗口，旁边写着除以几。
    """
    n, k, s, p = x.shape[-1], 3, 2, 1
    z, _ = avg_pool2d(x, kernel_size=(1, k), stride=s, padding=(0, p), ceil_mode=True)
    left, top = 46, 30
    figure = Figure(left + (n + 2 * p + 1) * CELL + 34, top + CELL + 4 * 30 + 26)
    at = lambda i: left + (i + p) * CELL
    for i in range(-p, n + p + 1):
        name, kind = (f"{i}", "") if 0 <= i < n else ("补", "zero") if i < n + p else ("悬", "zero")
        figure.cell(name, at(i), top, kind)
    figure.line((at(n + p), top - 12), (at(n + p), top + CELL + 4 * 30 + 10), kind="dotted")
    for o, share in enumerate(z[0, 0]):
        start, height = s * o - p, top + CELL + 18 + o * 30
        last = "accent" * (o == 3)
        figure.line((at(start) + 4, height), (at(start + k) - 4, height), kind=last)
        real = [i for i in range(start, start + k) if 0 <= i < n]
        declared = round(len(real) / share)  # 全是 1 的输入，输出是真的个数除以它
        for i in real:
            figure.dot(at(i) + CELL / 2, height, last)
        figure.values.append(f"窗口 {o} 从 {start} 到 {start + k - 1}，算补零除以 {declared}，不算除以 {len(real)}")
        figure.note(f"{declared}", at(start + k) + 6, height, last, anchor="start")
    figure.note("横线右端是算补零时除以几，圆点是真的输入", figure.width / 2, top + CELL + 4 * 30 + 18)
    return figure


def adaptive(share):
    """5 个像素分成 3 个窗口，相邻的两个窗口重叠一格。右边是 $G$ 除以窗口里的个数，重叠处收到两份

    上面一排是五个像素，下面三条横线是三个窗口与它们的上游梯度，最下面一排是像素的梯度。
    """
    left, top, G = 60, 12, (2, 3, 4)
    figure = Figure(left + 5 * CELL + 70, top + 2 * CELL + 3 * 30 + 24)
    for i in range(5):
        figure.cell(f"{i}", left + i * CELL, top, "meets" * (i in (1, 3)))
    for o in range(3):
        a, b, height = o * 5 // 3, -(-(o + 1) * 5 // 3), top + CELL + 18 + o * 30
        figure.line((left + a * CELL + 4, height), (left + b * CELL - 4, height), kind="accent")
        for i in range(a, b):
            figure.dot(left + (i + 0.5) * CELL, height, "accent")
        figure.note(f"{G[o]}/{b - a}", left + 5 * CELL + 10, height, anchor="start")
        figure.values.append(f"窗口 {o} 从 {a} 到 {b - 1}，上游梯度 {G[o]}")
    figure.array("x 的梯度", share, left, top + CELL + 3 * 30 + 10, lambda _, j: "meets" * (j in (1, 3)))
    figure.text("*x*", left - 20, top + CELL / 2)
    figure.barred("x", left - 20, top + CELL + 3 * 30 + 10 + CELL / 2)
    return figure


def ties(x, first, even):
    """两个窗口里都是两个 2 打平。`max_pool2d` 各给第一个，位置 1 收到 $3+5=8$；均分时各得一半，位置 1、2 都收到 4

    上面是 x 与两个窗口，左边的窗口的上游梯度是 3，右边的是 5；下面两排是归第一个与均分的梯度。
    """
    left, top = 110, 12
    figure = Figure(left + 4 * CELL + 60, top + 3 * CELL + 96)
    figure.text("*x*", left - 20, top + CELL / 2)
    figure.array("x", x[0, 0], left, top, lambda _, j: "meets" * (j in (1, 2)))
    for o, g in enumerate((3, 5)):
        height = top + CELL + 16 + o * 24
        figure.line((left + o * CELL + 4, height), (left + (o + 3) * CELL - 4, height), kind="accent" * (o == 0))
        figure.note(f"*G* = {g}", left + 4 * CELL + 10, height, anchor="start")
    below = top + CELL + 64
    for k, (name, values) in enumerate((("归第一个", first), ("均分", even))):
        figure.array(name, values, left, below + k * (CELL + 14), lambda _, j: "meets" * (j in (1, 2)))
        figure.note(name, left - 10, below + k * (CELL + 14) + CELL / 2, anchor="end")
    return figure
