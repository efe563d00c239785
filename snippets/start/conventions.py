"""算子的约定：一个函数，返回输出与 pullback。"""

import functools
import inspect
import math
import re

import numpy as np

# --8<-- [start:operator]
OPERATORS: dict = {}


def operator(rule):
    """登记一个算子，并给它套上所有算子共有的检查。

    rule(*inputs, **parameters) 返回 (outputs, pullback)：位置参数是可微的数组，
    其余一律用关键字给；有多个输出时 outputs 是元组。pullback 每个输出接一个上游
    梯度，返回一个元组，每个输入一个梯度；可以不给的输入没有给，或者写 None，就没有它的梯度。
    这与 jax.vjp、ChainRules 的 rrule 同义。
    """
    if rule.__name__ in OPERATORS:
        raise ValueError(f"算子 {rule.__name__} 登记了两次")
    OPERATORS[rule.__name__] = checked(rule)
    return OPERATORS[rule.__name__]
# --8<-- [end:operator]


# --8<-- [start:checked]
def checked(rule):
    """把 rule 包成算子：检查输入与上游梯度，让每个梯度与它的输入同形、同 dtype。

    参数抄下一份，输出是只读的：反向之前改不动，也就不会悄悄算错。
    """
    name, signature = rule.__name__, inspect.signature(rule)
    needed, strict, fitting = how_many(signature), strictly(signature), set()

    @functools.wraps(rule)
    def apply(*inputs, **parameters):
        form = len(inputs), *parameters
        if form not in fitting:  # 数组的个数、参数的名字，同样的只查一次
            check_call(name, signature, inputs, parameters)
            fitting.add(form)
        arrays = as_real(name, inputs, needed)
        inputs = tuple([x for x in arrays if x is not None])
        if strict:
            check_values(name, strict, parameters)
        if parameters:
            parameters = {key: own(value) for key, value in parameters.items()}
        try:
            result, pullback = rule(*arrays, **parameters)
        except (TypeError, ValueError, IndexError) as error:
            if re.search("too (big|large)", str(error)):  # numpy 不等到去要内存，先说没有这么大的数组
                raise MemoryError(f"{name} 的结果太大，内存放不下") from None
            shapes = " 与 ".join(str(x.shape) for x in inputs)
            given = f"{name} 的输入形状为 {shapes}" if inputs else f"{name} 没有收到数组"
            raise type(error)(f"{given}：{error}").with_traceback(error.__traceback__) from None
        except MemoryError:
            raise MemoryError(f"{name} 的结果太大，内存放不下") from None
        several = isinstance(result, tuple)
        outputs = tuple([read_only(name, z) for z in result]) if several else (read_only(name, result),)

        def backward(*upstream):
            upstream = as_upstream(name, upstream, outputs)
            try:
                gradients = pullback(*upstream)
            except np.linalg.LinAlgError as error:
                raise type(error)(f"{name} 的梯度：{error}") from None
            return as_gradients(name, gradients, inputs, upstream + outputs)

        return (outputs if several else outputs[0]), backward

    return apply
# --8<-- [end:checked]


# --8<-- [start:check_call]
def how_many(signature):
    """至少要几个数组；个数不限的，个个都要。"""
    known = signature.parameters.values()
    if any(p.kind == p.VAR_POSITIONAL for p in known):
        return math.inf
    return sum(p.kind == p.POSITIONAL_OR_KEYWORD and p.default is p.empty for p in known)


def check_call(name, signature, inputs, parameters):
    """数组的个数、参数的名字是否合乎算子的签名，不合报 TypeError；数组只能按位置给。"""
    known = signature.parameters
    try:
        signature.bind(*inputs, **parameters)
        if any(key in known and known[key].kind != inspect.Parameter.KEYWORD_ONLY for key in parameters):
            raise TypeError
    except TypeError:
        raise TypeError(f"{name} {mismatch(signature, inputs, parameters)}") from None


def strictly(signature):
    """默认值是 False 或字符串的参数，各自收什么类型、怎么说。"""
    kinds = {bool: ((bool, np.bool), " True 或 False"), str: (str, "字符串")}
    defaults = {key: p.default for key, p in signature.parameters.items()}
    return {key: kinds[type(d)] for key, d in defaults.items() if d is False or type(d) is str}


def check_values(name, strict, parameters):
    """默认值是 False 或字符串的参数，只收同一类型的，否则报 TypeError。"""
    for key, (kind, told) in strict.items():
        if key in parameters and not isinstance(parameters[key], kind):
            raise TypeError(f"{name} 的 {key} 应为{told}，得到 {parameters[key]!r}")


def mismatch(signature, inputs, parameters):
    """给的与签名差在哪里，一句话。"""
    known = signature.parameters.values()
    words = [p.name for p in known if p.kind == p.KEYWORD_ONLY]
    arrays = [p for p in known if p.kind == p.POSITIONAL_OR_KEYWORD]
    needed = [p.name for p in arrays if p.default is p.empty]
    named = [p.name for p in arrays if p.name in parameters]
    strange = [key for key in parameters if key not in words]
    required = [p.name for p in known if p.kind == p.KEYWORD_ONLY and p.default is p.empty]
    missing = [name for name in required if name not in parameters]
    if named:
        return f"的 {named[0]} 是可微的数组，要按位置给，不写名字"
    if strange:
        return f"没有关键字参数 {strange[0]}，" + (f"只有 {'、'.join(words)}" if words else "数组按位置给")
    if missing:
        return f"少了参数 {missing[0]}，要用关键字给"
    count = f"{len(needed)}" if len(needed) == len(arrays) else f"{len(needed)} 到 {len(arrays)}"
    told = f"接 {count} 个数组，却给了 {len(inputs)} 个"
    if len(inputs) > len(arrays) and words:
        told += f"；其余参数要写出名字，如 {words[0]}={inputs[len(arrays)]!r}"
    return told
