"""要告诉作者的错：文本就是全部，测试与命令都只印它，不印调用栈。"""

import traceback
from collections.abc import Iterable
from pathlib import Path

from notes.paths import display


class Fault(Exception):
    """一处错，说给改笔记的人听。"""


class Malformed(Fault):
    """页面、会话、实现、图或算子的一行写得不合约定。文本形如“路径:行号  一句话”。"""

    def __init__(self, path: Path | str, line: int, sentence: str):
        super().__init__(f"{display(path)}:{line}  {sentence}")
        self.path, self.line, self.sentence = path, line, sentence


def require_none(faults: Iterable[object]) -> None:
    """有几处错，就一起抛出来；不止一行的，中间空一行。"""
    told = list(map(str, faults))
    if told:
        raise Fault(("\n\n" if any("\n" in each for each in told) else "\n").join(told))


def bad_syntax(path: Path, error: SyntaxError, offset: int = 0) -> Malformed:
    """path 里的一处语法错误；从别的文件导入时出的错，指到那个文件。"""
    said = Path(error.filename or path)
    where = said if said.is_file() else path
    return Malformed(where, (error.lineno or 1) + offset, f"语法错误：{error.msg}")


def bad_import(path: Path, error: Exception) -> Malformed:
    """导入 path 时出的错：语法错误、别的文件已经说过的话，或者运行到一半的报错。"""
    if isinstance(error, Malformed):
        return error
    if isinstance(error, SyntaxError):
        return bad_syntax(path, error)
    return Malformed(path, culprit(path, error), f"导入失败：{type(error).__name__}: {error}")


def culprit(path: Path, error: BaseException) -> int:
    """错误最后经过 path 的哪一行；没有经过它时是 1。"""
    frames = traceback.extract_tb(error.__traceback__)
    return next((f.lineno or 1 for f in reversed(frames) if f.filename == str(path)), 1)


def told(error: BaseException) -> str:
    """一个报错说了什么；断言失败的不说类型，别人的话不分行。"""
    words = " ".join(str(error).split())
    return words if isinstance(error, AssertionError) and words else f"{type(error).__name__}：{words}"
