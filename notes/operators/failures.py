"""一页、一个算子的测试没有料到的报错，写成一两句：作者写的哪一行，算子在哪里。"""

import traceback
from collections.abc import Iterable
from pathlib import Path

from notes.errors import Malformed, told
from notes.operators.registry import Operator
from notes.paths import ROOT

# 作者写的代码：实现、图、算子的一行
AUTHORED = tuple(ROOT / folder for folder in ("snippets", "figures", "notes/operators/rows"))
OURS = (*AUTHORED, ROOT / "notes", ROOT / "tests")


def in_short(error: BaseException, parameters: Iterable[object]) -> str:
    """parameters 是测试的参数。错在作者写的文件，说哪一行；一个算子的测试，总说它在哪里。都不是就是空串。"""
    blamed = last(error, AUTHORED)
    operator = next((each for each in parameters if isinstance(each, Operator)), None)
    if operator is None:
        return str(blamed or "")
    return f"{operator.where()}\n  {blamed or last(error, OURS)}"


def last(error: BaseException, folders: tuple[Path, ...]) -> Malformed | None:
    """报错最后经过这几个文件夹的哪一行；没有经过就是 None。"""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if any(path.is_relative_to(folder) for folder in folders):
            return Malformed(path, frame.lineno or 1, told(error))
    return None
