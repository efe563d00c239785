"""“形状检查”一页的图。"""

import numpy as np

from notes.drawing import Figure

PLACES = {"m": (52, 226), "n": (348, 226), "p": (200, 50)}
ENDS = {"G": "mp", "X": "np", "W": "mn"}


def setup(matrices):
    """三个大小是三个点，一个因子是从行数到列数的一条边；$GX^\\top$ 是从 $m$ 到 $n$ 唯一的两步路

    G 从 m 到 p，X 从 n 到 p，W 从 m 到 n，转置的方向相反；有颜色的是 G 与 X 的转置，先后走过它们，从 m 到 n。
    """
    figure = Figure(400, 270)
    sizes = {}
    for name, (start, end) in ENDS.items():
        sizes[start], sizes[end] = matrices[name].shape
        for source, target, label in ((start, end, f"*{name}*"), (end, start, f"*{name}*ᵀ")):
            kind = "accent" if label in ("*G*", "*X*ᵀ") else ""
            _edge(figure, np.array(PLACES[source]), np.array(PLACES[target]), label, kind)
        figure.values.append(f"{name} 的形状是 {matrices[name].shape}")
    for name, (x, y) in PLACES.items():
        figure.cell("", x - 44, y - 20, "meets" if name in "mn" else "", 88, 40)
        figure.text(f"*{name}* = {sizes[name]}", x, y)
    return figure


def _edge(figure, start, end, label, kind):
    """一条边；同一对点之间来回的两条各往右手边让开一点。"""
    along = (end - start) / np.hypot(*(end - start))
    aside = np.array([-along[1], along[0]])
    inset = 54 if along[1] == 0 else 34
    middle = (start + end) / 2
    figure.arrow(start + inset * along + 7 * aside, end - inset * along + 7 * aside, kind=kind)
    figure.text(label, *(middle + (22 if along[1] == 0 else 24) * aside), kind)
