"""会话文件（.pycon）：切成小节、运行、逐字比较、改写输出。

引擎是标准库的 doctest，但比它严：输出一直到下一个 >>> 为止，逐字比较，只忽略行末的
空白；报错比较全文；先打印、后报错的，两样都算输出。
"""

import contextlib
import doctest
import importlib.util
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from notes import sections
from notes.errors import Malformed, bad_syntax
from notes.files import read, remembered
from notes.page import CLAIMS, shown_at
from notes.paths import ROOT, SNIPPETS, display

FRAMES = re.compile(r"^(Traceback \(most recent call last\):\n)(?:[ \t].*\n|\n)+", re.MULTILINE)

PRINTING = np.get_printoptions()
FLOATING: dict = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}

Outputs = dict[str, list[list[str]]]  # {小节名: 每一步真实的输出}


@dataclass
class Step:
    """一步：源码，以及文档里印着的输出。"""

    line: int
    source: list[str]
    want: list[str] = field(default_factory=list)

    @property
    def end(self) -> int:
        """源码之后、输出之前的行号（从 0 数，正好用来切片）。"""
        return self.line - 1 + len(self.source)

    def shown(self) -> list[str]:
        """读者看到的源码：带提示符。"""
        return [f"{'...' if k else '>>>'} {text}".rstrip() for k, text in enumerate(self.source)]


@dataclass
class Section:
    """一个小节：页面上的一块。"""

    name: str
    line: int
    steps: list[Step] = field(default_factory=list)

    def source(self) -> str:
        """一个小节的代码，不含输出。"""
        return "\n".join(line for step in self.steps for line in step.source)


def files() -> list[Path]:
    """全部会话文件；断言不是会话，页面不印它。"""
    return sorted(path for path in SNIPPETS.rglob("*.pycon") if not path.name.endswith(CLAIMS))


@remembered
def parse(path: Path) -> dict[str, Section]:
    """把会话文件切成 {名字: 小节}。"""
    return parse_text(path, read(path))


def parse_text(path: Path, text: str) -> dict[str, Section]:
    """path 里要是写着 text，会切成哪些小节。"""
    marked, outside = sections.split(path, text)
    for line, content in outside:
        if content.strip():
            raise Malformed(path, line, "这一行不在任何小节里")
    return {name: read_section(path, section) for name, section in marked.items()}


def parse_section(path: Path, text: str, name: str) -> Section:
    """同上，只要其中一节。"""
    return read_section(path, sections.split(path, text)[0][name])


def read_section(path: Path, marked: sections.Section) -> Section:
    section = Section(marked.name, marked.line)
    for line, content in marked.lines:
        add_line(path, line, content.rstrip(), section)
    if not section.steps:
        raise Malformed(path, section.line, f"小节 {section.name} 是空的")
    for step in section.steps:
        try:
            compile("\n".join(step.source) + "\n", str(path), "single")
        except SyntaxError as error:
            raise bad_syntax(path, error, step.line - 1) from None
    return section


def add_line(path: Path, line: int, text: str, section: Section) -> None:
    """把一行归到小节里：新的一步、上一步的续行，或上一步的输出。"""
    steps = section.steps
    if text == ">>>" or text.startswith(">>> "):
        steps.append(Step(line, [text[4:]]))
    elif not steps:
        raise Malformed(path, line, "输出之前没有代码")
    elif (text == "..." or text.startswith("... ")) and not steps[-1].want:
        steps[-1].source.append(text[4:])
    elif text.startswith(">>>"):
        raise Malformed(path, line, "提示符 >>> 之后要有一个空格")
    else:
        steps[-1].want.append(text)


