"""一个 inf、nan 只坏了用到它的数：线性的算子，PyTorch 的输出与梯度还是有限的地方，这里也是。

卷积曾经拿补的 0 去乘没有窗口读的 nan，权重的梯度全成了 nan；这样的错，有限的样本都看不出来。
"""

import numpy as np
import pytest

from notes.operators.oracles import as_tuple, cases, upstreams
from notes.operators.registry import OPERATORS

LINEAR = [each for each in OPERATORS.values() if each.row.linear]


@pytest.mark.parametrize("operator", LINEAR, ids=str)
def test_one_bad_number_spoils_no_more_than_in_pytorch(operator):
    torch = pytest.importorskip("torch")
    spread = [f"{label}：第 {k} 个数组的第 {at} 个换成 {bad}" for label, k, at, bad in spoiled(torch, operator)]
    assert not spread, "PyTorch 还是有限的数，这里坏了\n" + "\n".join(spread)


def spoiled(torch, operator):
    """逐个给出坏到了别处的 (样本, 第几个数组, 第几个数, 换成什么)；最后的几个数组是上游梯度。"""
    for case in cases(operator.apply, operator.row):
        outputs, _ = operator.apply(*case.inputs, **case.parameters)
        arrays = [*case.inputs, *upstreams(case.rng, outputs)]
        for k, array in enumerate(arrays):
            for at in case.rng.permutation(array.size)[:3].tolist():
                for bad in (np.nan, np.inf):
                    given = [each.copy() for each in arrays]
                    given[k].flat[at] = bad
                    pairs = zip(ours(operator, given, case), theirs(torch, operator, given, case), strict=True)
                    if any((np.isfinite(their) & ~np.isfinite(our)).any() for our, their in pairs):
                        yield case.label, k, at, bad


def ours(operator, arrays, case):
    """输出与各个梯度。"""
    with np.errstate(all="ignore"):
        outputs, backward = operator.apply(*arrays[: len(case.inputs)], **case.parameters)
        return [np.asarray(each) for each in (*as_tuple(outputs), *backward(*arrays[len(case.inputs) :]))]


def theirs(torch, operator, arrays, case):
    """同上，PyTorch 的。"""
    count = len(case.inputs)
    tensors = [torch.tensor(x, requires_grad=True) for x in arrays[:count]]
    outputs = as_tuple(operator.row.torch(torch, *tensors, **case.parameters))
    gradients = torch.autograd.grad(outputs, tensors, [torch.tensor(G) for G in arrays[count:]])
    return [each.numpy(force=True) for each in (*outputs, *gradients)]
