"""“vec 与 Kronecker 积”一页的图。"""

from math import log2

from drawing import Figure

LEFT, RIGHT, BOTTOM = 60, 320, 292
UNITS = ["B", "KiB", "MiB", "GiB", "TiB"]


def memory(jacobian_bytes, vjp_bytes):
    """$m=n=p$ 时要放下多少字节，两根轴都是对数的

    横轴是 n，从 4 到 1024；纵轴是字节数。上面的线是雅可比矩阵，下面的线是 VJP。
    """
    sizes = [4, 16, 64, 256, 1024]
    figure = Figure(400, 330)
    for power in (10, 20, 30, 40):
        figure.line((LEFT - 8, _down(2**power)), (RIGHT + 8, _down(2**power)), kind="grid")
        figure.note(_size(2**power), LEFT - 14, _down(2**power), anchor="end")
    figure.line((LEFT - 8, BOTTOM), (RIGHT + 8, BOTTOM))
    for n in sizes:
        figure.note(str(n), _across(n), BOTTOM + 20)
    figure.note("*n*", RIGHT + 32, BOTTOM + 20)
    for name, kind, count in (("雅可比矩阵", "", jacobian_bytes), ("VJP", "accent", vjp_bytes)):
        points = [(_across(n), _down(count(n, n, n))) for n in sizes]
        figure.line(*points, kind=kind)
        for point in points:
            figure.dot(*point, kind)
        (x, y), (right, top) = points[-2:]
        figure.text(name, x - 8, y - 18, kind, "end")
        figure.text(_size(count(sizes[-1], sizes[-1], sizes[-1])), right + 12, top, kind, "start")
        figure.values.append(f"{name}：" + "，".join(f"n 是 {n} 时 {_size(count(n, n, n))}" for n in sizes))
    return figure


def _across(n):
    return LEFT + (RIGHT - LEFT) * log2(n / 4) / 8


def _down(size):
    return BOTTOM - 8 - 260 * log2(size / 256) / 36


def _size(count):
    """字节数，用合适的单位。"""
    power = int(log2(count)) // 10
    return f"{count / 2**(10 * power):g} {UNITS[power]}"
