"""会话的一个小节切成各格，连同存着的输出：打印的、值、报错，各是 nbformat 的一种。"""

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from notes import sessions
from notes.notebooks.needed import whole

# numpy 的这几个报错，Python 印的是 __qualname__，IPython 印的是 __name__
SHOWN_AS = dict.fromkeys(("_UFuncOutputCastingError", "_UFuncNoLoopError", "_UFuncInputCastingError"), "UFuncTypeError")
TRACEBACK = "Traceback (most recent call last):"


@dataclass(frozen=True)
class Output:
    """一格的输出，以及它要的标记。"""

    outputs: list[dict]
    metadata: dict


def cells_of(path: Path, name: str) -> Iterator[tuple[str, Output]]:
    """一个小节的各格：到有输出的一步为止是一格。"""
    packages = " ".join(path.name.split(".")[1:-1])
    head = f"%%session {packages}\n" if packages else ""
    taken: list[str] = []
    steps = sessions.parse(path)[name].steps
    printers = {"print", *printing(path)}
    for step in steps:
        taken += step.source
        if step.want or step is steps[-1]:
            yield head + "\n".join(taken), output(step, printers)
            taken = []


def output(step: sessions.Step, printers: set[str]) -> Output:
    """一步存着的输出：打印的、值、报错，各是一种；printers 是会打印、没有返回值的函数。"""
    printed, error = divided(step.want)
    value: list[str] = []
    last = ast.parse("\n".join(step.source)).body[-1]
    if not error and isinstance(last, ast.Expr) and not called(last.value) & printers:
        # 值之前的警告是打印的
        count = next((k for k, text in enumerate(printed) if not is_warning(text)), len(printed))
        printed, value = printed[:count], printed[count:]
    found: list[dict] = []
    if printed:
        found.append({"output_type": "stream", "name": "stdout", "text": lines("\n".join(printed) + "\n")})
    if value:
        data = {"text/plain": lines("\n".join(value))}
        found.append({"output_type": "execute_result", "execution_count": None, "data": data, "metadata": {}})
    if error:
        name, _, message = error.partition(": ")
        name = SHOWN_AS.get(name.rsplit(".", 1)[-1], name.rsplit(".", 1)[-1])
        told = f"{name}: {message}" if message else name
        found.append({"output_type": "error", "ename": name, "evalue": message, "traceback": told.split("\n")})
    return Output(found, {"tags": ["raises-exception"]} if error else {})


def divided(want: list[str]) -> tuple[list[str], str]:
    """打印的各行，与报错的那句话。"""
    if TRACEBACK not in want:
        return want, ""
    start = want.index(TRACEBACK)
    return want[:start], "\n".join(want[start + 2 :])


@functools.cache
def printing(path: Path) -> set[str]:
    """会话里定义的函数中，打印而不返回什么的。"""
    found = set()
    for node in ast.walk(whole(path)):
        if isinstance(node, ast.FunctionDef):
            inside = list(ast.walk(node))
            returns = any(isinstance(each, ast.Return) and each.value for each in inside)
            if not returns and any("print" in called(each) for each in inside):
                found.add(node.name)
    return found


def called(value: ast.AST) -> set[str]:
    """调用的函数的名字；不是调用，就是空的。"""
    return {value.func.id} if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else set()


def is_warning(text: str) -> bool:
    return text.partition(": ")[0].endswith("Warning")


def lines(text: str) -> list[str]:
    """nbformat 的写法：一行一项，除最后一行外都带换行。"""
    return text.splitlines(keepends=True)
