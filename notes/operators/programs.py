"""程序：由算子写成的，也是算子，照样过全部验证手段。每个一行，写法与 rows/ 里算子的一行相同。

它们不登记，不占公式卡与验证报告；精度由各个算子自己量。
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from engine import program as written
from notes.operators.row import Row, sample
from transformer import rnn as recurrent
from transformer.attention import composed_attention as written_attention
from transformer.heads import multi_head_attention

REASON = "由算子拼成，各个算子自己量过"
TARGET = [0, 2, 1, 2]


@dataclass(frozen=True, eq=False)
class Program:
    """一个程序与它的一行。"""

    apply: Callable
    row: Row

    def __str__(self) -> str:
        return self.apply.__name__


def residual(torch, x, W, U):
    functional = torch.nn.functional
    return x + functional.linear(functional.silu(functional.linear(x, W)), U)


def two_layers(torch, x, W, b, U, c, target):
    functional = torch.nn.functional
    h = functional.relu(functional.linear(x, W, b))
    return functional.cross_entropy(functional.linear(h, U, c), torch.tensor(target))


def attention(torch, Q, K, V):
    return torch.softmax(Q @ K.mT / math.sqrt(Q.shape[-1]), -1) @ V


def composed_attention(torch, Q, K, V, bias=None):
    return torch.softmax(Q @ K.mT / math.sqrt(Q.shape[-1]) + (0 if bias is None else bias), -1) @ V


def heads(torch, x, W, b, U, c, heads, is_causal=False):
    functional = torch.nn.functional
    Q, K, V = (p.unflatten(-1, (heads, -1)).transpose(-2, -3) for p in functional.linear(x, W, b).chunk(3, -1))
    scores = Q @ K.mT / math.sqrt(Q.shape[-1])
    if is_causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), -math.inf)
    return functional.linear((torch.softmax(scores, -1) @ V).transpose(-2, -3).flatten(-2), U, c)


def euler(torch, x, W, steps):
    for _ in range(steps):
        x = x + torch.tanh(x @ W) / steps
    return x


def stacked(torch, x, W, U):
    h = residual(torch, x, W, U)
    return residual(torch, h, W, U), h.mean()


def rnn(torch, x, h, *weights):
    states = []
    for row in x:
        h = torch.rnn_tanh_cell(row, h, *weights)
        states.append(h)
    return torch.stack(states)


PROGRAMS = [
    Program(
        written.two_layers,
        Row((sample((4, 3), (5, 3), (5,), (3, 5), (3,), target=TARGET),), torch=two_layers, accuracy=REASON),
    ),
    Program(
        written.residual,
        Row((sample((4, 3), (5, 3), (3, 5)), sample((3,), (2, 3), (3, 2))), torch=residual, accuracy=REASON),
    ),
    Program(
        written.attention,
        Row(
            (sample((4, 3), (5, 3), (5, 2)), sample((2, 1, 4, 3), (3, 5, 3), (5, 2))), torch=attention, accuracy=REASON
        ),
    ),
    Program(
        written_attention,
        Row(
            (
                sample((2, 4, 3), (2, 5, 3), (2, 5, 2), (4, 5)),
                sample((4, 3), (5, 3), (5, 2), (5,)),
                sample((4, 3), (5, 3), (5, 2)),
            ),
            torch=composed_attention,
            accuracy=REASON,
        ),
    ),
    Program(
        multi_head_attention,
        Row(
            (
                sample((2, 5, 6), (18, 6), (18,), (6, 6), (6,), heads=3),
                sample((4, 6), (18, 6), (18,), (6, 6), (6,), heads=2, is_causal=True),
            ),
            torch=heads,
            accuracy=REASON,
        ),
    ),
    Program(written.euler, Row((sample((3,), (3, 3), steps=1000),), torch=euler, accuracy=REASON)),
    Program(written.stacked, Row((sample((4, 3), (5, 3), (3, 5)),), torch=stacked, accuracy=REASON)),
    Program(recurrent.rnn, Row((sample((3, 2, 3), (2, 4), (4, 3), (4, 4), (4,), (4,)),), torch=rnn, accuracy=REASON)),
]
