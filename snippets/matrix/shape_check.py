"""形状检查：枚举所有乘得起来的式子。"""


# --8<-- [start:products]
def products(matrices, length):
    """length 个因子的全部乘积，返回 {写法: 结果}；形状接不上的略去。

    因子取自 matrices（{名字: 矩阵}）以及它们的转置，可以重复，次序不同算不同的写法。
    """
    factors = {}
    for name, matrix in matrices.items():
        factors |= {name: matrix, f"{name}.T": matrix.T}
    found = dict(factors)
    for _ in range(length - 1):
        found = {
            f"{left} @ {right}": A @ B
            for left, A in found.items()
            for right, B in factors.items()
            if A.shape[1] == B.shape[0]
        }
    return found
# --8<-- [end:products]
