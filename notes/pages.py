"""页面（.md）：找出标题、代码块、编号公式，并知道每一小节印在哪一页的哪一行。

这里按行读 Markdown，不经渲染，所以报错时有行号；渲染之后的另一道检查在 test_site.py。
"""

import re
from dataclasses import dataclass, field

import yaml

from notes.files import ROOT, Malformed, display, read

DOCS = ROOT / "docs"
LANGUAGES = {"python": ".py", "pycon": ".pycon"}

FENCE = re.compile(r"(?P<prefix>(?:[ \t>]|[-*+] |\d+[.)] )*)(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)")
INCLUDE = re.compile(r'--8<-- "([^":]+):([a-z][a-z0-9_-]*)"')
# 代码块之外：由程序画的图（整个文件），由程序写的表格（整个文件或一个小节）
GENERATED = re.compile(r'--8<-- "([^":]+\.svg|[^":]+\.md)(?:(?<=\.md):([a-z][a-z0-9_-]*))?"')
HEADING = re.compile(r"(#{1,6}) +(.+?)(?: +#+)?(?: *\{[^}]*\})?")
CONTAINER = re.compile(r"(?:!!!|\?\?\?\+?|===[!+]*|\[\^[^\]]+\]:|[-*+] |\d+[.)] |: )")
RAW_HTML = re.compile(r"</?(?:pre|code|textarea|script)\b", re.IGNORECASE)
DISPLAY = re.compile(r"^[ \t>]*\$\$[ \t]*\n(.*?)^[ \t>]*\$\$", re.MULTILINE | re.DOTALL)
TAG = re.compile(r"\\tag\{([^}]*)\}")


@dataclass
class Include:
    """页面引用的一块：哪个文件的哪个小节；引用整个文件时小节是空串。"""

    line: int
    file: str
    section: str


@dataclass
class Page:
    path: object
    headings: list = field(default_factory=list)
    includes: list = field(default_factory=list)
    generated: list = field(default_factory=list)
    tags: list = field(default_factory=list)
    folds: list = field(default_factory=list)
    formulas: dict = field(default_factory=dict)

    @property
    def title(self):
        return self.headings[0][2] if self.headings else self.path.stem

    def where(self, line):
        """读者眼里的位置：页面:行号 · 标题 › 标题。"""
        trail = []
        for at, level, text in self.headings:
            if at > line:
                break
            trail = [(k, t) for k, t in trail if k < level] + [(level, text)]
        return f"{display(self.path)}:{line} · " + " › ".join(text for _, text in trail)


def parse(path):
    """读一页。页面里直接写代码、语言不认识、代码块没有结束，都是错。"""
    page = Page(path)
    fence = None
    containers = Containers()
    for line, text in enumerate(read(path).split("\n"), 1):
        if fence:
            if closes(text, fence):
                fence = None
                containers.blank = True
            else:
                add_include(page, line, text, fence)
            continue
        found = FENCE.fullmatch(text.rstrip())
        if found:
            fence = open_fence(path, line, found)
        elif containers.is_code(text):
            raise Malformed(path, line, "缩进写成的代码块；代码请放进 snippets/，用 --8<-- 引用")
        else:
            read_line(page, line, text)
    if fence:
        raise Malformed(path, fence["line"], "代码块没有结束")
    page.formulas = {n: tex for tex in DISPLAY.findall(read(path)) for n in TAG.findall(tex)}
    return page


def open_fence(path, line, found):
    language = re.match(r"[\s{.]*([^\s{}]*)", found["info"])[1]
    if language not in LANGUAGES:
        given = f"不认识的语言 {language}" if language else "代码块没有写语言"
        raise Malformed(path, line, f"{given}，应为 " + " 或 ".join(LANGUAGES))
    return {"mark": found["fence"], "language": language, "line": line, "count": 0}


def closes(text, fence):
    mark = re.sub(r"^[ \t>]*", "", text).rstrip()
    return len(mark) >= len(fence["mark"]) and set(mark) == set(fence["mark"])


def add_include(page, line, text, fence):
    """代码块里只能有一行引用，扩展名与语言相符。"""
    if not text.strip():
        return
    found = INCLUDE.fullmatch(re.sub(r"^[ \t>]*", "", text).rstrip())
    if not found:
        raise Malformed(page.path, line, "代码直接写在页面里；请放进 snippets/，用 --8<-- 引用")
    file, section = found.groups()
    fence["count"] += 1
    if fence["count"] > 1:
        raise Malformed(page.path, line, "一个代码块只引用一个小节")
    if not file.endswith(LANGUAGES[fence["language"]]):
        raise Malformed(page.path, line, f"{fence['language']} 代码块应引用 {LANGUAGES[fence['language']]} 文件")
    page.includes.append(Include(line, file, section))


def read_line(page, line, text):
    """代码块之外的一行：标题、公式编号、折叠块的标题、图与表格。"""
    if "--8<--" in text:
        found = GENERATED.fullmatch(text.rstrip())
        if not found:
            raise Malformed(page.path, line, "代码块之外只引用图（.svg）与生成的表格（.md），顶格独占一行")
        page.generated.append(Include(line, found[1], found[2] or ""))
    if RAW_HTML.search(re.sub(r"`[^`]*`", "", text)):
        raise Malformed(page.path, line, "页面里不写 HTML 的代码块")
    heading = HEADING.fullmatch(text.rstrip())
    if heading:
        page.headings.append((line, len(heading[1]), heading[2]))
    fold = re.fullmatch(r'\s*\?\?\? \w+ "(.+)"', text.rstrip())
    if fold:
        page.folds.append((line, fold[1]))
    page.tags.extend((line, number) for number in TAG.findall(text))


class Containers:
    """列表、提示框、标签页一层层的缩进，用来认出缩进写成的代码块。"""

    def __init__(self):
        self.indents = [0]
        self.blank = True

    def is_code(self, text):
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


def pages(root=DOCS):
    """{路径: 页}，全部页面。"""
    return {path: parse(path) for path in sorted(root.rglob("*.md"))}


def shown_at(file, section, root=DOCS):
    """file 的 section 印在哪里；没有页面印它时返回 None。"""
    for page in pages(root).values():
        for include in [*page.includes, *page.generated]:
            if (include.file, include.section) == (file, section):
                return page.where(include.line)
    return None


def nav():
    """mkdocs.yml 的目录 [(章, [页])]，页写成 a/b；文件里别处有 !!python 标签，所以只读这一段。"""
    text = re.search(r"^nav:\n(?:[ -].*\n|\n)+", read(ROOT / "mkdocs.yml"), re.MULTILINE)[0]
    for entry in yaml.safe_load(text)["nav"]:
        for chapter, pages in entry.items():
            yield chapter, [p.removesuffix(".md") for p in ([pages] if isinstance(pages, str) else pages)]
