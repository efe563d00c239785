"""画图的工具：数组的格子、文字、线与箭头。这里只写类名，颜色与字体在 docs/assets/site.css。

坐标以像素计，向右、向下增大，舍入到百分之一；不用 id，也不用渐变。同样的值得到同样的字节。
文字里 *W* 是变量，`x` 是代码。
"""

import re
from html import escape

import drawsvg
import numpy as np

from notes.drawing import answers

CELL = 40  # 一格的边长
TEXT, SMALL = 16, 14  # 字号
WIDEST = 440
SPAN = re.compile(r"\*(?P<math>[^*]+)\*|`(?P<code>[^`]+)`|(?P<plain>[^*`]+)")


class Figure:
    """一幅图。宽不超过 WIDEST，手机上字才看得清。"""

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.elements, self.values = [], []
        self.written, self.told = [], {}  # 各格里写着的字；会答的数组与它的来处，按第一格的编号

    def text(self, words, x, y, kind="", anchor="middle", size=TEXT):
        """一行字，(x, y) 是它的中间；anchor 是 start、middle 或 end。"""
        element = drawsvg.Text("", size, place(x), place(y + 0.35 * size), text_anchor=anchor, **named(kind))
        for found in SPAN.finditer(words):
            element.append(drawsvg.TSpan(found[found.lastgroup], **named(found.lastgroup)))
        self.elements.append(element)

    def note(self, words, x, y, kind="", anchor="middle"):
        """一行淡的小字：轴、步骤、说明。"""
        self.text(words, x, y, f"quiet {kind}", anchor, SMALL)

    def barred(self, name, x, y, kind=""):
        """上面加一横的变量，(x, y) 是它的中间；组合字符在许多字体里会放歪，所以横是画的。"""
        self.text(f"*{name}*", x, y, kind)
        half, rise = (6 if name.isupper() else 4), (6 if name in "acegmnopqrsuvwxyz" else 10)
        self.line((x + 2 - half, y - rise), (x + 2 + half, y - rise), kind=f"bar {kind}")

    def cell(self, value, x, y, kind="", width=CELL, height=CELL):
        """一格，左上角在 (x, y)。"""
        self.written.append(str(value))
        self.elements.append(drawsvg.Rectangle(*map(place, (x, y, width, height)), **named(f"cell {kind}")))
        self.text(str(value), x + width / 2, y + height / 2, kind)

    def array(self, name, values, x, y, kind=lambda *index: "", width=CELL, digits=4):
        """一个向量（写成一行）或矩阵，左上角在 (x, y)；kind(i, j) 是第 i 行第 j 列的类名。返回画好的各格。"""
        rows = [[show(value, digits) for value in row] for row in np.atleast_2d(values)]
        self.values.append(f"{name}：" + "；".join("，".join(row) for row in rows))
        for (i, j), value in np.ndenumerate(rows):
            self.cell(value, x + j * width, y + i * CELL, kind(i, j), width)
        return self.called(name, values)

    def called(self, name, values):
        """刚画好的几格是数组 values，叫作 name；它的形状就是下标的形状。"""
        values = np.array(values, float)
        first = len(self.written) - values.size
        return answers.Cells(answers.named(name), values, tuple(self.written[first:]), first)

    def explain(self, target, function, *sources, words=None):
        """target 是 function(*sources) 算出来的：读者指着一格，图就答它从哪里来、到哪里去。

        都是画好的各格。function 对某个输入不是一次的，用 words(*下标) 给出那一格的算式，里面写 z[0,1] 这样的格。
        """
        for cells in (target, *sources):
            self.told.setdefault(cells.first, (cells, ""))
        self.told[target.first] = target, answers.entries(function, target, sources, words)

    def line(self, *points, kind=""):
        """折线。"""
        path = drawsvg.Path(**named(f"line {kind}"))
        for k, point in enumerate(points):
            (path.L if k else path.M)(*map(place, point))
        self.elements.append(path)

    def arrow(self, *points, kind=""):
        """末端带箭头的折线。"""
        self.line(*points, kind=kind)
        start, end = map(np.array, points[-2:])
        along = (end - start) / np.hypot(*(end - start))
        across = np.array([-along[1], along[0]])
        head = drawsvg.Path(**named(f"head {kind}"))
        head.M(*map(place, end + along))
        for side in (-1, 1):
            head.L(*map(place, end - 8 * along + side * 4 * across))
        self.elements.append(head.Z())

    def dot(self, x, y, kind=""):
        """一个点。"""
        self.elements.append(drawsvg.Circle(place(x), place(y), 4, **named(f"dot {kind}")))

    def html(self, words):
        """放进页面的一块。words 的第一段是图的说明，第二段与画出的数一起是替代文字。"""
        if self.width > WIDEST:
            raise ValueError(f"图宽 {place(self.width)}，至多 {WIDEST}，手机上字才看得清")
        caption, described = paragraphs(words)
        spoken = described + "".join(f"{line}。" for line in self.values)
        told = {"data_answers": answers.line(self.told)} if self.told else {}
        common = {"font_size": TEXT, "text_anchor": "middle", "role": "img"}
        svg = drawsvg.Drawing(place(self.width), place(self.height), **common, aria_label=escape(spoken), **told)
        svg.extend(self.elements)
        return (
            '<figure class="diagram" data-search-exclude>\n'
            f"{shortened(svg.as_svg(header=''))}\n"
            f"<figcaption>{marked_up(caption)}</figcaption>\n"
            "</figure>\n"
        )


def paragraphs(words):
    """说明的两段：标题与替代文字。"""
    parts = ["".join(part.split("\n")) for part in words.split("\n\n")]
    if len(parts) != 2:
        raise ValueError(f"说明应有两段，标题与替代文字，却有 {len(parts)} 段")
    return parts


def shortened(svg):
    """去掉重复的：绝大多数字的字号与对齐由 <svg> 传下来，没有样式的字不必另套一层，没有定义，也没有链接。"""
    opening, _, body = svg.partition("\n<defs>\n</defs>\n")
    opening = opening.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"\n    ', "")
    for given in (f' font-size="{TEXT}"', ' text-anchor="middle"'):
        body = body.replace(given, "")
    return opening + "\n" + re.sub(r"<tspan>([^<]*)</tspan>", r"\1", body)


def place(value):
    """坐标：舍入到百分之一，整数不带小数点。"""
    value = round(float(value), 2)
    return int(value) if value.is_integer() else value


def show(value, digits=4):
    """数写成文字：舍入，去掉末尾的零，负号用减号。"""
    return f"{round(float(value), digits) + 0:.12g}".replace("-", "−")


def named(kind):
    """类名；没有就不写。plain 是没有样式的文字。"""
    kind = " ".join(word for word in kind.split() if word != "plain")
    return {"class_": kind} if kind else {}


def marked_up(caption):
    """图的说明：$…$ 照页面里的公式排版，`…` 是代码。"""
    caption = re.sub(r"\$([^$]+)\$", r'<span class="arithmatex">\\(\1\\)</span>', escape(caption, quote=False))
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", caption)
