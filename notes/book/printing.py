"""由 Chromium 把拼好的书一章一份地印成 PDF，再由 pikepdf 合起来：链接、大纲、页码、固定的日期。"""

import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from notes import book, config
from notes.book import Book, Heading
from notes.errors import Fault
from notes.files import write
from notes.site.browser import FLAGS, executable

# 不要读屏软件的标记：写它要几倍的时间与内存，合起来又都丢了
PRINT = ["--headless", *FLAGS, "--no-pdf-header-footer", "--disable-pdf-tagging"]
# 页码：字号，目录里的右边界，页脚的中点与高度
NUMBERS, SIZE, RIGHT, MIDDLE, FOOT = "/Numbers", 9, 547, 297.6, 30
DIGIT = 0.556 * SIZE


def make(site: Path, path: Path, edition: str = "") -> None:
    """把构建在 site 里的网站印成 path。"""
    print_book(book.assemble(site, edition), site, path)


def print_book(made: Book, site: Path, path: Path) -> None:
    """把拼好的书在 site 里印成 path；同时印几份。"""
    with tempfile.TemporaryDirectory() as folder:

        def printed(k: int) -> Path:
            page, found = site / f"book-{k}.html", Path(folder, f"{k}.pdf")
            write(page, made.pieces[k])
            try:
                print_page(page, found)
            finally:
                page.unlink()
            return found

        with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
            join(list(pool.map(printed, range(len(made.pieces)))), path, made.outline)


def print_page(page: Path, path: Path) -> None:
    """Chromium 印出 page；印不出就抛 Fault，说的是 Chromium 的话。"""
    with tempfile.TemporaryDirectory() as profile:
        command = [executable(), *PRINT, f"--user-data-dir={profile}", f"--print-to-pdf={path}", page.as_uri()]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode or not path.is_file():
        raise Fault(f"Chromium 没有印出 PDF：{done.stderr[-500:]}")


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
