"""每一页一本笔记本（.ipynb）：自带要用的实现，只装 numpy 与 Jupyter 就能从上到下运行，不需要这个仓库。

文字照页面的次序，会话成了代码格，输出是存着的那些；别页的实现连同它们用到的，在开头折叠着的格里。
没有会话的页（各章的首页、验证报告）没有笔记本。格式是 nbformat 4.5，就是 JSON；tests/notebooks/ 用
nbformat 检查每一本，再用 nbclient 执行。
"""

import base64
import gzip
import inspect
import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from notes import config, consoles, sessions
from notes.errors import Malformed
from notes.files import read, write
from notes.notebooks import library, prose
from notes.notebooks.blocks import Block, Code, Figure, Group, Text, blocks
from notes.notebooks.needed import Needed
from notes.notebooks.outputs import Output, cells_of, lines
from notes.notebooks.prepare import prepare
from notes.page import Page, page_of
from notes.paths import ROOT, SNIPPETS
from notes.requirements import pinned

ANSWER = "答案"
# 会话读的仓库里的文件
STORED = re.compile(r'Path\("(docs/[^"]+)"\)')
# 折叠着的格：准备与用到的实现；答案连输出也收着
FOLDED = {"jupyter": {"source_hidden": True}}
ANSWERED = {"jupyter": {"source_hidden": True, "outputs_hidden": True}}


def with_notebooks() -> list[Page]:
    """有笔记本的页，按目录的次序。"""
    return [page for page in map(Page, config.reading_order()) if page.sessions]


def write_all(site: Path) -> None:
    """网站里各页的笔记本，放进 site/notebooks/。"""
    for page in with_notebooks():
        if page.html(site).is_file():
            write(page.notebook(site), text(page))


def text(page: Page) -> str:
    """一页的笔记本的全文。"""
    return json.dumps(notebook(page), ensure_ascii=False, indent=1) + "\n"


