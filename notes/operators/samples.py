"""几页的算子共用的样本，以及 PyTorch、HIPS autograd 写法里共用的词。"""

import math

from notes.operators.row import Sample, sample

# timing 的 autograd：HIPS autograd 为什么没有
NO_RULE = "没有这个算子的规则"
SCIPY = "规则在 autograd.scipy 里，要另装 scipy"

# accuracy：为什么不量
MOVES = "只搬动元素，没有舍入"
ADDS = "前向只搬动元素，没有舍入；反向把搬到几处的加起来，同 sum"
CONDITION = "误差随矩阵的条件数放大，不止末位"

# 一行数，有大有小：几乎只有一个、悬殊、相近、相等、负的、一长串
LINES = (
    [0.0, -40.0],
    [3.0, 3.0, -1e-3],
    [1000.0, 999.0, -1000.0],
    [1e-8, 0.0, -1e-8, 0.5],
    [-1e4, -1e4 - 1, -1e4 - 30],
    [80.0, 0.0, 60.0, -20.0, 79.0],
    [0.1] * 7,
    [k / 8 for k in range(-40, 40, 3)],
)

# 一个输入的逐元素算子：0 维、一维、高维、零尺寸
UNARY = (sample(()), sample((3,)), sample((2, 3)), sample((2, 1, 3)), sample((0,)), sample((0, 3)))

# 两个输入的逐元素算子：同形，两边各自、同时被广播，0 维，零尺寸（1 对 0 也算）
BINARY = (
    sample((), ()),
    sample((3,), (3,)),
    sample((), (2, 3)),
    sample((2, 3), ()),
    sample((2, 3), (3,)),
    sample((3,), (2, 3)),
    sample((2, 1), (1, 3)),
    sample((2, 1), (3,)),
    sample((1, 1), (2, 3)),
    sample((1, 3), (1, 3)),
    sample((2, 1, 3), (4, 1)),
    sample((0,), (1,)),
    sample((1, 0), (0, 1)),
    sample((0, 3), (3,)),
    sample((2, 0), ()),
)

# 归约：轴是全部、一个、负数、若干个、一个也没有，留不留轴；零尺寸的轴不被归约
REDUCTION = (
    sample(()),
    sample((), axis=(), keepdims=True),
    sample((3,)),
    sample((3,), axis=-1, keepdims=True),
    sample((2, 3, 4)),
    sample((2, 3, 4), keepdims=True),
    sample((2, 3, 4), axis=1),
    sample((2, 3, 4), axis=-3),
    sample((2, 3, 4), axis=-2, keepdims=True),
    sample((2, 3, 4), axis=(0, 2)),
    sample((2, 3, 4), axis=(-1, 0), keepdims=True),
    sample((2, 3, 4), axis=()),
    sample((2, 1, 3), axis=1),
    sample((0, 3), axis=1),
    sample((2, 0, 3), axis=(0, -1), keepdims=True),
)

# 只归约一部分：where 与 x 同形、被广播、写成一列，每组至少剩两个
PARTLY = (
    sample((3,), where=[True, False, True]),
    sample((2, 3), axis=1, where=[[True, True, False], [True, True, True]]),
    sample((2, 3, 4), axis=(0, 2), keepdims=True, where=[True, False, True, True]),
    sample((3, 2), axis=0, where=[[True], [False], [True]]),
    sample((0, 3), axis=1, where=[True, True, False]),
)

# 零尺寸的轴被归约，结果有元素：空的和、空的积有定义，空的平均、空的最大没有
EMPTY = (sample((0,)), sample((0, 3), axis=0), sample((2, 0), axis=1, keepdims=True), sample((0, 0), axis=0))

# 回归一类的损失：BINARY 逐项不归约，再加求和与平均；没有项时平均是 nan，不在这里比
LOSSES = tuple(Sample(s.shapes, {"reduction": "none"}) for s in BINARY) + (
    sample((), ()),
    sample((3,), (3,)),
    sample((2, 3), (2, 3), reduction="mean"),
    sample((2, 3), (3,), reduction="mean"),
    sample((2, 1), (1, 3), reduction="mean"),
    sample((2, 3), (), reduction="sum"),
    sample((3,), (2, 1), reduction="sum"),
    sample((0, 3), (3,), reduction="sum"),
)

# 一条对角线：方的、扁的、高的，上下移动乃至移出去，换两个轴，零尺寸
DIAGONAL = (
    sample((3, 3)),
    sample((2, 3)),
    sample((4, 2)),
    sample((3, 4), offset=1),
    sample((3, 4), offset=-2),
    sample((2, 2), offset=5),
    sample((2, 3, 4)),
    sample((2, 3, 4), axis1=-2, axis2=-1),
    sample((2, 3, 4), axis1=2, axis2=0, offset=1),
    sample((2, 3, 4, 3), axis1=1, axis2=3, offset=-1),
    sample((0, 3)),
    sample((0, 0)),
    sample((3, 0, 3), axis1=0, axis2=2),
)

# 方阵：一个，一批，批轴不止一根，零尺寸
MATRIX = (
    sample((1, 1)),
    sample((2, 2)),
    sample((3, 3)),
    sample((4, 2, 2)),
    sample((2, 1, 3, 3)),
    sample((0, 0)),
    sample((0, 2, 2)),
    sample((2, 0, 0)),
)


def reduction(call):
    """把 PyTorch 里沿最后一个轴归约的 call(torch, x) 变成按 axis、keepdims 归约。

    PyTorch 没有 where 与 initial：逐组取出算数的元素，initial 当作多出来的一个。
    """

    def apply(torch, x, axis=None, keepdims=False, where=True, initial=None, **parameters):
        axes = range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        axes = [k % x.ndim for k in axes]
        rest = [k for k in range(x.ndim) if k not in axes]
        rows = x.permute(*rest, *axes) if x.ndim else x
        shape, count = [x.shape[k] for k in rest], math.prod(x.shape[k] for k in axes)
        rows = rows.reshape(shape + [count])
        if (where is True and initial is None) or not math.prod(shape):
            z = call(torch, rows, **parameters)
        else:
            mask = torch.as_tensor(where).broadcast_to(x.shape).permute(*rest, *axes).reshape(math.prod(shape), count)
            first = rows.new_tensor([] if initial is None else [initial])
            groups = [torch.cat([first, row[own]]) for row, own in zip(rows.reshape(mask.shape), mask, strict=True)]
            z = torch.stack([call(torch, group, **parameters) for group in groups]).reshape(shape)
        return z.reshape([1 if k in axes else n for k, n in enumerate(x.shape)]) if keepdims else z

    return apply
