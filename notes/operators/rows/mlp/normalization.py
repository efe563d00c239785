"""“标准化”一页的算子怎样验证、怎样计时。"""

from math import gcd

from notes.operators.row import Accuracy, Row, extreme, kink, sample, timing
from notes.operators.samples import LINES, NO_RULE

MEAN, VAR = [0.3, -1.2, 0.5], [0.7, 2.5, 1.1]

BATCH = (
    sample((4, 3), (3,), (3,), training=True),
    sample((4, 3), training=True),
    sample((4, 3), (3,), training=True, eps=0.01),
    sample((2, 3, 4), (3,), (3,), training=True),
    sample((2, 3, 2, 2), (3,), (3,), training=True, momentum=0.3),
    sample((1, 3, 4), (3,), (3,), training=True),
    sample((4, 1), (1,), (1,), training=True),
    sample((3, 0), (0,), (0,), training=True),
    # 不在训练
    sample((4, 3), (3,), (3,), running_mean=MEAN, running_var=VAR),
    sample((2, 3, 4), (3,), (3,), running_mean=MEAN, running_var=VAR, eps=0.01),
    sample((1, 3), running_mean=MEAN, running_var=VAR),
    sample((0, 3), (3,), (3,), running_mean=MEAN, running_var=VAR),
    sample((4, 3), (3,), (3,), running_mean=MEAN, running_var=VAR, training=True),
)

LAYER = (
    sample((4, 3), (3,), (3,), normalized_shape=3),
    sample((4, 3), normalized_shape=3),
    sample((4, 3), (3,), normalized_shape=(3,), eps=0.01),
    sample((3,), (3,), (3,), normalized_shape=(3,)),
    sample((2, 3, 4), (4,), (4,), normalized_shape=[4]),
    sample((2, 3, 4), (3, 4), (3, 4), normalized_shape=(3, 4)),
    sample((2, 3, 2, 2), (2, 2), (2, 2), normalized_shape=(2, 2)),
    sample((2, 1), (1,), (1,), normalized_shape=1),
    sample((0, 3), (3,), (3,), normalized_shape=3),
)

GROUP = (
    sample((2, 6), (6,), (6,), num_groups=2),
    sample((2, 6), num_groups=3),
    sample((2, 4, 3), (4,), num_groups=2, eps=0.01),
    sample((2, 4, 3), (4,), (4,), num_groups=1),
    sample((2, 4, 3), (4,), (4,), num_groups=4),
    sample((2, 4, 2, 3), (4,), (4,), num_groups=2),
    sample((1, 6), (6,), (6,), num_groups=2),
    sample((0, 4, 3), (4,), (4,), num_groups=2),
)

INSTANCE = (
    sample((2, 3, 4), (3,), (3,)),
    sample((2, 3, 4)),
    sample((2, 3, 4), (3,), eps=0.01),
    sample((2, 3, 2, 2), (3,), (3,)),
    sample((1, 3, 5), (3,), (3,)),
    sample((0, 3, 4), (3,), (3,)),
)

# 一组一组地量：H 是 weight 乘过的上游梯度，各项的绝对值之和；输出以最大的离差计
CENTRED = (
    "abs(gamma) * r * max(abs(x - M(x))) + abs(beta)",
    "r * (abs(H := gamma * G) + M(abs(H)) + abs(xh) * M(abs(H * xh)))",
    "rest(abs(G) * r * max(abs(x - M(x))))",
    "rest(abs(G))",
)
WHY = "离平均近的一项是两个相近的数之差，单位随最大的离差；梯度是三项之差，可以相消，单位随各项绝对值之和"


def column(line):
    """一行数排成一列：一个通道。"""
    return [[x] for x in line]


def spread(count):
    """count 个互不相同的权重、偏置。"""
    return [1.5 - 0.375 * k for k in range(count)]


def given(x, weight, bias, **parameters):
    return extreme(x, weight, bias, units=CENTRED, **parameters)


def nothing(x, weight, bias):
    """没有元素的输入，PyTorch 里的有几个不收：结果没有元素，weight 与 bias 的梯度是 0。"""
    for array in (weight, bias):
        x = x if array is None else x * array.reshape(-1, *[1] * (x.ndim - 2))
    return x


def functional(name):
    """torch.nn.functional 里的 name：weight、bias 用关键字给。"""

    def apply(torch, x, weight=None, bias=None, **parameters):
        if not x.numel() and name == "instance_norm":
            return nothing(x, weight, bias)
        return getattr(torch.nn.functional, name)(x, weight=weight, bias=bias, **parameters)

    return apply