# --8<-- [end:check_call]


# --8<-- [start:own]
def own(value):
    """参数的一份抄本：数组复制，元组与列表逐项来，别的原样。"""
    if type(value) in (tuple, list):
        return type(value)(map(own, value))
    return np.array(value) if hasattr(value, "__array__") and not isinstance(value, np.generic) else value


def read_only(name, z):
    """输出 z 的只读视图，写它是 numpy 自己的报错；不是浮点数，报 TypeError。"""
    z = (z if type(z) is np.ndarray else as_array(f"{name} 的输出是", z)).view()
    if z.dtype.kind != "f":
        raise TypeError(f"{name} 的输出是 {z.dtype}，应为浮点数")
    z.setflags(write=False)
    return z
# --8<-- [end:own]


# --8<-- [start:as_real]
def as_real(name, inputs, needed):
    """把位置参数变成 float32 或 float64 的数组；Python 的 float 随其余数组的 dtype，与 numpy 一致。

    前 needed 个以后的 None 是没有给，原样。整数、布尔、复数、别的浮点数与其他类型报 TypeError，
    参差不齐的列表报 ValueError。
    """
    for x in inputs:
        if type(x) is not np.ndarray or x.dtype.char not in "fd" or not x.dtype.isnative:
            break
    else:
        return inputs  # 都是 float32、float64 的数组，不必换
    told = f"{name} 的输入里有"
    arrays = [x if x is None and k >= needed else as_array(told, x) for k, x in enumerate(inputs)]
    for position, array in enumerate(arrays, 1):
        if array is not None and array.dtype.type not in (np.float32, np.float64):
            reason = REASONS.get(array.dtype.kind, "本站只对实数求导")
            raise TypeError(
                f"{name} 的第 {position} 个输入是 {array.dtype}：{reason}，请给 float32 或 float64"
            )
    arrays = [a if a is None or a.dtype.isnative else a.astype(a.dtype.type) for a in arrays]  # 字节次序换掉
    weak = [type(x) is float or x is None for x in inputs]
    if any(weak) and not all(weak):
        dtype = np.result_type(*(a for a, w in zip(arrays, weak) if not w))
        arrays = [a if a is None or not w else a.astype(dtype) for a, w in zip(arrays, weak)]
    return tuple(arrays)


def as_array(told, value, dtype=None):
    """变成数组，不是 numpy.ndarray 的（子类、列表、别的库的）抄一份。

    参差不齐的列表报 ValueError，told 说明是什么。
    """
    try:
        return np.asarray(value, dtype) if type(value) is np.ndarray else np.array(value, dtype)
    except ValueError:
        raise ValueError(f"{told}参差不齐的列表，变不成数组") from None


REASONS = dict.fromkeys("iub", "整数没有梯度") | {"f": "这个精度没有验证过"}
# --8<-- [end:as_real]


# --8<-- [start:as_upstream]
def as_upstream(name, upstream, outputs):
    """上游梯度：每个输出一个，是实数，与输出同形；dtype 随输出。唯一的输出是标量时可以不给。"""
    if len(upstream) == len(outputs) == 1:
        (G,), (z,) = upstream, outputs
        if type(G) is np.ndarray and G.dtype is z.dtype and G.shape == z.shape:
            return upstream
    if not upstream and len(outputs) == 1:
        if outputs[0].shape != ():
            shape = outputs[0].shape
            raise TypeError(f"{name} 的输出不是标量，形状为 {shape}：backward 要给一个同形的上游梯度 G")
        upstream = (1.0,)
    if len(upstream) != len(outputs):
        raise TypeError(f"{name} 有 {len(outputs)} 个输出，却收到 {len(upstream)} 个上游梯度")
    arrays = []
    for G, z in zip(upstream, outputs):
        G = as_array(f"{name} 的上游梯度 G 是", G)
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

    与 others（上游梯度、输出）、输入或别的梯度共用内存的，复制一份再交出去：视图的 base 是内存的主人，
    主人相同才会共用；主人不是数组的（别的库的内存）看不出来，也算共用。
    """
    if not isinstance(gradients, tuple):
        raise TypeError(f"{name} 的 backward 应返回元组，却返回 {type(gradients).__name__}")
    if len(gradients) != len(inputs):
        raise TypeError(f"{name} 有 {len(inputs)} 个输入，backward 却返回 {len(gradients)} 个梯度")
    taken, owned = {id(x) if x.base is None else id(x.base) for x in inputs + others}, []
    for position, (gradient, x) in enumerate(zip(gradients, inputs), 1):
        if type(gradient) is not np.ndarray or gradient.dtype is not x.dtype:
            gradient = as_array(f"{name} 对第 {position} 个输入的梯度是", gradient)
            if gradient.dtype.kind not in "fiub":
                raise TypeError(f"{name} 对第 {position} 个输入的梯度是 {gradient.dtype}，应为实数")
            gradient = gradient.astype(x.dtype, copy=False)
        if gradient.shape != x.shape:
            raise ValueError(
                f"{name} 对第 {position} 个输入的梯度形状为 {gradient.shape}，应与输入同形：{x.shape}"
            )
        owner = gradient if gradient.base is None else gradient.base
        if not gradient.flags.writeable or id(owner) in taken or type(owner) is not np.ndarray:
            gradient = owner = gradient.copy()
        taken.add(id(owner))
        owned.append(gradient)
    return tuple(owned)
# --8<-- [end:as_gradients]
