"""交叉熵：nll_loss、cross_entropy。"""

import numpy as np

from broadcasting.gradient import add_up
from elementwise.piecewise import as_number, masked, weighed
from losses.regression import denominator
from losses.softmax import exponentials, places
from reductions.sum_mean import guarded
from shapes.reshape import as_integer
from start.conventions import as_array, operator


# --8<-- [start:as_classes]
def class_axis(shape):
    """类别轴：一维时是 0，否则是 1，与 PyTorch 相同；没有轴报 ValueError。"""
    if not shape:
        raise ValueError("第一个输入应至少有一个轴，即类别轴")
    return min(len(shape) - 1, 1)


def as_classes(target, shape, ignore_index):
    """检查整数类别，返回 (类别的下标, 是否忽略)，两个在类别轴上大小为 1。

    shape 是第一个输入的形状，target 的形状是它去掉类别轴。忽略的位置下标写 0。类型不对报
    TypeError，形状不对报 ValueError，编号超出范围报 IndexError，与 PyTorch 相同。
    """
    target = as_array("target 是", target)
    target = target if target.size else target.astype(np.int64)
    if target.dtype.kind not in "iu":
        told = "应为整数，即类别的编号；概率请写成 cross_entropy 的第二个输入"
        raise TypeError(f"target 是 {target.dtype}：{told}")
    axis = class_axis(shape)
    classes, expected = shape[axis], shape[:axis] + shape[axis + 1 :]
    if target.shape != expected:
        raise ValueError(f"target 的形状为 {target.shape}，应为 {expected}：去掉类别轴 {axis}")
    ignored = target == as_integer("ignore_index", ignore_index)
    index = np.where(ignored, 0, target)
    if index.size and not (index.min() >= 0 and index.max() < max(classes, 1)):
        wrong = index[(index < 0) | (index >= classes)]
        told = f"类别有 {classes} 个，从 0 数起；忽略的写 {ignore_index}"
        raise IndexError(f"target 里有 {wrong[0]}：{told}")
    narrow = (*shape[:axis], 1, *shape[axis + 1 :])
    return index.reshape(narrow), ignored.reshape(narrow)
# --8<-- [end:as_classes]


# --8<-- [start:as_class_weight]
def as_reals(name, values, dtype):
    """参数应是一个或许多个实数；返回 dtype 的数组，name 说明是哪个参数。"""
    values = as_array(f"{name} 是", values)
    if values.dtype.kind not in "fiu":
        raise TypeError(f"{name} 是 {values.dtype}：应为实数")
    return values.astype(dtype)


def as_class_weight(weight, x):
    """各类的权重，一个类别一个数，dtype 随 x；None 是全 1。个数不对报 ValueError。"""
    classes = x.shape[class_axis(x.shape)]
    weight = as_reals("weight", np.ones(classes) if weight is None else weight, x.dtype)
    if weight.shape != (classes,):
        raise ValueError(f"weight 的形状为 {weight.shape}，应为 ({classes},)：一个类别一个")
    return weight


def weighed_classes(x, target, weight, ignore_index):
    """as_classes 的两个，以及各项的权重、权重之和；没有 weight 时权重是 1，忽略的是 0。"""
    index, ignored = as_classes(target, x.shape, ignore_index)
    w = (~ignored).astype(x.dtype)
    if weight is None:
        return index, ignored, w, int(np.count_nonzero(w))
    w *= as_class_weight(weight, x)[index]
    return index, ignored, w, w.sum()
# --8<-- [end:as_class_weight]


# --8<-- [start:nll_loss]
@operator
def nll_loss(log_p, *, target, weight=None, ignore_index=-100, reduction="mean"):
    """负对数似然：每项是 -w[target] log_p[target]，log_p 是对数概率，w 是各类的权重 weight。

    前向：red(-S(w * q * log_p))
    反向：-g * w * q

    target 是整数类别，形状是 log_p 去掉类别轴；等于 ignore_index 的项是 0。mean 除以各项权重之
    和，忽略的不算；全部忽略时值是 nan，梯度是 0。报错见 as_classes 与 as_class_weight。

    公式见“交叉熵：cross_entropy、nll_loss”式 (2)、(9)。
    """
    axis, dtype = class_axis(log_p.shape), log_p.dtype
    index, ignored, w, count = weighed_classes(log_p, target, weight, ignore_index)
    at, n, shape = places(index, log_p.shape, axis), denominator(reduction, count), w.shape
    loss = np.where(ignored, 0, weighed(w, -log_p[at]))
    z = loss.squeeze(axis) if reduction == "none" else loss.sum() / n

    def backward(G):
        g = (G.reshape(shape) if reduction == "none" else G) / n
        x_bar = np.zeros(log_p.shape, dtype)
        x_bar[at] = np.where(ignored, 0, -g * w)
        return (x_bar,)

    return z, backward
# --8<-- [end:nll_loss]


