"""网页里的 Python：make runtime 做好了没有；构建之后，把它与“运行”的按钮放进网站。

没有做，网站就与没有这个文件时一个字节也不差：没有按钮，也没有多出来的脚本。
"""

import gzip
import hashlib
import io
import json
import re
import shutil
import zipfile
from html import unescape
from pathlib import Path
from typing import Any

from notes import live, sections
from notes.files import read
from notes.page import Page, page_of, pages
from notes.paths import ROOT, SNIPPETS
from notes.site import differences

FOLDER = ROOT / ".cache" / "runtime"
TOOLS = ROOT / "tools" / "runtime"
MANIFEST = "manifest.json"


def stamp() -> str:
    """tools/runtime/ 里全部文件的哈希：改了一个字，就要重新做。"""
    made = hashlib.sha256()
    for path in sorted(TOOLS.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            made.update(f"{path.relative_to(TOOLS).as_posix()}\n".encode() + path.read_bytes())
    return made.hexdigest()


def manifest() -> dict[str, Any]:
    """做好的是什么：由什么做成，各个文件多大；没有做就是空的。"""
    path = FOLDER / MANIFEST
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def complete() -> bool:
    found = manifest()
    sizes = {name: (FOLDER / name).stat().st_size for name in found.get("files", ()) if (FOLDER / name).is_file()}
    return bool(found) and found["stamp"] == stamp() and sizes == found["files"]


def facts() -> dict[str, Any]:
    """网页里的 Python 是哪一版，指针几位，numpy 是哪一版，压缩之后约多少兆字节；页面上说的要与它相符。"""
    found = manifest()
    lock = json.loads((FOLDER / "pyodide-lock.json").read_text(encoding="utf-8"))
    sizes = [len(gzip.compress((FOLDER / name).read_bytes(), 6)) for name in found["files"] if "/" not in name]
    bits = int(lock["info"]["arch"].removeprefix("wasm"))
    return {"python": found["python"], "numpy": found["numpy"], "bits": bits, "megabytes": round(sum(sizes) / 1e6)}


def write_manifest(folder: Path, versions: dict[str, str]) -> None:
    """做好之后写下来：python、numpy、pyodide 各是哪一版。"""
    files = {path.relative_to(folder).as_posix(): path.stat().st_size for path in sorted(folder.rglob("*.*"))}
    text = json.dumps({"stamp": stamp(), **versions, "files": files}, indent=2)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def install(site: Path) -> None:
    """放进构建好的网站：assets/runtime/ 里是 Python，各页的会话有了按钮；没有做好就不放。"""
    if not complete():
        return
    copy(site)
    for path in sorted(site.rglob("*.html")):
        if "source" not in path.relative_to(site).parts:
            path.write_bytes(prepared(path.read_text(encoding="utf-8")).encode())
    for page in pages(ROOT):
        path = page.html(site)
        if path.is_file():
            path.write_bytes(with_buttons(path.read_text(encoding="utf-8"), page).encode())


def copy(site: Path) -> None:
    """Python 与编辑器，以及这一版笔记的代码打成的 zip。"""
    made, target = manifest(), site / "assets" / "runtime"
    # 文件夹的名字跟着内容变，浏览器缓存里的旧文件不会与新的混在一起
    folder, notes = made["stamp"][:12], source_archive()
    shutil.copytree(FOLDER, target / folder, ignore=shutil.ignore_patterns(MANIFEST))
    name = f"notes-{hashlib.sha256(notes).hexdigest()[:12]}.zip"
    (target / name).write_bytes(notes)
    made |= {"folder": folder, "notes": name, "files": made["files"] | {name: len(notes)}}
    (target / MANIFEST).write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")


def source_archive() -> bytes:
    """网页里的 Python 要的笔记：同样的内容得到同样的字节。"""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path in live.files(ROOT):
            entry = zipfile.ZipInfo(path.relative_to(ROOT).as_posix())
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)
    return made.getvalue()


# 这一页到网站的根怎样走，看它引用样式表的写法
ROOT_OF_SITE = re.compile(r'href="([^"]*)assets/site\.css"')
BLOCK = re.compile(r'<div class="language-pycon highlight">(<pre>.*?</pre>)', re.DOTALL)
# 字由样式写：从网页里取代码的，取到的只有代码
BUTTON = '<button class="run" type="button" aria-label="运行" data-run="{}"{}></button>'
STYLE = """.run{background:var(--md-code-bg-color);border-radius:.1rem;color:var(--site-quiet);cursor:pointer;font-size:.65rem;\
line-height:1.2rem;min-height:1.2rem;padding:0 .4rem;position:absolute;right:1.9rem;top:.3rem;z-index:2}
.run::after{content:attr(aria-label)}
.run:is(:hover,:focus-visible){color:var(--md-typeset-a-color)}
.run:disabled{opacity:.5}
.run[hidden],.no-js .run{display:none}
.run-note{font-size:.7rem;margin:0;padding:.4rem .8rem}
@media screen and (max-width:44.9375em){.run{top:-.75rem;background:var(--md-default-bg-color)}}
@media print{.run{display:none}}"""
SCRIPT = """{
const script=new URL("%sassets/run/run.js",location)
addEventListener("click",({target})=>{
const button=target.closest?.(".run[data-run]")
if(button)import(script).then(({start})=>start(button),()=>{
button.disabled=true
button.insertAdjacentHTML("afterend",`<p class="run-note" role="alert">${location.protocol==="file:"\
?"从磁盘打开的网页，浏览器不许它运行代码。在解压出来的 notes 文件夹里运行 <code>python3 -m http.server</code>，再打开 http://127.0.0.1:8000"\
:"取不到运行用的文件，请检查网络，再刷新网页"}</p>`)
})
})
}"""


def prepared(html: str) -> str:
    """每一页都有的：说有 Python 的属性，按钮的样式；点了按钮，才去取 docs/assets/run/run.js。"""
    root = ROOT_OF_SITE.search(html)
    html = html.replace("<html ", "<html data-runtime ", 1)
    html = html.replace("</head>", f"<style>{STYLE}</style></head>", 1)
    head, _, tail = html.rpartition("</body>")
    return f"{head}<script>{SCRIPT % (root[1] if root else '')}</script></body>{tail}"


def with_buttons(html: str, page: Page) -> str:
    """一页的每个 NumPy 会话块，各加一个按钮；结果会不同的写着为什么，运行不了的没有按钮。"""
    waiting: dict[str, list[str]] = {}
    for include in page.markdown.includes:
        path = SNIPPETS / include.file
        if include.section and path.suffix == ".pycon" and path.name.count(".") == 1:
            lines = sections.split(path, read(path))[0][include.section].lines
            text = plain("\n".join(line for _, line in lines))
            waiting.setdefault(text, []).append(f"{page_of(path)}:{include.section}")

    def marked(found: re.Match) -> str:
        names = waiting.get(plain(unescape(re.sub(r"<[^>]*>", "", found[1]))))
        return found[0].replace("<pre>", "<pre>" + button(names.pop(0)), 1) if names else found[0]

    return BLOCK.sub(marked, html)


def plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))


def button(name: str) -> str:
    page, _, section = name.partition(":")
    reason = differences.stored().get(page, {}).get(section)
    if reason == "repository":
        return ""
    return BUTTON.format(name, f' data-why="{differences.REASONS[reason]}"' if reason else "")
