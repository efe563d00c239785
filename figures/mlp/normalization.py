"""“标准化”一页的图。"""

from notes.drawing import Figure


def jacobian(u, by_layer, by_batch):
    """$3\\times4$ 的输入按行拉直，雅可比矩阵是 $12\\times12$ 的。
    左边 `layer_norm`，一行一组；右边 `batch_norm`，一列一组。着色的格子是正数，没有着色的格子是负数，空白处都是 0

    左边有三个四行四列的块，排在对角线上。
    右边每隔三格才有一个不是 0 的数，排成五条平行的斜线。
    """
    cell, left, top, gap = 15, 22, 62, 26
    size = len(by_layer)
    figure = Figure(left + 2 * size * cell + gap + 4, top + size * cell + 6)
    for k, (name, J) in enumerate((("layer_norm", by_layer), ("batch_norm", by_batch))):
        x = left + k * (size * cell + gap)
        figure.text(f"`{name}`", x + size * cell / 2, 12)
        figure.cell("", x, top, "zero", size * cell, size * cell)
        for i, j in zip(*J.nonzero(), strict=True):
            figure.cell("", x + j * cell, top + i * cell, "meets" if J[i, j] > 0 else "", cell, cell)
        for row in range(len(u)):
            a, b = x + row * 4 * cell, x + (row + 1) * 4 * cell
            figure.note(f"第 {row} 行", (a + b) / 2, top - 22)
            figure.line((a + 2, top - 9), (b - 2, top - 9))
        signs = [sum(int(sign * v > 0) for v in J.ravel()) for sign in (1, -1)]
        figure.values.append(f"{name} 有 {signs[0]} 个正数、{signs[1]} 个负数，其余是 0")
    for row in range(len(u)):
        figure.note(f"{row}", left - 12, top + (row * 4 + 2) * cell)
        figure.line((left - 5, top + row * 4 * cell + 2), (left - 5, top + (row + 1) * 4 * cell - 2))
    return figure
