"""“检查点”一页的图。"""

from notes.drawing import Figure

LEFT, TOP, WIDE, TALL, BAR = 52, 40, 46, 180, 26


def eq_1(peaks, n, s):
    """$n=128$ 层，每层留两个数组：每段 8 层时，同时留着的数组最少

    柱子的高是反向时最多同时留着几个数组，从左到右每段的层数加倍。两边高，中间低。
    """
    figure = Figure(LEFT + len(peaks) * WIDE + 10, TOP + TALL + 54)
    bottom, whole = TOP + TALL, s * n
    level = lambda count: bottom - count / whole * TALL
    figure.line((LEFT - 6, bottom), (LEFT + len(peaks) * WIDE, bottom), kind="grid")
    figure.line((LEFT - 6, level(whole)), (LEFT + len(peaks) * WIDE, level(whole)), kind="dotted")
    figure.note(f"不分段 {whole}", LEFT, level(whole) - 22, anchor="start")
    least = min(peaks.values())
    for column, (k, count) in enumerate(peaks.items()):
        left = LEFT + column * WIDE + (WIDE - BAR) / 2
        kind = "meets" if count == least else ""
        figure.cell("", left, level(count), kind, BAR, bottom - level(count))
        figure.text(str(count), left + BAR / 2, level(count) - 12, "accent" if kind else "")
        figure.note(str(k), left + BAR / 2, bottom + 16)
        figure.values.append(f"每段 {k} 层，{count} 个")
    figure.note("每段的层数", LEFT + len(peaks) * WIDE / 2, bottom + 40)
    figure.note("个数", LEFT - 12, TOP - 22, anchor="end")
    return figure
