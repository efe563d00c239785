"""矩阵乘法 Y = WX 的梯度。"""

from start.conventions import checked


# --8<-- [start:matmul]
@checked
def matmul(W, X):
    """矩阵乘法 Y = WX，W 形状 (m, n)，X 形状 (n, p)。公式见“Y = WX 的梯度”式 (5)、(7)。"""
    if W.ndim != 2 or X.ndim != 2 or W.shape[1] != X.shape[0]:
        raise ValueError("应为两个矩阵，且前者的列数等于后者的行数")
    Y = W @ X

    def backward(G):
        return G @ X.T, W.T @ G

    return Y, backward
# --8<-- [end:matmul]
