"""公式卡的词汇：卡片上的公式除了 numpy 的函数，只用这里的词。

写在 * 后面的参数，卡片上不写，由算子自己的同名参数填上；inputs 是全部输入，G 是上游梯度。
没有别的参数的词，直接写名字就是它的值。名字以 _ 开头的不是词，只供别的词用。
"""

import math

import numpy as np

from broadcasting.gradient import unbroadcast


# --8<-- [start:elementwise]
def ub(A, x):
    """把 A 沿被广播的轴求和，还原成 x 的形状。"""
    return unbroadcast(A, x.shape)


def sigma(x):
    """1 / (1 + exp(-x))。"""
    return 1 / (1 + np.exp(-x))


def erf(x):
    """误差函数，Python 的 math.erf。"""
    return np.vectorize(math.erf, otypes=[float])(x)


def lo(*, a_min, min):
    """a_min 或 min，没有给时是 -inf。"""
    return a_min if a_min is not None else -np.inf if min is None else min


def hi(*, a_max, max):
    """a_max 或 max，没有给时是 inf。"""
    return a_max if a_max is not None else np.inf if max is None else max


def Phi(x, *, approximate):
    """标准正态分布函数，approximate 为 tanh 时是它的近似。"""
    if approximate == "tanh":
        return (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) / 2
    return (1 + erf(x / math.sqrt(2))) / 2


def phi(x, *, approximate):
    """Phi 的导数。"""
    if approximate == "tanh":
        slope = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x**2)
        return 2 * Phi(x, approximate="tanh") * (1 - Phi(x, approximate="tanh")) * slope
    return np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


# --8<-- [end:elementwise]


# --8<-- [start:reductions]
def keep(A, *, inputs, axis):
    """把归约掉的轴放回来，大小为 1。"""
    return np.reshape(A, np.sum(inputs[0], axis=axis, keepdims=True).shape)


def _classes(A):
    """损失的类别轴：一维时是第 0 根，否则是第 1 根。"""
    return min(A.ndim - 1, 1)


def S(A, *, axis=_classes):
    """沿 axis 求和，留着大小为 1 的轴；没有 axis 的损失沿类别轴。"""
    return np.sum(A, axis=axis(A) if callable(axis) else axis, keepdims=True)


def N(*, inputs, axis, where):
    """一组里算数的个数。"""
    return S(np.broadcast_to(where, inputs[0].shape), axis=axis)


def div0(a, b):
    """a / b，b 为 0 处取 0。"""
    return np.where(b == 0, 0, a / np.where(b == 0, 1, b))


def hat(A, *, inputs, axis, eps):
    """A 与别的输入广播成同形，沿 axis 除以长度与 eps 里大的一个。"""
    A = np.broadcast_to(A, np.broadcast_shapes(*(x.shape for x in inputs)))
    return A / np.maximum(S(A**2, axis=axis) ** 0.5, eps)


def pull(A, B, *, G, inputs, axis, eps):
    """(v - u * S(u * v) * (n >= eps)) * G / maximum(n, eps)，u、v 是 hat(A)、hat(B)，n 是 A 的长度。"""
    u, v = (hat(each, inputs=inputs, axis=axis, eps=eps) for each in (A, B))
    n = S(np.broadcast_to(A, u.shape) ** 2, axis=axis) ** 0.5
    return (v - u * S(u * v, axis=axis) * (n >= eps)) * np.expand_dims(G, axis) / np.maximum(n, eps)


# --8<-- [end:reductions]


# --8<-- [start:shapes]
def order(*, inputs, axes):
    """就是 axes：负数换成正的，None 换成倒过来的全部轴。"""
    n = inputs[0].ndim
    return range(n)[::-1] if axes is None else [k % n for k in axes]


def places(*, inputs):
    """与输入同形的编号 0, 1, 2, …。"""
    return np.arange(inputs[0].size).reshape(inputs[0].shape)


def scatter(A, at, *, inputs):
    """散加：与输入同形的零，A 的每个元素加到编号为 at 的位置上，编号为负的丢掉。"""
    total, at = np.zeros(inputs[0].size), np.asarray(at)
    np.add.at(total, at[at >= 0], np.broadcast_to(A, at.shape)[at >= 0])
    return total.reshape(inputs[0].shape)


