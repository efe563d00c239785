"""会话文件（.pycon）：切成小节、运行、逐字比较、改写输出。

引擎是标准库的 doctest，但比它严：输出一直到下一个 >>> 为止，逐字比较，只忽略行末的
空白；报错比较全文；先打印、后报错的，两样都算输出。
"""

import contextlib
import doctest
import functools
import importlib.util
import re
import sys
import warnings
from dataclasses import dataclass, field

import numpy as np

from notes.files import ROOT, Malformed, display, read, unique
from notes.implementations import SNIPPETS
from notes.pages import DOCS, shown_at

FILES = sorted(SNIPPETS.rglob("*.pycon"))
MARKER = re.compile(r">>> # --8<-- \[(start|end):([a-z][a-z0-9_-]*)\]")
FRAMES = re.compile(r"^(Traceback \(most recent call last\):\n)(?:[ \t].*\n|\n)+", re.MULTILINE)


@dataclass
class Step:
    """一步：源码，以及文档里印着的输出。"""

    line: int
    source: list[str]
    want: list[str] = field(default_factory=list)

    def shown(self):
        """读者看到的源码：带提示符。"""
        return [f"{'...' if k else '>>>'} {text}".rstrip() for k, text in enumerate(self.source)]


@dataclass
class Section:
    """一个小节：页面上的一块。"""

    name: str
    line: int
    steps: list[Step] = field(default_factory=list)


def parse(path):
    """把会话文件切成 {名字: 小节}。"""
    return parse_text(path, read(path))


def parse_text(path, text):
    sections, current = [], None
    for line, text in enumerate(text.split("\n"), 1):
        text = text.rstrip()
        if "--8<--" in text:
            kind, name = read_marker(path, line, text)
            if kind == "start" and current:
                raise Malformed(path, line, f"小节 {current.name} 还没有结束，又开始了 {name}")
            if kind == "end" and (current is None or current.name != name):
                raise Malformed(path, line, f"小节 {name} 在这里结束，却没有开始")
            if kind == "start":
                current = Section(name, line)
                sections.append(current)
            else:
                current = None
        elif current:
            add_line(path, line, text, current)
        elif text:
            raise Malformed(path, line, "这一行不在任何小节里")
    if current:
        raise Malformed(path, current.line, f"小节 {current.name} 没有结束")
    for section in sections:
        check_syntax(path, section)
    return unique(sections, path)


def read_marker(path, line, text):
    """小节的标记：返回 (start 或 end, 名字)。"""
    found = MARKER.fullmatch(text)
    if not found:
        raise Malformed(path, line, "小节的标记应写成 >>> # --8<-- [start:名字] 或 [end:名字]")
    return found.groups()


def add_line(path, line, text, section):
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


def check_syntax(path, section):
    if not section.steps:
        raise Malformed(path, section.line, f"小节 {section.name} 是空的")
    for step in section.steps:
        try:
            compile("\n".join(step.source) + "\n", str(path), "single")
        except SyntaxError as error:
            line = step.line + (error.lineno or 1) - 1
            raise Malformed(path, line, f"语法错误：{error.msg}") from None


class Recorder(doctest.DocTestRunner):
    """只运行、只记录：每一步真实的输出，报错也是输出。"""

    class AcceptAll(doctest.OutputChecker):
        def check_output(self, want, got, optionflags):
            return True

    def __init__(self):
        super().__init__(checker=self.AcceptAll(), verbose=False)
        self.outputs = []

    def report_start(self, out, test, example):
        pass

    def report_success(self, out, test, example, got):
        # 报错的栈里有路径和行号，因 Python 的版本而异，一律写成 "  ..."
        text = FRAMES.sub(r"\1  ...\n", got)
        self.outputs.append([line.rstrip() for line in text.split("\n")[:-1]])


def missing(path):
    """运行一个会话还缺哪些包：a.torch.pycon 要 torch，a.autograd.pycon 要 autograd。"""
    return [name for name in path.name.split(".")[1:-1] if not importlib.util.find_spec(name)]


def runnable(path):
    return not missing(path)


@functools.cache
def execute(path, update=False):
    """运行一个会话文件，返回 (各小节, 真实输出)；update 时先把变了的输出写回去。"""
    sections = parse(path)
    actual = run(display(path), sections)
    if update and rewrite(path, sections, actual):
        sections = parse(path)
    return sections, actual


def run(path, sections, after=lambda name, namespace: None):
    """依次运行各小节（同一个命名空间），返回 {小节名: 每一步的真实输出}；每运行完一节调用一次 after。"""
    namespace, actual = {"__name__": "__main__"}, {}
    with isolated():
        for section in sections.values():
            recorder = Recorder()
            # exc_msg 非空，doctest 才把报错也交给 report_success
            examples = [
                doctest.Example("\n".join(step.source), "", exc_msg="\n", lineno=step.line - 1)
                for step in section.steps
            ]
            test = doctest.DocTest(examples, namespace, section.name, str(path), 0, None)
            test.globs = namespace
            recorder.run(test, clear_globs=False)
            actual[section.name] = recorder.outputs
            after(section.name, namespace)
    return actual


@contextlib.contextmanager
def isolated():
    """在仓库的根目录里运行；会话改了打印选项、浮点错误或警告的设置，不影响别的会话；警告打印成一行输出。"""

    def print_warning(message, category, *_):
        print(f"{category.__name__}: {message}", file=sys.stdout)

    with contextlib.chdir(ROOT), np.printoptions(), np.errstate(), warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = print_warning
        yield


def mismatches(section, outputs):
    """输出与文档不符的各步：[(步, 真实输出)]。"""
    return [(step, got) for step, got in zip(section.steps, outputs, strict=True) if step.want != got]


def rewrite(path, sections, actual):
    """把变了的输出写回文件，其余一个字节也不动；返回改了几步。"""
    data = path.read_bytes().decode("utf-8")
    newline = "\r\n" if "\r\n" in data else "\n"
    lines = data.split(newline)
    changed = [pair for s in sections.values() for pair in mismatches(s, actual[s.name])]
    for step, got in reversed(changed):
        start = step.line - 1 + len(step.source)
        lines[start : start + len(step.want)] = got
    if changed:
        path.write_bytes(newline.join(lines).encode("utf-8"))
    return len(changed)


def describe(path, where, step, got):
    """一步不符的说明：读者在哪里看到它，它在哪个文件，文档与实际各是什么。"""

    def block(label, lines):
        return [f"  {label if k == 0 else '    '}  {text}".rstrip() for k, text in enumerate(lines or ["（无输出）"])]

    return "\n".join([
        where,
        f"{path}:{step.line}  输出与文档不符",
        *(f"    {text}" for text in step.shown()),
        *block("文档", step.want),
        *block("实际", got),
        "若改动是有意的：make update",
    ])


def report(path, section, outputs, file, docs=DOCS):
    """这一小节哪里与文档不符，印在页面的哪一行；都相符时是空串。"""
    wrong = mismatches(section, outputs)
    where = (shown_at(file, section.name, docs) or "（没有页面印它）") if wrong else ""
    return "\n\n".join(describe(display(path), where, *pair) for pair in wrong)
