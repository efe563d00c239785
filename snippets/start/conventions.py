"""算子的约定：一个函数，返回输出与 pullback。"""

import copy
import functools

import numpy as np

# --8<-- [start:operator]
OPERATORS = {}


def operator(rule):
    """登记一个算子，并给它套上所有算子共有的检查。

    rule(*inputs, **parameters) 返回 (outputs, pullback)：位置参数是可微的数组，
    其余一律用关键字给；有多个输出时 outputs 是元组。pullback 每个输出接一个上游
    梯度，返回一个元组，每个输入一个梯度；可以不给的输入没有给，就没有它的梯度。
    这与 jax.vjp、ChainRules 的 rrule 同义。
    """
    if rule.__name__ in OPERATORS:
        raise ValueError(f"算子 {rule.__name__} 登记了两次")
    OPERATORS[rule.__name__] = checked(rule)
    return OPERATORS[rule.__name__]
# --8<-- [end:operator]


# --8<-- [start:checked]
def checked(rule):
    """把 rule 包成算子：检查输入与上游梯度，复制参数，让每个梯度与它的输入同形、同 dtype。"""
    name = rule.__name__

    @functools.wraps(rule)
    def apply(*inputs, **parameters):
        inputs, parameters = as_real(name, inputs), copy.deepcopy(parameters)
        try:
            result, pullback = rule(*inputs, **parameters)
        except (TypeError, ValueError, IndexError) as error:
            shapes = " 与 ".join(str(x.shape) for x in inputs)
            given = f"{name} 的输入形状为 {shapes}" if inputs else f"{name} 没有收到数组"
            raise type(error)(f"{given}：{error}") from None
        outputs = tuple(map(np.asarray, result if isinstance(result, tuple) else (result,)))

        def backward(*upstream):
            upstream = as_upstream(name, upstream, outputs)
            gradients = pullback(*upstream)
            return as_gradients(name, gradients, inputs, upstream + outputs)

        return (outputs if isinstance(result, tuple) else outputs[0]), backward

    return apply
# --8<-- [end:checked]


# --8<-- [start:as_real]
def as_real(name, inputs):
    """把位置参数变成实浮点数组；Python 的 float 随其余数组的 dtype，与 numpy 一致。

    整数、布尔、复数与其他类型报 TypeError，参差不齐的列表报 ValueError。
    """
    try:
        arrays = [np.asarray(x) for x in inputs]
    except ValueError:
        raise ValueError(f"{name} 的输入里有参差不齐的列表，变不成数组") from None
    for position, array in enumerate(arrays, 1):
        if array.dtype.kind != "f":
            reason = "整数没有梯度" if array.dtype.kind in "iub" else "本站只对实数求导"
            raise TypeError(
                f"{name} 的第 {position} 个输入是 {array.dtype}：{reason}，请给 float32 或 float64"
            )
    weak = [type(x) is float for x in inputs]
    if any(weak) and not all(weak):
        dtype = np.result_type(*(a for a, w in zip(arrays, weak) if not w))
        arrays = [a.astype(dtype) if w else a for a, w in zip(arrays, weak)]
    return tuple(arrays)
# --8<-- [end:as_real]


# --8<-- [start:as_upstream]
def as_upstream(name, upstream, outputs):
    """上游梯度：每个输出一个，是实数，与输出同形；dtype 随输出。"""
    if len(upstream) != len(outputs):
        raise TypeError(f"{name} 有 {len(outputs)} 个输出，却收到 {len(upstream)} 个上游梯度")
    arrays = []
    for G, z in zip(map(np.asarray, upstream), outputs):
        if G.dtype.kind not in "fiub":
            raise TypeError(f"{name} 的上游梯度 G 是 {G.dtype}，应为实数")
        if G.shape != z.shape:
            raise ValueError(f"{name} 的上游梯度 G 形状为 {G.shape}，应与输出同形：{z.shape}")
        arrays.append(G.astype(z.dtype, copy=False))
    return tuple(arrays)
# --8<-- [end:as_upstream]


# --8<-- [start:as_gradients]
def as_gradients(name, gradients, inputs, others):
    """每个输入一个梯度：同形、同 dtype，内存归自己所有。

    与 others（上游梯度、输出）、输入或别的梯度共用内存的，复制一份再交出去。
    """
    if not isinstance(gradients, tuple):
        raise TypeError(f"{name} 的 backward 应返回元组，却返回 {type(gradients).__name__}")
    if len(gradients) != len(inputs):
        raise TypeError(f"{name} 有 {len(inputs)} 个输入，backward 却返回 {len(gradients)} 个梯度")
    taken = list(inputs + others)
    for position, (gradient, x) in enumerate(zip(gradients, inputs), 1):
        gradient = np.asarray(gradient)
        if gradient.dtype.kind not in "fiub":
            raise TypeError(f"{name} 对第 {position} 个输入的梯度是 {gradient.dtype}，应为实数")
        gradient = gradient.astype(x.dtype, copy=False)
        if gradient.shape != x.shape:
            raise ValueError(
                f"{name} 对第 {position} 个输入的梯度形状为 {gradient.shape}，应与输入同形：{x.shape}"
            )
        if not gradient.flags.writeable or any(np.may_share_memory(gradient, a) for a in taken):
            gradient = gradient.copy()
        taken.append(gradient)
    return tuple(taken[-len(inputs):])
# --8<-- [end:as_gradients]
