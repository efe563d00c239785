"""“怎样验证一个梯度”一页的图。"""

from notes.drawing import Figure

LEFT, TOP, WIDE, TALL = 64, 34, 26, 24


def study(powers):
    """步长越小，截断误差越小，舍入误差越大；中心差分的谷底更低

    横轴是步长，从左到右变小；纵轴是最大误差的数量级。两条折线先降后升，前向差分在上，中心差分在下，最右边一段重合。
    """
    steps = list(powers)
    figure = Figure(LEFT + (len(steps) - 1) * WIDE + 70, TOP + 10 * TALL + 42)
    across = lambda k: LEFT + (k - steps[0]) * WIDE
    down = lambda power: TOP - power * TALL
    bottom = down(-10) + 12
    for power in range(0, -11, -2):
        figure.line((LEFT - 10, down(power)), (across(steps[-1]) + 10, down(power)), kind="grid")
        figure.note(_power(power), LEFT - 16, down(power), anchor="end")
    figure.note("误差", LEFT - 16, 10, anchor="end")
    for k in steps:
        if k % 2:
            figure.note(_power(-k), across(k), bottom + 16)
    figure.note("步长", across(steps[-1]) + 46, bottom + 16)
    for column, (name, kind) in enumerate((("前向差分", ""), ("中心差分", "accent"))):
        points = [(across(k), down(powers[k][column])) for k in steps]
        figure.line(*points, kind=kind)
        for point in points:
            figure.dot(*point, kind)
        told = "，".join(f"步长 1e−{k} 时 1e{powers[k][column]}" for k in steps)
        figure.values.append(f"{name}：{told}".replace("e-", "e−"))
    figure.text("前向差分", across(4) + 8, down(powers[4][0]) - 14, "", "start")
    figure.text("中心差分", across(4) - 10, down(powers[4][1]) + 14, "accent", "end")
    return figure


def _power(exponent):
    """10 的幂，上标。"""
    digits = str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{digits}" if exponent else "1"