def notebook(page: Page) -> dict:
    return {
        "cells": list(Builder(page).cells()),
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


@dataclass
class Builder:
    """逐块写出各格。said 是攒着的文字，count 是已经写了几格。"""

    page: Page
    said: list[str] = field(default_factory=list)
    count: int = 0

    def cells(self) -> Iterator[dict]:
        first, *rest = blocks(self.page)
        if not isinstance(first, Text):
            raise Malformed(self.page.path, 1, "开头不是标题，写不成笔记本")
        title, _, following = first.text.partition("\n")
        needed = Needed.by(self.page)
        self.say(f"{title}\n\n{about(self.page, needed)}")
        yield from self.flush()
        yield self.code(f"{inspect.getsource(prepare)}\n\nprepare()\ndel prepare", FOLDED)
        yield from self.borrowed(needed)
        yield from self.written([Text(following.strip("\n")), *rest], needed)
        yield from self.flush()

    def borrowed(self, needed: Needed) -> Iterator[dict]:
        """开头折叠着的：用到的实现与数据。"""
        for path in needed.data:
            yield self.code(data(path, SNIPPETS), FOLDED)
        for path in read_by(self.page):
            yield self.code(data(path, ROOT), FOLDED)
        for module in needed.library.ordered():
            own = module == needed.own
            source = needed.library.source(module, library.implementation(module).sections if own else ())
            yield self.code(f"%%module {module}\n{source}", FOLDED)

    def written(self, found: list[Block], needed: Needed, folded: dict | None = None) -> Iterator[dict]:
        """各块写成的格；folded 是答案里的格怎样收着。"""
        for block in found:
            if isinstance(block, Text):
                self.say(prose.converted(self.page, block.text), folded)
            elif isinstance(block, Figure):
                yield from self.flush()
                self.say(prose.figure(block.file))
                yield from self.flush()
            elif isinstance(block, Code):
                yield from self.shown(block, needed, folded or {})
            else:
                yield from self.opened(block, needed, folded)

    def opened(self, group: Group, needed: Needed, folded: dict | None) -> Iterator[dict]:
        """提示框是引文；答案收着；验证的标题自成一行；标签页只有代码的，不必写标题。"""
        if group.mark == "!!!":
            inside = "\n\n".join(block.text for block in group.inside if isinstance(block, Text))
            quoted = prose.converted(self.page, f"**{group.title}**\n\n{inside}")
            self.say(textwrap.indent(quoted, "> ", lambda _: True))
            yield from self.written([block for block in group.inside if not isinstance(block, Text)], needed, folded)
            return
        if group.title == ANSWER:
            yield from self.written(group.inside, needed, ANSWERED)
            return
        if not all(isinstance(block, Code) and runs(block) for block in group.inside) or group.mark != "===":
            self.say(f"**{group.title}**", folded)
        yield from self.written(group.inside, needed, folded)

    def shown(self, block: Code, needed: Needed, folded: dict) -> Iterator[dict]:
        """页面上的一块代码。"""
        path = SNIPPETS / block.file
        if path.suffix == ".py":
            yield from self.flush()
            yield self.code(needed.shown(block.file, block.section), folded)
        elif path.suffix == ".pycon" and (block.file, block.section) not in needed.unfit:
            yield from self.flush()
            for source, output in cells_of(path, block.section):
                yield self.code(source, folded, output)
        else:
            told = "（这一块要用核对本站的程序，只能在仓库里运行。）\n\n" if path.suffix == ".pycon" else ""
            self.say(f"{told}```{path.suffix[1:]}\n{printed(path, block.section)}\n```")

    def say(self, words: str, folded: dict | None = None) -> None:
        if words and folded:
            words = f"<details><summary>{ANSWER}</summary>\n\n{words}\n\n</details>"
        if words:
            self.said.append(words)

    def flush(self) -> Iterator[dict]:
        if self.said:
            yield self.cell("markdown", "\n\n".join(self.said), {})
        self.said = []

    def code(self, source: str, metadata: dict, output: Output | None = None) -> dict:
        made = self.cell("code", source, metadata | (output.metadata if output else {}))
        return made | {"execution_count": None, "outputs": output.outputs if output else []}

    def cell(self, kind: str, source: str, metadata: dict) -> dict:
        self.count += 1
        return {"cell_type": kind, "id": f"cell-{self.count}", "metadata": metadata, "source": lines(source)}


def about(page: Page, needed: Needed) -> str:
    """开头的一段：这一本怎样运行，自带的实现来自哪几页。"""
    site = config.published()
    there = f"{site}{page.url}" if site else prose.relative(page.html(Path()), page.notebook(Path()).parent)
    others = [Page(module.replace(".", "/")) for module in needed.library.ordered() if module != needed.own]
    others = [each for each in dict.fromkeys(page_of(each.implementation) for each in others) if each != page]
    linked = (f"[{each.title}]({prose.address(page, prose.relative(each.path, page.path.parent))})" for each in others)
    sources = f"别页的实现来自{'、'.join(linked)}。" if others else ""
    return (
        f"这是[网站上的同一页]({there})，写成一本自己就能运行的笔记本：要用的实现都在里面，"
        f"装了 numpy（{pinned()['numpy']}）与 Jupyter 就能从上到下运行，不需要别的文件。"
        "开头折叠着的几格是准备，以及后面的例子先要用到的实现；正文里 `%%module` 开头的格是这一页讲的实现，"
        f"改了再运行，后面的格用的就是新的。`%%session` 开头的格另要一个包，没有装就不运行。{sources}"
    )


def runs(block: Code) -> bool:
    return block.file.endswith((".py", ".pycon"))


def printed(path: Path, name: str) -> str:
    """一个小节在页面上的样子。"""
    if path.suffix == ".pycon":
        return "\n".join(text for step in sessions.parse(path)[name].steps for text in [*step.shown(), *step.want])
    return "\n".join(text for _, text in consoles.parse(path)[name].lines).strip("\n")


def read_by(page: Page) -> list[Path]:
    """会话读的仓库里的文件：docs/test-vectors.json。"""
    found = {name for path in page.sessions for name in STORED.findall(read(path))}
    return [ROOT / name for name in sorted(found)]


def data(path: Path, root: Path) -> str:
    """一个数据文件写成一格：短的照原样；长的、不是文字的，压缩之后写成 base64。"""
    name, content = path.relative_to(root).as_posix(), path.read_bytes()
    if len(content) < 10_000:
        return f"%%data {name}\n{read(path)}"
    packed = base64.encodebytes(gzip.compress(content, 9, mtime=0)).decode()
    return f"%%data gzip {name}\n{packed}"
