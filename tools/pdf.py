"""make pdf 的一步：把构建在 site 里的网站印成 site/notes.pdf。需要 Chromium，与 requirements-dev.txt 里的 pikepdf。

用法：python -m tools.pdf site
"""

import os
import sys
import time
from pathlib import Path

from notes.book import printing
from notes.errors import Fault
from tools.arguments import folder_given

PDF = "notes.pdf"


def main(site: Path) -> int:
    start = time.perf_counter()
    try:
        cut = printing.make(site, site / PDF, os.environ.get("EDITION", ""))
    except Fault as error:
        print(error, file=sys.stderr)
        return 1
    for each in cut:
        print(f"印不全：{each}", file=sys.stderr)
    size = (site / PDF).stat().st_size / 2**20
    print(f"印好了 {site / PDF}：{size:.1f} MB，用了 {time.perf_counter() - start:.0f} 秒")
    return 0


if __name__ == "__main__":
    sys.exit(main(folder_given("构建好的网站")))
