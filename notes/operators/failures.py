"""一页、一个算子的测试没有料到的报错，写成一两句：作者写的哪一行，算子在哪里。"""

import traceback
from collections.abc import Collection
from pathlib import Path

from notes.errors import Malformed, told
from notes.one_page import page_among
from notes.operators.registry import Operator
from notes.paths import ROOT, display

# 作者写的代码：实现、图、算子的一行
AUTHORED = tuple(ROOT / folder for folder in ("snippets", "figures", "notes/operators/rows"))
OURS = (*AUTHORED, ROOT / "notes", ROOT / "tests")


def in_short(error: BaseException, parameters: Collection[object]) -> str:
    """parameters 是测试的参数，其中有一页或一个算子：说它在哪里，以及错在哪一行；错在作者写的文件，就说那里的。"""
    blamed = last(error, AUTHORED) or last(error, OURS)
    operator = next((each for each in parameters if isinstance(each, Operator)), None)
    page = page_among(parameters)
    where = operator.where() if operator else display(page.path) if page else ""
    return f"{where}\n  {blamed}" if where and blamed else ""


def last(error: BaseException, folders: tuple[Path, ...]) -> Malformed | None:
    """报错最后经过这几个文件夹的哪一行；没有经过就是 None。"""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if any(path.is_relative_to(folder) for folder in folders):
            return Malformed(path, frame.lineno or 1, told(error))
    return None
