"""系统的 Chromium：在哪里，怎样启动；浏览器里的测试与性能测试共用。"""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")
# 不联网、不要沙箱（容器里没有）、不要显卡
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def executable():
    """Chromium 的路径；没有装就是 None。"""
    return next(filter(None, map(shutil.which, NAMES)), None)
