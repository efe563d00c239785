"""命令：`python -m tools.名字`。没有接住的 Fault 只印那句话，不印调用栈。"""

import sys
from types import TracebackType

from notes.errors import Fault


def say_only(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """命令没有接住的：是一处错，只印那句话；别的照旧。"""
    if isinstance(error, Fault):
        print(error, file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


sys.excepthook = say_only
