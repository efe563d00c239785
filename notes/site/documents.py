"""构建出的一页 HTML：里面的代码块、链接与资源，链接通不通，资源是不是自己的。"""

import functools
import re
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from notes.pages import DOCS


class Document(HTMLParser):
    """一页 HTML 里的代码块、锚点、链接，以及引用的资源。"""

    def __init__(self, path):
        super().__init__()
        self.blocks, self.ids, self.links, self.resources = [], set(), [], []
        self.depth = 0
        self.feed(path.read_text(encoding="utf-8"))

    @classmethod
    @functools.cache
    def at(cls, path):
        return cls(path)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.ids.add(attributes["id"])
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        for key in ("src", "srcset", "poster", "data"):
            if attributes.get(key):
                self.resources.append(attributes[key])
        if tag == "link" and attributes.get("rel") not in ("canonical", "prev", "next", "alternate"):
            self.resources.append(attributes.get("href", ""))
        if tag == "pre":
            self.depth += 1
            self.blocks.append("")

    def handle_endtag(self, tag):
        if tag == "pre":
            self.depth -= 1

    def handle_data(self, data):
        if self.depth:
            self.blocks[-1] += data


def html_of(site, path):
    """docs/a/b.md 构建成 a/b/index.html。"""
    relative = path.relative_to(DOCS).with_suffix("")
    return site / ("index.html" if relative.name == "index" else relative / "index.html")


def broken_links(site, path, absent=()):
    """docs/ 下的 path 这一页里不通的链接，各一句话；absent 里的网址本来就不在这个网站里，不算。"""
    html = html_of(site, path)
    base = "/" + html.relative_to(site).as_posix()
    told = (broken(site, base, href, absent) for href in Document.at(html).links)
    return [sentence for sentence in told if sentence]


def broken(site, base, href, absent):
    """一个链接哪里不通；通的、站外的返回空串。"""
    if urlsplit(href).scheme or href.startswith("//"):
        return ""
    address, fragment = urldefrag(urljoin(base, href))
    if address.startswith(tuple(absent)):
        return ""
    file = site / unquote(address).lstrip("/")
    file = file / "index.html" if file.is_dir() else file
    if not file.is_file():
        return f"链接 {href} 指向不存在的页面"
    known = not fragment or file.suffix != ".html" or unquote(fragment) in Document.at(file).ids
    return "" if known else f"链接 {href} 的锚点不存在"


def foreign_resources(site, path):
    """这一页从别的网站加载的资源。"""
    return [r for r in Document.at(html_of(site, path)).resources if re.match(r"(?:https?:)?//", r)]
