"""“多元链式法则”一页的图。"""

import numpy as np

from notes.drawing import Figure, show

PLACES = {"x": (140, 40), "y": (346, 40), "q": (84, 180), "p": (270, 180), "r": (168, 312), "L": (258, 428)}
EDGES = {"xq": 96, "xp": 206, "yp": 326, "qr": 126, "pr": 200, "pL": 312, "rL": 209}  # 竖线的横坐标


def eq_5(x, y, p, q, r, L, edges, gradients):
    """箭头是前向的方向；往回走，$x$ 与 $p$ 各收到两份，加起来

    计算图，从上往下算。每个节点写着它的值与梯度，每条边写着它送回的一份，是局部偏导与下面那个节点的梯度之积。
    """
    values = {"x": x, "y": y, "p": p, "q": q, "r": r, "L": L}
    figure = Figure(424, 458)
    shares = {name: [] for name in values}
    for parent, child, partial in edges:
        shares[parent].append(show(partial * gradients[child]))
    half = {name: 36 if len(shares[name]) > 1 else 26 for name in values}
    for parent, child, partial in edges:
        across = EDGES[parent + child]
        start, end = PLACES[parent][1] + half[parent], PLACES[child][1] - half[child]
        figure.arrow((across, start), (across, end - 2))
        share, product = show(partial * gradients[child]), f"{show(partial)} × {show(gradients[child])}"
        figure.text(share, across + 10, (start + end) / 2 - 10, "accent", "start")
        figure.note(product, across + 10, (start + end) / 2 + 10, anchor="start")
        figure.values.append(f"{child} 送回 {parent} 的是 {product} = {share}")
    for name, (across, down) in PLACES.items():
        _node(figure, name, values[name], gradients[name], shares[name], across, down, half[name])
    return figure


def _node(figure, name, value, gradient, shares, across, down, half):
    """一个节点：值，梯度；收到不止一份时，写明是哪几份之和。"""
    twice = len(shares) > 1
    width = 180 if twice else 112
    left = across - width / 2
    figure.cell("", left, down - half, "meets" if twice else "", width, 2 * half)
    lines = [f"= {show(value)}", f"= {show(gradient)}"]
    if twice:
        lines.insert(1, "= " + " + ".join(shares).replace("+ −", "− "))
    first = down - 11 * (len(lines) - 1)
    figure.text(f"*{name}*", left + 18, first)
    figure.barred(name, left + 18, first + 22, "accent")
    for k, line in enumerate(lines):
        figure.text(line, left + 30, first + 22 * k, "accent" if k else "", "start")
    figure.values.append(f"{name} 的值是 {show(value)}，梯度是 {show(gradient)}")


def tangent(surface, plane):
    """着色的是切平面，过 $(1,1)$ 处的圆点；走到 $\\Delta=(0.8,0.8)$，曲面比平面低 $\\lvert r\\rvert$

    一张向下弯的曲面，与它在一点的切平面，都画成网格。切平面只在切点碰到曲面，离得越远，竖直方向上的差越大，图上标出一处。
    """
    figure = Figure(424, 390)
    step, ends = np.linspace(0, 2, 9), (0.2, 1.0, 1.8)
    for k in step[::2]:
        figure.line(*(_seen(k, y, surface(k, y)) for y in step), kind="bar")
        figure.line(*(_seen(x, k, surface(x, k)) for x in step), kind="bar")
    for k in ends:
        figure.line(*(_seen(k, y, plane(k, y)) for y in ends), kind="accent")
        figure.line(*(_seen(x, k, plane(x, k)) for x in ends), kind="accent")
    figure.dot(*_seen(1, 1, surface(1, 1)), "accent")
    high, low = _seen(1.8, 1.8, plane(1.8, 1.8)), _seen(1.8, 1.8, surface(1.8, 1.8))
    figure.line(high, low, kind="error")
    figure.text("*r*", low[0] + 14, (high[1] + low[1]) / 2, "error")
    figure.note("切平面", *(np.add(_seen(0.2, 1.8, plane(0.2, 1.8)), (-32, 0))), "accent")
    figure.note("曲面", *(np.add(_seen(2, 2, surface(2, 2)), (62, -8))))
    figure.values.append(
        f"切点的高是 {show(surface(1, 1))}，标出的一处，曲面是 {show(surface(1.8, 1.8))}，平面是 {show(plane(1.8, 1.8))}"
    )
    return figure


def _seen(x, y, z):
    """空间里的一点画在哪里：x 往右下，y 往左下，z 往上。"""
    return 212 + 92 * (x - y), 44 + 40 * (x + y) + 60 * (2 - z)
