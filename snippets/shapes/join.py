"""拼接、堆叠、切开、补零、平铺。"""

from functools import partial

import numpy as np

from broadcasting.gradient import unbroadcast
from elementwise.piecewise import as_number
from reductions.sum_mean import normalize_axis
from shapes.reshape import as_integer
from start.conventions import as_array, operator


# --8<-- [start:check_same]
def check_same(shapes, axis=None):
    """各个形状相同，axis 处可以不同；一个也没有、对不上，报 ValueError。"""
    if not shapes:
        raise ValueError("至少要给一个数组")
    for position, shape in enumerate(shapes, 1):
        if len(shape) != len(shapes[0]):
            raise ValueError(
                f"第 {position} 个输入有 {len(shape)} 个轴，第 1 个有 {len(shapes[0])} 个"
            )
        for k, (n, m) in enumerate(zip(shape, shapes[0])):
            if n != m and k != axis:
                raise ValueError(
                    f"轴 {k} 上第 {position} 个输入的大小是 {n}，第 1 个是 {m}，应当相等"
                )
# --8<-- [end:check_same]


# --8<-- [start:concatenate]
@operator
def concatenate(*xs, axis=0):
    """沿 axis 首尾相接，其余的轴要相等；axis 为 None 时各自拉平再接。

    前向：concatenate(xs, axis)
    反向：[H.reshape(x.shape) for H, x in zip(split(G, ends, axis or 0), xs)]

    一个数组也没有、给了 axis 却有 0 维的、轴超出范围、其余的轴不等时报 ValueError。
    公式见“拼接、切开、补零、平铺”式 (1)。
    """
    parts = [x.reshape(-1) for x in xs] if axis is None else xs
    if any(part.ndim == 0 for part in parts):
        raise ValueError("0 维数组没有轴，不能拼接；要添一个轴请用 stack")
    axis = normalize_axis(0 if axis is None else axis, parts[0].ndim if parts else 1)
    check_same([part.shape for part in parts], axis)
    z = np.concatenate(parts, axis)
    starts = np.cumsum([part.shape[axis] for part in parts[:-1]])

    def backward(G):
        pieces = np.split(G, starts, axis)
        return tuple(piece.reshape(x.shape) for piece, x in zip(pieces, xs))

    return z, backward
# --8<-- [end:concatenate]


# --8<-- [start:stack]
@operator
def stack(*xs, axis=0):
    """在 axis 处添一个轴，各个数组沿它排开；axis 指的是输出里的位置。

    前向：stack(xs, axis)
    反向：list(moveaxis(G, axis, 0))

    一个数组也没有、形状不同、轴超出范围时报 ValueError。公式见“拼接、切开、补零、平铺”式 (2)。
    """
    check_same([x.shape for x in xs])
    ndim = xs[0].ndim + 1
    if not -ndim <= as_integer("axis", axis) < ndim:
        raise np.exceptions.AxisError(f"axis={axis} 超出范围：输出有 {ndim} 个轴")
    z, before = np.stack(xs, axis), (slice(None),) * (axis % ndim)

    def backward(G):
        return tuple(G[(*before, k)] for k in range(len(xs)))

    return z, backward
# --8<-- [end:stack]


