"""缩放点积注意力：由算子组成的，与手推的；掩码、因果、共用键与值的头。"""

import math

import numpy as np

from broadcasting.gradient import add_up, unbroadcast
from broadcasting.rules import broadcast_shapes
from elementwise.piecewise import as_number
from engine.program import program
from engine.tape import F
from start.conventions import as_array, operator


# --8<-- [start:composed]
@program
def composed_attention(query, key, value, bias=None):
    """由 matmul 与 softmax 组成；形状同 scaled_dot_product_attention，bias 加到分数上，也有梯度。"""
    scores = query @ F.swapaxes(key, axis1=-1, axis2=-2) * query.shape[-1] ** -0.5
    return F.softmax(scores if bias is None else scores + bias) @ value
# --8<-- [end:composed]


# --8<-- [start:attention]
@operator
def scaled_dot_product_attention(query, key, value, *, attn_mask=None, is_causal=False, scale=None,
                                 enable_gqa=False):
    """缩放点积注意力，与 torch.nn.functional 的同名函数同义。

    前向：P @ rep(value)
    反向：back(dS @ rep(key), query), back(dS.mT @ query, key), back(P.mT @ G, value)

    query 形状 (..., L, E)，key 形状 (..., S, E)，value 形状 (..., S, Ev)，输出形状 (..., L, Ev)，批轴按
    广播规则；enable_gqa 时 key、value 沿轴 -3 先各重复到与 query 一样多。attn_mask 能广播成 (..., L, S)：
    布尔的，真是看；浮点的加到分数上，-inf 是不看。不看的不读，什么也不看的一行是 0。scale 默认 1/√E。
    不合报 TypeError 或 ValueError。公式见“缩放点积注意力”式 (2)、(3)、(4)、(5)、(8)。
    """
    (Q, K, V), batch, times = as_tables(query, key, value, enable_gqa)
    s, L, S = as_scale(scale, Q.shape[2]), Q.shape[1], K.shape[1]
    hidden, bias = as_mask(attn_mask, is_causal, batch + (L, S), Q.dtype)
    V, times_V = near_one(V)
    shift = bias is not None or not longest(Q) * longest(K) * abs(s) <= 30  # 有 nan 时也减
    Q, e, z = Q * s, np.empty((len(Q), L, S), Q.dtype), np.empty((len(Q), L, V.shape[2]), Q.dtype)
    total, ones = np.empty((len(Q), L, 1), Q.dtype), np.ones((len(K), S, 1), Q.dtype)
    blocks, plain = cut(len(Q), L, S, is_causal, 2**19 // Q.itemsize), np.isfinite(V).all()
    for h, r, c in blocks:
        A = np.matmul(Q[h, r], K[h, c].mT, out=e[h, r, c])
        A = exponentials(A, block(hidden, h, r, c), block(bias, h, r, c), shift)
        np.matmul(A, ones[h, c], out=total[h, r])
        z[h, r] = A @ V[h, c] if plain else weighted(A, V[h, c])
    total[total == 0] = np.inf  # 什么也不看的一行，除以它得 0
    z /= total
    largest = max((e[b].size for b in blocks), default=0)
    Q, K, V = map(finite, (Q, K, V))

    def backward(G):
        G, times_G = near_one(G)
        g = G.reshape(z.shape) / total
        gD = np.concatenate([g, (g * z).sum(axis=2, keepdims=True)], axis=2)
        V1 = np.concatenate([V, -ones], axis=2)  # 减 D 并进矩阵乘法
        Q_bar, K_bar, V_bar = (np.zeros(x.shape, g.dtype) for x in (Q, K, V))
        room = np.empty(largest, g.dtype)  # 各块轮流用，不必每块都要一次内存
        for h, r, c in blocks:
            V_bar[h, c] += e[h, r, c].mT @ g[h, r]
            A_bar = np.matmul(gD[h, r], V1[h, c].mT, out=room[: e[h, r, c].size].reshape(e[h, r, c].shape))
            A_bar *= e[h, r, c]
            np.matmul(A_bar, K[h, c], out=Q_bar[h, r])
            K_bar[h, c] += A_bar.mT @ Q[h, r]
        units = (times_G, times_V), (times_G, times_V), (times_G,)
        bars = map(times_units, (Q_bar * s, K_bar, V_bar), units)
        return tuple(gather(A, x, batch, n) for A, x, n in zip(bars, (query, key, value), times))

    return times_units(z, (times_V,)).reshape(batch + z.shape[1:]), backward
# --8<-- [end:attention]


# --8<-- [start:blocks]
def cut(n, L, S, is_causal, most):
    """把 n 张 L × S 的表切成块，一块约 most 个数，放得进缓存：列出各块是 (哪几张, 哪几行, 哪几列)。

    因果时一块只到它看得见的列为止，右边的不算；一块至多 64 行，不算的才多。
    """
    rows = min(max(most // max(S, 1), 1), 64 if is_causal else L, L) or 1
    tables = max(most // max(rows * S, 1), 1)
    return [
        (slice(a, a + tables), slice(b, b + rows), slice(min(b + rows, S) if is_causal else S))
        for a in range(0, n, tables)
        for b in range(0, L, rows)
    ]


def block(x, h, r, c):
    """x 的一块；各张表共用一张的，x 只有一张。没有就是 None。"""
    return x if x is None else x[h if len(x) > 1 else slice(None), r, c]


def exponentials(scores, hidden, bias, shift):
    """exp(分数)，不看的是 0；shift 时先减去每行的最大值，不会上溢。就地改写 scores。"""
    if bias is not None:
        scores += bias
    if hidden is not None:
        np.copyto(scores, -np.inf, where=hidden)
    if shift:
        m = scores.real.max(axis=2, keepdims=True, initial=-np.inf)
        scores -= np.where(m == -np.inf, 0, m)
    return np.exp(scores, out=scores)


def longest(x):
    """各行里最大的长度：|⟨q, k⟩| 不超过两个长度之积，积不大，exp 就不会上溢，不必减去最大值。
    有 nan 就是 nan。"""
    return math.sqrt(np.vecdot(x, x).real.max(initial=0))
# --8<-- [end:blocks]


# --8<-- [start:unread]
def weighted(e, V):
    """e @ V，但 e 是 0 的项不读：那里的 V 是 nan、inf，结果也不受影响。"""
    z, rest = e @ finite(V), V - finite(V)
    for k in np.flatnonzero(rest.any(axis=(0, 2))):
        column = e[..., [k]]
        z += np.multiply(column, rest[:, [k]], where=column != 0, out=np.zeros_like(z))
    return z


def finite(x):
    """nan、inf 换成 0；看了它们的一行，输出已经是 nan，反向随之，没有看的不该受影响。"""
    return x if np.isfinite(x).all() else np.where(np.isfinite(x), x, 0)
# --8<-- [end:unread]


# --8<-- [start:near_one]
def near_one(x):
    """(x / u, u)：u 是 2 的幂，除以它，有限的数里绝对值最大的在 1 与 2 之间；最大的在 1e-10 与 1e10 之间，
    或者是 0，u 就是 1。"""
    top = np.abs(x).max(initial=0)
    if not np.isfinite(top):
        top = np.abs(finite(x)).max()
    if 1e-10 < top < 1e10 or top == 0 or not np.isfinite(top):
        return x, 1.0
    unit = 2.0 ** (np.frexp(top)[1].item() - 1)
    return x / unit, unit


def times_units(x, units):
    """x 乘回各个 u。一大一小的先相乘，免得中途上溢、下溢；同大同小的先乘就可能是 inf，一个一个地乘。"""
    if len(units) == 2 and min(units) < 1 < max(units):
        units = (units[0] * units[1],)
    for unit in units:
        x = x if unit == 1 else x * unit
    return x
# --8<-- [end:near_one]


# --8<-- [start:tables]
def as_tables(query, key, value, enable_gqa):
    """三者各变成 (n, 位置, 特征)，n 是批轴广播之后的个数；还有批轴的形状，与各自的头重复了几遍。

    形状不合报 ValueError。
    """
    arrays, times = (query, key, value), (1, 1, 1)
    if min(x.ndim for x in arrays) < 2 + enable_gqa:
        raise ValueError(f"query、key、value 至少要有 {2 + enable_gqa} 根轴")
    if query.shape[-1] != key.shape[-1] or key.shape[-2] != value.shape[-2]:
        raise ValueError("query 与 key 的最后一根轴应相等，key 与 value 的倒数第二根轴应相等")
    if enable_gqa:
        heads = [x.shape[-3] for x in arrays]
        if any(n == 0 or heads[0] % n for n in heads):
            raise ValueError(f"enable_gqa 时 key、value 的头数应整除 query 的，三者的头数是 {heads}")
        times = tuple(heads[0] // n for n in heads)
        arrays = [np.repeat(x, n, axis=-3) if n > 1 else x for x, n in zip(arrays, times)]
    try:
        batch = broadcast_shapes(*(x.shape[:-2] for x in arrays))
    except ValueError as error:
        raise ValueError(f"批轴的{error}") from None
    n, dtype = math.prod(batch), np.result_type(*arrays)
    whole = [np.broadcast_to(x, batch + x.shape[-2:]).reshape((n,) + x.shape[-2:]) for x in arrays]
    return [x.astype(dtype, copy=False) for x in whole], batch, times


def gather(A, x, batch, times):
    """as_tables 的伴随：把 A 沿重复的头、被广播的批轴加起来，还原成 x 的形状。"""
    shape = x.shape if times == 1 else x.shape[:-3] + (x.shape[-3] * times,) + x.shape[-2:]
    A = unbroadcast(A.reshape(batch + x.shape[-2:]), shape)
    if times == 1:
        return A
    repeated = A.reshape(x.shape[:-2] + (times,) + x.shape[-2:])
    return add_up(repeated, (x.ndim - 2,)).squeeze(-3)
# --8<-- [end:tables]


# --8<-- [start:checks]
def as_scale(scale, features):
    """scale 应是有限的数，没有给时是 1/√E。"""
    if scale is None:
        scale = max(features, 1) ** -0.5
    scale = as_number("scaled_dot_product_attention", "scale", scale)
    if not math.isfinite(scale):
        raise ValueError(f"scale={scale} 不行，应为有限的数")
    return scale


def as_mask(attn_mask, is_causal, shape, dtype):
    """(不看哪里, 加到分数上的)，各是 (n, L, S) 或各张表共用的 (1, L, S)，没有的是 None。

    类型不合报 TypeError，不能广播成 shape、与 is_causal 一起给，报 ValueError。
    """
    if is_causal:
        if attn_mask is not None:
            raise ValueError("attn_mask 与 is_causal 只能给一个；既要因果又要别的，把它们合成一个 attn_mask")
        return ~np.tri(*shape[-2:], dtype=bool)[np.newaxis], None
    if attn_mask is None:
        return None, None
    mask = as_array("attn_mask 是", attn_mask)
    if mask.dtype.kind not in "bf":
        raise TypeError(f"attn_mask 应为布尔数组或浮点数组，得到 {mask.dtype}")
    try:
        np.broadcast_to(mask, shape)
    except ValueError:
        raise ValueError(f"attn_mask 的形状为 {mask.shape}，不能广播成 {shape}") from None
    if math.prod(mask.shape[:-2]) == 1:
        mask, shape = mask.reshape(mask.shape[-2:]), shape[-2:]
    mask = np.broadcast_to(mask, shape).reshape((math.prod(shape[:-2]),) + shape[-2:])
    return (~mask, None) if mask.dtype == bool else (mask == -np.inf, mask.astype(dtype))
# --8<-- [end:checks]
