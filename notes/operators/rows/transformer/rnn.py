"""“循环单元”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Row, sample, timing
from notes.operators.samples import NO_RULE

WHY = "由 linear、sigmoid、tanh 与乘加组成，各步自己量过；两侧相加可以相消，单位随各项绝对值之和"


def samples(gates, states):
    """gates 个门、states 个状态：前面有零根、一根、两根轴，样本或特征一个也没有，偏置给两个、给一个、不给。"""

    def of(batch, inputs, size, biases=2):
        rows = gates * size
        given = [(*batch, inputs), *[(*batch, size)] * states, (rows, inputs), (rows, size)]
        return sample(*given, *[(rows,)] * biases)

    return (
        of((5,), 3, 4),
        of((2,), 4, 3, 0),
        of((), 3, 2),
        of((2, 3), 3, 2, 1),
        of((1,), 1, 1),
        of((0,), 3, 2),
        of((3,), 0, 2),
        of((3,), 2, 1, 1),
    )


def weighted(states):
    """计时用的范围：权重随个数缩小，否则 256 个随机数之和总在饱和区里，梯度小到次正规数，量的就不是算子。"""
    return ("real", *["real"] * states, "small", "small", "real", "real")


def flat(torch, function, arrays, states):
    """PyTorch 的单元只收 (N, I)：前面的轴并成一根；没有样本的，由它自己的公式给出形状。"""
    x, *hidden = arrays[: 1 + states]
    weights = arrays[1 + states :]
    batch = x.shape[:-1]
    flattened = [v.reshape(-1 if v.numel() else int(torch.tensor(batch).prod()), v.shape[-1]) for v in (x, *hidden)]
    found = function(*flattened, *weights)
    return [z.reshape(*batch, z.shape[-1]) for z in (found if isinstance(found, tuple) else (found,))]


def one_state(name):
    return lambda torch, *arrays: flat(torch, getattr(torch, name), arrays, 1)[0]


def lstm_cell(torch, *arrays):
    def apply(x, h, c, *weights):
        return torch.lstm_cell(x, (h, c), *weights)

    return tuple(flat(torch, apply, arrays, 2))


ROWS = {
    "rnn_tanh_cell": Row(
        samples(1, 1),
        torch=one_state("rnn_tanh_cell"),
        accuracy=WHY,
        timing=timing("mm", "mm", "mm", "mm", "m", "m", autograd=NO_RULE, domain=weighted(1)),
    ),
    "lstm_cell": Row(
        samples(4, 2),
        torch=lstm_cell,
        accuracy=WHY,
        timing=timing("mm", "mm", "mm", "qm", "qm", "q", "q", autograd=NO_RULE, domain=weighted(2)),
    ),
    "gru_cell": Row(
        samples(3, 1),
        torch=one_state("gru_cell"),
        accuracy=WHY,
        timing=timing("mm", "mm", "tm", "tm", "t", "t", autograd=NO_RULE, domain=weighted(1)),
    ),
}
