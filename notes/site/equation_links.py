"""Markdown 扩展：正文里的 (n)、式 (n) 变成链接，指向编号 n 的公式；紧跟着页面链接的，指向那一页的公式。

别的页的公式，另在正文末尾备一份（不显示），指着链接时由 docs/assets/equations.js 显示出来。
MkDocs 与 Zensical 用的是同一份。代码、公式、标题、折叠块的标题里的 (n) 不是引用。
"""

import logging
import posixpath
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from notes.files import read
from notes.markdown import TAG, equations
from notes.paths import DOCS

# “mkdocs.” 之下的警告计入 mkdocs build --strict
log = logging.getLogger("mkdocs.equation_links")

NUMBER = re.compile(r"\((\d+)\)")
# 页面链接之后：“的式 (1)”“式 (1)、(2)”“的 (5) 与 (7)”
AFTER_LINK = re.compile(r"(?:的|里的|一页的)?(?:式|公式)?\s*\(\d+\)(?:\s*[、与和]\s*(?:式\s*)?\(\d+\))*")
SKIPPED = {"a", "code", "pre", "script", "style", "summary", "h1", "h2", "h3", "h4", "h5", "h6"}


class EquationLinks(Extension):
    """登记两个处理器：先看这一页有哪些编号，再把引用换成链接。"""

    def extendMarkdown(self, md: Markdown) -> None:
        linker = Linker(md)
        md.preprocessors.register(Collector(md, linker), "equation_numbers", 0)
        # 在行内语法之后（链接已经认出来）、MkDocs 换链接之前
        md.treeprocessors.register(linker, "equation_links", 1)


class Collector(Preprocessor):
    def __init__(self, md: Markdown, linker: "Linker") -> None:
        super().__init__(md)
        self.linker = linker

    def run(self, lines: list[str]) -> list[str]:
        self.linker.numbers = set(TAG.findall("\n".join(lines)))
        return lines


class Linker(Treeprocessor):
    """numbers 是这一页的编号；previews 是要备着的别页的公式。"""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.numbers: set[str] = set()
        self.previews: dict[str, str] = {}

    def run(self, root: Element) -> None:
        self.previews = {}
        self.visit(root)
        if self.previews:
            box = SubElement(root, "div", {"class": "equation-previews", "hidden": "hidden"})
            for key, tex in self.previews.items():
                formula = SubElement(SubElement(box, "div", {"data-equation": key}), "div", {"class": "arithmatex"})
                formula.text = AtomicString(f"\\[{tex}\\]")

    def visit(self, element: Element) -> None:
        """element 里面的文字；链接之后的文字要连着链接看。"""
        if element.tag in SKIPPED or "arithmatex" in element.get("class", ""):
            return
        for child in list(element):
            self.visit(child)
            self.after(element, child)
        if element.text and not isinstance(element.text, AtomicString):
            self.replace(element, None, list(self.own(element.text)))

    def after(self, parent: Element, child: Element) -> None:
        """child 之后的文字。"""
        tail = child.tail
        if not tail or isinstance(tail, AtomicString):
            return
        target = child.get("href", "").partition("#")[0] if child.tag == "a" else ""
        found = AFTER_LINK.match(tail) if target.endswith(".md") else None
        parts: list[str | Element] = []
        if found:
            parts += self.cross(found[0], target)
            tail = tail[found.end() :]
        self.replace(parent, child, [*parts, *self.own(tail)])

    def own(self, text: str) -> Iterator[str | Element]:
        """这一页的公式。"""
        for k, piece in enumerate(NUMBER.split(text)):
            if k % 2 == 0:
                yield piece
            elif piece in self.numbers:
                yield link(f"#eq-{piece}", piece)
            else:
                yield f"({piece})"

    def cross(self, text: str, target: str) -> Iterator[str | Element]:
        """target 那一页的公式，target 是相对这一页的 .md。"""
        known = self.equations_of(target)
        for k, piece in enumerate(NUMBER.split(text)):
            if k % 2 == 0:
                yield piece
            elif piece in known:
                name = posixpath.splitext(self.resolved(target))[0]
                self.previews[f"{name}#{piece}"] = TAG.sub("", known[piece]).strip()
                yield link(f"{target}#eq-{piece}", piece, f"{name}#{piece}")
            else:
                log.warning("%s：引用了 %s 的式 (%s)，那一页没有这条公式", self.own_path(), target, piece)
                yield f"({piece})"

    def equations_of(self, target: str) -> dict[str, str]:
        path = DOCS / self.resolved(target)
        return {e.number: e.tex for e in equations(read(path))} if path.is_file() else {}

    def resolved(self, target: str) -> str:
        """相对 docs/ 的路径。"""
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.own_path()), target))

    def own_path(self) -> str:
        """这一页相对 docs/ 的路径：MkDocs 与 Zensical 各有一个处理器知道。"""
        if "relpath" in self.md.treeprocessors:
            return self.md.treeprocessors["relpath"].file.src_uri
        if "rendering_context" in self.md.preprocessors:
            return self.md.preprocessors["rendering_context"].page.path
        return ""

    @staticmethod
    def replace(parent: Element, before: Element | None, parts: list[str | Element]) -> None:
        """把 before 之后（没有 before 就是 parent 开头）的文字换成 parts。"""
        if len(parts) == 1:
            return
        position = list(parent).index(before) + 1 if before is not None else 0
        last, text = before, ""
        for part in [*parts, None]:
            if isinstance(part, str):
                text += part
                continue
            if last is None:
                parent.text = text
            else:
                last.tail = text
            if part is not None:
                parent.insert(position, part)
                position, last, text = position + 1, part, ""


def link(address: str, number: str, key: str = "") -> Element:
    """一个引用；key 是备着的那一份的名字，本页的公式不用备。"""
    element = Element("a", {"class": "equation-link", "href": address})
    if key:
        element.set("data-equation", key)
        # 即时导航换页的同时又把网址换成读到的小节，跳转就落空：这样的链接照常打开
        element.set("target", "_self")
    element.text = AtomicString(f"({number})")
    return element


def makeExtension(**options) -> EquationLinks:
    return EquationLinks(**options)
