"""SGD、动量、Adam、AdamW：各是一个小函数，状态由调用者拿着。"""

import numpy as np


# --8<-- [start:sgd]
def sgd(theta, g, v=None, *, lr, momentum=0.0, nesterov=False, weight_decay=0.0):
    """SGD 的一步，返回 (新的参数, 新的 v)；第一步 v 是 None。

    theta、g、v 三个同形。与 torch.optim.SGD 逐步相同，公式见“优化器”式 (1)、(3)。
    """
    g = g + weight_decay * theta if weight_decay else g
    v = np.array(g) if v is None else momentum * v + g
    return theta - lr * (g + momentum * v if nesterov else v), v
# --8<-- [end:sgd]


# --8<-- [start:adam]
def adam(theta, g, state=None, *, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
    """Adam 的一步，返回 (新的参数, 新的状态)；状态是 (m, v, t)，第一步是 None。

    theta、g、m、v 四个同形，t 是走了几步。weight_decay 加在梯度上，就是 L2。
    与 torch.optim.Adam 逐步相同，公式见“优化器”式 (4)。
    """
    m, v, t = state or (np.zeros_like(theta), np.zeros_like(theta), 0)
    t += 1
    g = g + weight_decay * theta if weight_decay else g
    m = betas[0] * m + (1 - betas[0]) * g
    v = betas[1] * v + (1 - betas[1]) * g**2
    m_hat, v_hat = m / (1 - betas[0] ** t), v / (1 - betas[1] ** t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)
# --8<-- [end:adam]


# --8<-- [start:adamw]
def adamw(theta, g, state=None, *, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
    """AdamW 的一步：先把参数缩小，再走一步 Adam；参数与返回同 adam。

    与 torch.optim.AdamW 逐步相同，公式见“优化器”式 (7)。
    """
    return adam(theta * (1 - lr * weight_decay), g, state, lr=lr, betas=betas, eps=eps)
# --8<-- [end:adamw]


# --8<-- [start:update]
def update(rule, parameters, gradients, states, **options):
    """每个参数各走一步 rule，返回 (新的参数, 新的状态)，都是列表；第一步的 states 全是 None。

    三者的个数不同报 ValueError：把输入的梯度也交进来，就会错开一个。
    """
    pairs = [rule(*each, **options) for each in zip(parameters, gradients, states, strict=True)]
    return [theta for theta, _ in pairs], [state for _, state in pairs]
# --8<-- [end:update]
