"""分块的注意力：在线 softmax，每行只留一个 logsumexp。"""

import numpy as np

from broadcasting.rules import as_size
from engine.program import program
from engine.tape import F
from start.conventions import checked


# --8<-- [start:online]
def online(scores, values):
    """逐块看一行分数，从不回头：scores 是各块的分数，values 是各块的值，返回输出与 logsumexp。

    m 是看过的最大值，total 与 o 是以 m 为准的总和与加权和；m 变大，旧的乘 exp(m - 新的 m)。
    公式见“分块与在线 softmax”式 (1)、(2)。
    """
    m, total, o = -np.inf, 0.0, 0.0
    for A, V in zip(scores, values):
        larger = max(m, A.max())
        shrink, e = np.exp(m - larger), np.exp(A - larger)
        m, total, o = larger, total * shrink + e.sum(), o * shrink + e @ V
    return o / total, m + np.log(total)
# --8<-- [end:online]


# --8<-- [start:blockwise]
@checked
def blockwise_attention(query, key, value, *, block=64, is_causal=False):
    """分块的缩放点积注意力，两个输出：(..., L, Ev) 的结果，(..., L) 的 logsumexp。

    query 形状 (..., L, E)，key 形状 (..., S, E)，value 形状 (..., S, Ev)，批轴相同，S 至少是 1；block 是
    一块的行数与列数。不合报 ValueError。不留 L × S 的表，反向由 logsumexp 重算。
    公式见“分块与在线 softmax”式 (1)、(2)、(5)、(6)。
    """
    require_fitting(query, key, value, block)
    s, batch, L, S = max(query.shape[-1], 1) ** -0.5, query.shape[:-2], query.shape[-2], key.shape[-2]
    tiles = [(r, list(pieces(min(r.stop, S) if is_causal else S, block))) for r in pieces(L, block)]
    query, dtype = query * s, np.result_type(query, key, value)
    O, lse = np.zeros(batch + (L, value.shape[-1]), dtype), np.zeros(batch + (L, 1), dtype)
    for r, columns in tiles:
        m, total, o = -np.inf, 0.0, 0.0
        for c in columns:
            A = tile(query, key, r, c, is_causal)
            larger = np.maximum(m, A.real.max(axis=-1, keepdims=True))
            shrink, e = np.exp(m - larger), np.exp(A - larger)
            total, o = total * shrink + e.sum(axis=-1, keepdims=True), o * shrink + e @ value[..., c, :]
            m = larger
        O[..., r, :], lse[..., r, :] = o / total, m + np.log(total)

    def backward(G, lse_bar):
        D = (G * O).sum(axis=-1, keepdims=True) - lse_bar[..., np.newaxis]
        Q_bar, K_bar, V_bar = (np.zeros(x.shape, np.result_type(G, O)) for x in (query, key, value))
        for r, columns in tiles:
            for c in columns:
                P = np.exp(tile(query, key, r, c, is_causal) - lse[..., r, :])
                V_bar[..., c, :] += P.mT @ G[..., r, :]
                A_bar = P * (G[..., r, :] @ value[..., c, :].mT - D[..., r, :])
                Q_bar[..., r, :] += A_bar @ key[..., c, :]
                K_bar[..., c, :] += A_bar.mT @ query[..., r, :]
        return Q_bar * s, K_bar, V_bar

    return (O, lse[..., 0]), backward
# --8<-- [end:blockwise]


# --8<-- [start:tile]
def require_fitting(query, key, value, block):
    """三者的形状、块的大小合不合，不合报 ValueError。"""
    ends = [x.shape[-2:] for x in (query, key, value)]
    if [len(end) for end in ends] != [2] * 3 or ends[0][1] != ends[1][1] or ends[1][0] != ends[2][0]:
        raise ValueError("query 与 key 的特征数应相等，key 与 value 的个数应相等")
    if len({x.shape[:-2] for x in (query, key, value)}) > 1 or not ends[1][0] or as_size(block) == 0:
        raise ValueError(f"批轴应相同，键与块至少是 1 个，block={block!r}")


def pieces(n, size):
    """0 到 n 切成一段段，每段 size 个，最后一段可以短。"""
    return (slice(a, min(a + size, n)) for a in range(0, n, size))


def tile(query, key, r, c, is_causal):
    """分数的一块：r 行 c 列；因果时第 i 行只看前 i 列，别的是 -inf。"""
    A = query[..., r, :] @ key[..., c, :].mT
    if is_causal:
        hidden = np.arange(c.start, c.stop) > np.arange(r.start, r.stop)[:, np.newaxis]
        A = np.where(hidden, -np.inf, A)
    return A
# --8<-- [end:tile]


# --8<-- [start:merged]
@program
def merged(O, lse, other, other_lse):
    """两段键各自的输出与 logsumexp，合成全部键的；O 形状 (L, Ev)，lse 形状 (L,)。"""
    total = F.logaddexp(lse, other_lse)
    first, second = (F.expand_dims(F.exp(x - total), axis=-1) for x in (lse, other_lse))
    return first * O + second * other, total
# --8<-- [end:merged]
