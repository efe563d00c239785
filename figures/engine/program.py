"""“程序也是算子”一页的图。"""

from notes.drawing import Figure


def eq_1(values, J, G):
    """前向从左往右，一步一个数组；反向从右往左，一步乘一个 $J_k^\\top$

    上面一行是各步的数组的形状，下面一行是各步的梯度的形状，中间写着雅可比矩阵的形状。
    """
    figure = Figure(440, 190)
    for k, value in enumerate(values):
        left = 8 + k * 112
        figure.cell(f"{value.shape}", left, 30, "", 64, 40)
        figure.cell(f"{value.shape}", left, 120, "meets", 64, 40)
        figure.values.append(f"第 {k} 个数组与它的梯度的形状都是 {value.shape}")
    for k, jacobian in enumerate(J):
        left = 8 + k * 112
        figure.arrow((left + 64, 50), (left + 109, 50))
        figure.arrow((left + 112, 140), (left + 67, 140), kind="accent")
        figure.note(f"J{k + 1}: {jacobian.shape[0]}×{jacobian.shape[1]}", left + 88, 95)
        figure.values.append(f"J{k + 1} 是 {jacobian.shape[0]}×{jacobian.shape[1]}")
    figure.note("前向", 40, 14)
    figure.note(f"G 的形状 {G.shape}", 376, 178)
    return figure
