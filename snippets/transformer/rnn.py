"""循环神经网络的单元 rnn_tanh_cell、lstm_cell、gru_cell；沿时间展开，裁剪，一个小任务。"""

import json
import math
from pathlib import Path

import numpy as np

from broadcasting.gradient import add_up
from elementwise.activations import bell, complement, exponential
from engine.program import program
from engine.tape import F
from mlp.digits import progress
from mlp.optimizers import adam, update
from start.conventions import checked, operator


# --8<-- [start:sides]
def check_cell(gates, x, h, w_ih, w_hh, b_ih, b_hh):
    """x 形状 (..., I)，h 形状 (..., H)，前面的轴相同；各门的权重叠成 gates 份。不合报 ValueError。"""
    if x.ndim == 0 or h.ndim == 0:
        raise ValueError("x 与 h 至少要有一根轴，最后一根是特征")
    if x.shape[:-1] != h.shape[:-1]:
        raise ValueError(f"x 与 h 前面的轴应相同，得到 {x.shape[:-1]} 与 {h.shape[:-1]}")
    rows = gates * h.shape[-1]
    wanted = {"w_ih": (rows, x.shape[-1]), "w_hh": (rows, h.shape[-1]), "b_ih": (rows,), "b_hh": (rows,)}
    for (name, shape), array in zip(wanted.items(), (w_ih, w_hh, b_ih, b_hh)):
        if array is not None and array.shape != shape:
            told = f"{name} 的形状为 {array.shape}，应为 {shape}"
            raise ValueError(f"{told}：{gates} 份隐藏单元，一份 {h.shape[-1]} 个")


def side(v, weight, bias):
    """一侧的线性部分 v @ weight.T + bias，bias 可以是 None。"""
    return v @ weight.T if bias is None else v @ weight.T + bias


def gate(a):
    """一扇门 σ(a)，以及 1 - σ(a)：指数只算一次。"""
    e = exponential(a)
    return e / (1 + e), complement(a, e)


def side_gradients(A, v, weight, bias):
    """A 是这一侧线性部分的梯度，返回 (v̄, 权重的梯度, 偏置的梯度)，没有偏置就是 None。
    偏置的梯度用 add_up 加，样本再多，舍入误差也不跟着多。公式见“RNN、LSTM 与 GRU”式 (2)。"""
    count = math.prod(A.shape[:-1])
    rows = A.reshape(count, A.shape[-1])
    bias_bar = None if bias is None else add_up(rows, (0,))[0]
    return A @ weight, rows.T @ v.reshape(count, v.shape[-1]), bias_bar


def gathered(x_side, h_side, *states):
    """按输入的次序排好：x、h、别的状态、两个权重、给了的偏置。"""
    parts = (x_side[0], h_side[0], *states, x_side[1], h_side[1], x_side[2], h_side[2])
    return tuple(each for each in parts if each is not None)
# --8<-- [end:sides]


# --8<-- [start:rnn_tanh_cell]
@operator
def rnn_tanh_cell(x, h, w_ih, w_hh, b_ih=None, b_hh=None):
    """最简单的循环单元，与 torch.rnn_tanh_cell 同义；x 形状 (..., I)，h 形状 (..., H)。

    前向：tanh(x @ w_ih.T + given(b_ih) + h @ w_hh.T + given(b_hh))
    反向：(Q := G * (1 - z**2)) @ w_ih, Q @ w_hh, by(Q, x), by(Q, h), col(Q), col(Q)

    w_ih 形状 (H, I)，w_hh 形状 (H, H)，两个偏置形状 (H,)，可以不给；形状不合报 ValueError。
    公式见“RNN、LSTM 与 GRU”式 (1)、(2)。
    """
    check_cell(1, x, h, w_ih, w_hh, b_ih, b_hh)
    a = side(x, w_ih, b_ih) + side(h, w_hh, b_hh)

    def backward(G):
        A = 4 * bell(2 * a) * G  # tanh 的导数，见“激活函数”
        return gathered(side_gradients(A, x, w_ih, b_ih), side_gradients(A, h, w_hh, b_hh))

    return np.tanh(a), backward
# --8<-- [end:rnn_tanh_cell]


