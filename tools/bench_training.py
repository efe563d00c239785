"""make bench 的后一半：训练认手写数字的两个网络与小的 GPT，与 PyTorch 相比，一个线程，两家交替着量，各取最快的一次。

量的是同样的批、同样的步数；先核对两家走到了同一个地方。用法：python -m tools.bench_training
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # 要在导入 numpy 之前

import gc
import importlib.util
import sys
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from typing import Any

if not importlib.util.find_spec("torch"):
    sys.exit("没有装 torch，先运行 .venv/bin/python -m pip install -r requirements-dev.txt")

import numpy as np
import torch
import torch.nn.functional as F

from cnn import digits as cnn
from mlp import digits as mlp
from mlp.equality import batches, follow, gap
from mlp.optimizers import adam, sgd
from tools.bench.engines import OURS, TORCH, fastest
from transformer import gpt

CLOSE = 1e-12
CASES: dict[str, tuple[Any, Any, dict[str, float]]] = {
    "SGD，动量 0.9": (sgd, torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
    "Adam": (adam, torch.optim.Adam, {"lr": 1e-3}),
}
# 小的 GPT 学加法走几步，一步至多是 PyTorch 的几倍，参数差多少算走到同一个地方，量几秒
GPT_STEPS, GPT_LIMIT, GPT_CLOSE, GPT_SECONDS = 20, 1.5, 1e-10, 2.0


def dense(x, W, b, U, c):
    return F.linear(F.relu(F.linear(x, W, b)), U, c)


def convolutional(x, K, a, M, b, U, c):
    h = F.max_pool2d(F.relu(F.conv2d(x.reshape(-1, 1, 8, 8), K, a, padding=1)), 2)
    return F.linear(F.max_pool2d(F.relu(F.conv2d(h, M, b, padding=1)), 2).flatten(1), U, c)


@dataclass(frozen=True)
class Network:
    """一个网络：本站的程序与初值，PyTorch 里的同一个，走几步，用时的比值与秒数不超过多少。"""

    name: str
    shape: tuple[int, ...]
    loss: Any
    initial: Any
    scores: Any
    steps: int
    ratio: float
    seconds: float


NETWORKS = (
    Network("64-64-10", (-1, 64), mlp.loss, mlp.initial, dense, 1150, 1.0, 2.0),
    Network("卷积，1→8→16", (-1, 1, 8, 8), cnn.loss, cnn.initial, convolutional, 690, 2.0, 6.0),
)


def ours(network, start, images, labels, rule, options):
    *_, parameters = follow(start, images, labels, rule, network.steps, loss=network.loss, **options)
    return parameters


def theirs(network, start, images, labels, make, options):
    parameters = [torch.tensor(p, requires_grad=True) for p in start]
    optimizer = make(parameters, **options)
    x, target = torch.tensor(images), torch.tensor(labels)
    for chosen in batches(len(x), network.steps):
        optimizer.zero_grad()
        F.cross_entropy(network.scores(x[chosen], *parameters), target[chosen]).backward()
        optimizer.step()
    return [p.detach() for p in parameters]


def gpt_scores(tokens, E, P, *rest, count=4):
    """小的 GPT，用 PyTorch 写；参数的次序见 gpt.scores。"""
    (N, T), C = tokens.shape, E.shape[1]
    x = F.embedding(tokens, E) + P[:T]
    for k in range(0, len(rest) - 2, 16):
        g, b, Wq, bq, Wk, bk, Wv, bv, Wo, bo, h, c, W, d, U, e = rest[k : k + 16]
        y = F.layer_norm(x, (C,), g, b)
        pairs = ((Wq, bq), (Wk, bk), (Wv, bv))
        q, key, v = (F.linear(y, A, a).reshape(N, T, count, C // count).swapaxes(1, 2) for A, a in pairs)
        mixed = F.scaled_dot_product_attention(q, key, v, is_causal=True).swapaxes(1, 2).reshape(N, T, C)
        x = x + F.linear(mixed, Wo, bo)
        x = x + F.linear(F.relu(F.linear(F.layer_norm(x, (C,), h, c), W, d)), U, e)
    return F.linear(F.layer_norm(x, (C,), *rest[-2:]), E)


def our_gpt(start, lessons):
    """逐步交出参数。"""
    return (parameters for parameters, _ in gpt.train(start, lessons, lr=3e-3))


def their_gpt(start, lessons):
    parameters = [torch.tensor(p, requires_grad=True) for p in start]
    optimizer = torch.optim.Adam(parameters, lr=3e-3)
    for lesson in lessons:
        tokens, target = torch.tensor(lesson["tokens"]), torch.tensor(lesson["target"])
        optimizer.zero_grad()
        F.cross_entropy(gpt_scores(tokens, *parameters).reshape(-1, 11), target.reshape(-1)).backward()
        optimizer.step()
        yield [p.detach() for p in parameters]


def train_gpt():
    """学加法的那一个：两层，宽 32，4 个头，一批 64 道；量的是一步。返回达到了没有。"""
    rng = np.random.default_rng(0)
    start = gpt.initial(rng, vocabulary=11, length=10, layers=2)
    lessons = [gpt.lesson(gpt.addition(rng.integers(1_000_000, size=64)), 7) for _ in range(GPT_STEPS)]
    walks = {OURS: our_gpt, TORCH: their_gpt}
    same = gap(*(list(walk(start, lessons))[-1] for walk in walks.values())) < GPT_CLOSE
    runs = {engine: partial(next, walk(start, cycle(lessons))) for engine, walk in walks.items()}
    best = {engine: seconds * 1e3 for engine, seconds in fastest(runs, GPT_SECONDS).items()}
    ratio = best[OURS] / best[TORCH]
    met = same and ratio <= GPT_LIMIT
    print(
        "\n训练小的 GPT（加法），一步，float64\n\n| 本站 | PyTorch | 比值 | |\n|--:|--:|--:|---|\n"
        f"| {best[OURS]:.1f} ms | {best[TORCH]:.1f} ms | {ratio:.2f} | 走到同一个地方：{'是' if same else '**否**'}，"
        f"≤ {GPT_LIMIT}：{'达到' if met else '**没有达到**'} |"
    )
    return met


def main():
    torch.set_num_threads(1)
    gc.disable()
    met = [*(measure(network) for network in NETWORKS), train_gpt()]
    return 0 if all(met) else 1


def measure(network):
    """印出一个网络的表；都达到了返回 True。"""
    images, labels, _, _ = mlp.load()
    images, start = images.reshape(network.shape), network.initial(np.random.default_rng(0))
    print(f"\n训练 {network.name} 的网络 {network.steps} 步，float64，一批 64 张\n")
    print("| 优化器 | 本站 | PyTorch | 比值 | |\n|---|--:|--:|--:|---|")
    passed = True
    for name, (rule, make, settings) in CASES.items():
        runs = {
            OURS: lambda: ours(network, start, images, labels, rule, settings),  # noqa: B023
            TORCH: lambda: theirs(network, start, images, labels, make, settings),  # noqa: B023
        }
        same = gap(runs[OURS](), runs[TORCH]()) < CLOSE
        best = fastest(runs, network.seconds)
        ratio = best[OURS] / best[TORCH]
        met = same and ratio <= network.ratio and best[OURS] < network.seconds
        print(
            f"| {name} | {best[OURS]:.2f} s | {best[TORCH]:.2f} s | {ratio:.2f} | 走到同一个地方：{'是' if same else '**否**'}，"
            f"≤ {network.ratio} 且 < {network.seconds:g} s：{'达到' if met else '**没有达到**'} |"
        )
        passed &= met
    return passed


if __name__ == "__main__":
    sys.exit(main())
