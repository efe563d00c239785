"""WebKit，由 Debian 的 WebKitWebDriver 驱动 MiniBrowser；没有屏幕，就在 Xvfb 里。"""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from notes.errors import Fault
from notes.site.browsers import Window, arrive, foreign, steps
from notes.site.server import free_port

MINIBROWSERS = "usr/lib/*/webkit2gtk-4.*/MiniBrowser"
# MiniBrowser 的工具栏再窄一些，窗口才能窄到 360
NARROW = "* { border-width: 0; font-size: 1px; margin: 0; min-width: 0; padding: 0 }"
# 自动运行时 MiniBrowser 不肯说控制台里有什么，能看见的只有取过哪些文件、哪些取不到
REQUESTS = """performance.getEntriesByType("resource").map(entry => [entry.name, entry.responseStatus ?? 200])"""
INNER = "[innerWidth, innerHeight]"


class WebKit:
    name = "webkit"

    def __init__(self, address: str, site: str) -> None:
        self.address, self.site = address, site
        self.seen: list[str] = []
        self.chrome: list[int] = []
        options: dict[str, Any] = {"binary": str(minibrowser()), "args": ["--automation"]}
        capabilities = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        made = self._call("POST", "/session", {"capabilities": capabilities}, "")
        self.session = "/session/" + made["sessionId"]

    @property
    def troubles(self) -> list[str]:
        self._remember()
        return self.seen

    def size(self, width: int, height: int) -> None:
        rect, (inner_width, inner_height) = self._call("GET", "/window/rect"), self.evaluate(INNER)
        if not self.chrome:  # 窗口比网页大多少，一直不变
            self.chrome = [rect["width"] - inner_width, rect["height"] - inner_height]
        wider, higher = self.chrome
        for _ in range(100):  # 过一会儿才见效
            if self.evaluate(INNER) == [width, height]:
                return
            self._call("POST", "/window/rect", {"width": width + wider, "height": height + higher})
            time.sleep(0.02)
        raise RuntimeError(f"WebKit 的窗口改不成 {width}×{height}，只能是 {self.evaluate(INNER)}")

    def open(self, address: str) -> None:
        self._remember()
        for step in steps(self.evaluate("location.href"), address):
            self._call("POST", "/url", {"url": step})
        arrive(self, address)

    def evaluate(self, expression: str) -> Any:
        script = f"const done = arguments[0]; Promise.resolve({expression}).then(done)"
        return self._call("POST", "/execute/async", {"script": script, "args": []})

    def click(self, selector: str) -> None:
        element = self._call("POST", "/element", {"using": "css selector", "value": selector})
        try:
            self._call("POST", f"/element/{next(iter(element.values()))}/click", {})
        except RuntimeError:  # 自己会滚动的边栏里的链接，它说点不到
            self.evaluate(f"document.querySelector({selector!r}).click()")

    def back(self) -> None:
        self._remember()
        self._call("POST", "/back", {})

    def reload(self) -> None:
        self._remember()
        self._call("POST", "/refresh", {})

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self._call("GET", "/screenshot")))

    def quit(self) -> None:
        self._call("DELETE", "", None)

    def _remember(self) -> None:
        """离开一页之前，记下它取过什么。"""
        requests = self.evaluate(REQUESTS)
        self.seen += foreign([address for address, _ in requests], self.site)
        self.seen += [f"{status}：{address}" for address, status in requests if status >= 400]

    def _call(self, method: str, path: str, body: Any = None, session: str | None = None) -> Any:
        url = self.address + (self.session if session is None else session) + path
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            told = json.load(error)["value"]
            raise RuntimeError(f"WebKit：{method} {path} {told['error']} {told['message']}") from None


def minibrowser() -> Path:
    found = sorted(Path("/").glob(MINIBROWSERS))
    if not found or not shutil.which("WebKitWebDriver"):
        raise Fault("没有找到 WebKit；Debian 上：apt-get install webkit2gtk-driver xvfb")
    return found[-1]


@contextmanager
def launch(site: str) -> Iterator[Window]:
    minibrowser()
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="notes-webkit-", ignore_cleanup_errors=True))
        )
        display = os.environ.get("DISPLAY") or stack.enter_context(screen())
        port = free_port()
        # 缓存与设置都放在用过就删的文件夹里
        homes = {name: str(folder) for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
        environment = os.environ | homes | {"DISPLAY": display, "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1"}
        environment["WEBKIT_DISABLE_COMPOSITING_MODE"] = "1"  # 没有显卡，合成的图层要慢几倍
        (folder / "gtk-3.0").mkdir()
        (folder / "gtk-3.0" / "gtk.css").write_text(NARROW, encoding="utf-8")
        command = ["WebKitWebDriver", f"--port={port}"]
        driver = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        stack.callback(driver.wait)
        stack.callback(driver.terminate)
        address = f"http://127.0.0.1:{port}"
        _wait(address)
        window = WebKit(address, site)
        yield window
        window.quit()


@contextmanager
def screen() -> Iterator[str]:
    """一块看不见的屏幕，给出它的名字。"""
    if not shutil.which("Xvfb"):
        raise Fault("WebKit 要有屏幕；没有的时候用 Xvfb，Debian 上：apt-get install xvfb")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1400x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with open(read) as told:
            yield f":{told.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


def _wait(address: str) -> None:
    """等到 WebDriver 肯听。"""
    for _ in range(100):
        try:
            with urllib.request.urlopen(address + "/status", timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise Fault("WebKitWebDriver 没有启动成功")
