"""“逆矩阵、解方程与 Cholesky 分解”一页的图。"""

import numpy as np

from notes.drawing import CELL, Figure
from notes.drawing.answers import BAR


def example(A, Z, B, B_bar, G, A_bar):
    """前向解 $AZ=B$，反向解 $A^\\top\\bar B=G$，再作一次乘法得 $\\bar A=-\\bar BZ^\\top$

    第一行是 A 乘 Z 等于 B，着色的 Z 是解出来的；第二行是 A 的转置乘 B 的梯度等于 G，着色的 B 的梯度是解出来的；第三行由它得到 A 的梯度。
    """
    figure = Figure(432, 3 * (3 * CELL + 40) + 4)
    rows = (
        (("*A*", A), ("*Z*", Z), ("*B*", B), "="),
        (("*A*ᵀ", A.T), ("B", B_bar), ("*G*", G), "="),
        (("−B", -B_bar), ("*Z*ᵀ", Z.T), ("A", A_bar), "="),
    )
    for k, (first, second, result, sign) in enumerate(rows):
        found = second if k < 2 else result
        _row(figure, 30 + k * (3 * CELL + 40), first, second, result, sign, found)
    return figure


def _row(figure, top, first, second, result, sign, found):
    """一行三个矩阵，前两个相乘等于第三个；found 是算出来的，着色。"""
    wide, gap = 40, 28
    left = (figure.width - sum(values.shape[1] for _, values in (first, second, result)) * wide - 2 * gap) / 2
    drawn = []
    for name, values in (first, second, result):
        kind = "meets" * (values is found[1])
        middle = left + values.shape[1] * wide / 2
        _name(figure, name, middle, top - 15)
        figure.array(_spoken(name), values, left, top, lambda *_, kind=kind: kind, wide)
        drawn.append(figure.called(_symbol(name), values))
        left += values.shape[1] * wide + gap
        if values is second[1]:
            figure.text(sign, left - gap / 2, top + 1.5 * CELL)
    figure.explain(drawn[2], np.matmul, *drawn[:2])


def _name(figure, name, x, y):
    """矩阵的名字：单个字母是梯度，上面有横。"""
    if name.startswith("−"):
        figure.text("−", x - 10, y)
        figure.barred(name[1:], x + 4, y)
    elif len(name) == 1:
        figure.barred(name, x, y)
    else:
        figure.text(name, x, y)


def _symbol(name):
    """算式里的名字。"""
    bare = name.strip("−*").replace("*ᵀ", "ᵀ")
    return f"(−{bare}{BAR})" if name.startswith("−") else bare + " 的梯度" * (len(name) == 1)


def _spoken(name):
    """替代文字里的名字。"""
    bare = name.strip("−*").replace("*ᵀ", " 的转置")
    return bare + "的梯度" * (len(name.strip("−")) == 1) + "取负" * name.startswith("−")
