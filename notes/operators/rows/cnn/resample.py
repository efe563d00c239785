"""“重采样”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Accuracy, Row, extreme, kink, sample, timing
from notes.operators.samples import MOVES, NO_RULE

# 放大、缩小、不变，两个轴不一样；一个像素；批 0
SHAPES = (
    sample((2, 3, 2, 3), size=(4, 5)),
    sample((1, 2, 5, 4), size=(3, 2)),
    sample((2, 1, 3, 4), size=3),
    sample((1, 1, 1, 1), size=(2, 3)),
    sample((1, 2, 4, 3), size=[1, 1]),
    sample((2, 1, 3, 2), scale_factor=2),
    sample((1, 2, 3, 5), scale_factor=(2.5, 0.6)),
    sample((1, 1, 4, 3), scale_factor=1.4),
    sample((0, 2, 3, 2), size=(2, 4)),
)
UNITS = ("Ah @ abs(x) @ Aw.mT", "Ah.mT @ abs(G) @ Aw")
IMAGE = [[3.0, -1e-3, 2.5], [1e4, 7.0, -0.3], [1e-8, 0.1, -1e4], [0.2, 0.7, 1.3]]


def shuffled(torch, x, upscale_factor):
    """PyTorch 的 pixel_shuffle；一个数也没有时，它的反向报错，换成 reshape。"""
    if x.numel():
        return torch.nn.functional.pixel_shuffle(x, upscale_factor)
    *lead, channels, height, width = x.shape
    return x.reshape(*lead, channels // upscale_factor**2, height * upscale_factor, width * upscale_factor)


ROWS = {
    "interpolate": Row(
        tuple(
            sample(*s.shapes, **s.parameters, mode=mode)
            for s in SHAPES
            for mode in ("nearest", "nearest-exact", "bilinear")
        )
        + tuple(sample(*s.shapes, **s.parameters, mode="bilinear", align_corners=True) for s in SHAPES),
        torch=lambda torch, x, **parameters: torch.nn.functional.interpolate(x, **parameters),
        linear=True,
        kinks=(
            # 大小没有变的，不掺进旁边的数
            kink(
                [[[[1.0, float("inf")]]]],
                G=[[[[2.0, 3.0]]]],
                gradients=([[[[2.0, 3.0]]]],),
                size=(1, 2),
                mode="bilinear",
            ),
        ),
        accuracy=Accuracy(
            (
                extreme([[IMAGE]], units=UNITS, size=(7, 5), mode="bilinear"),
                extreme([[IMAGE]], units=UNITS, size=(7, 6), mode="bilinear", align_corners=True),
                extreme([[IMAGE]], units=UNITS, scale_factor=0.7, mode="bilinear"),
                extreme([[IMAGE]], units=UNITS, size=(9, 9)),
            ),
            why="各项可以相消，单位随各项绝对值之和",
        ),
        timing=timing("bkhh", scale_factor=2, mode="bilinear", autograd=NO_RULE),
    ),
    "pixel_shuffle": Row(
        (
            sample((4, 2, 3), upscale_factor=2),
            sample((2, 8, 3, 2), upscale_factor=2),
            sample((1, 9, 2, 1), upscale_factor=3),
            sample((2, 3, 4, 1, 2), upscale_factor=2),
            sample((2, 3, 2, 3), upscale_factor=1),
            sample((0, 4, 2, 3), upscale_factor=2),
            sample((2, 4, 0, 3), upscale_factor=2),
        ),
        torch=shuffled,
        linear=True,
        accuracy=MOVES,
        timing=timing("bkhh", upscale_factor=lambda size: 2 if size.k >= 4 else 1, autograd=NO_RULE),
    ),
}
