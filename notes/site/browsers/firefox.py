"""Firefox，直接说它自己的 Marionette：套接字上的 JSON，不必另装 geckodriver。"""

import base64
import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from notes.errors import Fault
from notes.site.browsers import Window, arrive, foreign, steps

PREFERENCES = {
    "marionette.port": 0,  # 自己挑一个，写在 MarionetteActivePort 里
    "app.update.disabledForTesting": True,
    "app.normandy.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.systemAddon.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    # 滚动条不占宽度，与另外两个一样
    "widget.gtk.overlay-scrollbars.enabled": True,
    "ui.useOverlayScrollbars": 1,
    "toolkit.telemetry.server": "data:,",
}
# 在浏览器自己的一侧运行：记下网页的每个请求、脚本的每个错误
OBSERVE = """
const seen = Cu.getGlobalForObject(Services).notesSeen = {addresses: [], errors: []}
Services.obs.addObserver(subject => {
  const channel = subject.QueryInterface(Ci.nsIHttpChannel)
  if (channel.loadInfo.browsingContext) seen.addresses.push(channel.URI.spec)
}, "http-on-modify-request")
Services.console.registerListener({observe(message) {
  if (!(message instanceof Ci.nsIScriptError) || message.flags & Ci.nsIScriptError.warningFlag) return
  if (message.category.includes("content javascript")) seen.errors.push(message.toString())
}})
"""
SEEN = "const seen = Cu.getGlobalForObject(Services).notesSeen; return seen"
# 窗口不能再窄的时候，网页还可以
SIZE = """
const {style} = gBrowser.selectedBrowser
for (const bound of ["min", "max"]) {
  style.setProperty(`${bound}-width`, arguments[0] + "px")
  style.setProperty(`${bound}-height`, arguments[1] + "px")
}
"""


class Firefox:
    name = "firefox"

    def __init__(self, connection: socket.socket, site: str) -> None:
        self.stream = connection.makefile("rwb")
        self.site = site
        self._answer()  # 自我介绍
        self._call("WebDriver:NewSession", {"pageLoadStrategy": "normal"})
        self._privileged(OBSERVE)

    @property
    def troubles(self) -> list[str]:
        seen = self._privileged(SEEN)
        return foreign(seen["addresses"], self.site) + [f"脚本：{error}" for error in seen["errors"]]

    def size(self, width: int, height: int) -> None:
        if self.evaluate(f"innerWidth === {width} && innerHeight === {height}"):
            return
        self._call("WebDriver:SetWindowRect", {"width": width + 100, "height": height + 300})
        self._privileged(SIZE, width, height)
        self._settle(f"innerWidth === {width} && innerHeight === {height}")

    def open(self, address: str) -> None:
        for step in steps(self.evaluate("location.href"), address):
            self._call("WebDriver:Navigate", {"url": step})
        arrive(self, address)

    def evaluate(self, expression: str) -> Any:
        script = f"const done = arguments[0]; Promise.resolve({expression}).then(done)"
        return self._call("WebDriver:ExecuteAsyncScript", {"script": script, "args": [], "sandbox": None})

    def click(self, selector: str) -> None:
        element = self._call("WebDriver:FindElement", {"using": "css selector", "value": selector})
        self._call("WebDriver:ElementClick", {"id": next(iter(element.values()))})

    def back(self) -> None:
        self._call("WebDriver:Back", {})

    def reload(self) -> None:
        self._call("WebDriver:Refresh", {})

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self._call("WebDriver:TakeScreenshot", {"full": False})))

    def quit(self) -> None:
        self._call("Marionette:Quit", {"flags": ["eForceQuit"]})

    def _settle(self, condition: str) -> None:
        self.evaluate(f"(async () => {{ while (!({condition})) await new Promise(requestAnimationFrame) }})()")

    def _privileged(self, script: str, *arguments: Any) -> Any:
        self._call("Marionette:SetContext", {"value": "chrome"})
        try:
            return self._call("WebDriver:ExecuteScript", {"script": script, "args": arguments})
        finally:
            self._call("Marionette:SetContext", {"value": "content"})

    def _call(self, name: str, parameters: dict[str, Any]) -> Any:
        message = json.dumps([0, 1, name, parameters]).encode()
        self.stream.write(b"%d:%b" % (len(message), message))
        self.stream.flush()
        _, _, error, result = self._answer()
        if error:
            raise RuntimeError(f"Firefox：{name} {error['error']} {error['message']}")
        return result.get("value", result) if isinstance(result, dict) else result

    def _answer(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            read = self.stream.read(1)
            if not read:
                raise RuntimeError("Firefox 自己退出了")
            length += read
        return json.loads(self.stream.read(int(length[:-1])))


def executable() -> str:
    found = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
    if not found:
        raise Fault("没有找到 Firefox；Debian 上：apt-get install firefox-esr")
    return found


@contextmanager
def launch(site: str) -> Iterator[Window]:
    program = executable()
    with tempfile.TemporaryDirectory(prefix="notes-firefox-", ignore_cleanup_errors=True) as folder:
        profile = Path(folder)
        lines = [f"user_pref({json.dumps(key)}, {json.dumps(value)});\n" for key, value in PREFERENCES.items()]
        (profile / "user.js").write_text("".join(lines), encoding="utf-8")
        command = [program, "--headless", "--no-remote", "--profile", folder, "--marionette"]
        command += ["--remote-allow-system-access", "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            with socket.create_connection(("127.0.0.1", _port(profile, process)), timeout=60) as connection:
                window = Firefox(connection, site)
                yield window
                window.quit()
        finally:
            process.terminate()
            process.wait()


def _port(profile: Path, process: subprocess.Popen[bytes]) -> int:
    written = profile / "MarionetteActivePort"
    for _ in range(600):
        if written.is_file() and (text := written.read_text()):
            return int(text)
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise Fault("Firefox 没有启动成功")