def fill(*, mode, constant_values):
    """mode 是 constant 时，pad 补什么。"""
    return {"constant_values": constant_values} if mode == "constant" else {}


def outside(*, mode):
    """mode 是 constant 时，补出来的编号是 -1。"""
    return {"constant_values": -1} if mode == "constant" else {}


def ends(*, xs, axis):
    """各段的终点，最后一段除外。"""
    return np.cumsum([x.size if axis is None else x.shape[axis] for x in xs])[:-1]


def nopad(A, *, padding_idx):
    """第 padding_idx 行换成 0。"""
    A = A.copy()
    if padding_idx is not None:
        A[padding_idx] = 0
    return A


def _spelled(subscripts, operands):
    """(各个输入的下标, 输出的下标)：没有箭头的补上，省略号换成排在最后的几个大写字母。"""
    left, arrow, output = subscripts.replace(" ", "").partition("->")
    if not arrow:
        once = sorted(c for c in left if c.isalpha() and left.count(c) == 1)
        output = "..." * ("..." in left) + "".join(once)
    terms, spare = left.split(","), "UVWXYZ"
    hidden = [spare[len(spare) - x.ndim - 3 + len(term) :] for term, x in zip(terms, operands) if "..." in term]
    longest = max(hidden, key=len, default="")
    first = [len(spare) - x.ndim - 3 + len(term) for term, x in zip(terms, operands)]
    terms = [term.replace("...", spare[n:]) for term, n in zip(terms, first)]
    return terms, output.replace("...", longest)


def swap(A, k, *, operands, subscripts):
    """A 顶替第 k 个操作数，下标与输出对换，再作 einsum；广播的轴求和，重复的下标散加。"""
    terms, output = _spelled(subscripts, operands)
    pairs = [(c, n) for term, x in zip(terms, operands) for c, n in zip(term, x.shape)]
    sizes = dict(sorted(pairs, key=lambda pair: pair[1] != 1))
    labels, every = [output, *terms[:k], *terms[k + 1 :]], "".join(sizes)
    others = [*operands[:k], *operands[k + 1 :], np.ones(list(sizes.values()))]
    full = np.einsum(f"{','.join(labels)},{every}->{every}", A, *others)
    grid = dict(zip(sizes, np.indices(full.shape)))
    total = np.zeros(operands[k].shape)
    np.add.at(total, tuple(grid[c] * (n > 1) for c, n in zip(terms[k], total.shape)), full)
    return total


# --8<-- [end:shapes]


# --8<-- [start:linalg]
def given(A):
    """就是 A；没有给的输入当作 0。"""
    return 0 if A is None else A


def A(*, a):
    """就是 a，一维时当作一行。"""
    return a[np.newaxis, :] if a.ndim == 1 else a


def B(*, b):
    """就是 b，一维时当作一列。"""
    return b[:, np.newaxis] if b.ndim == 1 else b


def mat(M, *, a, b):
    """把 A、B 添过的轴也添给 M，M 与输出同形。"""
    M = M[..., np.newaxis] if b.ndim == 1 else M
    return M[..., np.newaxis, :] if a.ndim == 1 else M


def rows(M):
    """前面的轴并成一根，一行一个样本。"""
    return M.reshape(math.prod(M.shape[:-1]), M.shape[-1])


def sym(M):
    """(M + M.mT) / 2。"""
    return (M + M.mT) / 2


def low(M):
    """下三角，对角线减半。"""
    return np.tril(M) - M * np.eye(M.shape[-1]) / 2


# --8<-- [end:linalg]


# --8<-- [start:losses]
def _terms(inputs, target, reduction, ignore_index, weight):
    """(哪些项算数，合起来时除以几，各项的权重)；类别的权重不是各项的，在 w 里。"""
    used = np.ones(np.broadcast_shapes(*(x.shape for x in inputs)), bool)
    total, each = used.sum(), 1
    if ignore_index is None:
        each = 1 if weight is None else weight
    elif target is None:
        used = used.all(_classes(used))
        total = used.sum()
    else:
        used = np.asarray(target != ignore_index)
        total = used.sum() if weight is None else np.take(weight, np.extract(used, target)).sum()
    counts = {"mean": total, "batchmean": len(np.atleast_1d(inputs[0]))}
    return used, counts.get(reduction, 1), each


