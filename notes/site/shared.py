"""测试共用的网站：几个测试进程里，同一个网站只构建一次，由主进程在本机上提供。"""

import json
import shutil
import tempfile
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

from notes.errors import Fault
from notes.site import server
from notes.site.build import build, build_by_zensical, build_plainly

# 测试要用的网站：名字 → 怎样构建
BUILDERS = {"built": build, "built_again": build_plainly, "built_by_zensical": build_by_zensical}


@dataclass
class SharedSite:
    """网站都放在 folder 里；即时导航要求 url 就是将来打开它的网址。"""

    folder: Path
    url: str
    stack: ExitStack = field(default_factory=ExitStack)
    coming: dict[str, Future] = field(default_factory=dict)

    @classmethod
    def open(cls) -> "SharedSite":
        """主进程：准备文件夹，提供将要构建在里面的网站。"""
        shared = cls(Path(tempfile.mkdtemp(prefix="notes-site-")), server.free_url())
        shared.stack.callback(shutil.rmtree, shared.folder, ignore_errors=True)
        shared.stack.enter_context(server.serve(shared.folder / "built", shared.url))
        return shared

    @classmethod
    def join(cls, token: str) -> "SharedSite":
        """别的进程：用主进程准备好的。"""
        folder, url = json.loads(token)
        return cls(Path(folder), url)

    @property
    def token(self) -> str:
        """交给别的进程的一段文字。"""
        return json.dumps([str(self.folder), self.url])

    def start(self, wanted: Iterable[str]) -> None:
        """在另一个线程里逐个构建用得着的。"""
        if self.coming:
            return
        pool = ThreadPoolExecutor(1)
        self.stack.callback(pool.shutdown, cancel_futures=True)
        self.coming = {name: pool.submit(self.once, name) for name in BUILDERS if name in wanted}

    def once(self, name: str) -> str:
        """构建一个网站；别的进程构建过，就用它的。返回构建不成时说的话，成功时是空串。"""
        said = self.folder / f"{name}.txt"
        with FileLock(self.folder / f"{name}.lock"):
            if not said.is_file():
                said.write_text(complaint(name, self.folder / name, self.url), encoding="utf-8")
        return said.read_text(encoding="utf-8")

    def get(self, name: str) -> Path:
        """构建好的网站在哪个文件夹；构建不成就抛 Fault。"""
        said = self.coming[name].result() if name in self.coming else self.once(name)
        if said:
            raise Fault(said)
        return self.folder / name

    def close(self) -> None:
        """不再构建还没有开始的；主进程还停下服务器，删掉文件夹。"""
        self.stack.close()


def complaint(name: str, folder: Path, url: str) -> str:
    try:
        BUILDERS[name](folder, url)
    except Fault as error:
        return str(error)
    return ""
