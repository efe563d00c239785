"""读懂广播的报错：对不上的是哪个轴，两个库各怎么说。"""

from broadcasting.rules import broadcast_shapes


# --8<-- [start:mismatched_axes]
def mismatched_axes(*shapes):
    """对不上的轴，从左到右列出；编号是补齐之后的，从左数、从 0 起。能广播时为空。"""
    rank = max(map(len, shapes), default=0)
    padded = [(1,) * (rank - len(shape)) + tuple(shape) for shape in shapes]
    return [axis for axis, sizes in enumerate(zip(*padded)) if len(set(sizes) - {1}) > 1]
# --8<-- [end:mismatched_axes]


# --8<-- [start:diagram]
def diagram(*shapes):
    """形状右对齐的文字图。

    第一行是轴的编号；对不上时，最后一行在那些轴下面标 ^，能广播时是结果的形状。
    """
    rank = max(map(len, shapes), default=0)
    wrong = mismatched_axes(*shapes)
    if wrong:
        last = ["", *("^" if axis in wrong else "" for axis in range(rank))]
    else:
        last = ["->", *broadcast_shapes(*shapes)]
    rows = [["axis", *range(rank)]]
    rows += [["", *[""] * (rank - len(shape)), *shape] for shape in shapes]
    lines = ["".join(f"{cell:>4}" for cell in row).rstrip() for row in rows + [last]]
    return "\n".join(lines)
# --8<-- [end:diagram]


# --8<-- [start:messages]
def numpy_message(*shapes):
    """numpy 的逐元素运算对这些形状的报错；能广播时为 None。句末有一个空格。"""
    if not mismatched_axes(*shapes):
        return None
    texts = [str(tuple(shape)).replace(" ", "") for shape in shapes]
    return "operands could not be broadcast together with shapes " + " ".join(texts) + " "


def pytorch_message(a, b):
    """PyTorch 的逐元素运算对形状 a、b 的报错；能广播时为 None。只说最右边的一处。"""
    wrong = mismatched_axes(a, b)
    if not wrong:
        return None
    axis = wrong[-1]
    rank = max(len(a), len(b))
    m, n = a[axis - (rank - len(a))], b[axis - (rank - len(b))]
    return (
        f"The size of tensor a ({m}) must match the size of tensor b ({n}) "
        f"at non-singleton dimension {axis}"
    )
# --8<-- [end:messages]