# --8<-- [start:as_distribution]
def as_distribution(logits, probabilities, target, ignore_index):
    """目标分布：返回 (q, 算不算数)，q 与 logits 同形，后一个在类别轴上大小为 1。

    编号变成独热向量，忽略的一行全是 0；概率原样。编号与概率恰好给一个，否则报 TypeError；概率
    与 logits 不同形、还要忽略时报 ValueError。
    """
    if (probabilities is None) == (target is None):
        told = "一个也没有" if target is None else "两个都给了"
        raise TypeError(f"目标或是类别的编号 target，或是第二个输入里的概率：{told}")
    axis = class_axis(logits.shape)
    if target is not None:
        index, ignored = as_classes(target, logits.shape, ignore_index)
        q = np.zeros_like(logits)
        q[places(index, logits.shape, axis)] = ~ignored
        return q, ~ignored
    if probabilities.shape != logits.shape:
        raise ValueError("概率应与 logits 同形，一个类别一个")
    if ignore_index != -100:
        raise ValueError("目标是概率时，没有可以忽略的编号，不能给 ignore_index")
    return probabilities, np.ones(logits.take([0], axis).shape, bool)
# --8<-- [end:as_distribution]


# --8<-- [start:cross_entropy]
@operator
def cross_entropy(
    logits, probabilities=None, *, target=None, weight=None, ignore_index=-100,
    label_smoothing=0.0, reduction="mean",
):
    """交叉熵 -Σ w q log p：p 是 logits 的 softmax，q 是目标分布，w 是各类的权重 weight。

    前向：red(-S(w * q * log_p))
    反向：g * (S(w * q) * exp(log_p) - w * q), (label_smoothing - 1) * g * w * log_p

    目标给类别的编号 target，同 nll_loss；或给各类的概率，与 logits 同形，可微，mean 时除以项数。
    label_smoothing 在 0 与 1 之间，否则报 ValueError。其余的报错见 as_distribution。

    公式见“交叉熵：cross_entropy、nll_loss”式 (9)、(10)。
    """
    smooth = as_number("cross_entropy", "label_smoothing", label_smoothing)
    if not 0 <= smooth <= 1:
        raise ValueError(f"label_smoothing 应在 0 与 1 之间，得到 {smooth}")
    if target is not None and probabilities is None and smooth == 0:
        loss, count, pullback = from_classes(logits, target, weight, ignore_index)
    else:
        q, used = as_distribution(logits, probabilities, target, ignore_index)
        loss, count, pullback = from_distribution(logits, q, used, as_class_weight(weight, logits), smooth)
        count = count if probabilities is None else used.size
    n, shape = denominator(reduction, count), loss.shape
    z = loss.squeeze(class_axis(logits.shape)) if reduction == "none" else loss.sum() / n

    def backward(G):
        gradients = pullback((G.reshape(shape) if reduction == "none" else G) / n)
        return gradients[:1] if probabilities is None else gradients

    return z, backward
# --8<-- [end:cross_entropy]


# --8<-- [start:from_classes]
def from_classes(logits, target, weight, ignore_index):
    """目标是编号、没有平滑：一行只挑一项，不造出 q。

    返回 (各项的损失, 权重之和, 把各项的上游梯度变成 (对 logits 的梯度,) 的函数)。
    """
    axis = class_axis(logits.shape)
    index, ignored, w, count = weighed_classes(logits, target, weight, ignore_index)
    x, m, top, e, own, rest = exponentials(logits, axis)
    at, total = (*top[:axis], index, *top[axis + 1 :]), own + rest
    loss = np.where(ignored, 0, weighed(w, np.log1p(rest / own) - (x[at] - m)))
    if weight is not None and np.abs(w).min(initial=1, where=w != 0) < 2.0**-40:  # g w 再除以 total，就丢了位数
        e, rest, total = e / total, rest / total, 1.0

    def pull(g):
        share = g / total
        x_bar = e * share
        # 最大的一项不从 1 里减
        x_bar[at] = one = g * np.where(top[axis] == index, 0 - rest, e[at] - total) / total
        return x_bar, share + one

    def pullback(g):
        x_bar = guarded(pull, np.where(ignored, 0, g * w))  # 全部忽略时 g 是 nan
        if ignored.any():  # 0 乘 nan 不是 0
            np.copyto(x_bar, 0, where=ignored)
        return (x_bar,)

    return loss, count, pullback
# --8<-- [end:from_classes]


# --8<-- [start:from_distribution]
def from_distribution(logits, q, used, weight, smooth):
    """目标分布是 q，返回 (各项的损失, 权重之和, 把各项的上游梯度变成 (对 logits 的, 对 q 的) 的函数)。"""
    axis = class_axis(logits.shape)
    w = weight.reshape((-1,) + (1,) * (logits.ndim - 1 - axis))
    r = w * q
    count = r.sum()
    r = used * ((1 - smooth) * r + smooth / max(w.size, 1) * w) if smooth else r
    x, m, top, e, own, rest = exponentials(logits, axis)
    log_p, total = x - m - np.log1p(rest / own), own + rest
    with np.errstate(invalid="ignore"):  # r = 0 的项不算，哪怕 log_p 是 -inf
        loss = add_up(masked(r * -log_p, r != 0), (axis,))
    np.copyto(loss, np.nan, where=used & np.isnan(total))  # 含 nan 的一行，哪怕 r 全是 0

    def pullback(g):
        p = e / total
        left = 1 - p
        left[top] = rest / total  # 最大的一项不从 1 里减
        x_bar = p * (add_up(r, (axis,)) - r) - left * r
        x_bar *= g
        np.copyto(x_bar, 0, where=~used)  # 全部忽略时 g 是 nan
        return x_bar, weighed((smooth - 1) * g * w, log_p)

    return loss, count, pullback
# --8<-- [end:from_distribution]
