"""读一页 Markdown：标题、编号公式、折叠块、代码块，以及页面从别处取来的东西。

这里按行读，不经渲染，所以报错时有行号；渲染之后的另一道检查在 notes/site/html.py。
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from notes import sections
from notes.errors import Malformed
from notes.files import read

LANGUAGES = {"python": ".py", "pycon": ".pycon", "console": ".console", "doscon": ".doscon"}

FENCE = re.compile(r"(?P<prefix>(?:[ \t>]|[-*+] |\d+[.)] )*)(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)")
HEADING = re.compile(r"(#{1,6}) +(.+?)(?: +#+)?(?: *\{[^}]*\})?")
FOLD = re.compile(r'\s*\?\?\? \w+ "(.+)"')
CONTAINER = re.compile(r"(?:!!!|\?\?\?\+?|===[!+]*|\[\^[^\]]+\]:|[-*+] |\d+[.)] |: )")
RAW_HTML = re.compile(r"</?(?:pre|code|textarea|script)\b", re.IGNORECASE)
DISPLAY = re.compile(r"^[ \t>]*\$\$[ \t]*\n(.*?)^[ \t>]*\$\$", re.MULTILINE | re.DOTALL)
TAG = re.compile(r"\\tag\{([^}]*)\}")


@dataclass(frozen=True)
class Heading:
    line: int
    level: int
    text: str


@dataclass(frozen=True)
class Equation:
    """编号公式：\\tag 所在的行、编号，以及整条公式的 TeX。"""

    line: int
    number: str
    tex: str


@dataclass(frozen=True)
class Fold:
    """折叠块：第一行在哪里，标题是什么。"""

    line: int
    title: str


@dataclass(frozen=True)
class Include:
    """页面引用的一块：哪个文件的哪个小节；引用整个文件时小节是空串。"""

    line: int
    file: str
    section: str


@dataclass
class Markdown:
    """一页里读出来的东西。includes 是代码块里的引用，generated 是代码块之外的图与表格。"""

    path: Path
    text: str
    meta: dict = field(default_factory=dict)
    headings: list[Heading] = field(default_factory=list)
    includes: list[Include] = field(default_factory=list)
    generated: list[Include] = field(default_factory=list)
    equations: list[Equation] = field(default_factory=list)
    folds: list[Fold] = field(default_factory=list)

    def trail(self, line: int) -> list[str]:
        """第 line 行在哪几层标题之下，由外到内。"""
        found: list[Heading] = []
        for heading in self.headings:
            if heading.line > line:
                break
            found = [outer for outer in found if outer.level < heading.level] + [heading]
        return [heading.text for heading in found]


@dataclass
class Fence:
    """正在读的代码块。"""

    mark: str
    language: str
    line: int
    count: int = 0

    def closed_by(self, text: str) -> bool:
        mark = re.sub(r"^[ \t>]*", "", text).rstrip()
        return len(mark) >= len(self.mark) and set(mark) == set(self.mark)


def parse(path: Path) -> Markdown:
    """读一页。页面里直接写代码、语言不认识、代码块没有结束，都是错。"""
    text = read(path)
    page, fence, containers = Markdown(path, text, front_matter(path, text)), None, Containers()
    for line, content in enumerate(text.split("\n"), 1):
        if fence:
            if fence.closed_by(content):
                fence, containers.blank = None, True
            else:
                add_include(page, line, content, fence)
        elif found := FENCE.fullmatch(content.rstrip()):
            fence = open_fence(path, line, found)
        elif containers.is_code(content):
            raise Malformed(path, line, "缩进写成的代码块；代码请放进 snippets/，用 --8<-- 引用")
        else:
            read_line(page, line, content)
    if fence:
        raise Malformed(path, fence.line, "代码块没有结束")
    page.equations = equations(text)
    return page


def front_matter(path: Path, text: str) -> dict:
    """页面开头两行 --- 之间的 YAML。"""
    from mkdocs.utils import meta  # 网页里的 Python 也导入这个模块，那里没有 MkDocs

    try:
        body, found = meta.get_data(text)
    except Exception as error:
        raise Malformed(path, 1, f"开头的 YAML 读不懂：{error}") from None
    if body == text and text.startswith("---\n"):
        raise Malformed(path, 1, "开头的 YAML 读不懂，应是“名字: 值”，写在两行 --- 之间")
    return found


def open_fence(path: Path, line: int, found: re.Match) -> Fence:
    language = (re.match(r"[\s{.]*([^\s{}]*)", found["info"]) or found)[1]
    if language not in LANGUAGES:
        given = f"不认识的语言 {language}" if language else "代码块没有写语言"
        raise Malformed(path, line, f"{given}，应为 " + " 或 ".join(LANGUAGES))
    return Fence(found["fence"], language, line)


def add_include(page: Markdown, line: int, text: str, fence: Fence) -> None:
    """代码块里只能有一行引用，扩展名与语言相符。"""
    if not text.strip():
        return
    found = sections.reference(re.sub(r"^[ \t>]*", "", text).rstrip())
    if not found or not found.section:
        raise Malformed(page.path, line, "代码直接写在页面里；请放进 snippets/，用 --8<-- 引用")
    fence.count += 1
    if fence.count > 1:
        raise Malformed(page.path, line, "一个代码块只引用一个小节")
    if not found.file.endswith(LANGUAGES[fence.language]):
        raise Malformed(page.path, line, f"{fence.language} 代码块应引用 {LANGUAGES[fence.language]} 文件")
    page.includes.append(Include(line, found.file, found.section))


def read_line(page: Markdown, line: int, text: str) -> None:
    """代码块之外的一行：图与表格、标题、折叠块的标题。"""
    if sections.SIGN in text:
        page.generated.append(generated(page.path, line, text))
    if RAW_HTML.search(re.sub(r"`[^`]*`", "", text)):
        raise Malformed(page.path, line, "页面里不写 HTML 的代码块")
    if heading := HEADING.fullmatch(text.rstrip()):
        page.headings.append(Heading(line, len(heading[1]), heading[2]))
    if fold := FOLD.fullmatch(text.rstrip()):
        page.folds.append(Fold(line, fold[1]))


def generated(path: Path, line: int, text: str) -> Include:
    """代码块之外的引用：由程序画的图（整个文件），由程序写的表格（整个文件或一个小节）。"""
    found = sections.reference(text.rstrip())
    suffix = Path(found.file).suffix if found else ""
    if not found or suffix not in (".svg", ".md") or (suffix == ".svg" and found.section):
        raise Malformed(path, line, "代码块之外只引用图（.svg）与生成的表格（.md），顶格独占一行")
    return Include(line, found.file, found.section)


def equations(text: str) -> list[Equation]:
    """行间公式里的编号，按先后。"""
    found = []
    for display in DISPLAY.finditer(text):
        for tag in TAG.finditer(display[1]):
            line = text.count("\n", 0, display.start(1) + tag.start()) + 1
            found.append(Equation(line, tag[1], display[1]))
    return found


class Containers:
    """列表、提示框、标签页一层层的缩进，用来认出缩进写成的代码块。"""

    def __init__(self) -> None:
        self.indents = [0]
        self.blank = True

    def is_code(self, text: str) -> bool:
        bare = text.expandtabs(4)
        if not bare.strip():
            self.blank = True
            return False
        indent = len(bare) - len(bare.lstrip())
        if self.blank:
            while indent < self.indents[-1]:
                self.indents.pop()
        code = self.blank and indent >= self.indents[-1] + 4
        if not code and CONTAINER.match(bare.lstrip()):
            # 按 Python-Markdown 的规矩，里面的内容缩进 4 格，与标记写了几个字符无关
            base = indent - indent % 4
            self.indents = [k for k in self.indents if k <= base] + [base + 4]
        self.blank = bare.lstrip().startswith("#")
        return code
