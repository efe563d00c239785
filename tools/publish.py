"""构建之后的一步：让 site/ 从磁盘上打开也能用，附上源文件与笔记本，并打成一个可以下载的 zip。

用法：python -m tools.publish site
"""

import os
import shutil
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from notes import notebooks
from notes.markdown import LANGUAGES
from notes.paths import ROOT
from notes.site import runtime
from tools.arguments import folder_given

SOURCES = ["docs", "snippets", "figures"]
ARCHIVE = "notes.zip"


def copy_sources(site: Path) -> None:
    """页面与它们的代码，原样放进 source/，页脚的链接指向这里。"""
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".md", *LANGUAGES.values()):
                target = site / "source" / path.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)


def write_search_script(site: Path) -> None:
    """浏览器不许从磁盘读 JSON，所以索引另存一份脚本；Material 在 file:// 下找的就是它。"""
    index = (site / "search" / "search_index.json").read_text(encoding="utf-8")
    (site / "search" / "search_index.js").write_text(f"var __index = {index}\n", encoding="utf-8", newline="\n")


def write_archive(site: Path) -> None:
    """整个网站一个 zip；文件的时间取 SOURCE_DATE_EPOCH，同样的内容得到同样的字节；不经 make 运行、没有设的，取现在。"""
    stamp = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH") or time.time()), UTC).timetuple()[:6]
    archive = site / ARCHIVE
    archive.unlink(missing_ok=True)
    files = sorted(path for path in site.rglob("*") if path.is_file())
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as zip:  # 9 只小百分之一，用时两倍多
        for path in files:
            entry = zipfile.ZipInfo(f"notes/{path.relative_to(site).as_posix()}", stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            zip.writestr(entry, path.read_bytes())


def main(site: Path) -> None:
    copy_sources(site)
    notebooks.write_all(site)
    write_search_script(site)
    runtime.install(site)
    write_archive(site)


if __name__ == "__main__":
    main(folder_given("构建好的网站"))
