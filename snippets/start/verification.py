"""怎样验证一个梯度：中心差分、复步差分、点积检验。"""

import numpy as np


# --8<-- [start:jacobian_by_differences]
def jacobian_by_differences(f, x, h=6e-6):
    """中心差分算出的雅可比：J[..., k] = (f(x + h e_k) - f(x - h e_k)) / 2h。

    f 把数组变成数组；x 是 float64 数组，别的 dtype 报 TypeError。返回 float64 数组，形状是
    f(x).shape + x.shape。x ± h 有舍入，所以分母不写 2h，而取两点真正的距离。
    误差与步长的公式见“怎样验证一个梯度”式 (2)、(4)。
    """
    if x.dtype != np.float64:
        raise TypeError(f"差分要用 float64，得到 {x.dtype}")
    columns = []
    for k in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[k] = h
        right, left = x + step, x - step
        columns.append((f(right) - f(left)) / (right[k] - left[k]))
    shape = np.shape(f(x))
    return np.stack(columns, axis=-1).reshape(shape + x.shape) if columns else np.zeros(shape + x.shape)
# --8<-- [end:jacobian_by_differences]


# --8<-- [start:jacobian_by_complex_step]
def jacobian_by_complex_step(f, x, h=1e-20):
    """复步差分算出的雅可比：J[..., k] = Im f(x + ih e_k) / h。

    x 是实数组，f 要能接受复数数组，并且解析；返回的形状是 f(x).shape + x.shape。没有相减，
    所以 h 可以取得极小，误差的公式见“怎样验证一个梯度”式 (5)。
    """
    columns = []
    for k in np.ndindex(x.shape):
        point = np.array(x, dtype=complex)
        point[k] += 1j * h
        columns.append(np.imag(f(point)) / h)
    shape = np.shape(f(x))
    return np.stack(columns, axis=-1).reshape(shape + x.shape) if columns else np.zeros(shape + x.shape)
# --8<-- [end:jacobian_by_complex_step]


# --8<-- [start:jacobian_by_backward]
def jacobian_by_backward(backward, shape, position=0):
    """由 backward 拼出的雅可比：上游梯度逐个取单位张量，得到 J 的一行又一行。

    shape 是输出的形状，position 指明要第几个输入的雅可比；返回的形状是 shape 接上那个
    输入的形状。
    """
    rows = []
    for k in np.ndindex(shape):
        G = np.zeros(shape)
        G[k] = 1.0
        rows.append(backward(G)[position])
    if not rows:
        return np.zeros(shape + backward(np.zeros(shape))[position].shape)
    return np.stack(rows).reshape(shape + rows[0].shape)
# --8<-- [end:jacobian_by_backward]


# --8<-- [start:dot_product_gap]
def dot_product_gap(f, x, gradient, v, u, h=6e-6):
    """点积检验的差额 ⟨v, Ju⟩ - ⟨Jᵀv, u⟩，Ju 由沿 u 的中心差分得到。

    v 与 f(x) 同形，u 与 x 同形，gradient 是 backward(v) 给出的 Jᵀv；返回一个标量，它应当
    接近 0。公式见“怎样验证一个梯度”式 (6)。
    """
    Ju = (f(x + h * u) - f(x - h * u)) / (2 * h)
    return np.sum(v * Ju) - np.sum(gradient * u)
# --8<-- [end:dot_product_gap]


# --8<-- [start:agree]
def discrepancy(left, right):
    """两个数组处处的误差 |left - right| / max(1, |right|)，取最大的一个，返回 float。

    形状不同、无穷大对不上、有 NaN 时是 inf。整数与真假先换成小数，相减才不会绕回去。
    """
    left, right = np.asarray(left) + 0.0, np.asarray(right) + 0.0
    if left.shape != right.shape:
        return np.inf
    with np.errstate(invalid="ignore", over="ignore"):
        errors = np.abs(left - right) / np.maximum(1, np.abs(right))
    errors = np.where(left == right, 0.0, np.where(np.isnan(errors), np.inf, errors))
    return float(np.max(errors, initial=0.0))


def agree(left, right, tolerance=1e-7):
    """两个数组同形，并且 discrepancy 不超过 tolerance；返回 bool。

    numpy.allclose 会先广播再比较，形状错了也可能说相等，所以这里不用它。
    """
    return discrepancy(left, right) <= tolerance
# --8<-- [end:agree]
