"""手写数字：两层卷积的网络。数据、基线、训练见 mlp/digits.py。"""

import json
from pathlib import Path

import numpy as np

from engine.program import program
from engine.tape import F
from mlp import digits as mlp
from mlp.optimizers import sgd


# --8<-- [start:network]
def scores(x, K, a, M, b, U, c):
    """两层卷积、一层线性，x 形状 (N, 1, 8, 8)，返回 (N, 10) 的分数；数组与记下的数都可以。

    K 形状 (8, 1, 3, 3)，M 形状 (16, 8, 3, 3)，U 形状 (10, 64)，a、b、c 是偏置；每次池化，高、宽减半。
    """
    h = F.max_pool2d(F.relu(F.conv2d(x, K, a, padding=1)), kernel_size=2)
    h = F.max_pool2d(F.relu(F.conv2d(h, M, b, padding=1)), kernel_size=2)
    return F.linear(F.reshape(h, shape=(len(x), -1)), U, c)


@program
def loss(K, a, M, b, U, c, *, x, target):
    """一批图的平均交叉熵；x 不求梯度，所以是关键字参数。"""
    return F.cross_entropy(scores(x, K, a, M, b, U, c), target=target)


def initial(rng, shapes=((8, 1, 3, 3), (16, 8, 3, 3), (10, 64))):
    """He 初始化的参数 [K, a, M, b, U, c]：权重的方差是 2 除以一个输出用到几个输入，偏置是 0。"""
    weights = [rng.standard_normal(shape) * np.sqrt(2 / np.prod(shape[1:])) for shape in shapes]
    return [each for W in weights for each in (W, np.zeros(len(W)))]
# --8<-- [end:network]


# --8<-- [start:learn]
def learn(epochs=30):
    """种子 0 的训练，返回 (参数, 每一步的损失)。"""
    pixels, labels, _, _ = mlp.load()
    rng = np.random.default_rng(0)
    options = {"epochs": epochs, "rng": rng, "loss": loss, "lr": 0.1, "momentum": 0.9}
    return mlp.train(initial(rng), pixels.reshape(-1, 1, 8, 8), labels, sgd, **options)


def learned():
    """make train 存着的 learn()：参数到第八位小数，损失到第六位。"""
    kept = stored()["learned"]
    shapes = [p.shape for p in initial(np.random.default_rng(0))]
    return [np.reshape(p, shape) for p, shape in zip(kept["parameters"], shapes)], kept["losses"]
# --8<-- [end:learn]


# --8<-- [start:again]
def both(seed, order=slice(None)):
    """卷积网络与 MLP 用同一个种子各训练一次，测试的图各对几张；order 是像素先怎样重排。"""
    pixels, labels, queries, truth = mlp.load()
    pixels, queries, right = pixels[:, order], queries[:, order], []
    ours = (-1, 1, 8, 8), initial, loss, scores, 30
    theirs = (-1, 64), mlp.initial, mlp.loss, mlp.scores, 50
    for shape, start, goal, answers, epochs in (ours, theirs):
        rng = np.random.default_rng(seed)
        options = {"epochs": epochs, "rng": rng, "loss": goal, "lr": 0.1, "momentum": 0.9}
        parameters, _ = mlp.train(start(rng), pixels.reshape(shape), labels, sgd, **options)
        right.append(int((answers(queries.reshape(shape), *parameters).argmax(axis=1) == truth).sum()))
    return right


def stored():
    """make train 存着的结果：learn()；换了种子、打乱了像素，卷积网络与 MLP 各对几张，以及打乱的次序。"""
    return json.loads(Path(__file__).with_name("digits.json").read_text(encoding="utf-8"))
# --8<-- [end:again]
