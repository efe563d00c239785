"""构建网站：与 make build 一样用 MkDocs，或者用 Zensical。"""

import importlib.util
import os
import shutil
import subprocess
import sys

from notes.site.browser import PORT
from notes.files import ROOT

IGNORED = shutil.ignore_patterns(".*", "site", "__pycache__", "node_modules")


def build(folder, config=ROOT / "mkdocs.yml"):
    """与 make build 一样，用 config 构建网站到 folder；返回失败时说的话，成功时是空串。"""
    return run("-m", "mkdocs", "build", "--strict", "-q", "-f", config, "-d", folder) or run("-m", "tools.publish", folder)


def build_by_zensical(folder):
    """Zensical 只肯把网站放在 mkdocs.yml 的文件夹里，所以在一份副本里构建。"""
    shutil.copytree(ROOT, folder, ignore=IGNORED, dirs_exist_ok=True)
    return run("-m", "zensical", "build", cwd=folder) if importlib.util.find_spec("zensical") else ""


def run(*arguments, cwd=ROOT):
    environment = os.environ | {
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONUTF8": "1",
        "SITE_URL": f"http://127.0.0.1:{PORT}/",
        "SOURCES": "source/",
        "SOURCE_DATE_EPOCH": "1767225600",
    }
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", env=environment)
    return done.stdout + done.stderr if done.returncode else ""
