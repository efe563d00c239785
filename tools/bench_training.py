"""make bench 的后一半：训练认手写数字的网络，与 PyTorch 相比，一个线程，两家交替着量，各取最快的一次。

量的是同样的批、同样的步数；先核对两家走到了同一个地方。用法：python -m tools.bench_training
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # 要在导入 numpy 之前

import gc
import importlib.util
import sys
from typing import Any

if not importlib.util.find_spec("torch"):
    sys.exit("没有装 torch，先运行 .venv/bin/python -m pip install -r requirements-dev.txt")

import numpy as np
import torch
import torch.nn.functional as F

from mlp import digits
from mlp.equality import batches, follow, gap
from mlp.optimizers import adam, sgd
from tools.bench.engines import OURS, TORCH, fastest

STEPS = 1150
LIMIT, SECONDS = 1.0, 2.0
CLOSE = 1e-12
CASES: dict[str, tuple[Any, Any, dict[str, float]]] = {
    "SGD，动量 0.9": (sgd, torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
    "Adam": (adam, torch.optim.Adam, {"lr": 1e-3}),
}


def ours(start, images, labels, rule, options):
    *_, parameters = follow(start, images, labels, rule, STEPS, **options)
    return parameters


def theirs(start, images, labels, make, options):
    parameters = W, b, U, c = [torch.tensor(p, requires_grad=True) for p in start]
    optimizer = make(parameters, **options)
    x, target = torch.tensor(images), torch.tensor(labels)
    for chosen in batches(len(x), STEPS):
        optimizer.zero_grad()
        scores = F.linear(F.relu(F.linear(x[chosen], W, b)), U, c)
        F.cross_entropy(scores, target[chosen]).backward()
        optimizer.step()
    return [p.detach() for p in parameters]


def main():
    torch.set_num_threads(1)
    gc.disable()
    images, labels, _, _ = digits.load()
    start = digits.initial(np.random.default_rng(0))
    print(
        f"\n训练 64-64-10 的网络 {STEPS} 步，float64，一批 64 张\n\n| 优化器 | 本站 | PyTorch | 比值 | |\n|---|--:|--:|--:|---|"
    )
    passed = True
    for name, (rule, make, settings) in CASES.items():
        runs = {
            OURS: lambda: ours(start, images, labels, rule, settings),  # noqa: B023
            TORCH: lambda: theirs(start, images, labels, make, settings),  # noqa: B023
        }
        same = gap(runs[OURS](), runs[TORCH]()) < CLOSE
        best = fastest(runs, SECONDS)
        ratio = best[OURS] / best[TORCH]
        met = same and ratio <= LIMIT and best[OURS] < SECONDS
        print(
            f"| {name} | {best[OURS]:.2f} s | {best[TORCH]:.2f} s | {ratio:.2f} | 走到同一个地方：{'是' if same else '**否**'}，"
            f"≤ {LIMIT} 且 < {SECONDS:g} s：{'达到' if met else '**没有达到**'} |"
        )
        passed &= met
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
