"""测试向量：各算子在全部样本与折点上的输入、参数、上游梯度、输出与梯度，存成 docs/test-vectors.json。"""

import json
import math

import numpy as np

from notes.files import read
from notes.operators.measure import require_proved
from notes.operators.oracles import as_tuple, cases, upstreams
from notes.operators.registry import OPERATORS, Operator
from notes.paths import DOCS
from start.verification import discrepancy

STORED = DOCS / "test-vectors.json"


def text() -> str:
    """存着的测试向量的全文；仍然成立就原样返回，不成立返回重新生成的：末位的舍入因机器而异，不算过时。"""
    require_proved()
    stored = read(STORED) if STORED.is_file() else "[]"
    made = json.loads(encoded(vectors()))
    return stored if same(json.loads(stored), made) else encoded(made)


def same(left, right):
    """两份 JSON 相同，其中的数组只要求相差不超过 1e-12。"""
    if isinstance(left, dict) and left.keys() == right.keys() == {"shape", "data"}:
        numbers = (np.array(a["data"], float) for a in (left, right))
        return left["shape"] == right["shape"] and close(*numbers)
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        return all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict) and left.keys() == right.keys():
        return all(same(left[key], right[key]) for key in left)
    return type(left) is type(right) and left == right


def close(left, right):
    both_nan = np.isnan(left) & np.isnan(right)
    return discrepancy(np.where(both_nan, 0, left), np.where(both_nan, 0, right)) <= 1e-12


def vectors():
    """逐个给出测试向量，都是可以写成 JSON 的字典。"""
    for operator in OPERATORS.values():
        for case in cases(operator.apply, operator.row):
            outputs, _ = operator.apply(*case.inputs, **case.parameters)
            yield vector(operator, case.inputs, case.parameters, upstreams(case.rng, outputs), kink=False)
        for kink in operator.row.kinks:
            yield vector(operator, kink.inputs, kink.parameters, as_tuple(kink.G), kink=True)


def vector(operator: Operator, inputs, parameters, G, kink) -> dict:
    outputs, backward = operator.apply(*(np.asarray(x, float) for x in inputs), **parameters)
    return {
        "operator": operator.name,
        "kink": kink,
        "inputs": arrays(inputs),
        "parameters": {name: written(name, value) for name, value in parameters.items()},
        "upstream": arrays(G),
        "outputs": arrays(as_tuple(outputs)),
        "gradients": arrays(backward(*G)),
    }


def arrays(values):
    """数组写成形状与按行拉平的数；JSON 没有无穷大与 NaN，写成字符串。"""
    found = [np.asarray(value, float) for value in values]
    return [{"shape": x.shape, "data": [finite(number) for number in x.ravel().tolist()]} for x in found]


def finite(number):
    return number if math.isfinite(number) else str(number)


def written(name, value):
    """参数写成 JSON；index 一律写成元组的各项，切片写成 {"slice": [start, stop, step]}。"""
    if name == "index":
        return [item(part) for part in (value if isinstance(value, tuple) else (value,))]
    if isinstance(value, list):
        return [written(name, part) for part in value]
    return finite(value) if isinstance(value, float) else value


def item(part):
    if isinstance(part, slice):
        return {"slice": [part.start, part.stop, part.step]}
    return "..." if part is Ellipsis else part


def encoded(found) -> str:
    """JSON 的全文：一行一个测试向量。"""
    rows = ",\n".join(json.dumps(v, ensure_ascii=False, allow_nan=False, separators=(",", ":")) for v in found)
    return f"[\n{rows}\n]\n"