def red(A, *, inputs, target, reduction, ignore_index=None, weight=None):
    """各项乘权重，按 reduction 合起来，被忽略的项不算。"""
    used, count, each = _terms(inputs, target, reduction, ignore_index, weight)
    terms = np.where(used, A.reshape(used.shape), 0) * each
    return terms if reduction == "none" else terms.sum() / count


def g(*, G, inputs, target, reduction, ignore_index=None, weight=None):
    """每一项的上游梯度，乘权重：mean 时是 G 除以项数（类别有权重时是权重之和），被忽略的项是 0。"""
    used, count, each = _terms(inputs, target, reduction, ignore_index, weight)
    found = np.where(used, G / count, 0) * each
    return found if ignore_index is None else np.expand_dims(found, _classes(inputs[0]))


def d(*, x, target):
    """x - target。"""
    return x - target


def _along_classes(values, A):
    """一个类别一个数，摆到 A 的类别轴上。"""
    return np.reshape(values, [-1] + [1] * (A.ndim - 1 - _classes(A)))


def q(*, inputs, target, label_smoothing=0.0):
    """目标分布：target 的独热向量或概率，乘 1 - label_smoothing，再加 label_smoothing / 类别数。"""
    classes = inputs[0].shape[_classes(inputs[0])]
    if target is None:
        onehot = inputs[1]
    else:
        onehot = np.expand_dims(target, _classes(inputs[0])) == _along_classes(np.arange(classes), inputs[0])
    return (1 - label_smoothing) * onehot + label_smoothing / classes


def w(*, inputs, weight):
    """各类的权重，没有给时是 1。"""
    return 1 if weight is None else _along_classes(weight, inputs[0])


def log_p(*, logits):
    """logits - log(S(exp(logits)))。"""
    return logits - np.log(S(np.exp(logits)))


def t(*, target):
    """就是 target。"""
    return target


def pw(*, pos_weight):
    """正类的权重 pos_weight，没有给时是 1。"""
    return 1 if pos_weight is None else pos_weight


def pt(*, target, pos_weight):
    """pw * t。"""
    return pw(pos_weight=pos_weight) * target


def p(*, target, log_target):
    """就是 target，log_target 时是 exp(target)。"""
    return np.exp(target) if log_target else target


# --8<-- [end:losses]


# --8<-- [start:normalization]
def _statistics(x, training, normalized_shape, num_groups, running_mean=None, running_var=None):
    """一组的平均与方差，留着轴；给定的排到通道的轴上。"""
    if training is False:
        return tuple(np.reshape(given, (-1,) + (1,) * (x.ndim - 2)) for given in (running_mean, running_var))
    same = {"inputs": (x,), "training": training, "num_groups": num_groups}
    same["normalized_shape"] = normalized_shape
    mean = M(x, **same)
    return mean, M((x - mean) ** 2, **same)


