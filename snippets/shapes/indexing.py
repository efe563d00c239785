"""下标：切片与花式下标、take、take_along_axis、scatter_add、embedding。"""

import math
from operator import index as as_int

import numpy as np

from reductions.sum_mean import normalize_axis
from shapes.reshape import as_integer
from start.conventions import operator


# --8<-- [start:add_back]
def add_back(G, index, shape):
    """散加：形状为 shape 的数组，G 的每个元素加到 x[index] 取它的那个位置上。

    index 是元组，已经检查过；返回的 dtype 与 G 相同，float32 在 float64 里加。
    公式见“切片、take 与 embedding”式 (2)。
    """
    if np.ndarray not in map(type, index):
        x_bar = np.zeros(shape, G.dtype)
        x_bar[index] = G  # 只有切片、整数与 None：一个位置至多取到一次
        return x_bar
    if G.dtype.kind == "c":
        return add_back(G.real, index, shape) + 1j * add_back(G.imag, index, shape)
    size = math.prod(shape)
    direct = len(shape) == len(index) == 1 and index[0].dtype != bool  # 下标就是位置
    places = index[0] if direct else np.arange(size).reshape(shape)[index]
    x_bar = np.bincount(places.reshape(-1), G.reshape(-1), size)  # 按位置累加，总是 float64
    return x_bar.astype(G.dtype, copy=False).reshape(shape)
# --8<-- [end:add_back]


# --8<-- [start:as_indices]
def as_array(indices):
    """变成数组；空的列表当作整数，参差不齐的报 ValueError。"""
    try:
        array = np.asarray(indices)
    except ValueError:
        raise ValueError(f"下标的各行不一样长：{indices}") from None
    return array.astype(np.intp) if array.size == 0 and isinstance(indices, list | tuple) else array


def as_indices(indices, size, axis, negative=True):
    """下标数组：变成从 0 数起的整数数组；negative 为真时，负数从右边数。

    不是整数（浮点数、布尔值）报 TypeError，超出轴 axis 的大小 size 报 IndexError。
    """
    array = as_array(indices)
    if array.dtype.kind not in "iu":
        raise TypeError(f"下标应为整数，得到 {array.dtype}")
    lowest, least = -size if negative else 0, array.min(initial=0)
    if array.size and (least < lowest or array.max() >= size):
        outside = array[(array < lowest) | (array >= size)][0]
        allowed = f"应在 {lowest} 到 {size - 1} 之间" if size else "没有元素可取"
        raise IndexError(f"下标 {outside} 超出范围：轴 {axis} 的大小是 {size}，{allowed}")
    array = array.astype(np.intp, copy=False)
    return np.where(array < 0, array + size, array) if least < 0 else array
# --8<-- [end:as_indices]


# --8<-- [start:normalize_index]
def normalize_index(index, shape):
    """检查 x[index] 里的下标，返回元组；shape 是 x 的形状。

    每一项是整数、切片、None、省略号，或整数、布尔的数组（列表也行）。类型不对报
    TypeError；太多、超出范围、形状对不上，报 IndexError。
    """
    items = [as_item(k) for k in (index if isinstance(index, tuple) else (index,))]
    widths = [axes_used(k) for k in items]
    dots = [place for place, k in enumerate(items) if k is Ellipsis]
    if len(dots) > 1:
        raise IndexError("省略号至多一个")
    if sum(widths) > len(shape):
        raise IndexError(f"下标用到 {sum(widths)} 个轴，输入只有 {len(shape)} 个")
    if dots:
        widths[dots[0]] = len(shape) - sum(widths)
    axis, arrays = 0, []
    for place, (item, width) in enumerate(zip(items, widths)):
        if isinstance(item, np.ndarray) and item.dtype == bool:
            if item.shape != shape[axis : axis + width]:
                wanted = shape[axis : axis + width]
                raise IndexError(f"布尔下标的形状是 {item.shape}，对应的轴是 {wanted}，应当相同")
            arrays.append((np.count_nonzero(item),))
        elif isinstance(item, np.ndarray | int):
            found = as_indices(item, shape[axis], axis)
            items[place] = found if isinstance(item, np.ndarray) else int(found)
            arrays.append(found.shape)
        axis += width
    try:
        np.broadcast_shapes(*arrays)
    except ValueError:
        raise IndexError(f"各个下标数组的形状 {arrays} 不能广播到一起") from None
    return tuple(items)
# --8<-- [end:normalize_index]


# --8<-- [start:as_item]
def as_item(item):
    """一项下标：切片、None、省略号原样返回，整数变成 int，其余变成数组。

    布尔的单个值、切片里的浮点数报 TypeError，步长 0 报 ValueError。
    """
    if item is None or item is Ellipsis:
        return item
    if isinstance(item, slice):
        for part in (item.start, item.stop, item.step):
            if part is not None and not hasattr(part, "__index__"):
                raise TypeError(f"切片的起点、终点、步长应为整数或 None，得到 {part!r}")
        if item.step is not None and as_int(item.step) == 0:
            raise ValueError("切片的步长不能是 0")
        return item
    array = as_array(item)
    if array.dtype.kind not in "iub" or (array.shape == () and array.dtype == bool):
        raise TypeError(f"下标应为整数、切片、None、省略号，或整数、布尔的数组，得到 {item!r}")
    return array if array.ndim else int(array)


def axes_used(item):
    """一项下标用掉输入的几个轴。"""
    if item is None or item is Ellipsis:
        return 0
    return item.ndim if isinstance(item, np.ndarray) and item.dtype == bool else 1
