"""一页的话：正文、实现与图的说明。引用一句话在哪里，读者在哪里看到它。

每一处都与它的文件一样长：不是话的（代码、网址、标记）换成空格，所以位置就是文件里的位置。
"""

import ast
import bisect
import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from notes import sections
from notes.errors import Fault
from notes.files import read
from notes.markdown import FENCE, HEADING
from notes.page import Page, shown_at
from notes.paths import display

FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
DESCRIPTION = re.compile(r"^description: (.*)$", re.MULTILINE)
# 链接的文字里可以有一层方括号
LINK = r"(?<!!)\[(?P<said>(?:[^\[\]\n]|\[[^\[\]\n]*\])*)\]\((?P<url>[^)\s]+)\)"
# 正文里不是话的：注释、链接（文字与指向另有测试）、标题的锚、编号列表的编号、标签页与折叠块的标题
MARKUP = re.compile(
    r"<!--.*?-->"
    rf"|{LINK}"
    r"|\{[#:.][^}\n]*\}"
    r"|\[\^[^\]]+\]"
    r"|</?\w[^>\n]*>"
    r"|^[ \t]*\d+\.(?= )"
    r'|^[ \t]*(?:===|\?\?\?\+?)[ \w]*"[^"\n]*"'
    r"|^[ \t]*!!! \w+",
    re.MULTILINE | re.DOTALL,
)
TAGGED = re.compile(r"^[ \t>]*\$\$[ \t]*\n(?:(?!^[ \t>]*\$\$).)*?\\tag\{.*?^[ \t>]*\$\$", re.MULTILINE | re.DOTALL)
# 说明里另有测试核对的：前向、反向两行，引用的公式
CHECKED = re.compile(r"^ *(?:前向|反向)：.*(?:\n {8,}.*)*|公式见“[^”]+”(?:[式、与]*\s*\(\d+\))+", re.MULTILINE)
FUNCTION = re.compile(r"^def (\w+)", re.MULTILINE)


@dataclass(frozen=True, eq=False)
class Text:
    """一个文件里的话。words 是可以引用的；scanned 去掉了不必核对的，要核对的从里面找。"""

    page: Page
    path: Path
    words: str
    scanned: str

    def line(self, at: int) -> int:
        return bisect.bisect_left(self.ends, at) + 1

    @functools.cached_property
    def ends(self) -> list[int]:
        """各行在哪里结束。"""
        return [found.start() for found in re.finditer("\n", self.words)]

    def where(self, at: int) -> str:
        """读者眼里的位置；说明不在页面的文件里时，再说它在哪个文件的哪一行。"""
        line = self.line(at)
        if self.path == self.page.path:
            return " · ".join([f"{display(self.path)}:{line}", *filter(None, [" › ".join(trail(self, line))])])
        return f"{self.shown_at(line)}（{display(self.path)}:{line}）"

    def shown_at(self, line: int) -> str:
        """实现的说明印在页面的哪里；图的说明，图在哪里。"""
        if self.path != self.page.figures:
            return shown_at(self.path, section_at(self.path, line), self.page.root)
        names = [found[1] for found in FUNCTION.finditer("\n".join(read(self.path).split("\n")[:line]))]
        return shown_at(self.path.with_suffix(f".{names[-1]}.svg"), "", self.page.root)

    def fault(self, at: int, sentence: str) -> Fault:
        return Fault(f"{self.where(at)}\n  {sentence}")

    @functools.cached_property
    def compact(self) -> tuple[str, list[int]]:
        """去掉空白的话，以及其中每个字原来的位置。"""
        places = [k for k, letter in enumerate(self.words) if not letter.isspace()]
        return "".join(self.words[k] for k in places), places

    def find(self, quotation: str) -> Iterator[tuple[int, int]]:
        """一句话在哪些位置；空白与换行不算。"""
        wanted, (words, places) = squeezed(quotation), self.compact
        at = words.find(wanted)
        while at >= 0:
            yield places[at], places[at + len(wanted) - 1] + 1
            at = words.find(wanted, at + 1)

    @functools.cached_property
    def headings(self) -> list[tuple[int, int, str]]:
        """各个标题 (行, 层, 文字)。"""
        lines = enumerate(self.words.split("\n"), 1)
        found = ((line, HEADING.fullmatch(text.rstrip())) for line, text in lines if text.startswith("#"))
        return [(line, len(heading[1]), heading[2]) for line, heading in found if heading]

    def section(self, line: int) -> tuple[int, float]:
        """第 line 行所在的一节：从哪一行，到下一个标题之前。"""
        starts = [1, *(start for start, _, _ in self.headings)]
        return max(start for start in starts if start <= line), next((s for s in starts if s > line), float("inf"))


