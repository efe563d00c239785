"""零维与零尺寸：把广播的结果排成表。"""

from broadcasting.rules import broadcast_shapes


# --8<-- [start:table]
def table(rows, columns):
    """广播结果的表：第一列与第一行是两个形状，格子里是结果，不能广播的写 -。"""

    def text(shape):
        return str(tuple(shape)).replace(" ", "")

    def cell(a, b):
        try:
            return text(broadcast_shapes(a, b))
        except ValueError:
            return "-"

    grid = [["", *map(text, columns)]]
    grid += [[text(a), *(cell(a, b) for b in columns)] for a in rows]
    return "\n".join("".join(f"{entry:>6}" for entry in row) for row in grid)
# --8<-- [end:table]
