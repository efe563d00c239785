"""MkDocs 说的话换成一句：哪个文件、哪一行、什么错。

MkDocs 说英语，又不说行号：警告认它的文字，报错认它的类，行号回到文件里去找。认不出来的照原样说，不会漏掉。
"""

import logging
import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError
from mkdocs.exceptions import Abort, MkDocsException
from pymdownx.snippets import SnippetMissingError

from notes import claims, config, figures, implementations, markdown, sections, sessions
from notes.errors import Fault, Malformed
from notes.files import read
from notes.page import CLAIMS

FOLDERS = ("docs", "snippets", "figures", "overrides")
TEXTS = {".md", ".py", ".pycon", ".svg", ".html"}
# 引用页面与小节的文件夹，与 mkdocs.yml 里 pymdownx.snippets 的 base_path 相同
BASES = ("snippets", "figures")
FAILED = re.compile(r"Error (?:reading|building) page '(.+?)':")


class Ear(logging.Handler):
    """听 MkDocs 的警告与报错；服务器自己的不听，它在别的线程里。"""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name != "mkdocs.livereload":
            self.said.append(record.getMessage())

    @contextmanager
    def listening(self) -> Iterator[None]:
        logger = logging.getLogger("mkdocs")
        logger.addHandler(self)
        propagate, logger.propagate = logger.propagate, False
        try:
            yield
        finally:
            logger.removeHandler(self)
            logger.propagate = propagate


def translate(message: str, root: Path) -> list[str]:
    """MkDocs 的一句警告，换成我们的一句或几句。"""
    for pattern, tell in MESSAGES.items():
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return [str(each) for each in tell(root, **found.groupdict())]
    return [one_line(message)]


def link(sentence: str) -> Callable[..., list[Malformed]]:
    """页面里的一个链接不通。"""

    def tell(root: Path, page: str, link: str, guess: str | None = None) -> list[Malformed]:
        path = root / "docs" / page
        ending = f"；是不是 {guess}" if guess else ""
        line = line_of(path, f"({link}") or line_of(path, link) or 1
        return [Malformed(path, line, sentence.format(link=link) + ending)]

    return tell


def entry(sentence: str) -> Callable[..., list[Malformed]]:
    """目录里的一行不对。"""

    def tell(root: Path, entry: str) -> list[Malformed]:
        path = root / "mkdocs.yml"
        return [Malformed(path, config.line_of(path, "nav", entry), sentence.format(entry=entry))]

    return tell


def omitted(root: Path, pages: str) -> list[Malformed]:
    """没有写进目录的页。"""
    names = [line.strip("- ").replace("\\", "/") for line in pages.splitlines() if line.strip()]
    return [Malformed(root / "docs" / name, 1, "目录里没有这一页；在 mkdocs.yml 的 nav 里加一行") for name in names]


def reference(root: Path, page: str, told: str, link: str) -> list[Malformed]:
    """引用了别的页没有的公式。"""
    path = root / "docs" / page
    return [Malformed(path, line_of(path, f"({link})") or 1, told)]


def option(root: Path, key: str, problem: str) -> list[Malformed]:
    """mkdocs.yml 里的一项不对。导入不了扩展时 MkDocs 印出整个调用栈，只留头尾两行。"""
    path, lines = root / "mkdocs.yml", problem.strip().split("\n")
    told = " ".join(dict.fromkeys([lines[0], lines[-1]]))
    told = "MkDocs 没有这一项" if told.startswith("Unrecognised configuration name") else told
    return [Malformed(path, config.line_of(path, key), f"{key}：{one_line(told)}")]


PAGE = r"Doc file '(?P<page>.+?)' contains "
GUESS = r"(?: Did you mean '(?P<guess>.+?)'\?)?"
# {MkDocs 的警告: 怎样说}
MESSAGES: dict[str, Callable[..., list[Malformed]]] = {
    rf"{PAGE}a link '(?P<link>.+?)', but the target.*? is not found among documentation files\.{GUESS}": link(
        "链接 {link} 指向不存在的页面"
    ),
    rf"{PAGE}a link '(?P<link>.+?)', but the doc '.+?' does not contain an anchor '.+?'\.": link(
        "链接 {link} 的锚点不存在"
    ),
    rf"{PAGE}a link '(?P<link>.+?)', but there is no such anchor on this page\..*": link("链接 {link} 的锚点不存在"),
    rf"{PAGE}an unrecognized relative link '(?P<link>.+?)', it was left as is\.{GUESS}": link(
        "链接 {link} 没有写到 .md 文件"
    ),
    rf"{PAGE}an absolute link '(?P<link>.+?)', it was left as is\.{GUESS}": link(
        "链接 {link} 以 / 开头，应从这一页写起"
    ),
    r"A reference to '(?P<entry>.+?)' is included in the 'nav' configuration, which is not found .*": entry(
        "目录里的 {entry} 不存在"
    ),
    r"An absolute path to '(?P<entry>.+?)' is included in the 'nav' configuration, .*": entry(
        "目录里的 {entry} 以 / 开头，应从 docs/ 写起"
    ),
    r"The following pages exist in the docs directory, but are not included in the \"nav\" configuration:\n(?P<pages>.+)": omitted,
    # 这一句是 notes/site/equation_links.py 说的
    r"(?P<page>\S+\.md)：(?P<told>引用了 (?P<link>\S+) 的式 .+)": reference,
    r"Config value '(?P<key>.+?)': (?P<problem>.+)": option,
}


