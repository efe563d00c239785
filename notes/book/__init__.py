"""整个网站拼成打印用的 HTML：封面、目录、按目录次序的各页；站内的链接都指向书里。

拼的是构建好的各页的正文，所以公式、代码与图同网站上的一样。由 Chromium 印成 PDF，再合起来，
补上大纲与页码，见 notes/book/printing.py。
"""

import posixpath
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from urllib.parse import urljoin

from notes import config
from notes.book.rewriting import Rewriter, identifier
from notes.files import read
from notes.page import Page

STYLES = Path(__file__).with_name("book.css")
SCRIPT = Path(__file__).with_name("fit.js")
ARTICLE = re.compile(r"<article[^>]*>(.*?)</article>", re.DOTALL)
STYLESHEET = re.compile(r'<link rel="stylesheet" href="([^"]+)">')
# 公式给读屏软件与搜索的另一份，打印时用不着
UNPRINTED = re.compile(r"<mjx-assistive-mml>.*?</mjx-assistive-mml>|<template>.*?</template>", re.DOTALL)
TITLE = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
TAG = re.compile(r"<(/?)h([1-6])\b")
HEADING = re.compile(r'<h([1-4]) id="([^"]+)"[^>]*>(.*?)</h\1>', re.DOTALL)
LINK = re.compile(r'href="#([^"]+)"')
ID = re.compile(r' id="([^"]+)"')
CONTENTS = "contents"
# 指向别的一份的链接：合起来时换成书里的位置
ELSEWHERE = "https://book.invalid/#"


@dataclass(frozen=True)
class Chapter:
    """一章：目录里的名字，与各页。"""

    title: str
    pages: list[Page]


@dataclass(frozen=True)
class Heading:
    """大纲里的一项：1 是章，2 是页，往下是节。"""

    level: int
    target: str
    title: str


def chapters() -> list[Chapter]:
    return [Chapter(title, [Page(name) for name in names]) for title, names in config.nav()]


@dataclass(frozen=True)
class Book:
    """pieces 是分开印的各份：封面与目录，然后一章一份；outline 是大纲。"""

    pieces: list[str]
    outline: list[Heading]


def assemble(site: Path, edition: str = "") -> Book:
    """各份都放在 site 里打开，样式与字体就都找得到；edition 是这一版的日期。一起印，Chromium 要几个 GB 的内存。"""
    found = chapters()
    html = {page: UNPRINTED.sub("", read(page.html(site))) for each in found for page in each.pages}
    bodies = [cover(edition) + contents(found, html), *(chapter(each, html) for each in found)]
    outline = [
        Heading(int(level), target, plain(said)) for body in bodies for level, target, said in HEADING.findall(body)
    ]
    wanted = {target for body in bodies for target in LINK.findall(body)} | {each.target for each in outline}
    styles = "".join(sheets(html)) + f"<style>{read(STYLES)}{''.join(running_heads(found, html))}</style>"
    return Book([piece(body, styles, wanted) for body in bodies], outline)


def piece(body: str, styles: str, wanted: set[str]) -> str:
    """一份的全文。指向别的一份的链接先写成 ELSEWHERE 的网址；有链接指向的位置，Chromium 才写进 PDF。"""
    here = set(ID.findall(body))
    pointing = "".join(f'<a href="#{target}"></a>' for target in sorted(wanted & here))
    linked = LINK.sub(lambda link: link[0] if link[1] in here else f'href="{ELSEWHERE}{link[1]}"', body)
    return (
        f'<!doctype html>\n<html lang="zh"><head><meta charset="utf-8">{styles}</head>\n'
        '<body data-md-color-scheme="default" data-md-color-primary="white" dir="ltr">'
        f'<div class="md-typeset">{linked}<div>{pointing}</div></div><script>{read(SCRIPT)}</script></body></html>\n'
    )


def sheets(html: dict[Page, str]) -> Iterator[str]:
    """各页用到的样式表。"""
    found = (urljoin(f"/{page.url}", sheet) for page, text in html.items() for sheet in STYLESHEET.findall(text))
    for sheet in dict.fromkeys(found):
        yield f'<link rel="stylesheet" href="{escape(posixpath.relpath(sheet, "/"))}">'


def cover(edition: str) -> str:
    title, said = (escape(config.settings()[name]) for name in ("site_name", "site_description"))
    return f'<header class="cover"><p class="title">{title}</p><p>{said}</p><p>{escape(edition)}</p></header>'


def contents(found: list[Chapter], html: dict[Page, str]) -> str:
    """目录：各章与各页；页码由 printing.py 补上。"""
    rows = []
    for each in found:
        rows.append(row("chapter", each.pages[0], each.title))
        rows += [row("page", page, title_of(html[page])) for page in each.pages[1:]]
    return f'<nav class="contents"><h1 id="{CONTENTS}">目录</h1>{"".join(rows)}</nav>'


def row(kind: str, page: Page, title: str) -> str:
    return f'<p class="{kind}"><a href="#{identifier(page.name)}">{escape(title)}</a></p>'


def chapter(each: Chapter, html: dict[Page, str]) -> str:
    """一章：章名，首页的正文，然后各页。"""
    parts = []
    for page in each.pages:
        first = page is each.pages[0]
        title = f'<h1 id="{identifier(page.name)}">{escape(each.title)}</h1>' if first else ""
        parts.append(f'<section class="{name_of(page)}">{title}{article(page, html[page], first)}</section>')
    return "".join(parts)


def article(page: Page, html: str, first: bool) -> str:
    """一页的正文，标题降一级；章的首页以章名为题，别的页自己的标题就是这一页的位置。"""
    found = ARTICLE.search(html)
    text = Rewriter(page).rewrite(found[1] if found else "")
    text = TAG.sub(lambda tag: f"<{tag[1]}h{min(int(tag[2]) + 1, 6)}", text)
    title = "" if first else rf'<h2 id="{identifier(page.name)}">\1</h2>'
    return re.sub(r"<h2[^>]*>(.*?)</h2>", title, text, count=1, flags=re.DOTALL)


def title_of(html: str) -> str:
    found = TITLE.search(html)
    return plain(found[1] if found else "")


def plain(html: str) -> str:
    """标题的文字；公式里的斜体字母写成普通的。"""
    words = unescape(re.sub(r"<[^>]+>|&para;", "", html)).strip()
    return "".join(
        unicodedata.normalize("NFKC", each) if "\U0001d400" <= each <= "\U0001d7ff" else each for each in words
    )


def name_of(page: Page) -> str:
    """这一页的版面在 CSS 里的名字。"""
    return "page-" + re.sub(r"\W", "-", page.name)


def running_heads(found: list[Chapter], html: dict[Page, str]) -> Iterator[str]:
    """各页的页眉：左边章名，右边页名。"""
    for each in found:
        for page in each.pages:
            right = "" if page is each.pages[0] else title_of(html[page])
            rules = f"@top-left {{ content: {quoted(each.title)} }} @top-right {{ content: {quoted(right)} }}"
            yield f"@page {name_of(page)} {{ {rules} }} .{name_of(page)} {{ page: {name_of(page)} }}\n"


def quoted(text: str) -> str:
    return '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'