# --8<-- [end:as_item]


# --8<-- [start:getitem]
@operator
def getitem(x, *, index):
    """取出 x[index]，取得出的与 numpy 相同；numpy 还收布尔的单个值、大小不合的空布尔数组，这里报错。

    前向：x[index]
    反向：scatter(G, places[index])

    报错见 normalize_index。公式见“切片、take 与 embedding”式 (2)、(3)。
    """
    index = normalize_index(index, x.shape)
    z = x[index]

    def backward(G):
        return (add_back(G, index, x.shape),)

    return z, backward
# --8<-- [end:getitem]


# --8<-- [start:take]
@operator
def take(x, *, indices, axis=None):
    """沿 axis 取 indices 处的各层；axis 为 None 时先拉平。报错见 normalize_axis 与 as_indices。

    前向：take(x, indices, axis)
    反向：scatter(G, take(places, indices, axis))

    输出里，indices 的各个轴换下 axis 那一个轴。公式见“切片、take 与 embedding”式 (4)。
    """
    source = x.reshape(-1) if axis is None else x
    axis = normalize_axis(0 if axis is None else axis, source.ndim)
    indices = as_indices(indices, source.shape[axis], axis)
    index = (slice(None),) * axis + (indices,)
    z = np.take(source, indices, axis, mode="clip")  # 下标查过了，不必再查一遍

    def backward(G):
        return (add_back(G, index, source.shape).reshape(x.shape),)

    return z, backward
# --8<-- [end:take]


# --8<-- [start:places_along]
def places_along(shape, indices, axis):
    """沿 axis 每一行取自己的下标，取的是拉平之后的第几个；形状为 shape 的数组，axis 为 None 时先拉平。

    indices 与数组的轴数要相同，axis 以外的轴要能广播，否则报 ValueError；其余报错同 take。
    """
    shape = (math.prod(shape),) if axis is None else shape
    axis = normalize_axis(0 if axis is None else axis, len(shape))
    indices = as_indices(indices, shape[axis], axis)
    if indices.ndim != len(shape):
        raise ValueError(f"indices 有 {indices.ndim} 个轴，应与被取的数组一样多：{len(shape)} 个")
    pairs = enumerate(zip(shape, indices.shape))
    if any(k != axis and n != m and 1 not in (n, m) for k, (n, m) in pairs):
        raise ValueError(f"indices 的形状 {indices.shape} 与 {shape} 除轴 {axis} 外应能广播")
    grid = list(np.ogrid[tuple(slice(n) for n in shape)])
    grid[axis] = indices
    places = 0
    for k, n in zip(grid, shape):
        places = places * n + k
    return places
# --8<-- [end:places_along]


# --8<-- [start:take_along_axis]
@operator
def take_along_axis(x, *, indices, axis=-1):
    """沿 axis 每一行取自己的下标；axis 为 None 时先把 x 拉平，indices 应为一维。

    前向：take_along_axis(x, indices, axis)
    反向：scatter(G, take_along_axis(places, indices, axis))

    报错见 places_along。公式见“切片、take 与 embedding”式 (5)。
    """
    places = places_along(x.shape, indices, axis)
    z = np.take(x, places, mode="clip")

    def backward(G):
        return (add_back(G, (places,), (x.size,)).reshape(x.shape),)

    return z, backward
# --8<-- [end:take_along_axis]


# --8<-- [start:scatter_add]
@operator
def scatter_add(x, src, *, indices, axis=-1):
    """x 的一份，再把 src 的每个元素加到 take_along_axis(x, indices, axis) 取它的位置上。

    前向：x + scatter(src, take_along_axis(places, indices, axis))
    反向：G, take_along_axis(G, indices, axis)

    src 的形状应是 take_along_axis 取出来的，否则报 ValueError；其余报错见 places_along。
    公式见“切片、take 与 embedding”式 (7)、(8)。
    """
    places = places_along(x.shape, indices, axis)
    if src.shape != places.shape:
        raise ValueError(f"src 的形状为 {src.shape}，应是 indices 取出来的形状 {places.shape}")
    z = x + add_back(src, (places,), (x.size,)).reshape(x.shape)

    def backward(G):
        return G, G.ravel()[places]

    return z, backward
# --8<-- [end:scatter_add]


# --8<-- [start:embedding]
@operator
def embedding(weight, *, indices, padding_idx=None):
    """查表：weight 是 V × D，一个下标取一行。

    前向：weight[indices]
    反向：nopad(scatter(G, places[indices]))

    indices 是 0 到 V-1 的整数，形状任意；负数报 IndexError，这与 PyTorch 相同。
    padding_idx 那一行的梯度规定为 0，负数从右边数。公式见“切片、take 与 embedding”式 (6)。
    """
    if weight.ndim != 2:
        raise ValueError(f"weight 应有 2 个轴，得到 {weight.ndim} 个")
    indices = as_indices(indices, weight.shape[0], 0, negative=False)
    padding, rows = padding_idx, weight.shape[0]
    if padding is not None and not -rows <= as_integer("padding_idx", padding) < rows:
        raise IndexError(f"padding_idx={padding} 超出范围：weight 有 {rows} 行")
    z = weight[indices]

    def backward(G):
        weight_bar = add_back(G, (indices,), weight.shape)
        if padding is not None:
            weight_bar[padding] = 0
        return (weight_bar,)

    return z, backward
# --8<-- [end:embedding]
