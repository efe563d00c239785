"""“单位化与余弦相似度”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Accuracy, Row, extreme, kink, sample, timing
from notes.operators.samples import LINES, NO_RULE

# 大的、小的、悬殊的
RANGES = ([3e37, 1.0, 2e38], [1e-38, 2e-38, 1e-45], [3e-20, 2e20, 1.0], [3e-13, 4e-13])
PULLED = "(abs(G) + abs(z) * S(abs(G * z))) / maximum(S(x**2)**0.5, eps)"


def cosine_similarity(torch, x1, x2, axis=1, eps=1e-8):
    return torch.nn.functional.cosine_similarity(x1, x2, dim=axis, eps=eps)


def apart(line):
    """与 line 一样长的另一行。"""
    return [1.5 - 0.375 * k for k in range(len(line))]


ROWS = {
    "normalize": Row(
        (
            sample((2, 3)),
            sample((3,), axis=0),
            sample((2, 3), axis=0),
            sample((2, 3, 4), axis=-1),
            sample((2, 3, 4), axis=1, eps=0.5),
            sample((2, 3), axis=1, eps=100.0),
            sample((2, 3), axis=-1, eps=0),
            sample((2, 1)),
            sample((0, 3)),
            sample((2, 0)),
        ),
        torch=lambda torch, x, axis=1, eps=1e-12: torch.nn.functional.normalize(x, dim=axis, eps=eps),
        kinks=(
            kink([0.0, 0.0], G=[3.0, 1.0], gradients=([12.0, 4.0],), axis=0, eps=0.25),
            kink([0.0, 0.0], G=[3.0, 1.0], gradients=([0.0, 0.0],), axis=0, eps=0.0),
            kink([3 * 2.0**1000, -4 * 2.0**1000], G=[0.0, 0.0], gradients=([0.0, 0.0],), axis=0),
        ),
        accuracy=Accuracy(
            tuple(extreme(line, units=("", PULLED), axis=0, eps=1e-12) for line in (*LINES, *RANGES)),
            why="梯度是 G 减去它沿 z 的一份，可以相消，单位随两项绝对值之和",
        ),
        timing=timing("rc", autograd=NO_RULE),
    ),
    "cosine_similarity": Row(
        (
            sample((2, 3), (2, 3)),
            sample((3,), (3,), axis=0),
            sample((2, 3), (2, 3), axis=0),
            sample((2, 3, 4), (2, 3, 4), axis=-1),
            sample((2, 3), (3,)),
            sample((3,), (2, 3)),
            sample((2, 1, 4), (3, 4), axis=-1),
            sample((2, 3), (2, 1)),
            sample((1, 3), (2, 3)),
            sample((2, 1), (2, 1)),
            sample((0, 3), (3,)),
            sample((2, 0), (2, 0)),
        ),
        torch=cosine_similarity,
        kinks=(
            kink([0.0, 0.0], [0.0, 2.0], G=5.0, gradients=([0.0, 20.0], [0.0, 0.0]), axis=0, eps=0.25),
            kink([0.0, 0.0], [0.0, 2.0], G=5.0, gradients=([0.0, 0.0], [0.0, 0.0]), axis=0, eps=0.0),
        ),
        accuracy=Accuracy(
            tuple(
                extreme(
                    line,
                    apart(line),
                    units=(
                        "sum(abs(hat(x1) * hat(x2)))",
                        "abs(G) * (abs(hat(x2)) + abs(hat(x1)) * sum(abs(hat(x1) * hat(x2)))) / S(x1**2)**0.5",
                        "abs(G) * (abs(hat(x1)) + abs(hat(x2)) * sum(abs(hat(x1) * hat(x2)))) / S(x2**2)**0.5",
                    ),
                    axis=0,
                    eps=1e-8,
                )
                for line in LINES
            ),
            why="内积与梯度都可以相消，单位随各项绝对值之和",
        ),
        timing=timing("rc", "rc", autograd=NO_RULE),
    ),
}
