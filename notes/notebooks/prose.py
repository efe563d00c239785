"""一段文字换成笔记本里的写法：站内的链接指向别的笔记本，图连同颜色嵌在里面。"""

import base64
import functools
import os
import re
from html import escape, unescape
from pathlib import Path
from urllib.parse import quote, urlsplit

from pymdownx.slugs import slugify

from notes import config
from notes.errors import Malformed
from notes.files import read
from notes.page import Page, pages
from notes.paths import DOCS, FIGURES
from notes.prose import LINK

# 图里的颜色与字体写在网站的样式表里，变量的值在 Material 那里；笔记本里的图自己带着，总是浅色
STYLES = DOCS / "assets" / "site.css"
COLOURS = {
    "--md-default-fg-color": "rgba(0,0,0,.87)",
    "--md-default-fg-color--lighter": "rgba(0,0,0,.32)",
    "--md-default-fg-color--lightest": "rgba(0,0,0,.07)",
    "--md-default-bg-color": "#fff",
    "--md-code-bg-color": "#f5f5f5",
}
SLUG = slugify(case="lower")
NAMED = re.compile(r"\{#([\w-]+)\}")
HEADING_ANCHOR = re.compile(r"^(#{1,6} .*?) *\{[^}]*\}$", re.MULTILINE)


def converted(page: Page, text: str) -> str:
    """page 上的一段文字；编号公式的引用 (n) 照旧，公式自己带着编号。"""
    text = HEADING_ANCHOR.sub(r"\1", text)
    return re.sub(LINK, lambda found: f"[{found['said']}]({address(page, found['url'])})", text)


def address(page: Page, url: str) -> str:
    """page 上的链接 url，在它的笔记本里该指向哪里。"""
    if urlsplit(url).scheme:
        return url
    path, _, anchor = url.partition("#")
    if not path:
        return within(page, anchor)
    target = known().get(page.path.parent.joinpath(path).resolve())
    if site := config.published():
        place = target.url if target else (page.path.parent / path).resolve().relative_to(DOCS).as_posix()
        return f"{site}{place}{'#' + quote(anchor) if anchor else ''}"
    here = Path("notebooks", page.name).parent
    if target and target.sessions:
        return relative(target.notebook(Path()), here) + (within(target, anchor) if anchor else "")
    file = target.html(Path()) if target else (page.path.parent / path).resolve().relative_to(DOCS)
    return relative(file, here) + ("#" + quote(anchor) if anchor else "")


@functools.cache
def known() -> dict[Path, Page]:
    return {page.path: page for page in pages()}


def within(page: Page, anchor: str) -> str:
    """笔记本里的一个标题：Jupyter 的锚是标题的文字，空格换成连字符。"""
    lines = page.markdown.text.split("\n")
    for heading in page.markdown.headings:
        words = re.sub(r"[`*$]", "", heading.text)
        named = NAMED.search(lines[heading.line - 1])
        if anchor == (named[1] if named else SLUG(words, "-")):
            return "#" + quote(words.replace(" ", "-"))
    return ""


def relative(path: Path, start: Path) -> str:
    return Path(os.path.relpath(path, start)).as_posix()


def figure(file: str) -> str:
    """一幅图：SVG 连同样式写成一个网址，下面是图的标题。"""
    if not (FIGURES / file).is_file():
        raise Malformed(FIGURES / file, 1, "这幅图还没有画；写好画图的函数，再运行 make update")
    stored = read(FIGURES / file)
    drawing = stored[stored.index("<svg") : stored.index("</svg>") + len("</svg>")]
    spoken = re.search(r'aria-label="([^"]*)"', drawing)
    caption = re.search(r"<figcaption>(.*?)</figcaption>", stored, re.DOTALL)
    alone = re.sub(
        r"(<svg[^>]*>)", rf"\1<style>{styles()}</style><rect width='100%' height='100%' fill='#fff'/>", drawing, count=1
    )
    data = base64.b64encode(alone.encode()).decode()
    said = re.sub(r'<span class="arithmatex">\\\((.*?)\\\)</span>', r"$\1$", caption[1] if caption else "")
    said = re.sub(r"<code>(.*?)</code>", r"`\1`", said)
    alternative = escape(unescape(spoken[1] if spoken else ""), quote=True)
    return f'<img alt="{alternative}" src="data:image/svg+xml;base64,{data}">\n\n{unescape(said)}'


@functools.cache
def styles() -> str:
    """网站的样式表里给图的各条规则，连同用到的变量。"""
    css = re.sub(r"/\*.*?\*/", "", read(STYLES), flags=re.DOTALL)
    rules = re.findall(r"^(\.diagram [^{]*)\{([^}]*)\}", css, re.MULTILINE)
    variables = dict(re.findall(r"^  (--(?:site|figure)-\w+):\s*([^;]*);", css, re.MULTILINE))
    root = "".join(f"{name}:{' '.join(value.split())};" for name, value in (COLOURS | variables).items())
    inside = "".join(
        f"{selector.replace('.diagram ', '').strip()}{{{' '.join(body.split())}}}"
        for selector, body in rules
        if ".diagram svg" not in selector
    )
    return escape(f":root{{{root}}}{inside}", quote=False)
