"""测试的测试之一：输出、算子改错一处，一定有测试失败。"""

import numpy as np
import pytest

from notes.operators import mutants
from notes import sessions
from notes.files import display, read
from notes.operators import OPERATORS, where
from notes.operators.oracles import ORACLES, applicable
from notes.operators.samples import SAMPLES

SAMPLED = 40  # 每个会话文件至多取这么多处变异，均匀地取


@pytest.mark.parametrize("path", list(filter(sessions.runnable, sessions.FILES)), ids=display)
def test_changed_output_is_noticed(path, request):
    sections, actual = sessions.execute(path, request.config.getoption("--update-outputs"))
    changes = list(mutants.changed_outputs(read(path), sections))
    for name, text in changes[:: max(1, len(changes) // SAMPLED)]:
        section = sessions.parse_text(path, text)[name]
        assert sessions.mismatches(section, actual[name]), f"{display(path)} 的小节 {name} 改了输出，没有被发现"


@pytest.mark.parametrize("name", [name for name in OPERATORS if name in SAMPLES])
def test_changed_backward_is_noticed(name):
    if killed(mutants.unchanged(OPERATORS[name]), name):
        pytest.fail(f"{where(OPERATORS[name])}\n  没有改就已经通不过，见 test_operators.py", pytrace=False)
    survivors = [what for what, mutant in mutants.changed_operators(OPERATORS[name]) if not killed(mutant, name)]
    assert not survivors, f"{name} 的 backward 这样改错，没有被发现：{survivors}"


def killed(mutant, name):
    """不靠 PyTorch，别的验证手段至少有一种看得出来。"""
    for oracle in applicable(SAMPLES[name]):
        try:
            with np.errstate(all="ignore"):
                if oracle != "PyTorch":
                    ORACLES[oracle](mutant, SAMPLES[name])
        except Exception:
            return True
    return False
