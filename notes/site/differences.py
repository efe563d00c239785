"""在网页里的 Python 中，哪些小节的输出与印着的不同，为什么：一张表，由全部小节真的运行一遍写成。

表在 differences.json 里；按钮照着它写（notes/site/runtime.py），测试核对它（tests/site/test_runtime.py）。
"""

import functools
import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from notes import sessions
from notes.errors import Fault
from notes.files import read
from notes.page import Page, pages
from notes.paths import DOCS
from notes.site import server
from notes.site.browser import launch, watch

STORED = Path(__file__).with_name("differences.json")
REASONS = {
    "warning": "网页里的 Python 没有浮点警告，奇异矩阵也不报错",
    "width": "网页里的 Python 是 32 位的，整数默认是 int32",
    "other": "网页里的 numpy 是另一版，在另一种机器上，上溢也不报错",
    "repository": "要在仓库里运行",
}
TABS = 2  # 几个一起跑
# 久的先跑
SLOW = ("cnn/digits", "transformer/rnn", "transformer/gpt", "cnn/conv", "matrix/kronecker", "mlp/init", "mlp/equality")
SLOWEST = 600  # 一页至多几秒

Table = dict[str, dict[str, str]]  # {页: {小节: 为什么不同}}


@functools.cache
def stored() -> Table:
    found: Table = json.loads(read(STORED))["sections"]
    return found


def text(table: Table, facts: dict[str, Any]) -> str:
    """表的全文；facts 是网页里的 Python 是什么。"""
    sections = {page: found for page, found in sorted(table.items()) if found}
    return json.dumps({**facts, "sections": sections}, indent=2) + "\n"


def table(outputs: dict[str, sessions.Outputs]) -> Table:
    return {name: compared(Page(name), found) for name, found in outputs.items()}


def run(copy: Callable[[Path], None], names: list[str]) -> dict[str, sessions.Outputs]:
    """在 Chromium 里把这几页的会话照原样运行一遍；copy 把网页里的 Python 放进网站。

    网站里只有它：不必等整个网站构建好。
    """
    with serving(copy) as address, launch() as chromium:
        troubles: list[str] = []
        tabs = [chromium.new_page() for _ in range(min(TABS, len(names)))]
        for tab in tabs:
            watch(tab, address, troubles)
            tab.goto(address)
            tab.evaluate("import('/assets/run/python.js').then(({ python }) => window.py = python())")
        found = shared_out(tabs, sorted(names, key=lambda name: (name not in SLOW, name)))
    if troubles:
        raise Fault("\n".join(troubles))
    return found


@contextmanager
def serving(copy: Callable[[Path], None]) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="notes-runtime-") as folder:
        site = Path(folder)
        shutil.copytree(DOCS / "assets" / "run", site / "assets" / "run")
        copy(site)
        (site / "index.html").write_text('<!doctype html><link rel="icon" href="data:,">', encoding="utf-8")
        with server.serve(site) as (address, _):
            yield address


def shared_out(tabs: list[Any], names: list[str]) -> dict[str, sessions.Outputs]:
    """几个标签页，谁空了就给谁下一页。"""
    start = "name => { window.got = null; py.outputs(name).then(got => window.got = [got], ({ message }) => window.got = message) }"
    found: dict[str, sessions.Outputs] = {}
    running: dict[int, tuple[str, float]] = {}
    while len(found) < len(names):
        for k, tab in enumerate(tabs):
            got = tab.evaluate("window.got") if k in running else None
            if isinstance(got, str) or (k in running and time.monotonic() > running[k][1]):
                raise Fault(f"{running[k][0]} 在网页里没有跑完：{got or '太久'}")
            if got:
                found[running.pop(k)[0]] = got[0]
            waiting = names[len(found) + len(running) :]
            if k not in running and waiting:
                running[k] = waiting[0], time.monotonic() + SLOWEST
                tab.evaluate(start, waiting[0])
        time.sleep(0.05)
    return found


def every_page() -> list[str]:
    return [str(page) for page in pages() if page.session.is_file()]


WARNING = re.compile(r"\w*Warning: ")
UNAVAILABLE = re.compile(r"(ModuleNotFoundError|ImportError|FileNotFoundError): |（没有页面印它）")


def reason(want: list[str], got: list[str], before: str) -> str:
    """一步的输出为什么不同；before 是这一页上面的小节不同的原因，没有就是空串。"""
    text = "\n".join(got)
    if UNAVAILABLE.search(text) or (before == "repository" and "NameError: " in text):
        return "repository"
    if [line.replace("int64", "int32") for line in want] == got or "to dtype('int32')" in text:
        return "width"
    missed = [line for line in want if WARNING.match(line) or "LinAlgError" in line]
    return "warning" if missed and not [line for line in got if line in missed] else "other"


def compared(page: Page, outputs: sessions.Outputs) -> dict[str, str]:
    """一页在网页里运行出的输出，与存着的不同的小节 {小节: 为什么}。"""
    found: dict[str, str] = {}
    for section in sessions.parse(page.session).values():
        wrong = sessions.mismatches(section, outputs[section.name])
        if wrong:
            step, got = wrong[0]
            found[section.name] = reason(step.want, got, next(iter(found.values()), ""))
    return found
