"""构建网站：与 make build 一样用 MkDocs，或者用 Zensical；环境变量也都在这里。"""

import importlib.util
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from notes.errors import Fault
from notes.paths import ROOT

# 不印 Material 的告示，一律 UTF-8；构建的时间固定，同样的源码得到同样的字节；没有仓库
ENVIRONMENT = os.environ | {
    "NO_MKDOCS_2_WARNING": "1",
    "PYTHONUTF8": "1",
    "SOURCE_DATE_EPOCH": "1767225600",
    "EDITION": "2026 年 1 月 1 日",
    "REPO_URL": "",
}

# 排好的公式，由 markdown_mathjax 存着
FORMULAS = ROOT / ".cache" / "mathjax" / "formulas.sqlite"


def build(folder: Path, url: str) -> None:
    """与 make build 一样，构建将来在 url 打开的网站到 folder；构建不成就抛 Fault，说的是构建时印的话。

    公式的样式表为何过时，写在 folder 旁边的 stale(folder) 里。
    """
    build_by(folder, url, "notes.site.glyphs", stale(folder))


def build_plainly(folder: Path, url: str) -> None:
    """同上，用 MkDocs 自己的命令：搜索的索引由 Material 从头走一遍。"""
    build_by(folder, url, "mkdocs")


def build_by(folder: Path, url: str, *command: str | Path) -> None:
    run("-m", *command, "build", "--strict", "-q", "-d", folder, SITE_URL=url, SOURCES="source/")
    run("-m", "tools.publish", folder)


def stale(folder: Path) -> Path:
    """构建到 folder 时，公式的样式表为何过时，一句话；没有过时就是空的。"""
    return folder.with_name(f"{folder.name}.stale.txt")


def build_by_zensical(folder: Path, url: str) -> None:
    """Zensical 只肯把网站放在 mkdocs.yml 的文件夹里，所以在一份副本里构建，放在 folder/site。

    排好的公式也带去，不必再排一遍；V8 在别的线程里跑得起来，由 mathjax/tests/test_cache.py 核对。
    """
    shutil.copytree(ROOT, folder, ignore=not_sources, dirs_exist_ok=True)
    copy_formulas(folder)
    if importlib.util.find_spec("zensical"):
        run("-m", "zensical", "build", cwd=folder, SITE_URL=url, SOURCES="source/")


def copy_formulas(folder: Path) -> None:
    """别的进程正在往里写也不要紧：由 SQLite 自己来抄。"""
    copy = folder / FORMULAS.relative_to(ROOT)
    if FORMULAS.is_file():
        copy.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(FORMULAS)) as stored, closing(sqlite3.connect(copy)) as target:
            stored.backup(target)


def not_sources(folder: str, names: list[str]) -> list[str]:
    """复制仓库时略过的：隐藏的、装来的，以及根目录下构建好的网站。"""
    unwanted = {"__pycache__", "node_modules"} | ({"site"} if Path(folder) == ROOT else set())
    return [name for name in names if name.startswith(".") or name in unwanted]


def run(*arguments: str | Path, cwd: Path = ROOT, **variables: str) -> None:
    """运行一个 Python 模块；不成就抛 Fault。"""
    command = [sys.executable, *map(str, arguments)]
    environment = ENVIRONMENT | variables
    done = subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", env=environment)
    if done.returncode:
        raise Fault(done.stdout + done.stderr)