def trail(text: Text, line: int) -> list[str]:
    """第 line 行在哪几层标题之下，由外到内。"""
    found: list[tuple[int, str]] = []
    for start, level, heading in text.headings:
        if start <= line:
            found = [outer for outer in found if outer[0] < level] + [(level, heading)]
    return [heading for _, heading in found]


def squeezed(words: str) -> str:
    return re.sub(r"\s+", "", words)


def blank(words: str) -> str:
    """一样长的空白，换行留着。"""
    return re.sub(r"[^\n]", " ", words)


def without(pattern: re.Pattern, words: str) -> str:
    """把 pattern 换成空白。"""
    return pattern.sub(lambda found: blank(found[0]), words)


def only(spans: Iterator[tuple[int, int]], words: str) -> str:
    """只留下 spans 里的。"""
    kept = list(blank(words))
    for start, end in spans:
        kept[start:end] = words[start:end]
    return "".join(kept)


def texts(page: Page) -> list[Text]:
    """一页的话：正文，实现的说明，图的标题与替代文字，由程序写的表格（只供引用，不必再核对）。"""
    found = [of_page(page, read(page.path))]
    for path in (*page.implementations, page.figures):
        if path.is_file():
            found.append(of_docstrings(page, path, read(path)))
    tables = {path for _, path, _ in includes(page) if path.suffix == ".md" and path.is_file()}
    return found + [of_table(page, path, read(path)) for path in sorted(tables)]


def includes(page: Page) -> tuple[tuple[int, Path, str], ...]:
    """页面引用的 (行, 文件, 小节)。"""
    return included(page, read(page.path))


@functools.cache
def included(page: Page, words: str) -> tuple[tuple[int, Path, str], ...]:
    """一页写着 words 时引用的；逐句核对时要反复地问。"""
    found = []
    for line, text in enumerate(words.split("\n"), 1):
        for each in sections.references(text) if sections.SIGN in text else ():
            folder = "figures" if each.file.endswith(".svg") else "snippets"
            found.append((line, page.root / folder / each.file, each.section))
    return tuple(found)


@functools.cache
def of_page(page: Page, words: str) -> Text:
    """正文；开头的 YAML 里只有 description 是话。"""

    def description(front: re.Match) -> str:
        found = DESCRIPTION.search(front[0])
        return only(iter([found.span(1)] if found else []), front[0])

    words = without_fences(FRONT.sub(description, words))
    return Text(page, page.path, words, without(MARKUP, without(TAGGED, words)))


@functools.cache
def of_table(page: Page, path: Path, words: str) -> Text:
    return Text(page, path, words, blank(words))


def without_fences(words: str) -> str:
    """代码块与引用换成空白。"""
    lines, mark = words.split("\n"), ""
    for k, line in enumerate(lines):
        found = FENCE.fullmatch(line.rstrip())
        if mark or found or sections.SIGN in line:
            lines[k] = blank(line)
        if mark:
            mark = "" if re.sub(r"^[ \t>]*", "", line).rstrip() == mark else mark
        elif found:
            mark = found["fence"]
    return "\n".join(lines)


@functools.cache
def of_docstrings(page: Page, path: Path, words: str) -> Text:
    """一个 .py 里各个函数的说明；文件开头的不给读者看，名字以 _ 开头的辅助函数也不。"""
    kept = only((span for name, span in docstrings(words) if not name.startswith("_")), words)
    return Text(page, path, kept, without(CHECKED, kept))


def docstrings(words: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """一个 .py 里的 (函数名, 说明的位置)。"""
    lines = words.split("\n")
    starts = list(itertools.accumulate((len(line) + 1 for line in lines), initial=0))
    for node in ast.walk(ast.parse(words)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            last = (node.body[0].end_lineno or 1) - 1
            start = starts[node.body[0].lineno - 1] + lines[node.body[0].lineno - 1].index('"""') + 3
            yield node.name, (start, starts[last] + lines[last].rindex('"""'))


def section_at(path: Path, line: int) -> str:
    """path 的第 line 行属于哪个小节。"""
    found, _ = sections.split(path, read(path))
    return next((s.name for s in found.values() if s.line < line < s.end), "")
