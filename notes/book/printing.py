"""由 Chromium 把拼好的书一章一份地印成 PDF，再由 pikepdf 合起来：链接、大纲、页码、固定的日期。"""

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from notes import book, config
from notes.book import Book, Heading
from notes.errors import Fault
from notes.files import write
from notes.site.browser import launch

WIDTH, HEIGHT = 800, 1000
# 印得慢的一份，在忙的机器上至多几毫秒
SLOWEST = 600_000
# 比版心宽的，各自宽出多少像素；表格与代码折行，公式与图缩小
CUT = """() => {
  const edge = document.querySelector(".md-typeset").getBoundingClientRect().right
  return [...document.querySelectorAll("p, li, pre, table, .mjx-display, svg, img, h1, h2, h3, h4")]
    .map(each => [each.getBoundingClientRect().right - edge, each.textContent.trim().slice(0, 60)])
    .filter(([over]) => over > 1).map(([over, words]) => `宽出 ${over.toFixed(1)} 像素：${words}`)
}"""
# 页码：字号，目录里的右边界，页脚的中点与高度
NUMBERS, SIZE, RIGHT, MIDDLE, FOOT = "/Numbers", 9, 547, 297.6, 30
DIGIT = 0.556 * SIZE


def make(site: Path, path: Path, edition: str = "") -> list[str]:
    """把构建在 site 里的网站印成 path；返回横向裁掉的。"""
    return print_book(book.assemble(site, edition), site, path)


def print_book(made: Book, site: Path, path: Path) -> list[str]:
    """把拼好的书在 site 里印成 path，几个 Chromium 同时印；返回横向裁掉的。"""
    count = len(made.pieces)
    with tempfile.TemporaryDirectory() as folder:
        printed = [Path(folder, f"{k}.pdf") for k in range(count)]
        waiting = iter(range(count))  # 谁空了，谁拿下一份

        def work(_: int) -> list[str]:
            with launch() as chromium:
                return [cut for k in waiting for cut in print_piece(chromium, made.pieces[k], site, printed[k])]

        workers = min(4, os.cpu_count() or 1)
        with ThreadPoolExecutor(workers) as pool:
            cut = [each for found in pool.map(work, range(workers)) for each in found]
        join(printed, path, made.outline)
    return cut


def print_piece(chromium: Any, text: str, site: Path, path: Path) -> list[str]:
    """一份，放在 site 里打开，印成 path；返回横向裁掉的。"""
    from playwright.sync_api import Error

    page = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    page.set_default_timeout(SLOWEST)
    opened = site / f"book-{path.stem}.html"
    write(opened, text)
    try:
        page.emulate_media(media="print")  # 打开之前就定，只排版一次
        page.goto(opened.as_uri())
        page.evaluate("document.fonts.ready")
        cut: list[str] = page.evaluate(CUT)
        page.pdf(path=path, prefer_css_page_size=True, print_background=True)
    except Error as error:
        raise Fault(f"Chromium 没有印出 PDF：{error}") from None
    finally:
        opened.unlink()
        page.close()
    return cut


def join(printed: list[Path], path: Path, outline: list[Heading]) -> None:
    """合成 path。"""
    import pikepdf

    with pikepdf.new() as pdf:
        places: dict[str, Any] = {}
        counts = []
        for each in printed:
            with pikepdf.open(each) as part:
                places |= append(pdf, part)
                counts.append(len(part.pages))
        pdf.Root.Dests = pikepdf.Dictionary({f"/{name}": place for name, place in places.items()})
        resolve_links(pdf)
        add_outline(pdf, outline, places)
        add_numbers(pdf, places, counts[0])
        pdf.Root.Lang = pikepdf.String("zh-CN")
        pdf.Root.PageMode = pikepdf.Name.UseOutlines
        stamp = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), UTC)
        pdf.docinfo["/Title"] = config.settings()["site_name"]
        pdf.docinfo["/CreationDate"] = stamp.strftime("D:%Y%m%d%H%M%SZ")
        pdf.save(path, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)


def append(pdf: Any, part: Any) -> dict[str, Any]:
    """接上一份，返回 {位置的名字: 在哪一页的哪里}。"""
    from pikepdf import Array

    start, number = len(pdf.pages), {page.obj.objgen: k for k, page in enumerate(part.pages)}
    for page in part.pages:
        pdf.pages.append(page)
    named = part.Root.get("/Dests", {}).items()
    return {
        str(name).removeprefix("/"): Array([pdf.pages[start + number[place[0].objgen]].obj, *list(place)[1:]])
        for name, place in named
    }


def resolve_links(pdf: Any) -> None:
    """指向别的一份的，换成书里的位置。"""
    from pikepdf import Name

    for page in pdf.pages:
        for link in page.obj.get("/Annots", []):
            address = str(link.A.URI) if "/A" in link and "/URI" in link.A else ""
            if address.startswith(book.ELSEWHERE):
                link.Dest = Name(f"/{address.removeprefix(book.ELSEWHERE)}")
                del link.A


def add_outline(pdf: Any, outline: list[Heading], places: dict[str, Any]) -> None:
    """大纲：章、页、节，一层套一层，起初都收着。"""
    from pikepdf import OutlineItem

    with pdf.open_outline() as found:
        above: list[tuple[int, Any]] = []
        for heading in outline:
            item = OutlineItem(heading.title, places[heading.target])
            item.is_closed = True
            above = [(level, each) for level, each in above if level < heading.level]
            (above[-1][1].children if above else found.root).append(item)
            above.append((heading.level, item))


def add_numbers(pdf: Any, places: dict[str, Any], front: int) -> None:
    """页脚的页码，封面没有；目录（前 front 页）的每一行末尾，是那一行的链接指向的那一页的页码。"""
    from pikepdf import Dictionary, Name

    number = {page.obj.objgen: k for k, page in enumerate(pdf.pages, 1)}
    for k, page in enumerate(pdf.pages, 1):
        written = [shown(k, MIDDLE + DIGIT * len(str(k)) / 2, FOOT)] if k > 1 else []
        for link in page.obj.get("/Annots", []) if k <= front else []:
            target = number[places[str(link.Dest).removeprefix("/")][0].objgen]
            written.append(shown(target, RIGHT, float(link.Rect[1]) + 4))
        page.add_resource(
            Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica), Name.Font, Name(NUMBERS)
        )
        page.contents_add(b"q", prepend=True)
        page.contents_add("\n".join(["Q", *written]).encode())


def shown(number: int, right: float, bottom: float) -> str:
    """在页上写一个数：右边界在 right。"""
    return f"BT {NUMBERS} {SIZE} Tf 0.36 g {right - DIGIT * len(str(number)):.2f} {bottom:.2f} Td ({number}) Tj ET"
