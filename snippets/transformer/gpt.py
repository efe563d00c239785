"""一个小的 GPT，全部由算子拼成；三个任务：倒写数字、三位数加法、背绝句。"""

import json
from pathlib import Path

import numpy as np

from engine.program import program
from engine.tape import F
from mlp.optimizers import adam


# --8<-- [start:model]
def heads(x, count):
    """(N, T, C) 分成 count 个头：(N, count, T, C / count)。"""
    N, T, C = x.shape
    return F.swapaxes(F.reshape(x, shape=(N, T, count, C // count)), axis1=1, axis2=2)


def attend(x, Wq, bq, Wk, bk, Wv, bv, Wo, bo, *, count):
    """count 个头的因果自注意力，x 形状 (N, T, C)；三个矩阵叠起来，一次乘完。"""
    q, k, v = (heads(F.linear(x, W, b), count) for W, b in ((Wq, bq), (Wk, bk), (Wv, bv)))
    mixed = F.swapaxes(F.scaled_dot_product_attention(q, k, v, is_causal=True), axis1=1, axis2=2)
    return F.linear(F.reshape(mixed, shape=x.shape), Wo, bo)


def scores(tokens, E, P, *rest, count=4):
    """每个位置上，下一个词的分数：tokens 是整数，形状 (N, T)，返回 (N, T, V)。

    E 形状 (V, C)，是词向量表，也是输出层；P 是位置向量，至少 T 行；rest 每层 16 个，最后是标准化的两个。
    """
    norm = lambda x, weight, bias: F.layer_norm(x, weight, bias, normalized_shape=E.shape[1])
    x = F.embedding(E, indices=tokens) + P[: tokens.shape[1]]
    for k in range(0, len(rest) - 2, 16):
        g, b, *attention, h, c, W, d, U, e = rest[k : k + 16]
        x = x + attend(norm(x, g, b), *attention, count=count)
        x = x + F.linear(F.relu(F.linear(norm(x, h, c), W, d)), U, e)
    return F.linear(norm(x, *rest[-2:]), E)


@program
def loss(*parameters, tokens, target, count=4):
    """平均交叉熵；target 形状 (N, T)，是各个位置的下一个词，-100 的不算。"""
    found = scores(tokens, *parameters, count=count)
    return F.cross_entropy(F.reshape(found, shape=(-1, found.shape[-1])), target=target.reshape(-1))


def initial(rng, vocabulary, length, width=32, layers=1):
    """初值：权重的标准差是 0.1，偏置是 0，标准化的倍数是 1。"""
    normal, zeros, ones = lambda *shape: 0.1 * rng.standard_normal(shape), np.zeros(width), np.ones(width)
    found = [normal(vocabulary, width), normal(length, width)]
    for _ in range(layers):
        square = [each for _ in range(4) for each in (normal(width, width), zeros)]
        found += [ones, zeros, *square, ones, zeros]
        found += [normal(4 * width, width), np.zeros(4 * width), normal(width, 4 * width), zeros]
    return found + [ones, zeros]
# --8<-- [end:model]


# --8<-- [start:train]
def joined(arrays):
    """许多数组接成一个长向量：优化器逐元素，一次走完，不必一个数组走一遍。"""
    return np.concatenate([array.ravel() for array in arrays])


def parted(vector, like):
    """joined 的逆：切成与 like 里各个同形的数组，是 vector 的视图。"""
    pieces = np.split(vector, np.cumsum([array.size for array in like])[:-1])
    return [piece.reshape(array.shape) for piece, array in zip(pieces, like)]


def train(parameters, batches, lr, rule=adam, **options):
    """每批走一步，逐步交出 (参数, 走这一步之前的损失)。"""
    vector, state = joined(parameters), None
    for batch in batches:
        value, backward = loss(*parted(vector, parameters), **batch, **options)
        vector, state = rule(vector, joined(backward(1.0)), state, lr=lr)
        yield parted(vector, parameters), float(value)
# --8<-- [end:train]


# --8<-- [start:write]
def lesson(sequences, given):
    """一批：tokens 是每个序列去掉最后一个词，target 是去掉第一个；前 given（至少 1）个词是题目，不算损失。"""
    target = sequences[:, 1:].copy()
    target[:, : given - 1] = -100
    return {"tokens": sequences[:, :-1], "target": target}


def write(parameters, tokens, steps):
    """接着 tokens 写 steps 个词，每次取分数最高的。"""
    for _ in range(steps):
        last = scores(tokens, *parameters)[:, -1]
        tokens = np.hstack([tokens, last.argmax(axis=1)[:, None]])
    return tokens


def right(parameters, sequences, given):
    """有几个序列，前 given 个词之后的全写对了。前面都对时下一个也对，就是全对，所以一次前向就够。"""
    said = scores(sequences[:, :-1], *parameters)[:, given - 1 :].argmax(axis=2)
    return int((said == sequences[:, given:]).all(axis=1).sum())
# --8<-- [end:write]


# --8<-- [start:held]
def held_out(count, twin=lambda n: n):
    """从编号 0 到 999999 的题里留出 count 道；返回 (编号, 表)，表是每道留不留，
    twin(n) 与 n 是一道题，一起留。"""
    numbers, table = np.random.default_rng(1).choice(1_000_000, count, replace=False), np.zeros(1_000_000, bool)
    table[numbers] = table[twin(numbers)] = True
    return numbers, table


def drawn(rng, count, table):
    """随机抽 count 道没有留出的题；留出的要少，抽两倍才够。"""
    numbers = rng.integers(1_000_000, size=2 * count)
    return numbers[~table[numbers]][:count]
# --8<-- [end:held]


# --8<-- [start:reversal]
def digits(numbers, count):
    """各个数的末 count 位，从个位写起，形状 (N, count)。"""
    return numbers[:, None] // 10 ** np.arange(count) % 10


def reversal(numbers):
    """倒写 6 位数字，形状 (N, 13)：6 个数字，10 是分隔号，再是倒过来的 6 个。"""
    backwards = digits(numbers, 6)
    return np.hstack([backwards[:, ::-1], np.full((len(numbers), 1), 10), backwards])
# --8<-- [end:reversal]


# --8<-- [start:addition]
def addition(numbers):
    """编号是 1000 a + b，形状 (N, 11)：a 的三位，b 的三位，10 是等号，a + b 的四位，从个位写起。"""
    terms, total = digits(numbers, 6)[:, ::-1], digits(sum(np.divmod(numbers, 1000)), 4)
    return np.hstack([terms, np.full((len(numbers), 1), 10), total])


def commuted(numbers):
    """b + a 的编号。"""
    a, b = np.divmod(numbers, 1000)
    return 1000 * b + a
# --8<-- [end:addition]


# --8<-- [start:quatrains]
def quatrains():
    """20 首五言绝句，各是 (题目, 作者, 24 个字与标点)；出处与许可见同一文件夹的 gpt.txt。"""
    lines = Path(__file__).with_name("quatrains.txt").read_text(encoding="utf-8").splitlines()
    return [tuple(line.split()) for line in lines]


def as_words(poems):
    """每首诗一行编号，最前面是开头的记号；返回 (编号, 字表)，记号排在字表的最后，写作空串。"""
    characters = sorted(set("".join(poems))) + [""]
    number = {character: k for k, character in enumerate(characters)}
    return np.array([[number[""], *map(number.get, poem)] for poem in poems]), characters
# --8<-- [end:quatrains]


# --8<-- [start:lessons]
def learn(write, table, lr, steps, **sizes):
    """每步 64 道没有留出的题，write 把编号写成词；逐步交出 (参数, 损失)。"""
    rng = np.random.default_rng(0)
    start = initial(rng, vocabulary=11, **sizes)
    return train(start, (lesson(write(drawn(rng, 64, table)), 7) for _ in range(steps)), lr)


def learn_reversal(steps=100):
    """倒写，留出 500 个；逐步交出 (参数, 损失)。"""
    return learn(reversal, held_out(500)[1], 6e-3, steps, length=12)


def learn_addition(steps=500):
    """加法，留出 500 对操作数，连同交换过的；逐步交出 (参数, 损失)。"""
    return learn(addition, held_out(500, commuted)[1], 3e-3, steps, length=10, layers=2)


def learn_quatrains(steps=300):
    """背诗，每一步都是全部 20 首；逐步交出 (参数, 损失)。"""
    words, characters = as_words([poem for *_, poem in quatrains()])
    start = initial(np.random.default_rng(0), len(characters), length=24, layers=2)
    return train(start, (lesson(words, 1) for _ in range(steps)), lr=3e-3)
# --8<-- [end:lessons]


# --8<-- [start:stored]
def stored():
    """make train 存着的结果：各个任务的损失、写对了几个、写出的诗。"""
    return json.loads(Path(__file__).with_name("gpt.json").read_text(encoding="utf-8"))
# --8<-- [end:stored]
