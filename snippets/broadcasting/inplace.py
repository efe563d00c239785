"""原地操作：什么形状写得进去。"""

from broadcasting.rules import broadcast_shapes


# --8<-- [start:fits_inplace]
def fits_inplace(target, source):
    """target += source 的形状是否允许：广播之后的形状必须就是 target。"""
    try:
        return broadcast_shapes(target, source) == tuple(target)
    except ValueError:
        return False
# --8<-- [end:fits_inplace]
