"""“拼接、切开、补零、平铺”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Row, sample, timing

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
        ),
        # PyTorch 从最后一个轴写起
        torch=lambda torch, x, pad_width: (
            torch.nn.functional.pad(
                x, [w for pair in torch.tensor(pad_width).expand(x.ndim, 2).tolist()[::-1] for w in pair]
            )
            if x.ndim
            else x[...]
        ),
        linear=True,
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
        timing=timing("1c", reps=lambda s: (s.r, 1), autograd=lambda np, x, reps: np.tile(x, reps)),
    ),
}
