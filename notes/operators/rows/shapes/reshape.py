"""“改变形状与调换轴”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Row, kink, sample, timing
from notes.operators.samples import ADDS, DIAGONAL, MOVES, NO_RULE

# 最后两个轴上的三角：方的、扁的、高的，对角线上下移动乃至移出去，成批，零尺寸
TRIANGLE = (
    sample((3, 3)),
    sample((2, 4)),
    sample((4, 2), k=-1),
    sample((3, 4), k=2),
    sample((2, 3, 3), k=1),
    sample((2, 2), k=5),
    sample((2, 2), k=-5),
    sample((0, 3)),
    sample((0, 2, 2)),
)

ROWS = {
    "reshape": Row(
        (
            sample((), shape=()),
            sample((), shape=(1, 1)),
            sample((3,), shape=3),
            sample((2, 3), shape=-1),
            sample((2, 3), shape=(3, 2)),
            sample((2, 3, 4), shape=(4, -1, 2)),
            sample((1, 1), shape=()),
            sample((0,), shape=(0, 3)),
            sample((0, 3), shape=(-1, 3)),
        ),
        torch=lambda torch, x, shape: torch.reshape(x, shape if isinstance(shape, tuple) else (shape,)),
        linear=True,
        accuracy=MOVES,
        timing=timing("rc", shape=lambda s: (s.c, s.r), autograd=lambda np, x, shape: np.reshape(x, shape)),
    ),
    "transpose": Row(
        (
            sample(()),
            sample((3,)),
            sample((2, 3)),
            sample((2, 3, 4)),
            sample((2, 3, 4), axes=(1, 2, 0)),
            sample((2, 3, 4), axes=(-1, 0, -2)),
            sample((3, 3, 3), axes=[2, 0, 1]),
            sample((2, 0, 3), axes=(1, 2, 0)),
        ),
        torch=lambda torch, x, axes=None: torch.permute(x, tuple(range(x.ndim))[::-1] if axes is None else tuple(axes)),
        linear=True,
        accuracy=MOVES,
        timing=timing("rc", autograd=lambda np, x: np.transpose(x)),
    ),
    "swapaxes": Row(
        (
            sample((3,), axis1=0, axis2=-1),
            sample((2, 3), axis1=0, axis2=1),
            sample((2, 3, 4), axis1=-1, axis2=0),
            sample((2, 3, 4), axis1=1, axis2=1),
            sample((3, 3), axis1=0, axis2=1),
            sample((0, 3), axis1=0, axis2=1),
        ),
        torch=lambda torch, x, axis1, axis2: torch.swapaxes(x, axis1, axis2),
        linear=True,
        accuracy=MOVES,
        timing=timing("rc", axis1=0, axis2=1, autograd=lambda np, x, axis1, axis2: np.swapaxes(x, axis1, axis2)),
    ),
    "squeeze": Row(
        (
            sample(()),
            sample((3,)),
            sample((1, 1)),
            sample((1, 3, 1)),
            sample((1, 3, 1), axis=0),
            sample((1, 3, 1), axis=-1),
            sample((1, 3, 1), axis=(0, -1)),
            sample((1, 3, 1), axis=()),
            sample((1, 0)),
        ),
        torch=lambda torch, x, axis=None: torch.squeeze(x) if axis is None else torch.squeeze(x, axis),
        linear=True,
        accuracy=MOVES,
        timing=timing("1rc", axis=0, autograd=lambda np, x, axis: np.squeeze(x, axis)),
    ),
    "expand_dims": Row(
        (
            sample((), axis=0),
            sample((3,), axis=1),
            sample((2, 3), axis=-1),
            sample((2, 3), axis=-3),
            sample((2, 3), axis=(0, -1)),
            sample((2, 3), axis=()),
            sample((0,), axis=0),
        ),
        torch=lambda torch, x, axis: (
            torch.unsqueeze(x, axis) if isinstance(axis, int) else x[None, ..., None] if axis else x[...]
        ),
        linear=True,
        accuracy=MOVES,
        timing=timing("rc", axis=0, autograd=lambda np, x, axis: np.expand_dims(x, axis)),
    ),
    "broadcast_to": Row(
        (
            sample((), shape=()),
            sample((), shape=(2, 3)),
            sample((1,), shape=3),
            sample((3,), shape=(2, 3)),
            sample((2, 1), shape=(2, 3)),
            sample((2, 1, 3), shape=(5, 2, 4, 3)),
            sample((1, 1), shape=(1, 1)),
            sample((1,), shape=(0,)),
            sample((2, 1), shape=(2, 0)),
            sample((0, 3), shape=(2, 0, 3)),
        ),
        torch=lambda torch, x, shape: torch.broadcast_to(x, shape if isinstance(shape, tuple) else (shape,)),
        linear=True,
        accuracy=ADDS,
        timing=timing("1c", shape=lambda s: (s.r, s.c), autograd=lambda np, x, shape: np.broadcast_to(x, shape)),
    ),
    "flip": Row(
        (
            sample(()),
            sample((3,)),
            sample((2, 3)),
            sample((2, 3), axis=0),
            sample((2, 3, 4), axis=-2),
            sample((2, 3, 4), axis=(0, -1)),
            sample((2, 3), axis=()),
            sample((0, 3)),
        ),
        torch=lambda torch, x, axis=None: torch.flip(
            x, tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        ),
        linear=True,
        accuracy=MOVES,
        timing=timing("rc", axis=1, autograd=NO_RULE),
    ),
    "roll": Row(
        (
            sample((), shift=1),
            sample((3,), shift=1),
            sample((5,), shift=-7),
            sample((2, 3), shift=2),
            sample((2, 3), shift=1, axis=1),
            sample((3, 5), shift=(1, -2), axis=(0, -1)),
            sample((3, 5), shift=1, axis=(0, 1)),
            sample((2, 3), shift=(), axis=()),
            sample((0, 3), shift=1, axis=0),
        ),
        # PyTorch 的 roll 要求步数与轴一样多，又不认得空的元组与 0 维
        torch=lambda torch, x, shift, axis=None: (
            x[...]
            if axis == () or not x.ndim
            else torch.roll(
                x, (shift,) * len(axis) if isinstance(axis, tuple) and isinstance(shift, int) else shift, axis
            )
        ),
        linear=True,
        accuracy=MOVES,
        timing=timing("rc", shift=1, axis=1, autograd=lambda np, x, shift, axis: np.roll(x, shift, axis)),
    ),
    "triu": Row(
        TRIANGLE,
        torch=lambda torch, x, k=0: torch.triu(x, k),
        linear=True,
        kinks=(
            kink([[float("inf"), 1.0], [float("inf"), 2.0]], G=[[3.0, 4.0], [5.0, 6.0]], gradients=([[3, 4], [0, 6]],)),
        ),
        accuracy=MOVES,
        timing=timing("rc", autograd=lambda np, x: np.triu(x)),
    ),
    "tril": Row(
        TRIANGLE,
        torch=lambda torch, x, k=0: torch.tril(x, k),
        linear=True,
        kinks=(kink([[1.0, float("inf")], [1.0, 2.0]], G=[[3.0, 4.0], [5.0, 6.0]], gradients=([[3, 0], [5, 6]],)),),
        accuracy=MOVES,
        timing=timing("rc", autograd=lambda np, x: np.tril(x)),
    ),
    "diagonal": Row(
        DIAGONAL,
        torch=lambda torch, x, offset=0, axis1=0, axis2=1: torch.diagonal(x, offset, axis1, axis2),
        linear=True,
        accuracy=MOVES,
        timing=timing("rc", autograd="的反向只认 axis1=-1、axis2=-2 的方阵"),
    ),
}
