"""网页里的 Python：读者点“运行”，一页的会话照着读者改过的样子运行，一步一步地报告。

在浏览器的 Worker 里导入它（docs/assets/run/worker.js），那里只有标准库与 numpy；运行会话的还是
notes.sessions，所以网页上与测试里是同一个引擎。
"""

import ast
import difflib
import importlib
import itertools
import json
import sys
import time
import types
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from notes import sessions
from notes.page import Page
from notes.sessions import Section, Step

ERROR = "Traceback (most recent call last):"
PAUSE = 0.1  # 一步还没有完，印出来的隔这么久报告一次
MOST = 200_000  # 一步至多印这么多字，多半是停不下来的循环

# 里面没有别的东西的，不必看
PLAIN = {int, float, complex, bool, str, bytes, types.NoneType}

Report = Callable[[dict[str, Any]], None]


class TooMuch(Exception):
    """印得太多。"""


class Stopped(Exception):
    """一步报了错，而页面上印着的不是报错：后面的不运行。"""


class Tee:
    """印出来的照样给 doctest，也一段一段地报告。"""

    def __init__(self, out: Any, told: Callable[[str], None]) -> None:
        self.out, self.told = out, told
        self.text, self.last = "", time.monotonic()

    def write(self, text: str) -> int:
        self.text += text
        if len(self.text) > MOST:
            raise TooMuch(f"这一步印了 {MOST} 个字还没有完，停在这里")
        if time.monotonic() > self.last + PAUSE:
            self.told(self.text)
            self.last = time.monotonic()
        return self.out.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.out, name)


