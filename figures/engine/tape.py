"""“磁带”一页的图。"""

from notes.drawing import Figure, show

ROW, HIGH = 96, 48  # 行距，一格的高


def walk(tape, x, G, b_bar, direct, first, second, a_bar):
    """左边是磁带，从上往下记；右边是同一张计算图，从下往上送梯度，$a$ 收到三份

    磁带有三行，每行写着编号、怎样得来、值。计算图的三个节点与它们对齐，箭头是反向的方向，旁边写着送回的一份。
    """
    figure = Figure(440, 44 + 2 * ROW + HIGH + 12)
    rows = [("0", "输入", x)]
    for number, (operator, used, outputs, _) in enumerate(tape.steps, 1):
        rows.append((str(number), f"{operator.__name__} {used[0]}, {used[1]}", outputs[0]))
    figure.note("磁带", 94, 16)
    figure.note("计算图", 282, 16)
    for k, (number, made, value) in enumerate(rows):
        top = 36 + k * ROW
        figure.cell(number, 4, top, "meets", 32, HIGH)
        figure.cell(made, 36, top, "", 80, HIGH)
        figure.cell(_listed(value), 116, top, "", 68, HIGH)
        figure.values.append(f"第 {number} 行：{made}，值 {_listed(value)}")
    for k, (name, bar) in enumerate((("a", a_bar), ("b", b_bar), ("c", G))):
        top = 36 + k * ROW
        figure.cell("", 212, top, "", 140, HIGH)
        figure.barred(name, 236, top + HIGH / 2, "accent")
        figure.text(f"= {_listed(bar)}", 250, top + HIGH / 2, "accent", "start")
        figure.values.append(f"{name} 的梯度 {_listed(bar)}")
    _share(figure, 232, 1, first)
    _share(figure, 302, 1, second)
    _share(figure, 232, 2, b_bar)
    bottom, top = 36 + 2 * ROW + HIGH / 2, 36 + HIGH / 2
    figure.arrow((352, bottom), (374, bottom), (374, top), (355, top))
    figure.note(_listed(direct), 380, 36 + ROW + HIGH / 2, anchor="start")
    figure.values.append(f"c 直接送回 a 的是 {_listed(direct)}")
    return figure


def _share(figure, across, row, share):
    """从第 row 个节点送回上面那个节点的一份。"""
    bottom = 36 + row * ROW
    figure.arrow((across, bottom), (across, bottom - ROW + HIGH + 3))
    figure.note(_listed(share), across + 6, bottom - (ROW - HIGH) / 2, anchor="start")
    figure.values.append(f"第 {row} 行送回上一行的是 {_listed(share)}")


def _listed(values):
    return "[" + ", ".join(map(show, values)) + "]"
