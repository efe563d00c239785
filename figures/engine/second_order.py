"""“二阶”一页的图。"""

from notes.drawing import Figure

LEFT, TOP, WIDE, TALL = 64, 34, 34, 16


def steps(powers):
    """中心差分的误差先降后升，复步差分一直降到舍入为止

    横轴是步长，从左到右变小；纵轴是误差的数量级。中心差分的折线是一个谷，复步差分的一路降到底，不再升高。
    """
    figure = Figure(LEFT + (len(powers) - 1) * WIDE + 60, TOP + 16 * TALL + 54)
    across = lambda k: LEFT + (k - 1) * WIDE
    down = lambda power: TOP - power * TALL
    last, bottom = max(powers), down(-16) + 12
    for power in range(0, -17, -4):
        figure.line((LEFT - 10, down(power)), (across(last) + 10, down(power)), kind="grid")
        figure.note(_power(power), LEFT - 16, down(power), anchor="end")
    figure.note("误差", LEFT - 16, 10, anchor="end")
    for k in powers:
        if k % 2:
            figure.note(_power(-k), across(k), bottom + 16)
    figure.note("步长", across(last) + 30, bottom + 16)
    for column, (name, kind) in enumerate((("中心差分", ""), ("复步差分", "accent"))):
        points = [(across(k), down(pair[column])) for k, pair in powers.items()]
        figure.line(*points, kind=kind)
        for point in points:
            figure.dot(*point, kind)
        told = "，".join(f"步长 1e−{k} 时 1e{pair[column]}" for k, pair in powers.items())
        figure.values.append(f"{name}：{told}".replace("e-", "e−"))
    figure.text("中心差分", across(last) + 6, down(powers[last][0]) - 18, "", "end")
    figure.text("复步差分", across(4), down(powers[5][1]) + 16, "accent", "end")
    return figure


def _power(exponent):
    """10 的幂，上标。"""
    digits = str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{digits}" if exponent else "1"
