"""Markdown 扩展：页面的版面。验证紧跟着它的公式，成为公式那一行末尾的记号；“规则”一节框起来。

作者写的次序不必改：公式与“??? success "验证 (n)"”之间常有一两句话，在这里移到它后面。
"""

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from notes.markdown import TAG

CHECK = re.compile(r"验证 \((\d+)\)")
RULE = "规则"
HEADINGS = {"h1", "h2", "h3"}


class PageLayout(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        # 在折叠块、公式都成了元素之后，目录给标题加上链接之前
        md.treeprocessors.register(Arranger(md), "page_layout", 8)


class Arranger(Treeprocessor):
    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            self.move_checks(parent)
        self.box_rules(root)

    def move_checks(self, parent: Element) -> None:
        """同一层里，验证移到它的公式之后。"""
        for check in [child for child in parent if child.tag == "details" and number_of(child)]:
            for position, formula in enumerate(parent):
                if formula is not check and number_of(check) in tags_of(formula):
                    parent.remove(check)
                    parent.insert(position + 1, check)
                    break

    def box_rules(self, root: Element) -> None:
        """“规则”之下、下一个标题之前的，放进一个框里。"""
        for heading in [child for child in root if child.tag == "h2" and "".join(child.itertext()) == RULE]:
            start = list(root).index(heading) + 1
            inside = []
            for child in list(root)[start:]:
                if child.tag in HEADINGS:
                    break
                inside.append(child)
            box = Element("div", {"class": "rule"})
            for child in inside:
                root.remove(child)
                box.append(child)
            root.insert(start, box)


def number_of(details: Element) -> str:
    """折叠块是几号公式的验证；不是验证的是空串。"""
    summary = details.find("summary")
    found = CHECK.fullmatch((summary.text or "").strip()) if summary is not None else None
    return found[1] if found else ""


def tags_of(element: Element) -> list[str]:
    """一条行间公式的编号。"""
    return TAG.findall("".join(element.itertext())) if "arithmatex" in element.get("class", "") else []


def makeExtension(**options) -> PageLayout:
    return PageLayout(**options)
