"""构建出的一页 HTML：里面的代码块、链接与资源，链接通不通，资源是不是自己的。"""

import functools
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from notes.page import Page

# Document 要看的元素，以及里面的文字不当作标签的；别的元素没有下面几个属性，就与它无关：一页里十有八九是这样的
KEPT = r"(?:a|aside|data|iframe|link|meta|pre|script|style|textarea|title)\b"
PLAIN = r"(?: (?!(?:id|src|srcset|poster|data)=)[\w:-]+(?:=\"[^\"]*\")?)*"
IRRELEVANT = re.compile(rf"</(?!{KEPT})[a-z][\w-]*>|<(?!{KEPT})[a-z][\w-]*{PLAIN}>")
CLASS = re.compile(r'\sclass="([^"]*)"')
RUN = re.compile(r'<button class="run"[^>]*>[^<]*</button>')  # 代码块里的按钮不是代码，见 runtime.py


class Document(HTMLParser):
    """一页 HTML 里的代码块、锚点、链接、引用的资源、head 里的 meta，以及页脚“由测试核对”的一段。"""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.resources: list[str] = []
        self.meta: dict[str, str] = {}
        self.verified = ""
        self.depth = self.footer = 0
        text = path.read_text(encoding="utf-8")
        self.classes = set(" ".join(CLASS.findall(text)).split())
        self.feed(IRRELEVANT.sub("", RUN.sub("", text)))  # 逐个标签地读很慢，公式与着色的标签又多

    @classmethod
    @functools.cache
    def at(cls, path: Path) -> "Document":
        return cls(path)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.ids.add(attributes["id"])
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        if tag == "meta" and attributes.get("content"):
            self.meta[attributes.get("property") or attributes.get("name") or ""] = attributes["content"]
        for key in ("src", "srcset", "poster", "data"):
            if attributes.get(key):
                self.resources.append(attributes[key])
        if tag == "link" and attributes.get("rel") not in ("canonical", "prev", "next", "alternate"):
            self.resources.append(attributes.get("href", ""))
        if tag == "aside" and (self.footer or attributes.get("class") == "verified"):
            self.footer += 1
        if tag == "pre":
            self.depth += 1
            self.blocks.append("")

    def handle_endtag(self, tag):
        if tag == "pre":
            self.depth -= 1
        if tag == "aside" and self.footer:
            self.footer -= 1

    def handle_data(self, data):
        if self.depth:
            self.blocks[-1] += data
        if self.footer:
            self.verified += data


def broken_links(site: Path, page: Page, absent: tuple[str, ...] = ()) -> list[str]:
    """这一页里不通的链接，各一句话；absent 里的网址本来就不在这个网站里，不算。"""
    html = page.html(site)
    base = "/" + html.relative_to(site).as_posix()
    told = (broken(site, base, href, absent) for href in Document.at(html).links)
    return [sentence for sentence in told if sentence]


def broken(site: Path, base: str, href: str, absent: tuple[str, ...]) -> str:
    """一个链接哪里不通；通的、站外的返回空串。"""
    if urlsplit(href).scheme or href.startswith("//"):
        return ""
    address, fragment = urldefrag(urljoin(base, href))
    if address.startswith(absent):
        return ""
    file = site / unquote(address).lstrip("/")
    file = file / "index.html" if file.is_dir() else file
    if not file.is_file():
        return f"链接 {href} 指向不存在的页面"
    known = not fragment or file.suffix != ".html" or unquote(fragment) in Document.at(file).ids
    return "" if known else f"链接 {href} 的锚点不存在"


def foreign_resources(site: Path, page: Page) -> list[str]:
    """这一页从别的网站加载的资源。"""
    return [r for r in Document.at(page.html(site)).resources if re.match(r"(?:https?:)?//", r)]
