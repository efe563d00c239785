"""构建要多久：页数从 10 到 1000 的曲线，以及改一页之后多久看得到。"""

import shutil
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

from notes.paths import ROOT
from notes.site.build import ENVIRONMENT, not_sources
from notes.site.server import free_port

from . import folder, page

SIZES = [10, 100, 300, 1000]
SECTION = 20


def curve(temporary, sizes=SIZES):
    """逐个给出 (页数, 秒)；每次都从头构建，没有缓存。"""
    for size in sizes:
        site = temporary / f"{size}-pages"
        pages = {f"{k // SECTION}/{k}.md": page.synthetic(k) for k in range(size)}
        folder.create(site, {"index.md": "# 首页\n"} | pages, page.snippets(), **folder.unchecked())
        start = time.perf_counter()
        folder.build(site)
        yield size, time.perf_counter() - start
        shutil.rmtree(site)


def rebuild(temporary, path, times=5):
    """在 make serve 的服务器里改 path（docs/ 下的一页），到新的一页送出来为止，各次的秒数。"""
    site = temporary / "serve"
    shutil.copytree(ROOT, site, ignore=not_sources)
    source = site / "docs" / path
    text = source.read_text(encoding="utf-8")
    seconds = []
    with serving(site) as base:
        address = base + path.removesuffix(".md") + "/"
        wait_for(address, "", 120)
        for number in range(times):
            time.sleep(1)
            mark = f"改动的记号{number}"
            start = time.perf_counter()
            source.write_text(f"{text}\n{mark}\n", encoding="utf-8")
            wait_for(address, mark, 60)
            seconds.append(time.perf_counter() - start)
    shutil.rmtree(site)
    return seconds


@contextmanager
def serving(site):
    port = free_port()
    command = [sys.executable, "-m", "tools.serve", "--dev-addr", f"127.0.0.1:{port}"]
    with open(site / "serve.log", "wb") as log:
        server = subprocess.Popen(command, cwd=site, stdout=log, stderr=log, env=ENVIRONMENT)
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait()


def wait_for(address, mark, limit):
    """反复去取，直到里面有 mark。"""
    end = time.perf_counter() + limit
    while time.perf_counter() < end:
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                if mark in answer.read().decode():
                    return
        except OSError:
            pass
        time.sleep(0.02)
    raise SystemExit(f"等了 {limit} 秒，{address} 里还没有新的内容")
