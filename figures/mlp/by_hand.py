"""“手推两层网络”一页的图。"""

import numpy as np

from notes.drawing import CELL, SMALL, Figure


def example_backward(x, a, h, z, x_bar, h_bar, a_bar, z_bar, w, b, u, c):
    """一个样本，从左到右是前向，从右到左是反向；关着的隐藏单元，$\\bar a$ 是 0

    上面一排是 x、a、h、z，各是一列数；下面一排是它们的梯度，形状与上面的相同。
    """
    gap, left, top = 72, 24, 40
    figure = Figure(left + 4 * CELL + 3 * gap + 16, top + 7 * CELL + 88)
    forward, backward = (x, a, h, z), (x_bar, a_bar, h_bar, z_bar)
    words = ("乘 *w* 加 *b*", "relu", "乘 *u* 加 *c*")
    backwards = ("乘 *w*", "乘斜率", "乘 *u*")
    closed = [j for j in range(3) if a[j] <= 0]
    drawn = []
    for values, base, bar in ((forward, top, False), (backward, top + 3 * CELL + 84, True)):
        for k, (name, value) in enumerate(zip("xahz", values)):
            x_0, y_0 = left + k * (CELL + gap), base + (3 - len(value)) * CELL / 2
            kind = lambda i, _, name=name: "zero" if name in "ah" and i in closed else "meets" if bar else ""
            figure.array(f"{name} 的梯度" if bar else name, value[:, None], x_0, y_0, kind)
            drawn.append(figure.called(f"{name} 的梯度" if bar else name, value))
            put = figure.barred if bar else lambda n, *at: figure.text(f"*{n}*", *at)
            put(name, x_0 + CELL / 2, y_0 - 16)
        for k in range(3):
            start, end = left + k * (CELL + gap) + CELL + 8, left + (k + 1) * (CELL + gap) - 8
            middle = base + 1.5 * CELL
            figure.arrow(*[(end, middle), (start, middle)][:: 1 if bar else -1], kind="accent" if bar else "")
            figure.note((backwards if bar else words)[k], (start + end) / 2, middle - 14)
    steps = (lambda x: w @ x + b, lambda a: np.maximum(a, 0), lambda h: u @ h + c)
    pulls = (lambda a_bar: w.T @ a_bar, lambda h_bar: h_bar * (a > 0), lambda z_bar: u.T @ z_bar)
    relu = lambda j: f"max(0, a[{j}])"
    for k in range(3):
        figure.explain(drawn[k + 1], steps[k], drawn[k], words=relu if k == 1 else None)
        figure.explain(drawn[k + 4], pulls[k], drawn[k + 5])
    return figure


def mistakes(found):
    """十种写错的办法，各让哪几项对不上；从左往右第一个不对的，就是写错的一行

    一行是一种错，一列是一个梯度，从损失往回排；对的是勾，差一个倍数的写着倍数。
    """
    names, wide, left, top = ["Z", "U", "c", "H", "A", "W", "b", "X"], 39, 124, 36
    figure = Figure(left + wide * len(names) + 4, top + 32 * len(found) + 4)
    for k, name in enumerate(names):
        figure.barred(name, left + (k + 0.5) * wide, top - 16)
    for row, (mistake, verdicts) in enumerate(found.items()):
        y = top + 32 * row
        figure.text(mistake, left - 8, y + 16, anchor="end", size=SMALL)
        for k, name in enumerate(names):
            words = _brief(verdicts[name])
            figure.cell(words, left + k * wide, y, "zero" if words == "✓" else "error", wide, 32)
        figure.values.append(f"{mistake}：" + "，".join(f"{n} {_brief(verdicts[n])}" for n in names))
    return figure


def _brief(verdict):
    """比较的一句话，缩成几个字。"""
    if verdict.startswith("处处是"):
        return verdict.split()[1].replace("-", "−")
    return {"对": "✓", "不对": "✗"}.get(verdict, "形状")
