"""手写数字：读数据，64-64-10 的网络，训练。"""

import gzip
import sys
from pathlib import Path

import numpy as np

from engine.program import program
from engine.tape import F
from mlp.optimizers import update


# --8<-- [start:load]
def load():
    """UCI 的手写数字，返回 (训练图, 训练标签, 测试图, 测试标签)。

    共 1797 张，一张 64 个数，从 0 到 1，float64；标签是 0 到 9 的整数。次序用种子 0 打乱一次，
    前 1437 张训练，后 360 张测试。数据与许可见同一文件夹的 digits.txt。
    """
    with gzip.open(Path(__file__).with_name("digits.csv.gz"), "rt") as file:
        table = np.loadtxt(file, delimiter=",")
    images, labels = table[:, :64] / 16, table[:, 64].astype(int)
    order = np.random.default_rng(0).permutation(len(table))
    train, test = order[:1437], order[1437:]
    return images[train], labels[train], images[test], labels[test]
# --8<-- [end:load]


# --8<-- [start:network]
def scores(x, W, b, U, c):
    """64-64-10 的网络，x 形状 (N, 64)，返回 (N, 10) 的分数；数组与记下的数都可以。"""
    return F.linear(F.relu(F.linear(x, W, b)), U, c)


@program
def loss(W, b, U, c, *, x, target):
    """一批图的平均交叉熵；x 不求梯度，所以是关键字参数。"""
    return F.cross_entropy(scores(x, W, b, U, c), target=target)


def initial(rng, sizes=(64, 64, 10)):
    """He 初始化的参数 [W, b, U, c]：权重的方差是 2 除以输入的个数，偏置是 0。"""
    layers = [(sizes[k], sizes[k + 1]) for k in range(len(sizes) - 1)]
    weights = [rng.standard_normal((outs, ins)) * np.sqrt(2 / ins) for ins, outs in layers]
    return [each for W in weights for each in (W, np.zeros(len(W)))]
# --8<-- [end:network]


# --8<-- [start:train]
def train(parameters, images, labels, rule, *, epochs, rng, batch=64, loss=loss, **options):
    """训练 epochs 遍，返回 (参数, 每一步的损失)；每一遍重新打乱，末尾不足一批的也用。

    loss 是程序，位置参数是各个参数，换一个就训练别的网络；别的 options 交给更新的规则 rule。
    """
    states, losses = [None] * len(parameters), []
    for epoch in range(epochs):
        order = rng.permutation(len(images))
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            value, backward = loss(*parameters, x=images[chosen], target=labels[chosen])
            parameters, states = update(rule, parameters, backward(1.0), states, **options)
            losses.append(float(value))
        progress(epoch + 1, epochs, losses[-1])
    return parameters, losses


def progress(done, total, value):
    """终端里的一行进度，反复改写；输出不是终端就什么也不印。"""
    if sys.stderr.isatty():
        told = f"\r第 {done} 遍，共 {total} 遍，损失 {value:.4f}"
        print(told, end="\n" * (done == total), file=sys.stderr, flush=True)
# --8<-- [end:train]


# --8<-- [start:baselines]
def majority(labels, count):
    """不看图，总猜训练里最多的一类。"""
    return np.full(count, np.bincount(labels).argmax())


def nearest(images, labels, queries):
    """最近邻：与训练里最像的一张同类，像不像看平方距离。"""
    squares = (queries**2).sum(axis=1)[:, None] - 2 * queries @ images.T + (images**2).sum(axis=1)
    return labels[squares.argmin(axis=1)]
# --8<-- [end:baselines]