# --8<-- [start:cuts]
def cuts(sections, n):
    """切口：sections 是整数时把 n 等分成那么多份，否则它就是各个切口，负数从后面数。

    返回 0 到 n 的整数的列表。不是整数报 TypeError；不能等分、切口超出范围、次序颠倒，
    报 ValueError。
    """
    if not isinstance(sections, tuple | list):
        count = as_integer("sections", sections)
        if count < 1 or n % count:
            raise ValueError(f"大小为 {n} 的轴不能等分成 {count} 份")
        return [n // count * k for k in range(1, count)]
    places = [as_integer("sections 里的切口", k) for k in sections]
    places = [k + n if k < 0 else k for k in places]
    if any(not 0 <= k <= n for k in places) or places != sorted(places):
        raise ValueError(f"切口 {tuple(sections)} 应在 0 到 {n} 之间，从小到大")
    return places
# --8<-- [end:cuts]


# --8<-- [start:split]
@operator
def split(x, *, sections, axis=0):
    """沿 axis 切开，返回若干个输出；sections 见 cuts，与 numpy.split 同义。

    前向：split(x, sections, axis)
    反向：concatenate(G, axis)

    backward 每个输出接一个上游梯度。公式见“拼接、切开、补零、平铺”式 (3)。
    """
    axis = normalize_axis(axis, x.ndim)
    zs = np.split(x, cuts(sections, x.shape[axis]), axis)

    def backward(*Gs):
        return (np.concatenate(Gs, axis),)

    return tuple(zs), backward
# --8<-- [end:split]


# --8<-- [start:as_count]
def as_count(name, value):
    """个数：非负整数。不是整数报 TypeError，为负报 ValueError，name 说明是哪个参数。"""
    count = as_integer(name, value)
    if count < 0:
        raise ValueError(f"{name} 不能为负，得到 {count}")
    return count
# --8<-- [end:as_count]


# --8<-- [start:pad_pairs]
def pad_pairs(name, values, ndim, check):
    """每个轴一对 (前, 后)：一个数、一对数、每个轴一对，按广播规则变成 ndim 对；对不上报 ValueError。

    各个数由 check(name, 数) 检查，零维的数组没有轴，也一样查。
    """
    pairs = as_array(f"{name} 是", values, object)
    ragged = any(isinstance(n, tuple | list) for n in pairs.flat)
    sizes = zip(pairs.shape[::-1], (2, ndim))
    if ragged or pairs.ndim > 2 or any(n not in (1, m) for n, m in sizes):
        raise ValueError(f"{name}={values} 应是一个数、一对 (前, 后)，或 {ndim} 个轴每个一对")
    checked = np.array([check(name, n) for n in pairs.flat], object).reshape(pairs.shape)
    return np.broadcast_to(checked, (ndim, 2)).tolist()


def pad_widths(pad_width, ndim):
    """每个轴前后各补多少，ndim 对整数。不是整数报 TypeError；为负、个数对不上报 ValueError。"""
    return [tuple(pair) for pair in pad_pairs("pad_width", pad_width, ndim, as_count)]
# --8<-- [end:pad_pairs]


# --8<-- [start:pad_constants]
def pad_constants(x, widths, constant_values):
    """各轴前后补上常数。一个一个轴地补，角上的数属于后一个轴，与 numpy 相同。"""
    pairs = pad_pairs("constant_values", constant_values, x.ndim, partial(as_number, "pad"))
    z = np.empty([before + n + after for (before, after), n in zip(widths, x.shape)], x.dtype)
    for axis, ((before, after), (first, last)) in enumerate(zip(widths, pairs)):
        lines = np.moveaxis(z, axis, 0)
        lines[:before], lines[len(lines) - after :] = first, last
    z[inner(x.shape, widths)] = x
    return z


def inner(shape, widths):
    """原来的数组在补过的数组里的位置。"""
    return tuple(slice(before, before + n) for (before, _), n in zip(widths, shape))
# --8<-- [end:pad_constants]


# --8<-- [start:pad_sources]
def pad_sources(mode, n, before, after):
    """大小为 n 的轴补过之后，每个位置取原来的第几个。公式见“拼接、切开、补零、平铺”式 (5)。"""
    k = np.arange(-before, n + after)
    if mode == "edge":
        return np.clip(k, 0, n - 1)
    if mode == "wrap":
        return k % n
    last = 2 * n - 1 if mode == "symmetric" else 2 * n - 2  # 照过去，照回来
    k %= last + 1 if mode == "symmetric" else np.maximum(last, 1)
    return np.minimum(k, last - k)


def check_fillable(shape, widths, constant_values):
    """不补常数时：要补的轴不能是空的，也不能给 constant_values；否则报 ValueError。"""
    for axis, (n, pair) in enumerate(zip(shape, widths)):
        if n == 0 and any(pair):
            raise ValueError(f"轴 {axis} 的大小是 0，没有数可取，只能补常数")
    if not np.array_equal(constant_values, 0):
        raise ValueError("constant_values 只用于 mode='constant'")
# --8<-- [end:pad_sources]


# --8<-- [start:gather]
def gather(G, sources, axis):
    """沿 axis 把取自同一处的加起来；每一处至少被取一次。公式见“拼接、切开、补零、平铺”式 (6)。"""
    order = np.argsort(sources, kind="stable")
    _, starts = np.unique(sources[order], return_index=True)
    return np.add.reduceat(G.take(order, axis), starts, axis)
# --8<-- [end:gather]


# --8<-- [start:pad]
@operator
def pad(x, *, pad_width, mode="constant", constant_values=0):
    """在每个轴的前后补上数，参数与 numpy.pad 同义，只是不收字典；公式见“拼接、切开、补零、平铺”式 (4)、(6)。

    前向：pad(x, pad_width, mode, **fill)
    反向：scatter(G, pad(places, pad_width, mode, **outside))

    mode：constant 补常数 constant_values，edge 重复最边上的，reflect、symmetric 以边为镜，边上的
    数不重复、重复，wrap 首尾相接。mode 写错、要从空的轴取数时报 ValueError。
    """
    if mode not in ("constant", "edge", "reflect", "symmetric", "wrap"):
        told = "PyTorch 的 replicate 在这里叫 edge，circular 叫 wrap"
        raise ValueError(f"mode 应为 constant、edge、reflect、symmetric 或 wrap，得到 {mode!r}；{told}")
    widths = pad_widths(pad_width, x.ndim)
    if mode == "constant":
        z = pad_constants(x, widths, constant_values)
    else:
        check_fillable(x.shape, widths, constant_values)
        sources = [pad_sources(mode, n, *pair) for n, pair in zip(x.shape, widths)]
        z = x[np.ix_(*sources)]

    def backward(G):
        if mode == "constant":
            return (G[inner(x.shape, widths)],)
        for axis, taken in enumerate(sources):
            G = gather(G, taken, axis)
        return (G,)

    return z, backward
# --8<-- [end:pad]


# --8<-- [start:tile]
@operator
def tile(x, *, reps):
    """平铺：第 k 个轴重复 reps[k] 次，reps 与形状右对齐，短的一边补 1，与 numpy.tile 同义。

    前向：tile(x, reps)
    反向：scatter(G, tile(places, reps))

    不是整数报 TypeError，为负报 ValueError。公式见“拼接、切开、补零、平铺”式 (8)。
    """
    given = reps if isinstance(reps, tuple | list) else (reps,)
    reps = (1,) * (x.ndim - len(given)) + tuple(as_count("reps", r) for r in given)
    sizes = (1,) * (len(reps) - x.ndim) + x.shape
    narrow = tuple(n for size in sizes for n in (1, size))
    wide = tuple(n for pair in zip(reps, sizes) for n in pair)
    z = np.full(wide, x.reshape(narrow)).reshape([r * n for r, n in zip(reps, sizes)])

    def backward(G):
        return (unbroadcast(G.reshape(wide), narrow).reshape(x.shape),)

    return z, backward
# --8<-- [end:tile]