class Recorder(doctest.DocTestRunner):
    """只运行、只记录：每一步真实的输出，报错也是输出。"""

    class AcceptAll(doctest.OutputChecker):
        def check_output(self, want, got, optionflags):
            return True

    def __init__(self) -> None:
        super().__init__(checker=self.AcceptAll(), verbose=False)
        self.outputs: list[list[str]] = []

    def record(self, path: Path, section: Section, namespace: dict) -> list[list[str]]:
        """在 namespace 里运行一节，返回每一步真实的输出。"""
        # exc_msg 非空，doctest 才把报错也交给 report_success
        examples = [
            doctest.Example("\n".join(step.source), "", exc_msg="\n", lineno=step.line - 1) for step in section.steps
        ]
        test = doctest.DocTest(examples, namespace, section.name, display(path), 0, None)
        test.globs = namespace
        self.run(test, clear_globs=False)
        return self.outputs

    def report_start(self, out, test, example):
        pass

    def report_success(self, out, test, example, got):
        # 报错的栈里有路径和行号，因 Python 的版本而异，一律写成 "  ..."
        text = FRAMES.sub(r"\1  ...\n", got)
        self.outputs.append([line.rstrip() for line in text.split("\n")[:-1]])


def missing(path: Path) -> list[str]:
    """运行一个会话还缺哪些包：a.torch.pycon 要 torch，a.autograd.pycon 要 autograd。"""
    wanted = path.name.replace(CLAIMS, ".pycon").split(".")[1:-1]
    return [name for name in wanted if not importlib.util.find_spec(name)]


def run(path: Path, found: dict[str, Section], after: Callable[[str, dict], None] = lambda *_: None) -> Outputs:
    """依次运行各小节（同一个命名空间），返回每一步真实的输出；每运行完一节调用一次 after(小节名, 命名空间)。"""
    namespace: dict = {"__name__": "__main__"}
    actual = {}
    with isolated():
        for section in found.values():
            actual[section.name] = Recorder().record(path, section, namespace)
            after(section.name, namespace)
    return actual


@contextlib.contextmanager
def isolated() -> Iterator[None]:
    """在仓库的根目录里运行，打印选项、浮点错误与警告的设置都是 numpy 一开始的，改了也不影响别的会话；警告打印成一行。"""

    def print_warning(message, category, *_):
        print(f"{category.__name__}: {message}", file=sys.stdout)

    with contextlib.chdir(ROOT), np.printoptions(**PRINTING), np.errstate(**FLOATING), warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = print_warning
        yield


def mismatches(section: Section, outputs: list[list[str]]) -> list[tuple[Step, list[str]]]:
    """输出与文档不符的各步：[(步, 真实输出)]。"""
    return [(step, got) for step, got in zip(section.steps, outputs, strict=True) if step.want != got]


def rewritten(path: Path, found: dict[str, Section], actual: Outputs) -> bytes:
    """把变了的输出换成真实的，其余一个字节也不动。"""
    data = path.read_bytes().decode("utf-8")
    newline = "\r\n" if "\r\n" in data else "\n"
    lines = data.split(newline)
    changed = [pair for section in found.values() for pair in mismatches(section, actual[section.name])]
    for step, got in reversed(changed):
        lines[step.end : step.end + len(step.want)] = got
    return newline.join(lines).encode("utf-8")


def report(path: Path, section: Section, outputs: list[list[str]], root: Path = ROOT) -> str:
    """这一小节哪里与文档不符，印在页面的哪一行；都相符时是空串。"""
    wrong = mismatches(section, outputs)
    where = shown_at(path, section.name, root) if wrong else ""
    return "\n\n".join(describe(path, where, step, got) for step, got in wrong)


def describe(path: Path, where: str, step: Step, got: list[str]) -> str:
    """一步不符的说明：读者在哪里看到它，它在哪个文件，文档与实际各是什么。"""

    def block(label, lines):
        return [f"  {label if k == 0 else '    '}  {text}".rstrip() for k, text in enumerate(lines or ["（无输出）"])]

    told = [
        where,
        f"{display(path)}:{step.line}  输出与文档不符",
        *(f"    {text}" for text in step.shown()),
        *block("文档", step.want),
        *block("实际", got),
        "若改动是有意的：make update",
    ]
    return "\n".join(told)
