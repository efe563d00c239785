"""“与 PyTorch 逐步相同”一页的图。"""

from notes.drawing import Figure
from notes.drawing.plotting import Plot


def radius(grid, radii):
    """横轴是 $\\eta h$，纵轴是一步放大几倍：淡的没有动量，过了 2 就发散；深的 $\\mu=0.9$，过了 3.8 才发散

    有动量的一条，中间一大段是平的：根是复数，模是 0.95。
    """
    figure = Figure(436, 236)
    plot = Plot(figure, 44, 12, 384, 192, (0, 4.4), (0, 2))
    for level in (0, 0.5, 1, 1.5, 2):
        figure.line(plot.place(0, level), plot.place(4.4, level), kind="" if level == 1 else "grid")
        figure.note(f"{level:g}", 36, plot.place(0, level)[1], anchor="end")
    for x in (0, 1, 2, 3, 3.8):
        figure.note(f"{x:g}", plot.place(x, 0)[0], 220)
    for mu, kind in ((0.0, ""), (0.9, "accent")):
        shown = radii[mu] <= 2
        plot.curve(grid[shown], radii[mu][shown], kind)
        edge = 2 * (1 + mu)
        figure.dot(*plot.place(edge, 1), kind)
        figure.values.append(f"动量 {mu:g} 的边界 {edge:g}")
    return figure
