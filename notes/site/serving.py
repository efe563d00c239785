"""make serve 的服务器：盯着改动，构建到新的文件夹里，成了才换上；不成就说一句话，送的还是上一次好的。

MkDocs 自己的 serve 在同一个文件夹里先清空再构建，构建不成就停在那里，mkdocs.yml 写坏了就退出。
"""

import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from html import escape
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.livereload import LiveReloadServer

from notes.errors import Fault
from notes.site.complaints import FOLDERS, Ear, broken_rules, explain, one_line, translate
from notes.site.reuse import Reuse

# 每隔多少秒看一次改动；改动停下来这么久才构建
INTERVAL = 0.05
# 不必说的：谁来取过不存在的网页
QUIET = {"mkdocs.livereload": logging.ERROR}
WAITING = """<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="1">
<title>make serve</title><pre>{}</pre>"""

Stamps = dict[str, tuple[int, int]]


class Builder:
    """root 是 mkdocs.yml 所在的文件夹，url 是网站将来在的网址；构建在 folder 里，每次一个新的文件夹。"""

    def __init__(self, root: Path, url: str, folder: Path) -> None:
        self.root, self.url, self.folder = root, url, folder
        self.ear = Ear()
        self.reuse = Reuse(root, self.ear.said)
        self.count = 0
        self.check = cache(lambda path, _stamp: broken_rules(path, self.root))

    def build(self, stamps: Stamps) -> tuple[Path, list[str]]:
        """构建一遍，返回 (构建好的文件夹, 看得见网站、但该改的各句话)；不成就抛 Fault。"""
        self.count += 1
        site = self.folder / str(self.count)
        self.ear.said.clear()
        with self.ear.listening(), self.reuse.patched():
            try:
                config = load_config(str(self.root / "mkdocs.yml"), site_dir=str(site), site_url=self.url)
                build(config, serve_url=self.url)
            except (Exception, SystemExit) as error:
                shutil.rmtree(site, ignore_errors=True)
                raise Fault(explain(error, self.ear.said, self.root)) from error
        told = [sentence for message in self.ear.said for sentence in translate(message, self.root)]
        told += [self.check(Path(path), stamp) for path, stamp in stamps.items()]
        return site, [sentence for sentence in dict.fromkeys(told) if sentence]


class Server(LiveReloadServer):
    """送出 root 里的网页；换上新的一版，打开着的网页就自己刷新。"""

    def __init__(self, host: str, port: int, root: Path) -> None:
        super().__init__(lambda: None, host, port, str(root))
        self.waiting, self.previous = "正在构建……", self.root
        self.error_handler = self.page_for
        self._watched_paths = {"": 1}

    def page_for(self, code: int) -> bytes:
        """没有这一页时说什么。"""
        path = Path(self.root, f"{code}.html")
        return path.read_bytes() if path.is_file() else WAITING.format(escape(self.waiting)).encode()

    def show(self, root: Path) -> None:
        """换上新的一版。上一版也许正有人在取，到下一次才删。"""
        shutil.rmtree(self.previous, ignore_errors=True)
        self.previous, self.root = self.root, str(root)
        with self._epoch_cond:
            self._wanted_epoch = self._visible_epoch = round(time.monotonic() * 1000)
            self._epoch_cond.notify_all()

    def start(self) -> None:
        self.server_bind()
        self.server_activate()
        self.serve_thread.start()


def serve(root: Path, host: str, port: int, say: Callable[[str], None]) -> None:
    """一直送 root 的网站，直到 KeyboardInterrupt；端口用不了就抛 Fault。要说的话都交给 say。"""
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="notes-serve-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        builder = Builder(root, f"http://{host}:{port}/", folder)
        server = Server(host, port, folder / "0")
        stack.callback(server.shutdown)
        try:
            server.start()
        except OSError as error:
            raise Fault(f"{host}:{port} 用不了：{error.strerror}；换一个：--dev-addr 127.0.0.1:8001") from None
        say(f"在 {builder.url} 看网站，改了就刷新；按 Ctrl+C 停下")
        before: Stamps | None = None
        while True:
            before = changed(root, before)
            rebuild(builder, server, before, say)


def rebuild(builder: Builder, server: Server, stamps: Stamps, say: Callable[[str], None]) -> None:
    """构建一遍：成了就换上；不成只说一句话。"""
    start = time.perf_counter()
    try:
        site, told = builder.build(stamps)
    except Exception as error:
        # 无论出了什么错，服务器都不停
        server.waiting = str(error) if isinstance(error, Fault) else one_line(f"{type(error).__name__}: {error}")
        say(server.waiting)
        return
    server.show(site)
    for sentence in told:
        say(sentence)
    say(f"更新了，用了 {time.perf_counter() - start:.2f} 秒")


def changed(root: Path, before: Stamps | None) -> Stamps:
    """等到 root 里的文件与 before 不同，又停下来不再变。"""
    while (now := stamps(root)) == before:
        time.sleep(INTERVAL)
    while True:
        time.sleep(INTERVAL)
        if (later := stamps(root)) == now:
            return now
        now = later


def stamps(root: Path) -> Stamps:
    """{文件: (修改时间, 大小)}；编辑器的临时文件不算。"""
    found = {}
    paths = [str(root / "mkdocs.yml")]
    for top in FOLDERS:
        for folder, folders, names in os.walk(root / top):
            folders[:] = [name for name in folders if name[0] != "." and name != "__pycache__"]
            paths += [os.path.join(folder, name) for name in names if name[0] != "." and name[-1] != "~"]
    for path in paths:
        try:
            status = os.stat(path)
        except OSError:
            continue
        found[path] = status.st_mtime_ns, status.st_size
    return found
