"""网页里的 Python：make runtime 做好了没有；构建之后，把它与“运行”的按钮放进网站。

没有做，网站就与没有这个文件时一个字节也不差：没有按钮，也没有多出来的脚本。
"""

import hashlib
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

from notes import live
from notes.paths import ROOT

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


def write_manifest(folder: Path, versions: dict[str, str]) -> None:
    """做好之后写下来：python、numpy、pyodide 各是哪一版。"""
    files = {path.relative_to(folder).as_posix(): path.stat().st_size for path in sorted(folder.rglob("*.*"))}
    text = json.dumps({"stamp": stamp(), **versions, "files": files}, indent=2)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def install(site: Path) -> None:
    """放进构建好的网站：assets/runtime/ 里是 Python，以及这一版笔记的代码打成的 zip；没有做好就不放。"""
    if not complete():
        return
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
