"""“切片、take 与 embedding”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Accuracy, Row, extreme, kink, sample, timing
from notes.operators.samples import ADDS, NO_RULE


def indexed(torch, x, index):
    """PyTorch 的 x[index]：列表变成张量；不认得负的步长，一维的换成逐个写出的下标。"""
    if isinstance(index, slice) and (index.step or 1) < 0:
        index = list(range(*index.indices(len(x))))
    items = index if isinstance(index, tuple) else (index,)
    return x[tuple(torch.tensor(k, dtype=None if k else torch.long) if isinstance(k, list) else k for k in items)]


def scattered(torch, x, src, indices, axis=-1):
    """PyTorch 的 scatter_add：下标要与 src 同形、不能是负的。"""
    flat, k = (x.reshape(-1), 0) if axis is None else (x, axis)
    places = torch.as_tensor(indices, dtype=torch.long).expand(src.shape) % flat.shape[k]
    return flat.scatter_add(k, places, src).reshape(x.shape)


ROWS = {
    "getitem": Row(
        (
            sample((), index=()),
            sample((), index=None),
            sample((3,), index=-1),
            sample((3,), index=[1, 1, 0]),
            sample((5,), index=slice(None, None, -2)),
            sample((3,), index=[]),
            sample((4,), index=[True, False, True, True]),
            sample((3, 4), index=(slice(1, None), slice(None, None, 2))),
            sample((3, 4), index=(..., -2)),
            sample((3, 4), index=(slice(None), None, [3, -1, 3])),
            sample((3, 4), index=([2, 0, 2], [1, 1, -3])),
            sample((3, 4), index=([[2], [0]], [1, 3, 1])),
            sample((2, 3), index=[[True, False, True], [False, True, True]]),
            sample((2, 3, 4), index=([1, 1, 0], slice(None), [0, 0, 3])),
            sample((2, 3, 4), index=(slice(None), [2, 2], slice(1, 3))),
            sample((0, 3), index=(slice(None), [1, 1])),
            sample((2, 3), index=(slice(0), ...)),
        ),
        torch=indexed,
        linear=True,
        accuracy=ADDS,
        timing=timing("rc", index=(slice(1, None), slice(None, None, 2)), autograd=lambda np, x, index: x[index]),
    ),
    "take": Row(
        (
            sample((), indices=[0, 0]),
            sample((3,), indices=-1),
            sample((3,), indices=[1, 1, 0], axis=0),
            sample((2, 3), indices=[[5, 0, -1], [0, 0, 2]]),
            sample((2, 3), indices=[2, 0, 2, 2], axis=1),
            sample((3, 2), indices=[[0, -1], [2, 1]], axis=-2),
            sample((2, 3, 4), indices=[[1], [1]], axis=1),
            sample((2, 3), indices=[], axis=0),
            sample((0, 3), indices=[1, 1], axis=1),
        ),
        torch=lambda torch, x, indices, axis=None: indexed(
            torch,
            x.reshape(-1) if axis is None else x,
            (slice(None),) * ((axis or 0) % max(x.ndim, 1)) + (indices,),
        ),
        linear=True,
        accuracy=ADDS,
        timing=timing("n", indices=lambda s: s.integers(s.n, s.n), autograd=lambda np, x, indices: x[indices]),
    ),
    "take_along_axis": Row(
        (
            sample((3,), indices=[1, 1, 0]),
            sample((), indices=[0, 0], axis=None),
            sample((2, 3), indices=[[2, 2], [0, -1]]),
            sample((3, 2), indices=[[0, 2], [0, 1], [-1, 1], [0, 0]], axis=0),
            sample((2, 3), indices=[[2, 2]], axis=1),
            sample((1, 3), indices=[[2, 0], [2, 1]], axis=-1),
            sample((2, 3), indices=[5, 0, 5], axis=None),
            sample((2, 3, 2), indices=[[[1, 0]], [[2, 2]]], axis=1),
            sample((2, 3), indices=[[], []]),
            sample((0, 3), indices=[[1]]),
        ),
        torch=lambda torch, x, indices, axis=-1: torch.take_along_dim(
            x.reshape(-1) if axis is None else x,
            # PyTorch 的负下标要先换成正的
            torch.tensor(indices, dtype=torch.long) % (x.numel() if axis is None else x.shape[axis]),
            0 if axis is None else axis,
        ),
        linear=True,
        accuracy=ADDS,
        timing=timing(
            "rc",
            indices=lambda s: s.integers(s.c, s.r, s.c),
            axis=1,
            autograd=NO_RULE,
            torch=lambda torch, x, indices, axis: torch.take_along_dim(x, indices, axis),
        ),
    ),
    "scatter_add": Row(
        (
            sample((3,), (3,), indices=[1, 1, 0]),
            sample((), (2,), indices=[0, 0], axis=None),
            sample((2, 3), (2, 2), indices=[[2, 2], [0, -1]]),
            sample((3, 2), (4, 2), indices=[[0, 2], [0, 1], [-1, 1], [0, 0]], axis=0),
            sample((2, 3), (2, 2), indices=[[2, 2]], axis=1),
            sample((2, 3), (3,), indices=[5, 0, 5], axis=None),
            sample((2, 3, 2), (2, 1, 2), indices=[[[1, 0]], [[2, 2]]], axis=1),
            sample((2, 3), (2, 0), indices=[[], []]),
            sample((0, 3), (0, 1), indices=[[1]]),
        ),
        torch=scattered,
        linear=True,
        accuracy=Accuracy(
            (
                extreme(
                    [0.5, -2.0, 1e4],
                    [3.0, 1e-3, -3.0, 7.0, 1e-8],
                    units=("abs(x) + scatter(abs(src), indices)", "", ""),
                    indices=[1, 0, 1, 1, 2],
                ),
            ),
            why="加到一处的各项可以相消，单位随各项绝对值之和",
        ),
        timing=timing(
            "rc",
            "rc",
            indices=lambda s: s.integers(s.c, s.r, s.c),
            axis=1,
            autograd=NO_RULE,
            torch=lambda torch, x, src, indices, axis: x.scatter_add(axis, indices, src),
        ),
    ),
    "embedding": Row(
        (
            sample((4, 3), indices=2),
            sample((4, 3), indices=[1, 1, 0]),
            sample((5, 2), indices=[[4, 0, 4], [0, 0, 2]]),
            sample((4, 3), indices=[3, 0, 3], padding_idx=1),
            sample((4, 3), indices=[0, 0, 2], padding_idx=-1),
            sample((4, 3), indices=[]),
            sample((4, 0), indices=[1, 1]),
            sample((0, 3), indices=[]),
        ),
        torch=lambda torch, weight, indices, padding_idx=None: torch.nn.functional.embedding(
            torch.tensor(indices, dtype=torch.long), weight, padding_idx
        ),
        linear=True,
        kinks=(
            kink(
                [[1.0, 2.0], [3.0, 4.0]],
                indices=[0, 1, 1],
                padding_idx=0,
                G=[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]],
                gradients=([[0, 0], [8, 10]],),
            ),
            kink(
                [[1.0, 2.0], [3.0, 4.0]],
                indices=[0, 1, 1],
                padding_idx=-1,
                G=[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]],
                gradients=([[1, 2], [0, 0]],),
            ),
        ),
        accuracy=ADDS,
        timing=timing(
            "rc",
            indices=lambda s: s.integers(s.r, s.r),
            torch=lambda torch, weight, indices: torch.nn.functional.embedding(indices, weight),
            autograd=lambda np, weight, indices: weight[indices],
        ),
    ),
}
