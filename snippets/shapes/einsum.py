"""einsum：按下标相乘、求和。"""

from collections import Counter
from string import ascii_letters

import numpy as np

from broadcasting.gradient import add_up
from broadcasting.rules import broadcast_shapes
from start.conventions import operator


# --8<-- [start:parse]
def parse(subscripts, shapes):
    """把 "ij,jk->ik" 拆成各个输入的下标与输出的下标：(["ij", "jk"], "ik")。

    没有箭头时，输出是省略号（若有），接上全部只出现一次的字母，按字母表排。不是字符串报
    TypeError；写法不对、与形状对不上，报 ValueError。大小为 1 的轴可以广播。
    """
    if not isinstance(subscripts, str):
        raise TypeError(f"subscripts 应为字符串，得到 {type(subscripts).__name__}")
    text = subscripts.replace(" ", "")
    left, arrow, output = text.partition("->")
    terms = left.split(",")
    if len(terms) != len(shapes):
        raise ValueError(f"{subscripts!r} 写了 {len(terms)} 个输入的下标，却给了 {len(shapes)} 个数组")
    if not arrow:
        once = sorted(c for c, n in Counter(left).items() if n == 1 and c.isalpha())
        output = "".join(["..." * ("..." in left), *once])
    terms, output = expand(terms, output, shapes)
    letters = "".join(terms)
    if not all(c.isascii() and c.isalpha() for c in letters + output):
        raise ValueError(f"下标只能用英文字母、逗号、一个箭头 -> 与省略号 ...，得到 {subscripts!r}")
    if len(set(output)) < len(output):
        raise ValueError(f"输出的下标 {output!r} 里有重复的字母")
    if not set(output) <= set(letters):
        raise ValueError(f"输出的下标 {output!r} 里有输入没有的字母")
    check_sizes(terms, shapes)
    return terms, output


def expand(terms, output, shapes):
    """省略号换成没有用过的字母；它代表没有写出的轴，各个输入之间右对齐，按广播规则。"""
    parts = [term.partition("...") for term in terms]
    hidden = []
    for (before, dots, after), shape in zip(parts, shapes):
        count = max(len(shape) - len(before) - len(after), 0) if dots else 0
        hidden.append(shape[len(before) : len(before) + count])
    try:
        n = len(broadcast_shapes(*hidden))
    except ValueError as error:
        raise ValueError(f"省略号里的轴，{error}") from None
    if n and "..." not in output:
        raise ValueError(f"输入的省略号代表 {n} 个轴，输出的下标 {output!r} 里却没有省略号")
    unused = "".join(c for c in ascii_letters if c not in "".join(terms))[:n]
    named = [before + unused[n - len(axes) :] + after for (before, _, after), axes in zip(parts, hidden)]
    return named, output.replace("...", unused, 1)


def check_sizes(terms, shapes):
    """下标的个数等于轴数，同一个字母的大小相等；大小 1 可以广播，但不在同一个输入里。"""
    sizes = {}
    for position, (term, shape) in enumerate(zip(terms, shapes), 1):
        if len(term) != len(shape):
            raise ValueError(f"第 {position} 个输入的下标 {term!r} 有 {len(term)} 个，它的轴有 {len(shape)} 个")
        own = dict(zip(term, shape))
        for letter, n in zip(term, shape):
            if n != own[letter]:
                told = f"第 {position} 个输入里，下标 {letter} 的大小有 {n} 与 {own[letter]}"
                raise ValueError(f"{told}，应当相等")
            m = sizes.setdefault(letter, n)
            if n != m and 1 not in (n, m):
                raise ValueError(f"下标 {letter} 的大小在第 {position} 个输入里是 {n}，前面是 {m}，应当相等")
            sizes[letter] = m if n == 1 else n
# --8<-- [end:parse]


# --8<-- [start:contract]
def summed(x, term, others):
    """x 自己的下标 term 里，重复的取对角线，别处没有的先加起来；返回剩下的下标与数组。

    np.einsum 一个接一个地加，float32 的几十万个数加完，末几位都错了；add_up 不会。
    """
    distinct = "".join(dict.fromkeys(term))
    if distinct != term:
        x = np.einsum(f"{term}->{distinct}", x)
    lone = tuple(k for k, c in enumerate(distinct) if c not in others)
    return "".join(c for c in distinct if c in others), add_up(x, lone).squeeze(lone)


def contract(terms, output, arrays):
    """按下标相乘再求和；optimize 让 numpy 两个两个地乘，能用矩阵乘法的地方就用。

    只是两个矩阵相乘时，直接相乘；两个的下标一样时，乘完用 add_up 加。
    """
    others = [output + "".join(terms[:k] + terms[k + 1 :]) for k in range(len(terms))]
    terms, arrays = zip(*map(summed, arrays, terms, others))
    shared, outside = set(terms[0]) & set(terms[-1]), set(terms[0]) ^ set(terms[-1])
    if len(terms) == 2 and not outside:  # 逐元素相乘，再加起来
        first, second = terms
        aligned = arrays[1].transpose([second.index(c) for c in first])
        left, z = summed(arrays[0] * aligned, first, output)
        return z.transpose([left.index(c) for c in output])
    matrices = len(terms) == 2 and all(len(t) == len(set(t)) == 2 for t in (*terms, output))
    if matrices and len(shared) == 1 and set(output) == outside:
        (c,) = shared
        A, B = (x if t[k] == c else x.T for k, t, x in zip((1, 0), terms, arrays))
        if A.shape[1] == B.shape[0]:
            return A @ B if output[0] in terms[0] else B.T @ A.T
    return np.einsum(f"{','.join(terms)}->{output}", *arrays, optimize=True)
# --8<-- [end:contract]


# --8<-- [start:spread]
def spread(value, kept, term, shape):
    """把下标为 kept 的 value 放进形状为 shape、下标为 term 的数组。

    term 里有、kept 里没有的下标，与 value 里大小是 1 的轴，沿它广播；term 里重复的下标，只放在
    对角线上，别处是 0。
    """
    distinct = "".join(dict.fromkeys(term))
    value = np.asarray(value)[tuple(slice(None) if c in kept else None for c in distinct)]
    if len(distinct) == len(term):
        return np.broadcast_to(value, shape)
    x_bar = np.zeros(shape, value.dtype)
    np.einsum(f"{term}->{distinct}", x_bar)[...] = value  # 对角线的视图，写它就是写 x_bar
    return x_bar
# --8<-- [end:spread]


# --8<-- [start:einsum]
@operator
def einsum(*operands, subscripts):
    """按 subscripts 相乘再求和，写法同 numpy，省略号也一样；报错见 parse。

    前向：einsum(subscripts, *operands)
    反向：[swap(G, k) for k in range(len(operands))]

    公式见“einsum 的梯度”式 (2) 到 (6)。
    """
    terms, output = parse(subscripts, [x.shape for x in operands])
    z = contract(terms, output, operands)

    def backward(G):
        gradients = []
        for k, (x, term) in enumerate(zip(operands, terms)):
            others = [G, *(y for m, y in enumerate(operands) if m != k)]
            labels = [output, *(t for m, t in enumerate(terms) if m != k)]
            own = dict(zip(term, x.shape))
            kept = "".join(c for c in own if own[c] != 1 and c in "".join(labels))
            value = contract(labels, kept, others)
            gradients.append(spread(value, kept, term, x.shape))
        return tuple(gradients)

    return z, backward
# --8<-- [end:einsum]
