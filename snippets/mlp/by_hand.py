"""手推两层网络：前向、反向、逐项比较。"""

import numpy as np

from start.verification import agree, jacobian_by_differences


# --8<-- [start:forward]
def forward(X, T, W, b, U, c, A_nudge=0.0, H_nudge=0.0, Z_nudge=0.0):
    """两层网络的前向，返回 {名字: 中间量}。

    X 形状 (m, n)，一行一个样本，T 形状 (m, k)，各数在 0 与 1 之间；W 形状 (h, n)，b 形状 (h,)，
    U 形状 (k, h)，c 形状 (k,)。三个 nudge 平时是 0，对中间量作差分时给与它同形的数组。
    """
    A = X @ W.T + b + A_nudge
    H = np.tanh(A) + H_nudge
    Z = H @ U.T + c + Z_nudge
    P = 1 / (1 + np.exp(-Z))
    L = (np.logaddexp(0, Z) - T * Z).sum() / len(X)
    return {"A": A, "H": H, "Z": Z, "P": P, "L": L}
# --8<-- [end:forward]


# --8<-- [start:backward]
def backward(X, T, W, U, H, P):
    """两层网络的反向，返回 {名字: 梯度}，每个梯度与它的变量同形；H、P 取自 forward。

    公式见“手推两层网络”式 (4)、(5)、(6)、(7)。
    """
    m = len(X)
    Z_bar = (P - T) / m
    U_bar = Z_bar.T @ H
    c_bar = Z_bar.sum(axis=0)
    H_bar = Z_bar @ U
    A_bar = H_bar * (1 - H**2)
    W_bar = A_bar.T @ X
    b_bar = A_bar.sum(axis=0)
    X_bar = A_bar @ W
    return {"Z": Z_bar, "U": U_bar, "c": c_bar, "H": H_bar, "A": A_bar, "W": W_bar, "b": b_bar, "X": X_bar}
# --8<-- [end:backward]


# --8<-- [start:by_differences]
def by_differences(X, T, W, b, U, c):
    """同样的梯度，由中心差分算出；次序与 backward 相同，从损失往回。"""
    inputs = {"X": X, "T": T, "W": W, "b": b, "U": U, "c": c}
    values, found = forward(**inputs), {}
    for name in ("Z", "U", "c", "H", "A", "W", "b", "X"):
        key = name if name in inputs else f"{name}_nudge"
        start = inputs.get(name, np.zeros_like(values.get(name)))
        loss = lambda value, key=key: forward(**{**inputs, key: value})["L"]
        found[name] = jacobian_by_differences(loss, start)
    return found
# --8<-- [end:by_differences]


# --8<-- [start:compare]
def compare(mine, truth):
    """逐项比较两份 {名字: 梯度}，返回 {名字: 一句话}，次序随 truth。"""
    return {name: verdict(np.asarray(mine[name]), np.asarray(truth[name])) for name in truth}


def verdict(mine, truth):
    """一个梯度对不对：形状不同、对、处处差同一个倍数、不对。"""
    if mine.shape != truth.shape:
        return f"形状是 {mine.shape}，应为 {truth.shape}"
    if agree(mine, truth):
        return "对"
    ratio = mine[truth != 0] / truth[truth != 0]
    if ratio.size and not mine[truth == 0].any() and np.ptp(ratio) <= 1e-4 * np.abs(ratio).max():
        return f"处处是 {ratio.mean():.4g} 倍"
    return "不对"
# --8<-- [end:compare]


# --8<-- [start:mistakes]
MISTAKES = {
    "漏了 1/m": ("Z_bar = (P - T) / m", "Z_bar = P - T"),
    "多乘 σ′": ("Z_bar = (P - T) / m", "Z_bar = (P - T) * P * (1 - P) / m"),
    "符号反了": ("Z_bar = (P - T) / m", "Z_bar = (T - P) / m"),
    "又除以 m": ("U_bar = Z_bar.T @ H", "U_bar = Z_bar.T @ H / m"),
    "偏置取平均": ("c_bar = Z_bar.sum(axis=0)", "c_bar = Z_bar.mean(axis=0)"),
    "先更新了 U": ("H_bar = Z_bar @ U", "H_bar = Z_bar @ (U - 0.5 * U_bar)"),
    "漏乘 tanh′": ("A_bar = H_bar * (1 - H**2)", "A_bar = H_bar"),
    "tanh′ 取在 H": ("A_bar = H_bar * (1 - H**2)", "A_bar = H_bar * (1 - np.tanh(H)**2)"),
    "用 H_bar 算 W": ("W_bar = A_bar.T @ X", "W_bar = H_bar.T @ X"),
    "偏置没求和": ("b_bar = A_bar.sum(axis=0)", "b_bar = A_bar"),
}
# --8<-- [end:mistakes]


# --8<-- [start:train_mazur]
def train_mazur(steps, updated_first=False):
    """Mazur 的例子：两个输入、两个隐藏单元、两个输出，全用 sigmoid，只更新权重，不更新偏置。

    updated_first 为真时，先更新 U，再用新的 U 算隐藏层的梯度。返回 (W, U, 输出, 误差)。
    """
    x, t, b, c = np.array([0.05, 0.1]), np.array([0.01, 0.99]), 0.35, 0.6
    W, U = np.array([[0.15, 0.2], [0.25, 0.3]]), np.array([[0.4, 0.45], [0.5, 0.55]])
    sigmoid = lambda z: 1 / (1 + np.exp(-z))
    for _ in range(steps):
        h = sigmoid(W @ x + b)
        y = sigmoid(U @ h + c)
        z_bar = (y - t) * y * (1 - y)
        U_new = U - 0.5 * np.outer(z_bar, h)
        h_bar = z_bar @ (U_new if updated_first else U)
        W = W - 0.5 * np.outer(h_bar * h * (1 - h), x)
        U = U_new
    y = sigmoid(U @ sigmoid(W @ x + b) + c)
    return W, U, y, ((y - t) ** 2).sum() / 2
# --8<-- [end:train_mazur]
