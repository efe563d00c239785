"""多头注意力：分头、合头，与由算子组成的一层。"""

from engine.program import program
from engine.tape import F


# --8<-- [start:heads]
def split_heads(x, heads):
    """(..., L, C) 变成 (..., heads, L, C / heads)：先把 C 切开，再把头换到前面。"""
    shape = x.shape[:-1] + (heads, x.shape[-1] // heads)
    return F.swapaxes(F.reshape(x, shape=shape), axis1=-3, axis2=-2)


def merge_heads(x):
    """(..., heads, L, d) 变成 (..., L, heads * d)：split_heads 反过来，先换回来，再并到一起。"""
    x = F.swapaxes(x, axis1=-3, axis2=-2)
    return F.reshape(x, shape=x.shape[:-2] + (x.shape[-2] * x.shape[-1],))
# --8<-- [end:heads]


# --8<-- [start:multi_head]
@program
def multi_head_attention(x, in_weight, in_bias, out_weight, out_bias, *, heads, is_causal=False):
    """多头自注意力，参数的排法同 torch.nn.MultiheadAttention。

    x 形状 (..., L, C)，in_weight 形状 (3C, C)，依次是 Q、K、V 的，in_bias 形状 (3C,)，out_weight
    形状 (C, C)，out_bias 形状 (C,)，输出形状 (..., L, C)。heads 应整除 C。
    公式见“多头注意力”式 (1)、(4)。
    """
    three = F.split(F.linear(x, in_weight, in_bias), sections=3, axis=-1)
    Q, K, V = (split_heads(part, heads) for part in three)
    O = F.scaled_dot_product_attention(Q, K, V, is_causal=is_causal)
    return F.linear(merge_heads(O), out_weight, out_bias)
# --8<-- [end:multi_head]
