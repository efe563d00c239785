"""一页构建好的正文，改成书里的：去掉只在屏幕上有用的，id 前面加上页名，站内的链接指向书里。"""

import functools
import re
from html import escape
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from notes import config
from notes.page import Page, pages

# 字形与着色的代码有几十万个元素；里面没有链接、id 与按钮的，没有要改的，原样放过去
UNTOUCHED = re.compile(r"(<(mjx-math|code)\b[^>]*>)(.*?)(</\2>)", re.DOTALL)
TOUCHED = re.compile(r" href=| id=|<button")
# 写出之前，占着它们位置的字
PLACE = re.compile("\ue000(\\d+)\ue001")
VOID = {"br", "hr", "img", "input", "link", "meta", "wbr", "col"}
# 连同里面的一起去掉：(元素, 类名)；类名是空串时，这个元素一律去掉
DROPPED = {
    ("a", "headerlink"),
    ("aside", "verified"),
    ("div", "equation-previews"),
    ("div", "tabbed-labels"),
    ("input", ""),
    ("script", ""),
    ("button", ""),
}


def identifier(text: str) -> str:
    """书里的 id，也是 PDF 里那个位置的名字：只有 ASCII，别的字符写成编码。"""
    return re.sub(r"[^A-Za-z0-9/.-]", lambda found: f"_{ord(found[0]):x}", text)


@functools.cache
def targets() -> dict[str, Page]:
    return {f"/{page.url}": page for page in pages()}


class Rewriter(HTMLParser):
    """out 是写出的；skipping 是正在去掉的一层层元素；labels 是标签页的名字，还没有写出的；untouched 是原样放过去的。"""

    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=False)
        self.page = page
        self.out: list[str] = []
        self.skipping: list[str] = []
        self.labels: list[str] = []
        self.untouched: list[str] = []

    def rewrite(self, html: str) -> str:
        self.feed(UNTOUCHED.sub(self.set_aside, html))
        self.close()
        return PLACE.sub(lambda place: self.untouched[int(place[1])], "".join(self.out))

    def set_aside(self, found: re.Match[str]) -> str:
        if TOUCHED.search(found[3]):
            return found[0]
        self.untouched.append(found[3])
        return f"{found[1]}\ue000{len(self.untouched) - 1}\ue001{found[4]}"

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        classes = (dict(attributes).get("class") or "").split()
        if self.skipping or any(tag == name and (not kind or kind in classes) for name, kind in DROPPED):
            if tag not in VOID:
                self.skipping.append(tag)
            if tag == "label":
                self.labels.append("")
            return
        if "tabbed-block" in classes and self.labels:
            self.out.append(f'<p class="tab">{self.labels.pop(0)}</p>')
        self.out.append(self.opened(tag, attributes))

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if not self.skipping and tag != "input":
            self.out.append(self.opened(tag, attributes, "/" if tag not in VOID else ""))

    def opened(self, tag: str, attributes: list[tuple[str, str | None]], closing: str = "") -> str:
        kept = {name: value for name, value in attributes if name not in ("tabindex", "target", "aria-hidden")}
        if "id" in kept:
            kept["id"] = identifier(f"{self.page.name}/{kept['id']}")
        if tag == "a" and "href" in kept:
            kept["href"] = self.address(kept["href"] or "")
            kept = {name: value for name, value in kept.items() if name != "href" or value}
        if tag == "details":
            kept["open"] = None
        written = "".join(f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in kept.items())
        return f"<{tag}{written}{closing}>"

    def address(self, href: str) -> str:
        """站内的一页、一处改成书里的；站外的照旧；网站的别的文件，发布了才有网址，没有就是空串。"""
        if urlsplit(href).scheme:
            return href
        url, fragment = urldefrag(urljoin(f"/{self.page.url}", href))
        if target := targets().get(unquote(url)):
            return "#" + identifier(f"{target.name}/{unquote(fragment)}" if fragment else target.name)
        site = config.published()
        return f"{site.rstrip('/')}{url}" if site else ""

    def handle_endtag(self, tag: str) -> None:
        if self.skipping:
            self.skipping.pop()
        else:
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.out.append(data)
        elif "label" in self.skipping:
            self.labels[-1] += escape(data, quote=False) if not data.startswith("&") else data

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")
