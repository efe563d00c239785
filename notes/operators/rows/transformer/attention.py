"""“缩放点积注意力”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Accuracy, Row, extreme, kink, sample, timing
from notes.operators.samples import NO_RULE

INF, NAN = float("inf"), float("nan")

ROW = [True, False, True, True, False]
SEEN = [ROW, [False] * 5, [True] * 5, [False, False, True, False, False]]
BIAS = [[0.5, -INF, 0.0, -1.0, 2.0], [-INF] * 5, [1.0] * 5, [-INF, 3.0, -INF, 0.25, -2.0]]
PADDED = [[[True, True, False, True, False]], [[True, True, True, True, True]]]


def attention(torch, query, key, value, *, attn_mask=None, **parameters):
    """PyTorch 的融合内核求不了二阶，用它由几个算子拼成的那一份。"""
    from torch.nn.attention import SDPBackend, sdpa_kernel

    mask = attn_mask if attn_mask is None else torch.tensor(attn_mask)
    if mask is not None and mask.dtype != torch.bool:
        mask = mask.to(query.dtype)
    with sdpa_kernel(SDPBackend.MATH):
        return torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask, **parameters)


def fused(torch, query, key, value, **parameters):
    return torch.nn.functional.scaled_dot_product_attention(query, key, value, **parameters)


# 分数的舍入误差经 exp 变成相对误差，随分数的大小；其余的单位是各项绝对值之和
SIZE = "(1 + max(abs(query) @ abs(key).mT))"
SLOPE = "P * (abs(G) @ abs(value).mT + (abs(G) @ (P @ abs(value)).mT).max())"
UNITS = (
    f"P @ abs(value) * {SIZE}",
    f"{SLOPE} @ abs(key) * {SIZE}",
    f"({SLOPE}).mT @ abs(query) * {SIZE}",
    f"P.mT @ abs(G) * {SIZE}",
)

QUERY = [[0.5, -1.25, 2.0, 0.1], [3.0, 0.0, -0.7, 1.5], [-0.2, 0.3, 0.05, -4.0]]
KEY = [[1.0, 0.5, -0.3, 2.0], [-2.0, 1.1, 0.7, 0.0], [0.4, -0.6, 3.0, 1.0], [0.0, 0.0, 0.0, 0.0], [5.0, -1.0, 2.0, 0.3]]
VALUE = [[1.0, -2.0], [0.3, 4.0], [-1.5, 0.01], [7.0, 1.0], [0.0, -0.6]]


def scaled(matrix, factor):
    return [[factor * x for x in line] for line in matrix]


ROWS = {
    "scaled_dot_product_attention": Row(
        (
            sample((4, 3), (5, 3), (5, 2)),
            sample((2, 1, 4, 3), (3, 5, 3), (5, 2)),
            sample((2, 4, 3, 2), (2, 2, 5, 2), (2, 2, 5, 3), enable_gqa=True),
            sample((4, 3, 2), (2, 5, 2), (1, 5, 3), enable_gqa=True, is_causal=True),
            sample((2, 4, 3, 2), (1, 2, 5, 2), (2, 5, 3), enable_gqa=True, attn_mask=[[ROW] * 3]),
            sample((4, 3), (5, 3), (5, 2), attn_mask=SEEN),
            sample((2, 4, 3), (2, 5, 3), (2, 5, 2), attn_mask=BIAS, scale=0.7),
            sample((2, 4, 3), (2, 5, 3), (2, 5, 2), attn_mask=PADDED),
            sample((4, 3), (5, 3), (5, 2), attn_mask=ROW),
            sample((4, 3), (5, 3), (5, 2), attn_mask=[[True], [False], [True], [True]]),
            sample((4, 3), (5, 3), (5, 2), attn_mask=True, scale=-0.3),
            sample((2, 3, 2), (2, 5, 2), (2, 5, 3), is_causal=True),
            sample((5, 3), (2, 3), (2, 4), is_causal=True),
            sample((1, 1), (1, 1), (1, 1)),
            sample((0, 3), (5, 3), (5, 2)),
            sample((4, 3), (0, 3), (0, 2)),
            sample((4, 0), (5, 0), (5, 2)),
            sample((4, 3), (5, 3), (5, 0)),
            sample((0, 4, 3), (0, 5, 3), (0, 5, 2), is_causal=True),
        ),
        torch=attention,
        kinks=(
            *(
                kink(
                    [[1.0], [1.0]],
                    [[0.0], [0.0]],
                    [[1.0], [3.0]],
                    G=[[2.0], [4.0]],
                    gradients=([[0.0], [0.0]], [[-1.0], [1.0]], [[1.0], [1.0]]),
                    attn_mask=mask,
                )
                for mask in ([[True, True], [False, False]], [[0.0, 0.0], [-INF, -INF]])
            ),
            kink(
                [[1.0], [NAN]],
                [[0.0], [0.0], [NAN]],
                [[1.0], [3.0], [INF]],
                G=[[2.0], [4.0]],
                gradients=([[0.0], [0.0]], [[-1.0], [1.0], [0.0]], [[1.0], [1.0], [0.0]]),
                attn_mask=[[True, True, False], [False, False, False]],
            ),
            kink(
                [[1000.0], [-1000.0]],
                [[1000.0], [-1000.0]],
                [[1.0], [3.0]],
                G=[[2.0], [4.0]],
                gradients=([[0.0], [0.0]], [[0.0], [0.0]], [[2.0], [4.0]]),
            ),
            kink(
                [[1000.0], [NAN]],
                [[1000.0], [NAN]],
                [[1.0], [3.0]],
                G=[[2.0], [4.0]],
                gradients=([[0.0], [0.0]], [[0.0], [0.0]], [[2.0], [0.0]]),
                attn_mask=[[True, False], [False, False]],
            ),
        ),
        accuracy=Accuracy(
            (
                extreme(QUERY, KEY, VALUE, units=UNITS),
                extreme(scaled(QUERY, 30.0), KEY, VALUE, units=UNITS),
                extreme(scaled(QUERY, 1e-6), scaled(KEY, 1e-6), scaled(VALUE, 1e6), units=UNITS),
                extreme(QUERY, KEY, scaled(VALUE, 1e36), units=UNITS),
                extreme(QUERY, scaled(KEY, 3.0), VALUE, units=UNITS, is_causal=True, scale=1.0),
                extreme(QUERY, KEY, VALUE, units=UNITS, attn_mask=[0.0, -INF, -20.0, 3.0, 1.0]),
            ),
            why="分数的舍入误差经 exp 放大，单位随分数的大小；梯度里有相消，单位随各项绝对值之和",
        ),
        timing=timing("1ash", "1ash", "1ash", autograd=NO_RULE, torch=fused),
    ),
}
