"""公式的样式表与字体：由 markdown_mathjax 的命令写成，恰好含全站用到的字形。

过时了没有，构建网站时顺便看（notes/site/glyphs.py），由 tests/site/test_html.py 说。
"""

import subprocess
import sys

from notes.errors import Fault
from notes.generated.artifact import ACCEPT
from notes.page import Page
from notes.paths import DOCS, ROOT, display
from notes.site.build import ENVIRONMENT

STORED = DOCS / "assets" / "mathjax"


class Stylesheet:
    """样式表、字体与清单，几个文件一起写。"""

    path = STORED
    page: Page | None = None

    def __str__(self) -> str:
        return display(STORED)

    def update(self) -> bool:
        before = contents()
        command = [sys.executable, "-m", "markdown_mathjax", "stylesheet"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", env=ENVIRONMENT)
        if done.returncode:
            raise Fault(f"{done.stdout}{done.stderr}{ACCEPT}")
        return contents() != before


def contents() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(STORED.iterdir())} if STORED.is_dir() else {}
