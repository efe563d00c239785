"""计算图上的链式法则：对路径求和，与逐节点累加。"""


# --8<-- [start:paths]
def paths(edges, source, sink):
    """列出 source 到 sink 的全部路径；一条路径是边的元组。

    edges 是 (父, 子, 局部偏导) 的列表，图中没有环。两个节点之间可以有几条边。
    """
    if source == sink:
        return [()]
    found = []
    for edge in edges:
        if edge[0] == source:
            found += [(edge,) + rest for rest in paths(edges, edge[1], sink)]
    return found
# --8<-- [end:paths]


# --8<-- [start:gradient_by_paths]
def gradient_by_paths(edges, source, sink):
    """沿每条路径把局部偏导相乘，再把各条路径相加。公式见“多元链式法则”式 (6)。"""
    total = 0.0
    for path in paths(edges, source, sink):
        product = 1.0
        for _, _, weight in path:
            product *= weight
        total += product
    return total
# --8<-- [end:gradient_by_paths]


# --8<-- [start:gradients_by_accumulation]
def gradients_by_accumulation(edges, order):
    """order 的最后一个节点对每个节点的导数，返回 {节点: 导数}。公式见“多元链式法则”式 (5)。

    order 是拓扑序：每条边的父节点都排在子节点之前。次序不对时报 ValueError。
    """
    position = {node: k for k, node in enumerate(order)}
    for parent, child, _ in edges:
        if position[parent] >= position[child]:
            raise ValueError(f"{parent} 应排在 {child} 之前")
    gradient = dict.fromkeys(order, 0.0)
    gradient[order[-1]] = 1.0
    for node in reversed(order):
        for parent, child, weight in edges:
            if child == node:
                gradient[parent] += gradient[node] * weight
    return gradient
# --8<-- [end:gradients_by_accumulation]
