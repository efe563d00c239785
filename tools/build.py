"""make build：构建网站，附上源文件、笔记本与 zip，放到 site/；设了 PDF 的，还把全站印成一个 PDF。

先构建在 .cache/ 里，成了才换上：构建不成时 site/ 还是上一次的；两个 make build 同时运行，互不打扰。

用法：python -m tools.build site
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from filelock import FileLock

from notes.site import runtime
from tools import pdf, publish
from tools.arguments import folder_given


def main(site: Path) -> int:
    """成了返回 0；不成，site 不动。"""
    cache = site.resolve().parent / ".cache"
    cache.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="site-", dir=cache) as folder:
        new, old = Path(folder, "new"), Path(folder, "old")
        command = [sys.executable, "-m", "notes.site.indexing", "build", "--strict", "-d", str(new)]
        done = subprocess.run(command, env=os.environ | {"SOURCES": "source/"})
        if done.returncode == 0:
            publish.main(new)
            if runtime.FOLDER.is_dir() and not runtime.complete():
                print("网页里的 Python 过时了，网站里没有“运行”；再 make runtime 一次")
            if os.environ.get("PDF") and pdf.main(new):
                return 1
            with FileLock(cache / "site.lock"):
                if site.exists():
                    site.rename(old)
                new.rename(site)
        return done.returncode


if __name__ == "__main__":
    sys.exit(main(folder_given("网站构建到哪里")))