class Reporter(sessions.Recorder):
    """每运行完一步就报告：印出来的与文档的。"""

    def __init__(self, section: Section, known: set[int], report: Report, strict: bool) -> None:
        super().__init__()
        self.section, self.known, self.report, self.strict = section, known, report, strict
        self.tee: Any = None

    def report_start(self, out, test, example):
        spoof = self.tee.out if isinstance(sys.stdout, Tee) else sys.stdout
        line = example.lineno + len(example.source.rstrip("\n").split("\n"))

        def told(text: str) -> None:
            self.report({"kind": "partial", "section": self.section.name, "line": line, "text": text[-MOST // 10 :]})

        self.tee = sys.stdout = Tee(spoof, told)

    def report_success(self, out, test, example, got):
        super().report_success(out, test, example, got)
        step, lines = self.section.steps[len(self.outputs) - 1], self.outputs[-1]
        want = step.want if step.line in self.known else None
        found = {"line": step.end, "got": lines, "want": want, "same": want in (None, lines)}
        self.report({"kind": "step", "section": self.section.name, **found})
        if self.strict and ERROR in lines and ERROR not in step.want:
            raise Stopped


class Saved:
    """此刻的变量：从名字走得到的数组、列表、字典、随机数，连同函数闭包里的，各记下内容。

    放回去时还是原来的那些对象，只是内容回到从前；别处指着同一个数组的，看见的也回到从前。
    """

    def __init__(self, namespace: dict) -> None:
        self.undo: list[Callable[[], Any]] = []
        seen: dict[int, Any] = {}
        waiting: list[Any] = [namespace]
        while waiting:  # 不递归：磁带上的函数一个套一个，有几万层
            value = waiting.pop()
            if id(value) not in seen:
                seen[id(value)] = value
                waiting += [each for each in self.save(value) if type(each) not in PLAIN]

    def restore(self) -> None:
        for undo in self.undo:
            undo()

    def save(self, value: Any) -> Iterable[Any]:
        """记下一样东西的内容，返回它里面的。"""
        if isinstance(value, np.ndarray):
            kept = value.copy()
            if value.flags.writeable:
                self.undo.append(lambda: put_back(value, kept))
            return [value.base, *(value.flat if value.dtype == object else ())]
        if isinstance(value, np.random.Generator):
            bits, state = value.bit_generator, value.bit_generator.state
            self.undo.append(lambda: setattr(bits, "state", state))
        elif isinstance(value, dict | set):
            kept_items = value.copy()
            self.undo.append(lambda: (value.clear(), value.update(kept_items)))
            return value.values() if isinstance(value, dict) else value
        elif isinstance(value, list):
            kept_list = value[:]
            self.undo.append(lambda: value.__setitem__(slice(None), kept_list))
            return kept_list
        elif isinstance(value, tuple):
            return value
        elif isinstance(value, types.FunctionType):
            return value.__closure__ or ()
        elif isinstance(value, types.CellType):
            return self.save_cell(value)
        elif not isinstance(value, types.ModuleType | type):
            return [getattr(value, "__dict__", None)]
        return ()

    def save_cell(self, cell: types.CellType) -> list[Any]:
        try:
            kept = cell.cell_contents
        except ValueError:  # 还是空的
            return []
        self.undo.append(lambda: setattr(cell, "cell_contents", kept))
        return [kept]


def put_back(array: np.ndarray, kept: np.ndarray) -> None:
    """数组的内容回到 kept；后来锁上了的（引擎会锁），开了锁再放。"""
    if not array.flags.writeable:
        array.flags.writeable = True
    np.copyto(array, kept)


@dataclass
class Live:
    """一页正在运行的会话：运行过哪几节，各是什么代码，变量都在 namespace 里。

    before 是最后一节运行之前的变量：只改这一节再运行，不必把上面的重来一遍。
    """

    page: str = ""
    done: list[tuple[str, str]] = field(default_factory=list)
    namespace: dict = field(default_factory=dict)
    before: Saved | None = None
    stack: ExitStack = field(default_factory=ExitStack)

    def restart(self, page: str) -> None:
        self.stack.close()
        self.stack.enter_context(sessions.isolated())
        self.page, self.done, self.namespace = page, [], {"__name__": "__main__"}

    def again(self, page: str) -> Saved | None:
        """回到最后一节运行之前，返回那时的变量；有的数组锁上之后打不开，就从头来。"""
        try:
            assert self.before
            self.before.restore()
            self.done.pop()
            return self.before
        except ValueError:
            self.restart(page)
            return None

    def run(self, page: str, until: str, edited: dict[str, str], report: Report) -> dict[str, Any]:
        """运行到 until 这一节为止；edited 是读者正在改的各节 {名字: 代码}。

        从上次运行过、至今没有改过的接着运行；不能接着，就从头来。返回 {"state": …}：
        done 运行完了，error 有一步报错而停下，syntax 有一节的语法不对；后两样说是哪一节。
        """
        path = Page(page).session
        printed = sessions.parse(path)
        names = list(printed)
        wanted = [(name, edited.get(name, printed[name].source())) for name in names[: names.index(until) + 1]]
        before = None
        if self.page == page and self.before and wanted[:-1] == self.done[:-1] and len(wanted) == len(self.done):
            before = self.again(page)
        elif self.page != page or wanted[: len(self.done)] != self.done or len(self.done) == len(wanted):
            self.restart(page)
        self.before = None
        for name, source in wanted[len(self.done) :]:
            report({"kind": "section", "section": name, "at": len(self.done) + 1, "of": len(wanted)})
            try:
                section, known = edit(printed[name], source)
            except SyntaxError as error:
                return {"state": "syntax", "section": name, "line": error.lineno, "message": error.msg}
            strict = name == until or source != printed[name].source()
            if name == until:
                self.before = before or Saved(self.namespace)
            self.done.append((name, source))
            try:
                Reporter(section, known, report, strict).record(path, section, self.namespace)
            except Stopped:
                self.done[-1] = name, ""  # 没有运行完：只有改了它再运行，才接得上
                return {"state": "error", "section": name}
        return {"state": "done", "section": until}


def edit(section: Section, source: str) -> tuple[Section, set[int]]:
    """读者把这一节的代码改成 source：按语句分成几步，印着的输出跟着没有动过的行。

    改了一处的一步，仍与它印着的比；新加的没有可比的。返回 (改过的一节, 有可比的各步从第几行起)；
    语法不对就抛 SyntaxError。
    """
    steps = split(source)
    new = source.split("\n")
    old = section.source().split("\n")
    ends = list(itertools.accumulate(len(step.source) for step in section.steps))
    place, known = moved(old, new), set()
    for step, end in zip(section.steps, ends, strict=True):
        line = place.get(end)
        owner = next((s for s in reversed(steps) if line and s.line <= line), None)
        if owner:
            owner.want = owner.want + step.want
            known.add(owner.line)
    return Section(section.name, section.line, steps), known


def moved(old: list[str], new: list[str]) -> dict[int, int]:
    """{原来的第几行: 现在的第几行}，从 1 数起；改过的行，还有一半与原来的相同才算。"""
    found = {}
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind not in ("equal", "replace"):
            continue
        pairs = [(a + k, c + k) for k in range(b - a)] if b - a == d - c else [(b - 1, d - 1)]
        found.update({k + 1: m + 1 for k, m in pairs if alike(old[k], new[m])})
    return found


def alike(old: str, new: str) -> bool:
    return difflib.SequenceMatcher(None, old, new).ratio() >= 0.5


def split(source: str) -> list[Step]:
    """一段代码里的各条语句，各是一步；同一行里的几条算一步，语句之前的注释跟着它。"""
    lines = source.split("\n")
    ranges: list[list[int]] = []
    for node in ast.parse(source).body:
        start = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        end = node.end_lineno or start
        if ranges and start <= ranges[-1][1]:
            ranges[-1][1] = max(end, ranges[-1][1])
        else:
            ranges.append([start, end])
    return [Step(start, lines[start - 1 : end]) for start, end in ranges]


@dataclass
class Answer:
    """worker.js 用的：收的、给的都是 JSON，{"value": …} 或 {"error": [类名, 那句话]}。"""

    told: Callable[[str], None]
    live: Live = field(default_factory=Live)

    def run(self, page: str, until: str, edited: str) -> str:
        return answered(lambda: self.live.run(page, until, json.loads(edited), self.report))

    def outputs(self, page: str) -> str:
        """整页照原样运行一遍，每一步真实的输出：测试用它核对全部小节。"""
        path = Page(page).session
        return answered(lambda: sessions.run(path, sessions.parse(path)))

    def call(self, name: str, arguments: str) -> str:
        """调用 snippets/ 里的一个函数：engine.derive.derive。"""
        module, _, function = name.rpartition(".")
        return answered(lambda: getattr(importlib.import_module(module), function)(*json.loads(arguments)))

    def report(self, event: dict[str, Any]) -> None:
        self.told(json.dumps(event))


def answered(call: Callable[[], Any]) -> str:
    try:
        return json.dumps({"value": call()}, default=lambda value: value.tolist())
    except Exception as error:
        return json.dumps({"error": [type(error).__name__, str(error)]})


def pages() -> list[str]:
    """有 NumPy 会话的各页。"""
    return [
        path.relative_to(sessions.SNIPPETS).with_suffix("").as_posix()
        for path in sessions.files()
        if path.name.count(".") == 1
    ]


def files(root: Path) -> list[Path]:
    """网页里的 Python 要的文件：各页的实现、NumPy 会话与数据，运行会话的引擎。"""
    folder = root / "snippets"
    kinds = {".py", ".txt", ".json", ".gz"}
    found = [path for path in folder.rglob("*.*") if path.suffix in kinds and "__pycache__" not in path.parts]
    found += [path for path in folder.rglob("*.pycon") if path.name.count(".") == 1]
    engine = ("__init__", "errors", "files", "live", "markdown", "page", "paths", "sections", "sessions")
    return sorted([*found, *(root / "notes" / f"{name}.py" for name in engine)])