def _by_groups(A, shape, num_groups):
    """各组通道的平均，一个通道一个数，摆到通道的轴上。"""
    means = A.reshape(shape[0], num_groups, math.prod(shape[1:]) // num_groups).mean(axis=2)
    return np.repeat(means, shape[1] // num_groups, axis=1).reshape(shape[:2] + (1,) * (len(shape) - 2))


def M(A, *, inputs, training=None, normalized_shape=None, num_groups=None):
    """沿一组的轴求平均，留着轴；batch_norm 不在训练时是 0。"""
    shape, axes = inputs[0].shape, tuple(range(2, A.ndim))
    if training is False:
        return 0.0
    if num_groups is not None:
        return _by_groups(A, shape, num_groups)
    if normalized_shape is not None:
        axes = tuple(range(-np.size(normalized_shape), 0))
    return A.mean(axis=(0, *axes) if training else axes, keepdims=True)


def r(*, inputs, eps, training=None, normalized_shape=None, num_groups=None, running_var=None):
    """1 / sqrt(方差 + eps)，一组一个数。"""
    return 1 / np.sqrt(_statistics(inputs[0], training, normalized_shape, num_groups, 0, running_var)[1] + eps)


def xh(*, inputs, eps, training=None, normalized_shape=None, num_groups=None,
       running_mean=None, running_var=None):
    """(x - 平均) * r。"""
    mean, var = _statistics(inputs[0], training, normalized_shape, num_groups, running_mean, running_var)
    return (inputs[0] - mean) / np.sqrt(var + eps)


def rms(*, inputs, eps, normalized_shape):
    """均方根 sqrt(M(x**2) + eps)，eps 没有给时是机器精度。"""
    x = inputs[0]
    return np.sqrt(
        M(x**2, inputs=inputs, normalized_shape=normalized_shape)
        + (np.finfo(x.dtype).eps if eps is None else eps)
    )


def _placed(A, x, normalized_shape):
    """各通道一个数的，摆到轴 1 上；layer_norm、rms_norm 的原样。"""
    return A if normalized_shape is not None else np.reshape(A, (-1,) + (1,) * (x.ndim - 2))


def gamma(*, inputs, weight, normalized_shape=None):
    """weight 摆到它的轴上，没有给时是 1。"""
    return 1 if weight is None else _placed(weight, inputs[0], normalized_shape)


def beta(*, inputs, bias, normalized_shape=None):
    """bias 摆到它的轴上，没有给时是 0。"""
    return 0 if bias is None else _placed(bias, inputs[0], normalized_shape)


def rest(A, *, normalized_shape=None):
    """weight 没有的轴都加起来，成为 weight 的形状。"""
    kept = range(A.ndim)[1:2] if normalized_shape is None else range(A.ndim)[-np.size(normalized_shape) :]
    return A.sum(axis=tuple(k for k in range(A.ndim) if k not in kept))


# --8<-- [end:normalization]


# --8<-- [start:cnn]
def _each(count, *given):
    """每个参数写成 count 个数。"""
    return [tuple(g) * (count // len(g)) if isinstance(g, tuple | list) else (g,) * count for g in given]


def _taken(size, kernel, stride, dilation):
    """补零以后的空间轴里，核的每个位置取哪些格：各是一个切片的元组。"""
    last = [(n - d * (k - 1) - 1) // s * s for n, k, s, d in zip(size, kernel, stride, dilation)]
    starts = [[d * a for d, a in zip(dilation, place)] for place in np.ndindex(*kernel)]
    return [(..., *(slice(b, b + e + 1, s) for b, e, s in zip(start, last, stride))) for start in starts]


def _padded(A, padding):
    """最后几根轴两边补零。"""
    return np.pad(A, [(0, 0)] * (A.ndim - len(padding)) + [(p, p) for p in padding])


def _trimmed(A, padding):
    """去掉补的零。"""
    return A[(..., *(slice(p, n - p) for p, n in zip(padding, A.shape[-len(padding) :])))]


def columns(A, *, kernel_size, stride, padding, dilation):
    """A 的高与宽两边补零，核的每个位置取一遍，同一个窗口的排成一列。"""
    kernel, stride, padding, dilation = _each(2, kernel_size, stride, padding, dilation)
    A = _padded(A, padding)
    parts = np.stack([A[k] for k in _taken(A.shape[-2:], kernel, stride, dilation)], axis=-3)
    return parts.reshape(A.shape[:-3] + (parts.shape[-4] * parts.shape[-3], math.prod(parts.shape[-2:])))


def uncolumns(A, *, inputs, kernel_size, stride, padding, dilation, output_size=None):
    """columns 反过来：每一列加回它的窗口，再去掉补的零；大小是 output_size，没有它的是输入的高与宽。"""
    given = kernel_size, stride, padding, dilation, output_size or inputs[0].shape[-2:]
    kernel, stride, padding, dilation, size = _each(2, *given)
    places = _taken([n + 2 * p for n, p in zip(size, padding)], kernel, stride, dilation)
    parts = A.reshape(A.shape[:-2] + (A.shape[-2] // len(places), len(places), A.shape[-1]))
    total = np.zeros(parts.shape[:-2] + tuple(n + 2 * p for n, p in zip(size, padding)))
    for k, place in enumerate(places):
        total[place] += parts[..., k, :].reshape(total[place].shape)
    return _trimmed(total, padding)


def _grouped(A, count, groups):
    """最后 count 根空间轴并成一根，通道的轴拆成 (groups, 每组几个)。"""
    k = A.ndim - count
    return A.reshape(A.shape[: k - 1] + (groups, A.shape[k - 1] // groups, math.prod(A.shape[k:])))


def _slices(w, groups):
    """weight 在核的每个位置上的一片，各是 (groups, 每组的输出通道, 每组的输入通道)。"""
    parts = w.reshape((groups, w.shape[0] // groups) + w.shape[1:])
    return [parts[(..., *place)] for place in np.ndindex(*w.shape[2:])]


def _read(A, padding, output_padding):
    """补零，再去掉末尾 output_padding 多出来的几格。"""
    A = _padded(A, padding)
    return A[(..., *(slice(n - e) for n, e in zip(A.shape[-len(padding) :], output_padding)))]


def corr(A, w, *, stride, padding, dilation, groups, output_padding=0):
    """互相关：核的每个位置取一片补过零的 A，左乘 w 的那一片，加起来。"""
    kernel = w.shape[2:]
    stride, padding, dilation, extra = _each(len(kernel), stride, padding, dilation, output_padding)
    A = _read(A, padding, extra)
    places = _taken(A.shape[-len(kernel) :], kernel, stride, dilation)
    total = sum(W @ _grouped(A[k], len(kernel), groups) for W, k in zip(_slices(w, groups), places))
    return total.reshape(A.shape[: -1 - len(kernel)] + w.shape[:1] + A[places[0]].shape[-len(kernel) :])


def corrT(B, w, *, inputs, stride, padding, dilation, groups, output_padding=None):
    """corr 对 A 的反向：核的每个位置，B 左乘 w 那一片的转置，加回原处；大小与输入同，或随 output_padding。"""
    kernel = w.shape[2:]
    stride, padding, dilation, extra = _each(len(kernel), stride, padding, dilation, output_padding or 0)
    size = [n + 2 * p for n, p in zip(inputs[0].shape[-len(kernel) :], padding)]
    if output_padding is not None:
        spans = [d * (k - 1) + e + 1 for d, k, e in zip(dilation, kernel, extra)]
        size = [(n - 1) * s + span for n, s, span in zip(B.shape[-len(kernel) :], stride, spans)]
    lead, shape = B.shape[: -1 - len(kernel)], B.shape[-len(kernel) :]
    total = np.zeros(lead + (w.shape[1] * groups, *size), np.result_type(B, w))
    for W, place in zip(_slices(w, groups), _taken(size, kernel, stride, dilation)):
        ends = [k.start + (n - 1) * k.step + 1 for k, n in zip(place[1:], shape)]
        place = place[:1] + tuple(slice(k.start, end, k.step) for k, end in zip(place[1:], ends))
        total[place] += (W.mT @ _grouped(B, len(kernel), groups)).reshape(total[place].shape)
    return _trimmed(total, padding)


def corrW(A, B, *, weight, stride, padding, dilation, groups, output_padding=0):
    """corr 对 w 的反向：核的每个位置，B 右乘 corr 取的那一片 A 的转置，再对一批求和。"""
    kernel = weight.shape[2:]
    stride, padding, dilation, extra = _each(len(kernel), stride, padding, dilation, output_padding)
    A, B = _read(A, padding, extra), _grouped(B, len(kernel), groups)
    places = _taken(A.shape[-len(kernel) :], kernel, stride, dilation)
    parts = np.stack([B @ _grouped(A[k], len(kernel), groups).mT for k in places], axis=-1)
    return parts.sum(axis=tuple(range(parts.ndim - 4))).reshape(weight.shape)


def channel(b, *, weight):
    """各通道一个数，摆到通道的轴上；没有给的当作 0。"""
    return 0 if b is None else b.reshape((-1,) + (1,) * (weight.ndim - 2))


def channels(B, *, weight):
    """通道以外的轴都加起来。"""
    k = B.ndim - weight.ndim + 1
    return B.sum(axis=tuple(axis for axis in range(B.ndim) if axis != k))
# --8<-- [end:cnn]


# --8<-- [start:attention]
def _heads(x, query, enable_gqa):
    """沿轴 -3 重复到与 query 一样多。"""
    return np.repeat(x, query.shape[-3] // x.shape[-3], axis=-3) if enable_gqa else x


def rep(x, *, query, enable_gqa):
    """enable_gqa 时，沿轴 -3 重复到与 query 一样多。"""
    return _heads(x, query, enable_gqa)


def back(A, x, *, query, enable_gqa):
    """把 A 沿被广播的批轴、重复的头加起来，还原成 x 的形状。"""
    if not enable_gqa:
        return unbroadcast(A, x.shape)
    A = unbroadcast(A, _heads(x, query, True).shape)
    return A.reshape(x.shape[:-2] + (-1,) + x.shape[-2:]).sum(axis=-3)


def _scale(query, scale):
    """没有给时是 1 / sqrt(E)，E 是 query 最后一根轴的大小。"""
    return max(query.shape[-1], 1) ** -0.5 if scale is None else scale


def P(*, query, key, attn_mask, is_causal, scale, enable_gqa):
    """softmax(s * query @ rep(key).mT + 掩码)，s 是 scale；什么也不看的一行是 0。"""
    T = _scale(query, scale) * query @ _heads(key, query, enable_gqa).mT
    seen = True if attn_mask is None else np.asarray(attn_mask)
    seen = np.tri(*T.shape[-2:], dtype=bool) if is_causal else seen
    if np.asarray(seen).dtype != bool:
        seen, T = seen > -np.inf, T + np.where(seen > -np.inf, seen, 0)
    e = np.where(seen, np.exp(T), 0)
    return div0(e, e.sum(axis=-1, keepdims=True))


def dS(*, query, key, value, attn_mask, is_causal, scale, enable_gqa, G, z):
    """s * P * (G @ rep(value).mT - D)，D 是 G * z 沿最后一根轴之和。"""
    options = {"is_causal": is_causal, "scale": scale, "enable_gqa": enable_gqa}
    weights = P(query=query, key=key, attn_mask=attn_mask, **options)
    slope = G @ _heads(value, query, enable_gqa).mT - (G * z).sum(axis=-1, keepdims=True)
    return _scale(query, scale) * weights * slope


# --8<-- [end:attention]


# --8<-- [start:pooling]
def _row(n, size=None, scale_factor=None, mode="", align_corners=False):
    """interpolate 一个轴的矩阵：一行一个输出，写着它由各个输入的多少合成。"""
    m = size if scale_factor is None else math.floor(n * scale_factor)
    o, i = np.indices((m, n))
    at = o + (mode != "nearest") / 2
    at = at * n / m if scale_factor is None else at / scale_factor
    if mode == "bilinear":
        u = o * (n - 1) / max(m - 1, 1) if align_corners else at - 0.5
        return 1.0 * np.maximum(0, 1 - np.abs(np.clip(u, 0, n - 1) - i))
    return 1.0 * (np.minimum(np.floor(at), n - 1) == i)


def _of(axis, given):
    """两个轴各一个的参数里这个轴的一个。"""
    given = [given] if np.ndim(given) == 0 else list(given)
    return given[axis % len(given)]


def _starts(n, axis, kernel_size, stride, padding, ceil_mode, dilation=1):
    """一个轴上各个窗口的起点，补在左边的是负数；以及核与空洞。"""
    k, p, d = (_of(axis, given) for given in (kernel_size, padding, dilation))
    s = k if stride is None else _of(axis, stride)
    count = (n + 2 * p - d * (k - 1) - 1 + (s - 1) * ceil_mode) // s + 1
    starts = s * np.arange(count) - p
    return starts[: count - (starts[-1] >= n)], k, d


def _shares(axis, inputs, output_size=None, kernel_size=None, stride=None, padding=0, ceil_mode=False,
            count_include_pad=True, divisor_override=None, **resampled):
    """一个轴的矩阵：一行一个输出，写着它由各个输入的多少合成。"""
    n = inputs[0].shape[axis - 2]
    if output_size is None and kernel_size is None:
        return _row(n, **{name: _of(axis, given) if name in ("size", "scale_factor") else given
                          for name, given in resampled.items()})
    if output_size is not None:
        m = n if _of(axis, output_size) is None else _of(axis, output_size)
        starts, ends = np.arange(m) * n // m, -(-np.arange(1, m + 1) * n // m)
    else:
        starts, k, _ = _starts(n, axis, kernel_size, stride, padding, ceil_mode)
        ends = starts + k
    taken = 1.0 * (starts[:, None] <= np.arange(n)) * (np.arange(n) < ends[:, None])
    count = taken.sum(axis=1)
    if kernel_size is not None and count_include_pad:
        count = np.minimum(ends, n + _of(axis, padding)) - starts
    if divisor_override is not None:
        count = np.full(len(starts), 1 if axis else divisor_override)
    return taken / count[:, None]


def Ah(*, inputs, size=None, scale_factor=None, mode="", align_corners=False, output_size=None,
       kernel_size=None, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
       divisor_override=None):
    """高的矩阵：一行一个输出，写着它由各行的多少合成。"""
    return _shares(0, **locals())


def Aw(*, inputs, size=None, scale_factor=None, mode="", align_corners=False, output_size=None,
       kernel_size=None, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
       divisor_override=None):
    """宽的矩阵，同 Ah。"""
    return _shares(1, **locals())


def win(A, *, kernel_size, stride, padding, dilation, ceil_mode):
    """每个窗口的数排在最后一个轴上，补上去的是 -inf。"""
    at = []
    for axis, n in enumerate(A.shape[-2:]):
        starts, k, d = _starts(n, axis, kernel_size, stride, padding, ceil_mode, dilation)
        at.append(starts[:, None] + d * np.arange(k))
    (i, j), edge = at, [max(abs(part).max() + 1 for part in at)] * 2
    B = np.pad(1.0 * A, [(0, 0)] * (A.ndim - 2) + [edge] * 2, constant_values=-np.inf)
    found = B[..., i[:, None, :, None] + edge[0], j[None, :, None, :] + edge[0]]
    return found.reshape(*found.shape[:-2], i.shape[1] * j.shape[1])


def first(A, *, kernel_size, stride, padding, dilation, ceil_mode):
    """每个窗口里第一个最大的数的编号，全是补上去的是负数。"""
    given = {"kernel_size": kernel_size, "stride": stride, "padding": padding, "dilation": dilation}
    values, at = win(A, **given, ceil_mode=ceil_mode), win(places(inputs=(A,)), **given, ceil_mode=ceil_mode)
    best = (values == values.max(-1, keepdims=True)) | np.isnan(values)
    k = np.argmax(best & (at >= 0), axis=-1)[..., None]
    found = np.take_along_axis(at, k, -1)[..., 0]
    return np.where(found >= 0, found, -1).astype(np.intp)


def shuffled(A, *, upscale_factor):
    """每 r² 个通道排成 r × r 的小块。"""
    r = upscale_factor
    z = np.zeros((*A.shape[:-3], A.shape[-3] // r**2, A.shape[-2] * r, A.shape[-1] * r), A.dtype)
    for i, j in np.ndindex(r, r):
        z[..., i::r, j::r] = A[..., i * r + j :: r**2, :, :]
    return z
# --8<-- [end:pooling]


# --8<-- [start:recurrent]
def by(D, v):
    """rows(D).T @ rows(v)。"""
    return rows(D).T @ rows(v)


def col(D):
    """rows(D) 各列的和。"""
    return rows(D).sum(axis=0)


def _sides(x, h, w_ih, w_hh, b_ih, b_hh):
    """各门两侧的线性部分：一门一块。"""
    count = w_ih.shape[0] // max(h.shape[-1], 1)
    pairs = (x @ w_ih.T + given(b_ih), h @ w_hh.T + given(b_hh))
    return [np.split(side, count, axis=-1) for side in pairs]


def _lstm(x, h, c, w_ih, w_hh, b_ih, b_hh):
    """(i, f, g, o, c')。"""
    i, f, g, o = map(np.add, *_sides(x, h, w_ih, w_hh, b_ih, b_hh))
    i, f, g, o = sigma(i), sigma(f), np.tanh(g), sigma(o)
    return i, f, g, o, f * c + i * g


def _gru(x, h, w_ih, w_hh, b_ih, b_hh):
    """(r, z, n, n 里被 r 乘的)。"""
    (r, z, n), (r_h, z_h, n_h) = _sides(x, h, w_ih, w_hh, b_ih, b_hh)
    r, z = sigma(r + r_h), sigma(z + z_h)
    return r, z, np.tanh(n + r * n_h), n_h


def out(*, x, h, c, w_ih, w_hh, b_ih, b_hh):
    """lstm_cell 的输出门。"""
    return _lstm(x, h, c, w_ih, w_hh, b_ih, b_hh)[3]


def keeps(*, x, h, c, w_ih, w_hh, b_ih, b_hh):
    """lstm_cell 的遗忘门。"""
    return _lstm(x, h, c, w_ih, w_hh, b_ih, b_hh)[1]


def cell(*, x, h, c, w_ih, w_hh, b_ih, b_hh):
    """lstm_cell 的第二个输出，遗忘门 * c + 输入门 * 候选。"""
    return _lstm(x, h, c, w_ih, w_hh, b_ih, b_hh)[4]


def C(*, x, h, c, w_ih, w_hh, b_ih, b_hh, G):
    """cell 处的梯度，G[1] + G[0] * out * (1 - tanh(cell)**2)。"""
    _, _, _, o, new = _lstm(x, h, c, w_ih, w_hh, b_ih, b_hh)
    return G[1] + G[0] * o * (1 - np.tanh(new) ** 2)


def up(*, x, h, w_ih, w_hh, b_ih, b_hh):
    """gru_cell 的更新门。"""
    return _gru(x, h, w_ih, w_hh, b_ih, b_hh)[1]


def new(*, x, h, w_ih, w_hh, b_ih, b_hh):
    """gru_cell 的候选状态。"""
    return _gru(x, h, w_ih, w_hh, b_ih, b_hh)[2]


def _gates(x, h, c, w_ih, w_hh, b_ih, b_hh, G):
    """各门线性部分的梯度，两侧各一个。"""
    if c is not None:
        i, f, g, o, new = _lstm(x, h, c, w_ih, w_hh, b_ih, b_hh)
        inner = G[1] + G[0] * o * (1 - np.tanh(new) ** 2)
        parts = (
            inner * g * i * (1 - i),
            inner * c * f * (1 - f),
            inner * i * (1 - g**2),
            G[0] * np.tanh(new) * o * (1 - o),
        )
        return (np.concatenate(parts, axis=-1),) * 2
    r, z, n, n_h = _gru(x, h, w_ih, w_hh, b_ih, b_hh)
    N = G * (1 - z) * (1 - n**2)
    R, Z = N * n_h * r * (1 - r), G * (h - n) * z * (1 - z)
    return np.concatenate((R, Z, N), axis=-1), np.concatenate((R, Z, N * r), axis=-1)


def D(*, x, h, c=None, w_ih, w_hh, b_ih, b_hh, G):
    """x 一侧各门线性部分的梯度，叠在最后一根轴上。"""
    return _gates(x, h, c, w_ih, w_hh, b_ih, b_hh, G)[0]


def E(*, x, h, c=None, w_ih, w_hh, b_ih, b_hh, G):
    """h 一侧各门线性部分的梯度，叠在最后一根轴上；gru_cell 的候选多乘一个重置门。"""
    return _gates(x, h, c, w_ih, w_hh, b_ih, b_hh, G)[1]


# --8<-- [end:recurrent]


# --8<-- [start:transformer]
def theta(*, inputs, positions, base):
    """positions[..., newaxis] * base ** (-i / d)，i = 0, 2, 4, …，d 是最后一根轴的大小。"""
    d = inputs[0].shape[-1]
    return np.asarray(positions)[..., np.newaxis] * base ** (-np.arange(0, d, 2) / d)


def turn(A, angle, *, interleaved):
    """最后一根轴上两个一对，(a, b) 换成 (a * cos(angle) - b * sin(angle), a * sin(angle) + b * cos(angle))。"""
    axis, m = (-1 if interleaved else -2), A.shape[-1] // 2
    a, b = np.moveaxis(A.reshape(A.shape[:-1] + ((m, 2) if interleaved else (2, m))), axis, 0)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([a * cos - b * sin, a * sin + b * cos], axis).reshape(A.shape)


def piece(A, k, *, axis):
    """沿 axis 分成两半的第 k 半。"""
    return np.split(A, 2, axis)[k]
# --8<-- [end:transformer]
