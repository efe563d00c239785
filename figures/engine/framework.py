"""“一个框架”一页的图。"""

from notes.drawing import Figure

ROW, UNIT, LEFT = 26, 15, 136  # 行距，一行代码画多长，条子的左端


def pieces(pieces):
    """各个函数与类占几行

    自上而下是四个文件里的每一个函数与类，条子的长短是它的代码占几行，旁边写着数。
    """
    figure = Figure(440, 12 + ROW * len(pieces) + 26 * 4)
    top, last = 12, ""
    for name, piece, count in pieces:
        if name != last:
            figure.note(f"`{name}.py`", 4, top + 10, anchor="start")
            top, last = top + 26, name
        figure.text(f"`{piece}`", LEFT - 8, top + ROW / 2 - 2, anchor="end")
        figure.cell("", LEFT, top + 2, "meets", UNIT * count, ROW - 8)
        figure.text(str(count), LEFT + UNIT * count + 8, top + ROW / 2 - 2, anchor="start")
        figure.values.append(f"{piece} {count} 行")
        top += ROW
    return figure
