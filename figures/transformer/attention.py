"""“缩放点积注意力”一页的图。"""

import numpy as np

from notes.drawing import CELL, Figure, show


def setup(key, value, O, K_bar, V_bar):
    """前向，三个值按权重平均成输出；反向，$g$ 按权重分给三个值，分数的梯度之和是 0

    左边一列是权重，右边是三个值与输出；下面是分数的梯度与三个值的梯度。
    """
    P = np.exp(key) / np.exp(key).sum()
    left, right, top, below = 60, 190, 34, 34 + 3 * CELL + 92
    figure = Figure(440, below + 3 * CELL + 8)
    figure.text("*p*", left + 32, top - 17)
    figure.array("权重", P, left, top, lambda i, j: "meets", 64)
    weights = figure.called("p", P[:, 0])
    figure.text("*V*", right + CELL, top - 17)
    figure.array("值", value, right, top)
    values = figure.called("V", value)
    figure.text("*O*", right + 3 * CELL + 50, top - 17)
    figure.array("输出", O, right + 2 * CELL + 50, top + CELL, lambda i, j: "meets")
    output = figure.called("O", O[0])
    figure.arrow((right + 2 * CELL + 8, top + 1.5 * CELL), (right + 2 * CELL + 42, top + 1.5 * CELL))
    figure.note("乘权重，相加", right + 40, top + 3 * CELL + 16)
    figure.note("分数的梯度", left + 32, below - 18)
    figure.array("分数的梯度", K_bar, left, below, lambda i, j: "meets" if K_bar[i, j] > 0 else "", 64)
    scores = figure.called("s 的梯度", K_bar[:, 0])
    figure.barred("V", right + CELL, below - 18)
    figure.array("值的梯度", V_bar, right, below)
    gradient = figure.called("V 的梯度", V_bar)
    figure.text("*g*", right + 3 * CELL + 50, below - 18)
    figure.array("上游梯度", [[4, 2]], right + 2 * CELL + 50, below + CELL)
    upstream = figure.called("g", [4, 2])
    figure.arrow((right + 2 * CELL + 42, below + 1.5 * CELL), (right + 2 * CELL + 8, below + 1.5 * CELL), kind="accent")
    figure.values.append(f"分数的梯度之和是 {show(K_bar.sum())}")
    figure.explain(output, lambda p, V: p @ V, weights, values)
    figure.explain(gradient, np.outer, weights, upstream)
    share = lambda j: f"p[{j}]·(g[0]·(V[{j},0] − O[0]) + g[1]·(V[{j},1] − O[1]))"
    figure.explain(scores, lambda p, g, V, O: p * ((V - O) @ g), weights, upstream, values, output, words=share)
    return figure


def blocks(whole, causal):
    """$\\partial O/\\partial Q$、$\\partial O/\\partial K$、$\\partial O/\\partial V$，3 个查询，4 个键，特征都是 2 个。
    上面没有掩码，下面是因果的；着色的格子是正数，没有着色的是负数，空白处是 0

    上面左边是三个二行二列的块，排在对角线上；中间是满的；右边每块只有对角线上的两格。
    下面只剩第几行查询看得见的前几个键的块。
    """
    cell, left, gap, tall = 17, 24, 14, 168
    figure = Figure(left + 22 * cell + 2 * gap + 4, 2 * tall)
    for row, (name, three) in enumerate((("没有掩码", whole), ("因果", causal))):
        x, top = left, row * tall + 56
        figure.note(name, left, row * tall + 10, anchor="start")
        for letter, J in zip("QKV", three, strict=True):
            height, width = J.shape
            figure.text(f"∂*O*/∂*{letter}*", x + width * cell / 2, top - 14)
            figure.cell("", x, top, "zero", width * cell, height * cell)
            signs = np.sign(J.round(12))
            for i, j in zip(*signs.nonzero(), strict=True):
                figure.cell("", x + j * cell, top + i * cell, "meets" if signs[i, j] > 0 else "", cell, cell)
            for k in range(2, width, 2):
                figure.line((x + k * cell, top), (x + k * cell, top + height * cell), kind="grid")
            counts = [int((signs == sign).sum()) for sign in (1, -1)]
            figure.values.append(f"{name}时对 {letter} 的有 {counts[0]} 个正数、{counts[1]} 个负数")
            x += width * cell + gap
    return figure


def causal(looked, scaled_dot_product_attention):
    """2 个查询，5 个键：左边 `is_causal` 对齐左上角，右边对齐右下角，着色的是看得见的；分数相同，输出就是看得见的值的平均

    两张二行五列的表，上面一行是五个值 V，右边一列是两个输出 O。
    """
    cell, left, top, gap = 28, 30, 84, 26
    figure = Figure(left + 12 * cell + 2 * 6 + gap + 30, top + 2 * cell + 8)
    V = np.arange(10.0, 60, 10)
    attend = lambda V, **mask: scaled_dot_product_attention(np.ones((2, 1)), np.ones((5, 1)), V[:, None], **mask)[0][
        :, 0
    ]
    corners = (
        ("左上角", looked(2, 5), {"is_causal": True}),
        ("右下角", np.tri(2, 5, k=3, dtype=int), {"attn_mask": np.tri(2, 5, k=3, dtype=bool)}),
    )
    figure.text("*V*", left - 14, top - cell / 2 - 8)
    for k, (name, table, mask) in enumerate(corners):
        x = left + k * (6 * cell + 6 + gap)
        figure.note(name, x + 2.5 * cell, 14)
        figure.text("*O*", x + 5.5 * cell + 6, top - 16)
        for j, value in enumerate(V):
            figure.cell(show(value), x + j * cell, top - cell - 8, "", cell, cell)
        values = figure.called("V", V)
        for (i, j), seen in np.ndenumerate(table):
            figure.cell(str(seen), x + j * cell, top + i * cell, "meets" if seen else "zero", cell, cell)
        O = attend(V, **mask)
        for i, mean in enumerate(O):
            figure.cell(show(mean), x + 5 * cell + 6, top + i * cell, "", cell, cell)
        figure.explain(figure.called("O", O), lambda V: attend(V, **mask), values)
        figure.values.append(f"{name}：" + "；".join("".join(map(str, row)) for row in table))
        figure.values.append("输出是 " + "、".join(map(show, O)))
    return figure
