"""“VJP 与 JVP”一页的图。"""

from drawing import CELL, Figure

WIDE, GAP, LEFT = 62, 48, 8


def eq_5(x, a, b, f, v, J1, J2, J3):
    """前向从左到右，反向从右到左；每一处的梯度与那里的值同形

    上面一行是前向的四个向量，下面一行是它们的梯度，从最右边的 v 开始，依次乘各步雅可比矩阵的转置。
    """
    gradients = [v]
    for J in (J3, J2, J1):
        gradients.insert(0, J.T @ gradients[0])
    tall = CELL * max(map(len, gradients))
    top, below = 36, tall + 98
    figure = Figure(2 * LEFT + 4 * WIDE + 3 * GAP, below + tall + 8)
    for k, (name, value, gradient) in enumerate(zip("xaby", [x, a, b, f(x)], gradients)):
        left = LEFT + k * (WIDE + GAP)
        figure.text(f"*{name}*", left + WIDE / 2, top - 18)
        figure.array(name, value[:, None], left, top, width=WIDE, digits=3)
        if k < 3:
            figure.barred(name, left + WIDE / 2, below - 18)
        else:
            figure.text("*v*", left + WIDE / 2, below - 18)
        figure.array(f"{name} 的梯度", gradient[:, None], left, below, width=WIDE, digits=3)
    for k, step in enumerate("₁₂₃", 1):
        start, end = LEFT + k * (WIDE + GAP) - GAP + 6, LEFT + k * (WIDE + GAP) - 6
        figure.text(f"*f*{step}", (start + end) / 2, top + CELL - 18)
        figure.arrow((start, top + CELL), (end, top + CELL))
        figure.text(f"*J*{step}ᵀ", (start + end) / 2, below + CELL - 18, "accent")
        figure.arrow((end, below + CELL), (start, below + CELL), kind="accent")
    return figure