# --8<-- [start:lstm_cell]
@operator
def lstm_cell(x, h, c, w_ih, w_hh, b_ih=None, b_hh=None):
    """LSTM 的一步，与 torch.lstm_cell 同义；x 形状 (..., I)，h、c 形状 (..., H)，两个输出 h'、c' 也是。

    前向：out * tanh(cell), cell
    反向：D @ w_ih, D @ w_hh, C * keeps, by(D, x), by(D, h), col(D), col(D)

    门的次序 i、f、g、o：w_ih 形状 (4H, I)，w_hh 形状 (4H, H)，两个偏置形状 (4H,)，可以不给；
    形状不合报 ValueError。公式见“RNN、LSTM 与 GRU”式 (4)、(5)。
    """
    check_cell(4, x, h, w_ih, w_hh, b_ih, b_hh)
    if c.shape != h.shape:
        raise ValueError(f"c 的形状为 {c.shape}，应与 h 相同：{h.shape}")
    a_i, a_f, a_g, a_o = np.split(side(x, w_ih, b_ih) + side(h, w_hh, b_hh), 4, axis=-1)
    (i, not_i), (f, not_f), (o, not_o), g = gate(a_i), gate(a_f), gate(a_o), np.tanh(a_g)
    cell = f * c + i * g
    t = np.tanh(cell)

    def backward(H, C):
        C = C + H * o * (4 * bell(2 * cell))  # c' 有两条路到损失：经过 h'，与直接的
        gates = C * g * i * not_i, C * c * f * not_f, C * i * (4 * bell(2 * a_g)), H * t * o * not_o
        A = np.concatenate(gates, axis=-1)
        return gathered(side_gradients(A, x, w_ih, b_ih), side_gradients(A, h, w_hh, b_hh), C * f)

    return (o * t, cell), backward
# --8<-- [end:lstm_cell]


# --8<-- [start:gru_cell]
@operator
def gru_cell(x, h, w_ih, w_hh, b_ih=None, b_hh=None):
    """GRU 的一步，与 torch.gru_cell 同义：重置门乘在矩阵乘法之后；x 形状 (..., I)，h 形状 (..., H)。

    前向：(1 - up) * new + up * h
    反向：D @ w_ih, E @ w_hh + G * up, by(D, x), by(E, h), col(D), col(E)

    门的次序 r、z、n：w_ih 形状 (3H, I)，w_hh 形状 (3H, H)，两个偏置形状 (3H,)，可以不给；
    形状不合报 ValueError。公式见“RNN、LSTM 与 GRU”式 (7)、(8)。
    """
    check_cell(3, x, h, w_ih, w_hh, b_ih, b_hh)
    a_r, a_z, a_n = np.split(side(x, w_ih, b_ih), 3, axis=-1)
    u_r, u_z, u_n = np.split(side(h, w_hh, b_hh), 3, axis=-1)
    (r, not_r), (z, not_z) = gate(a_r + u_r), gate(a_z + u_z)
    n = np.tanh(a_n + r * u_n)

    def backward(G):
        N = G * not_z * (4 * bell(2 * (a_n + r * u_n)))
        Z, R = G * (h - n) * z * not_z, N * u_n * r * not_r
        x_side = side_gradients(np.concatenate((R, Z, N), axis=-1), x, w_ih, b_ih)
        h_bar, *h_rest = side_gradients(np.concatenate((R, Z, N * r), axis=-1), h, w_hh, b_hh)
        return gathered(x_side, (h_bar + G * z, *h_rest))

    return not_z * n + z * h, backward
# --8<-- [end:gru_cell]


# --8<-- [start:unrolled]
@program
def rnn(x, h, w_ih, w_hh, b_ih, b_hh):
    """沿时间展开：x 形状 (T, N, I)，至少一步，h 形状 (N, H)，输出各步的状态，形状 (T, N, H)。"""
    states = []
    for t in range(x.shape[0]):
        h = F.rnn_tanh_cell(x[t], h, w_ih, w_hh, b_ih, b_hh)
        states.append(h)
    return F.stack(*states)
# --8<-- [end:unrolled]


# --8<-- [start:by_hand]
@checked
def rnn_by_hand(x, h, w_ih, w_hh, b_ih, b_hh):
    """与 rnn 相同，沿时间的反向是手写的；公式见“RNN、LSTM 与 GRU”式 (3)。"""
    states = [h]
    for t in range(len(x)):
        states.append(np.tanh(side(x[t], w_ih, b_ih) + side(states[t], w_hh, b_hh)))

    def backward(G):
        x_bar, H = np.zeros_like(x), np.zeros_like(h)
        weights = [np.zeros_like(each) for each in (w_ih, w_hh, b_ih)]
        for t in reversed(range(len(x))):
            A = (G[t] + H) * (1 - states[t + 1] ** 2)
            x_bar[t], H = A @ w_ih, A @ w_hh
            for total, part in zip(weights, (A.T @ x[t], A.T @ states[t], A.sum(axis=0))):
                total += part
        return x_bar, H, *weights, weights[2].copy()

    return np.stack(states[1:]), backward
