"""“反向推导器”一页的图。"""

from notes.drawing import Figure

ROW, HIGH, LEFT, WIDE = 38, 28, 74, 176  # 行距，一格的高，格的左边，格的宽


def example(found):
    """磁带从上往下：先是变量，再是一步一行；左边的线从用到的数指到用它的一步

    每行一格，写着怎样算出来，右边是形状与算子；线从每个数通到用到它的各步。
    """
    rows = [(each["name"], tuple(each["shape"]), "", []) for each in found["variables"]]
    for step in found["tape"]:
        rows.append((step["code"][-1], tuple(step["shapes"][0]), step["operator"], step["inputs"]))
    names = [each["name"] for each in found["variables"]] + [step["names"][0] for step in found["tape"]]
    figure = Figure(440, 8 + len(rows) * ROW)
    for k, (code, shape, operator, used) in enumerate(rows):
        top = 4 + k * ROW
        figure.cell("", LEFT, top, "" if operator else "meets", WIDE, HIGH)
        figure.text(f"`{code}`", LEFT + WIDE / 2, top + HIGH / 2)
        figure.note(f"{shape}", LEFT + WIDE + 10, top + HIGH / 2, anchor="start")
        figure.note(operator, LEFT + WIDE + 76, top + HIGH / 2, anchor="start")
        figure.values.append(f"{code}，形状 {shape}" + (f"，{operator}，用到 {'、'.join(used)}" if used else ""))
    for lane, source, targets in _lanes([used for *_, used in rows], names):
        _wire(figure, LEFT - 12 - 11 * lane, source, targets)
    return figure


def _lanes(used, names):
    """每个数的线走第几道：[(道, 第几行, 用到它的各行)]；紧接着的一行不绕道，道是 -1。"""
    found, taken = [], []
    for source, name in enumerate(names):
        targets = [k for k, each in enumerate(used) if name in each]
        if targets == [source + 1]:
            found.append((-1, source, targets))
        elif targets:
            lane = next((k for k, end in enumerate(taken) if end < source), len(taken))
            taken[lane : lane + 1] = [targets[-1]]
            found.append((lane, source, targets))
    return found


def _wire(figure, across, source, targets):
    """一个数的线：竖着一道，到用它的各步横着进去。"""
    middle = lambda k: 4 + k * ROW + HIGH / 2
    if across > LEFT - 12:
        at = LEFT + WIDE / 2
        return figure.arrow((at, middle(source) + HIGH / 2), (at, middle(targets[0]) - HIGH / 2 - 2))
    figure.line((LEFT, middle(source)), (across, middle(source)), (across, middle(targets[-1])))
    for k in targets:
        figure.arrow((across, middle(k)), (LEFT - 2, middle(k)))
