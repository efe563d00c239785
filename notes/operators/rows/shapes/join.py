"""“拼接、切开、补零、平铺”一页的算子怎样验证、怎样计时。"""

import math

from notes.operators.row import Row, kink, sample, timing
from notes.operators.samples import ADDS, MOVES

MODES = ("edge", "reflect", "symmetric", "wrap")
POWERS = [2.0**k for k in range(8)]


def padded(torch, x, pad_width, mode="constant", constant_values=0):
    """PyTorch 的 pad：非常数的模式只补最后一个轴，还要两三个轴的输入，所以一个轴一个轴地补。"""
    names = {"constant": "constant", "edge": "replicate", "reflect": "reflect", "wrap": "circular"}
    pairs = [torch.tensor(given).expand(x.ndim, 2).tolist() for given in (pad_width, constant_values)]
    for axis, ((before, after), (left, right)) in enumerate(zip(*pairs, strict=True)):
        rows = x.movedim(axis, -1)
        others, n = rows.shape[:-1], rows.shape[-1]
        rows = rows.reshape(1, math.prod(others), n)
        if mode == "symmetric":  # PyTorch 没有：两头各接上翻过来的一段
            rows = torch.cat([rows[..., :before].flip(-1), rows, rows[..., n - after :].flip(-1)], -1)
        elif mode == "constant":
            rows = torch.nn.functional.pad(rows, (before, 0), value=left)
            rows = torch.nn.functional.pad(rows, (0, after), value=right)
        elif before or after:
            rows = torch.nn.functional.pad(rows, (before, after), mode=names[mode])
        x = rows.reshape(*others, before + n + after).movedim(-1, axis)
    return x


ROWS = {
    "concatenate": Row(
        (
            sample((3,)),
            sample((3,), (2,)),
            sample((2,), (0,), (3,)),
            sample((2, 3), (1, 3), (4, 3)),
            sample((2, 3), (2, 1), (2, 4), axis=1),
            sample((2, 1, 3), (2, 5, 3), axis=-2),
            sample((2, 3), (), (4,), axis=None),
            sample((0, 3), (2, 3)),
            sample((2, 0), (1, 0)),
        ),
        torch=lambda torch, *xs, axis=0: torch.cat([x.reshape(-1) for x in xs] if axis is None else xs, axis or 0),
        linear=True,
        accuracy=MOVES,
        timing=timing("rc", "rc", autograd=lambda np, *xs: np.concatenate(xs)),
    ),
    "stack": Row(
        (
            sample((), ()),
            sample((3,)),
            sample((3,), (3,), axis=1),
            sample((2, 3), (2, 3), (2, 3)),
            sample((2, 3), (2, 3), (2, 3), axis=-1),
            sample((2, 3), (2, 3), axis=-2),
            sample((0, 3), (0, 3), axis=1),
        ),
        torch=lambda torch, *xs, axis=0: torch.stack(xs, axis),
        linear=True,
        accuracy=MOVES,
        timing=timing("rc", "rc", autograd=lambda np, *xs: np.stack(xs)),
    ),
    "split": Row(
        (
            sample((3,), sections=1),
            sample((4,), sections=2),
            sample((2, 6), sections=3, axis=1),
            sample((5,), sections=(1, 3)),
            sample((5, 2), sections=(2, 2, -1)),
            sample((2, 5, 3), sections=[4], axis=-2),
            sample((3,), sections=()),
            sample((0, 2), sections=2),
            sample((2, 0), sections=(1,)),
        ),
        torch=lambda torch, x, sections, axis=0: torch.tensor_split(
            x, sections if isinstance(sections, int) else tuple(sections), axis
        ),
        linear=True,
        accuracy=MOVES,
        timing=timing("cr", sections=5, autograd=lambda np, x, sections: np.split(x, sections)),
    ),
    "pad": Row(
        (
            sample((), pad_width=2),
            sample((3,), pad_width=2),
            sample((3,), pad_width=(1, 0)),
            sample((2, 3), pad_width=(1, 2)),
            sample((2, 3), pad_width=((1, 2), (0, 3))),
            sample((2, 3), pad_width=((1,), (2,))),
            sample((2, 3, 1), pad_width=((0, 0), (2, 1), (0, 1))),
            sample((2, 3), pad_width=0),
            sample((0, 3), pad_width=1),
            # 别的常数，别的模式
            sample((2, 3), pad_width=(1, 2), constant_values=5),
            sample((2, 3), pad_width=1, constant_values=[[1.5, 2], [3, -4]]),
            *(sample((3,), pad_width=(2, 1), mode=mode) for mode in MODES),
            *(sample((3, 4), pad_width=((1, 2), (0, 3)), mode=mode) for mode in MODES),
            sample((2, 1, 3), pad_width=((0, 0), (0, 0), (2, 0)), mode="reflect"),
            sample((), pad_width=2, mode="edge"),
        ),
        torch=padded,
        linear=True,
        # 补得比原来还长：来回照、一圈圈接；只有一个数
        kinks=(
            kink([0.0, 0.0, 0.0], G=POWERS[:8], gradients=([17, 170, 68],), pad_width=(0, 5), mode="reflect"),
            kink([0.0, 0.0], G=POWERS[:7], gradients=([51, 76],), pad_width=(5, 0), mode="symmetric"),
            kink([0.0, 0.0, 0.0], G=POWERS[:8], gradients=([146, 36, 73],), pad_width=(1, 4), mode="wrap"),
            kink([0.0], G=POWERS[:4], gradients=([15],), pad_width=(1, 2), mode="reflect"),
        ),
        accuracy=MOVES,
        timing=timing(
            "rc",
            pad_width=((1, 2), (3, 4)),
            torch=lambda torch, x, pad_width: torch.nn.functional.pad(x, (3, 4, 1, 2)),
            autograd=lambda np, x, pad_width: np.pad(x, pad_width, "constant"),
        ),
    ),
    "tile": Row(
        (
            sample((), reps=3),
            sample((), reps=(2, 3)),
            sample((3,), reps=2),
            sample((2, 3), reps=2),
            sample((2, 3), reps=(4, 2)),
            sample((2, 3, 4), reps=(3,)),
            sample((2, 3, 4), reps=(2, 3)),
            sample((3,), reps=(2, 1, 4)),
            sample((2, 3), reps=()),
            sample((2, 3), reps=(0, 2)),
            sample((0, 3), reps=(2, 2)),
        ),
        torch=lambda torch, x, reps: torch.tile(x, reps if isinstance(reps, tuple) else (reps,)),
        linear=True,
        accuracy=ADDS,
        timing=timing("1c", reps=lambda s: (s.r, 1), autograd=lambda np, x, reps: np.tile(x, reps)),
    ),
}