def batch_norm(torch, x, weight=None, bias=None, *, running_mean=None, running_var=None, **parameters):
    """PyTorch 会就地改写运行统计量，给它的是另一份。"""
    kept = [None if v is None else torch.tensor(v, dtype=x.dtype) for v in (running_mean, running_var)]
    if not x.numel():
        return nothing(x, weight, bias)
    return torch.nn.functional.batch_norm(x, *kept, weight, bias, **parameters)


def shaped(function):
    """normalized_shape 写成元组。"""

    def apply(torch, x, *arrays, normalized_shape, **parameters):
        shape = normalized_shape if isinstance(normalized_shape, tuple | list) else (normalized_shape,)
        return function(torch, x, *arrays, normalized_shape=tuple(shape), **parameters)

    return apply


ROWS = {
    "batch_norm": Row(
        BATCH,
        torch=batch_norm,
        kinks=(
            kink([[2.0], [2.0]], G=[[3.0], [1.0]], gradients=([[0.0], [0.0]],), training=True, eps=0.0),
            kink(
                [[0.1], [0.1], [0.1]],
                G=[[3.0], [1.0], [2.0]],
                gradients=([[2.0], [-2.0], [0.0]],),
                training=True,
                eps=0.25,
            ),
            kink([[2.0**1000], [-(2.0**1000)]], G=[[3.0], [3.0]], gradients=([[0.0], [0.0]],), training=True),
        ),
        accuracy=Accuracy(
            tuple(given(column(line), [1.5], [-0.3], training=True) for line in LINES),
            why=WHY,
        ),
        timing=timing("rc", "c", "c", autograd=NO_RULE, training=True),
    ),
    "layer_norm": Row(
        LAYER,
        torch=shaped(functional("layer_norm")),
        kinks=(
            kink([2.0, 2.0], G=[3.0, 1.0], gradients=([0.0, 0.0],), normalized_shape=2, eps=0.0),
            kink([2.0, 2.0], G=[3.0, 1.0], gradients=([2.0, -2.0],), normalized_shape=2, eps=0.25),
        ),
        accuracy=Accuracy(
            tuple(
                given(line, spread(len(line)), spread(len(line))[::-1], normalized_shape=len(line)) for line in LINES
            ),
            why=WHY,
        ),
        timing=timing("rc", "c", "c", autograd=NO_RULE, normalized_shape=lambda size: size.c),
    ),
    "rms_norm": Row(
        tuple(sample(*s.shapes[:2], **s.parameters) for s in LAYER)
        + (sample((2, 3), (3,), normalized_shape=3, eps=0.0),),
        torch=shaped(
            lambda torch, x, weight=None, **parameters: torch.nn.functional.rms_norm(x, weight=weight, **parameters)
        ),
        kinks=(
            kink([0.0, 0.0], G=[3.0, 1.0], gradients=([0.0, 0.0],), normalized_shape=2, eps=0.0),
            kink([0.0, 0.0], G=[3.0, 1.0], gradients=([6.0, 2.0],), normalized_shape=2, eps=0.25),
        ),
        accuracy=Accuracy(
            tuple(
                extreme(
                    line,
                    spread(len(line)),
                    units=("", "(abs(H := gamma * G) + abs(x) * M(abs(H * x)) / rms**2) / rms", ""),
                    normalized_shape=len(line),
                    eps=1e-5,
                )
                for line in LINES
            ),
            why="梯度是两项之差，可以相消，单位随各项绝对值之和",
        ),
        timing=timing("rc", "c", autograd=NO_RULE, normalized_shape=lambda size: size.c),
    ),
    "group_norm": Row(
        GROUP,
        torch=functional("group_norm"),
        kinks=(kink([[2.0, 2.0]], G=[[3.0, 1.0]], gradients=([[2.0, -2.0]],), num_groups=1, eps=0.25),),
        accuracy=Accuracy(
            tuple(given([line], spread(len(line)), spread(len(line))[::-1], num_groups=1) for line in LINES),
            why=WHY,
        ),
        timing=timing("1rc", "r", "r", autograd=NO_RULE, num_groups=lambda size: gcd(size.r, 10)),
    ),
    "instance_norm": Row(
        INSTANCE,
        torch=functional("instance_norm"),
        kinks=(kink([[[2.0, 2.0]]], G=[[[3.0, 1.0]]], gradients=([[[2.0, -2.0]]],), eps=0.25),),
        accuracy=Accuracy(
            tuple(given([[line]], [1.5], [-0.3]) for line in LINES),
            why=WHY,
        ),
        timing=timing("1rc", "r", "r", autograd=NO_RULE),
    ),
}
