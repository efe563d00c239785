"""画曲线的工具：一块有坐标轴的画面，折点处断开。"""

from itertools import pairwise

import numpy as np

from notes.drawing import show

CLOSE = 1e-6  # 横坐标比它还近的两个点，是折点与它的一侧


class Plot:
    """figure 里的一块，左上角在 (left, top)，横坐标的范围是 across，纵坐标的是 up。"""

    def __init__(self, figure, left, top, width, height, across, up):
        self.figure, self.left, self.top, self.width, self.height = figure, left, top, width, height
        self.across, self.up = across, up

    def place(self, x, y):
        """坐标变成像素，舍入到十分之一：曲线上的点多。"""
        (first, last), (low, high) = self.across, self.up
        right = (x - first) / (last - first) * self.width
        down = (high - y) / (high - low) * self.height
        return round(self.left + float(right), 1), round(self.top + float(down), 1)

    def axes(self, across, up):
        """两根坐标轴，与 across、up 里各个数的刻度。"""
        figure, bottom = self.figure, self.top + self.height
        figure.line(self.place(self.across[0], 0), self.place(self.across[1], 0), kind="grid")
        figure.line(self.place(0, self.up[0]), self.place(0, self.up[1]), kind="grid")
        for x in across:
            figure.note(show(x), self.place(x, 0)[0], bottom + 12)
            figure.line((self.place(x, 0)[0], bottom), (self.place(x, 0)[0], bottom - 4), kind="grid")
        for y in up:
            figure.note(show(y), self.left - 6, self.place(0, y)[1], anchor="end")
            figure.line((self.left, self.place(0, y)[1]), (self.left + 4, self.place(0, y)[1]), kind="grid")

    def curve(self, x, y, kind):
        """一条曲线，x 从小到大。值跳的地方断开；折点是近旁两侧各有一点的那一点，画成圆点。"""
        near = np.diff(x) < CLOSE
        jump = near & (np.abs(np.diff(y)) > 1e-3)
        for piece in np.split(np.arange(len(x)), np.flatnonzero(jump) + 1):
            if len(piece) > 1:
                self.figure.line(*straight([self.place(x[k], y[k]) for k in piece]), kind=kind)
        for k in np.flatnonzero(near[:-1] & near[1:] & (jump[:-1] | jump[1:])) + 1:
            self.figure.dot(*self.place(x[k], y[k]), kind)


def straight(points):
    """去掉落在前后两点连线上的点，与重复的点。"""
    kept = [points[0]]
    for point, after in pairwise(points[1:]):
        (a, b), (c, d) = np.subtract(point, kept[-1]), np.subtract(after, kept[-1])
        if abs(a * d - b * c) > 0.05 * np.hypot(c, d):
            kept.append(point)
    return kept + points[-1:]
