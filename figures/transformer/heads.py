"""“多头注意力”一页的图。"""

from notes.drawing import Figure
from transformer.heads import split_heads


def setup(x):
    """3 个位置，4 个特征，2 个头；着色的是第 2 个头的特征。中间是先 reshape 再换轴，右边是只 reshape

    左边是三行四列的表；中间两张三行二列的表，一张全着色，一张全不着色；右边两张里两种混在一起。
    """
    cell, left, top = 36, 10, 34
    figure = Figure(440, top + 6 * 40 + 14)

    def table(name, values, x0, y0):
        return figure.array(name, values, x0, y0, lambda i, j: "meets" if values[i, j] % 10 >= 2 else "", cell)

    figure.text("*x*", left + 2 * cell, 16)
    whole = table("x", x, left, top + 60)
    ways = (("换了轴", lambda x: split_heads(x, 2)), ("没有换", lambda x: x.reshape(2, 3, 2)))
    for k, (name, split) in enumerate(ways):
        x0 = left + 4 * cell + 70 + k * (2 * cell + 60)
        figure.note(name, x0 + cell, 16)
        for h, part in enumerate(split(x)):
            drawn = table(f"{name}的第 {h + 1} 个头", part, x0, top + h * (3 * 40 + 12) - 6)
            figure.explain(drawn, lambda x: split(x)[h], whole)
    figure.arrow((left + 4 * cell + 14, top + 120), (left + 4 * cell + 56, top + 120))
    return figure


def leak(looks):
    """因果掩码下，第几行输出依赖第几行输入：着色的是依赖，折线以上是未来

    四张五行五列的表。前一张是下三角，中间两张在对角线以上也有着色的格子，后一张也是下三角，但有空缺。
    """
    cell, left, top, gap = 18, 10, 34, 16
    figure = Figure(left + 4 * (5 * cell + gap), top + 5 * cell + 10)
    for k, (name, table) in enumerate(looks.items()):
        x0 = left + k * (5 * cell + gap)
        figure.note(name, x0 + 2.5 * cell, 14)
        for i in range(5):
            for j in range(5):
                figure.cell("", x0 + j * cell, top + i * cell, "meets" if table[i, j] else "zero", cell, cell)
        steps = [(x0 + (i + 1) * cell, top + (i + down) * cell) for i in range(5) for down in (0, 1)]
        figure.line((x0, top), *steps, kind="accent")
        figure.values.append(f"{name}：" + "；".join("".join(map(str, row)) for row in table))
    return figure
