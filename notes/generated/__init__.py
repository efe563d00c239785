"""由程序写、又存在仓库里的东西，只有这一份清单，按彼此依赖的次序：后面的可以读前面的。

加一种：在这里加一行，并在 .gitattributes 里标上 linguist-generated。
"""

import inspect
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from notes import equations, figures, implementations, sessions
from notes.errors import Fault, Malformed
from notes.executions import draw, execute
from notes.generated import bounds, card, chapters, footer, glossary, report, vectors
from notes.generated.artifact import Artifact
from notes.generated.stylesheet import Stylesheet
from notes.page import Page, page_of, shown_at
from notes.paths import display


def artifacts() -> list[Artifact | Stylesheet]:
    """全部，按依赖的次序。"""
    return [
        # 算子先都核对过；有的会话读这些测试向量
        of_program(vectors.STORED, vectors.text),
        *map(outputs, filter(lambda path: not sessions.missing(path), sessions.files())),
        *drawings(),
        *(table(path, markdown) for path, markdown in implementations.tables().items()),
        of_program(equations.STORED, equations.text),
        of_program(bounds.STORED, bounds.text),
        of_program(report.STORED, report.markdown),
        of_program(card.STORED, card.markdown),
        *chapters.artifacts(),
        of_program(footer.STORED, footer.template),
        of_program(glossary.STORED, glossary.script),
        # 用到哪些字形，要看以上写出的全部页面
        Stylesheet(),
    ]


def of_program(path: Path, make) -> Artifact:
    return Artifact(path, make, f"由 {display(inspect.getsourcefile(make) or '')} 写成")


def outputs(path: Path) -> Artifact:
    """会话里存着的输出。"""

    def make() -> bytes:
        return sessions.rewritten(path, sessions.parse(path), execute(path).outputs)

    return Artifact(path, make, display(path), page_of(path))


def drawings() -> Iterator[Artifact]:
    """各幅图；画图的文件本身写错了的，由 draw 说出来。"""
    for path in figures.files():
        page = page_of(path)
        try:
            found = figures.parse(path)
        except Malformed as error:
            yield Artifact(path, partial(complain, error), display(path), page)
            continue
        for figure in found.values():
            yield Artifact(
                figure.stored, partial(drawing, page, figure.name), partial(shown_at, figure.stored, ""), page
            )


def complain(error: Fault) -> str:
    raise error


def drawing(page: Page, name: str) -> str:
    drawn = draw(page)[name]
    if isinstance(drawn, Malformed):
        raise drawn
    return drawn


def table(path: Path, markdown) -> Artifact:
    """由实现里的 markdown() 写的表格。"""
    return Artifact(path, markdown, display(path.with_suffix(".py")), page_of(path))


def of_page(name: str) -> Iterator[Artifact | Stylesheet]:
    """一页的；公式的指纹各页在一个文件里，只写这一页的一行。"""
    yield from (artifact for artifact in artifacts() if str(artifact.page) == name)
    yield Artifact(equations.STORED, partial(equations.text, name), display(equations.STORED))


def update(page: str | None = None) -> Iterator[str]:
    """按次序改写过时的，逐个说改了什么；写不出来的，说为什么，接着写别的。给了 page，只写这一页的。"""
    for artifact in artifacts() if page is None else of_page(page):
        try:
            if artifact.update():
                yield f"改写了 {artifact}"
        except Fault as error:
            yield str(error)
