"""“旋转位置编码”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Accuracy, Row, extreme, sample, timing
from notes.operators.samples import NO_RULE

# 一对里两个数的绝对值之和：转过之后可以相消；角是两个舍入过的数之积，误差随角增大
TOGETHER = {
    False: ("(abs({0}) + abs(roll({0}, {0}.shape[-1] // 2, -1)))", "concatenate((1 + abs(theta),) * 2, -1)"),
    True: ("(abs({0}) + abs({0}.reshape(-1, 2)[:, ::-1].reshape({0}.shape)))", "repeat(1 + abs(theta), 2, -1)"),
}


def rotary_embedding(torch, x, *, positions, base=10000.0, interleaved=False):
    """PyTorch 里没有这个算子：相邻的一对当作复数，乘 e^(iφ)；另一种配对先换成相邻的，转完再换回来。"""
    d = x.shape[-1]
    powers = torch.arange(0, d, 2, dtype=torch.float64) / -d
    angle = torch.as_tensor(positions, dtype=torch.float64)[..., None] * base**powers
    turn = torch.polar(torch.ones_like(angle), angle).to(torch.promote_types(x.dtype, torch.complex64))
    a, b = x.unflatten(-1, (d // 2, 2) if interleaved else (2, d // 2)).unbind(-1 if interleaved else -2)
    z = torch.complex(a, b) * turn
    return torch.stack((z.real, z.imag), -1 if interleaved else -2).flatten(-2)


def turned(x, interleaved, **parameters):
    pair, angle = TOGETHER[interleaved]
    units = tuple(f"{pair.format(name)} * {angle}" for name in ("x", "G"))
    return extreme(x, units=units, interleaved=interleaved, **parameters)


ROWS = {
    "rotary_embedding": Row(
        (
            sample((3, 4), positions=[0, 1, 2]),
            sample((3, 4), positions=[0, 1, 2], interleaved=True),
            sample((2, 3, 6), positions=[5, 2, 1000], base=100.0),
            sample((2, 3, 6), positions=[5, 2, 1000], base=100, interleaved=True),
            sample((2, 2, 3, 4), positions=[[[0, 1, 2]], [[7, 8, 9]]]),
            sample((2, 2, 3, 4), positions=[[[4]], [[7]]], interleaved=True),
            sample((3, 2), positions=[-1.5, 0.25, 3.0]),
            sample((2, 3, 4), positions=7),
            sample((4,), positions=2),
            sample((6,), positions=2, base=0.5, interleaved=True),
            sample((0, 4), positions=[]),
            sample((2, 0, 4), positions=0, interleaved=True),
            sample((3, 0), positions=[0, 1, 2]),
        ),
        torch=rotary_embedding,
        linear=True,
        accuracy=Accuracy(
            tuple(
                turned(x, interleaved, positions=positions)
                for interleaved in (False, True)
                for x, positions in (
                    ([0.5, -3.0, 1e-3, 7.0, 2.0, 0.125], 1),
                    ([1e30, 1.0, -1e-30, 1.0, 1e30, 3.0], -2.5),
                    ([[1.0, 1.0], [-0.3, 0.7], [1e-20, 3e-20]], [0, 11, 100003]),
                )
            ),
            why="转过的一个数是两项之差，可以相消，单位随两项绝对值之和；角是位置与频率之积，"
            "频率舍入过，单位也乘以 1 + 角",
        ),
        timing=timing("rq", autograd=NO_RULE, positions=7),
    ),
}
