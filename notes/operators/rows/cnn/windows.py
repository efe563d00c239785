"""“窗口”一页的算子怎样验证、怎样计时。"""

from notes.operators.row import Row, sample, timing
from notes.operators.samples import ADDS, NO_RULE

ROWS = {
    "unfold": Row(
        (
            # 重叠的窗口，步长有余数，不对称的核，空洞，补零，元组
            sample((2, 3, 4, 5), kernel_size=2),
            sample((1, 2, 5, 6), kernel_size=(3, 2), stride=2),
            sample((2, 1, 6, 5), kernel_size=(3, 2), stride=(2, 3), padding=(1, 0)),
            sample((1, 2, 6, 7), kernel_size=(2, 3), dilation=(3, 2), padding=1),
            sample((1, 1, 3, 3), kernel_size=1, stride=3, padding=2),
            sample((2, 2, 3, 4), kernel_size=(3, 4)),
            sample((3, 4, 5), kernel_size=(3, 2), padding=1),
            sample((0, 3, 4, 5), kernel_size=2),
        ),
        torch=lambda torch, x, **parameters: torch.nn.functional.unfold(x, **parameters),
        linear=True,
        accuracy=ADDS,
        timing=timing("bkhh", kernel_size=3, padding=1, autograd=NO_RULE),
    ),
    "fold": Row(
        (
            sample((2, 12, 12), output_size=(4, 5), kernel_size=2),
            sample((1, 12, 6), output_size=(5, 6), kernel_size=(3, 2), stride=2),
            sample((2, 6, 6), output_size=(6, 5), kernel_size=(3, 2), stride=(2, 3), padding=(1, 0)),
            sample((1, 12, 25), output_size=(6, 7), kernel_size=(2, 3), dilation=(3, 2), padding=1),
            sample((1, 2, 9), output_size=3, kernel_size=1, stride=3, padding=2),
            sample((6, 16), output_size=(4, 5), kernel_size=(3, 2), padding=(1, 0), dilation=(1, 1)),
            sample((0, 12, 12), output_size=(4, 5), kernel_size=2),
        ),
        torch=lambda torch, x, **parameters: torch.nn.functional.fold(x, **parameters),
        linear=True,
        accuracy="前向把搬到一处的加起来，反向只搬动元素；同 unfold，次序相反",
        timing=timing(
            "1rc",
            kernel_size=1,
            output_size=lambda size: (1, size.c),
            autograd=NO_RULE,
        ),
    ),
}