def explain(error: BaseException, said: list[str], root: Path) -> str:
    """构建不成的原因，一句话；找原因时又出了错的，说的是原来那个。"""
    cause = error
    while isinstance(cause, MkDocsException) and cause.__context__:
        cause = cause.__context__
    page = next((root / "docs" / found[1] for text in reversed(said) if (found := FAILED.match(text))), None)
    try:
        return str(diagnose(cause, page, said, root))
    except Fault as found:
        return str(found)
    except OSError:
        return str(unexpected(cause, page or root / "mkdocs.yml", root))


def diagnose(error: BaseException, page: Path | None, said: list[str], root: Path) -> Fault:
    """按报错的类，到文件里找出是哪一行。"""
    settings = root / "mkdocs.yml"
    if isinstance(error, Fault):
        return error
    if isinstance(error, UnicodeDecodeError | yaml.YAMLError):
        for path in [settings, *texts(root)]:
            read(path)
    if isinstance(error, yaml.YAMLError):
        return config.bad_yaml(settings, error)
    if isinstance(error, SnippetMissingError) and page:
        return missing_include(page, error, root)
    if isinstance(error, TemplateSyntaxError):
        return Malformed(error.filename or settings, error.lineno, f"模板的语法错误：{error.message}")
    if isinstance(error, TemplateError):
        return template(error, page, root)
    if isinstance(error, Abort):
        told = [each for message in said for each in translate(message, root)]
        return Fault(told[-1] if told else one_line(str(error)))
    if isinstance(error, MkDocsException) and not page:
        return Malformed(settings, 1, one_line(error.message))
    if isinstance(error, MkDocsException):
        return Fault(error.message)
    return unexpected(error, page or settings, root)


def missing_include(page: Path, error: SnippetMissingError, root: Path) -> Fault:
    """页面引用的哪一个文件、哪一个小节不在。"""
    for line, text in enumerate(read(page).split("\n"), 1):
        for found in sections.references(text):
            if sentence := absent(found, root):
                return Malformed(page, line, sentence)
    return Malformed(page, 1, one_line(str(error)))


def absent(found: sections.Reference, root: Path) -> str:
    """一处引用指向的东西哪里不在；在就是空串。小节没有写完的，由 sections.split 说。"""
    path = next((root / base / found.file for base in BASES if (root / base / found.file).is_file()), None)
    if path and found.section and path.suffix in sections.MARKERS:
        known, _ = sections.split(path, read(path))
        return "" if found.section in known else f"{found.file} 里没有小节 {found.section}"
    if path:
        return ""
    if found.file.endswith(".svg"):
        return f"图 {found.file} 还没有画；写好画图的函数，再运行 make update"
    if found.file.endswith(".md"):
        return f"表格 {found.file} 还没有写出；运行 make update"
    return f"没有 {found.file} 这个文件"


def template(error: TemplateError, page: Path | None, root: Path) -> Fault:
    """模板里的错：用到的模板没有，或者运行到一半报错。"""
    told = f"没有模板 {error.name}" if isinstance(error, TemplateNotFound) else f"模板运行不了：{error.message}"
    if place := last_frame(error, root):
        return Malformed(*place, told)
    name = error.name if isinstance(error, TemplateNotFound) else None
    users = [path for path in [*([page] if page else []), *(root / "overrides").rglob("*.html")] if name]
    for path in users:
        if line := line_of(path, str(name)):
            return Malformed(path, line, told)
    return Malformed(page or root / "mkdocs.yml", 1, told)


def unexpected(error: BaseException, path: Path, root: Path) -> Fault:
    """没有料到的报错：指到它最后经过的、我们自己的文件。"""
    place = last_frame(error, root) or (path, 1)
    return Malformed(*place, one_line(f"{type(error).__name__}: {error}"))


def last_frame(error: BaseException, root: Path) -> tuple[Path, int] | None:
    """报错最后经过模板的哪一行；Jinja 把模板也写进调用栈。"""
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if Path(frame.filename).is_relative_to(root / "overrides")]
    return (Path(inside[-1].filename), inside[-1].lineno or 1) if inside else None


def texts(root: Path) -> Iterator[Path]:
    """网站由哪些文本写成。"""
    for folder in FOLDERS:
        yield from (path for path in sorted((root / folder).rglob("*")) if path.suffix in TEXTS)


def broken_rules(path: Path, root: Path) -> str:
    """一个文件写得不合约定的第一处；网站照样能看，所以只是提醒。"""
    kind = CLAIMS if path.name.endswith(CLAIMS) else path.suffix
    parse = READERS.get((path.relative_to(root).parts[0], kind))
    try:
        if parse:
            parse(path)
    except Malformed as error:
        return str(error)
    except OSError:
        return ""  # 刚刚删掉了，马上会再构建一遍
    return ""


READERS: dict[tuple[str, str], Callable[[Path], object]] = {
    ("docs", ".md"): markdown.parse,
    ("snippets", ".py"): implementations.parse,
    ("snippets", ".pycon"): sessions.parse,
    ("snippets", CLAIMS): claims.parse,
    ("figures", ".py"): figures.parse,
}


def line_of(path: Path, text: str) -> int | None:
    """text 在 path 的哪一行第一次出现。"""
    lines = enumerate(read(path).split("\n"), 1) if path.is_file() else []
    return next((line for line, content in lines if text in content), None)


def one_line(text: str) -> str:
    return " ".join(text.split())