# --8<-- [end:by_hand]


# --8<-- [start:clip]
def clip_by_norm(gradients, max_norm):
    """(裁剪过的梯度, 裁剪之前的总范数)：总范数超过 max_norm，各个梯度同乘一个数，
    使它是 max_norm，差 1e-6 与舍入误差。

    与 torch.nn.utils.clip_grad_norm_ 相同，公式见“RNN、LSTM 与 GRU”式 (11)。
    """
    total = math.sqrt(sum(float(np.vdot(g, g)) for g in gradients))
    scale = float(np.minimum(1.0, max_norm / (total + 1e-6)))  # 总范数是 nan，全是 nan，藏不住；min 会给 1
    return [g * scale for g in gradients], total
# --8<-- [end:clip]


# --8<-- [start:task]
def sequences(rng, count, length, symbols=5):
    """count 条随机的符号串，返回 (独热的 x，形状 (length, count, symbols)；第一个符号，形状 (count,))。"""
    codes = rng.integers(symbols, size=(length, count))
    return np.eye(symbols)[codes], codes[0]


def initial(rng, gates, size, symbols=5, remember=0.0):
    """单元的四个数组与输出层的两个，PyTorch 的均匀分布；第二个门的偏置再加 remember。"""
    shapes = (gates * size, symbols), (gates * size, size), (gates * size,), (gates * size,), (symbols, size)
    weights = [rng.uniform(-1, 1, shape) / math.sqrt(size) for shape in shapes]
    weights[2][size : 2 * size] += remember
    return [*weights, np.zeros(symbols)]


def scores(x, w_ih, w_hh, b_ih, b_hh, U, d, *, cell):
    """读完整条，由最后的状态给出各个符号的分数，形状 (N, symbols)；数组与记下的数都可以。"""
    h = np.zeros((x.shape[1], w_hh.shape[1]))
    for x_t in x:
        h = F(cell)(x_t, h, w_ih, w_hh, b_ih, b_hh)
    return F.linear(h, U, d)


@program
def recall(w_ih, w_hh, b_ih, b_hh, U, d, *, x, target, cell):
    """问第一个符号是什么的平均交叉熵。"""
    return F.cross_entropy(scores(x, w_ih, w_hh, b_ih, b_hh, U, d, cell=cell), target=target)


def train(parameters, rng, *, cell, length, steps, batch=32, lr=0.01, max_norm=1.0):
    """每一步取新的符号串，按总范数裁剪，走一步 Adam；返回 (参数, 每一步的损失)。"""
    states, losses = [None] * len(parameters), []
    for step in range(steps):
        x, target = sequences(rng, batch, length)
        value, backward = recall(*parameters, x=x, target=target, cell=cell)
        gradients, _ = clip_by_norm(backward(1.0), max_norm)
        parameters, states = update(adam, parameters, gradients, states, lr=lr)
        losses.append(float(value))
        progress(step + 1, steps, losses[-1])
    return parameters, losses
# --8<-- [end:task]


# --8<-- [start:recalled]
NETWORKS = {"RNN": (rnn_tanh_cell, 1, 0.0), "GRU，0": (gru_cell, 3, 0.0), "GRU，3": (gru_cell, 3, 3.0)}


def recalled(cell, gates, remember, steps=240):
    """训练 steps 步，返回 [没见过的 500 条里对几条, 每一步的损失]。"""
    rng = np.random.default_rng(0)
    start = initial(rng, gates, 24, remember=remember)
    found, losses = train(start, rng, cell=cell, length=30, steps=steps)
    x, target = sequences(np.random.default_rng(9), 500, 30)
    return [int((scores(x, *found, cell=cell).argmax(axis=1) == target).sum()), losses]


def stored():
    """make train 存着的结果：三个网络的 recalled，损失到第六位小数。"""
    return json.loads(Path(__file__).with_name("rnn.json").read_text(encoding="utf-8"))
# --8<-- [end:recalled]
