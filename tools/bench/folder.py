"""临时文件夹里的网站：本站的 mkdocs.yml、模板与样式，换上别的页面。"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
# Material 的文档写的就是这几行
MATHJAX_SETUP = r"""window.MathJax = {
  tex: {
    inlineMath: [["\\(", "\\)"]],
    displayMath: [["\\[", "\\]"]],
    processEscapes: true,
    processEnvironments: true
  },
  options: {
    ignoreHtmlClass: ".*|",
    processHtmlClass: "arithmatex"
  }
};

document$.subscribe(() => {
  MathJax.startup.output.clearCache()
  MathJax.typesetClear()
  MathJax.texReset()
  MathJax.typesetPromise()
})
"""


def create(folder, pages, code=""):
    """pages 是 {路径: Markdown}。"""
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    config = re.sub(r"^(?:nav|watch):\n(?:[ -].*\n|\n)+", "", config, flags=re.MULTILINE)
    write(folder / "mkdocs.yml", config)
    write(folder / "snippets" / "code.py", code)
    shutil.copytree(ROOT / "overrides", folder / "overrides")
    shutil.copytree(ROOT / "docs" / "assets", folder / "docs" / "assets", ignore=shutil.ignore_patterns("mathjax"))
    for path, text in pages.items():
        write(folder / "docs" / path, text)
    return folder


def typeset_in_the_browser(folder, mathjax):
    """把 folder 里的网站改成由读者的浏览器排版：mathjax 是 npm 包的文件夹。"""
    path = folder / "mkdocs.yml"
    config = path.read_text(encoding="utf-8")
    config = re.sub(r"^  - markdown_mathjax(?::\n(?:      .*\n)+|\n)", "", config, flags=re.MULTILINE)
    config = config.replace("  - assets/mathjax/mathjax.css\n", "")
    scripts = "  - assets/setup.js\n  - assets/es5/tex-mml-chtml.js\n"
    config = config.replace("  - assets/mathjax/copy-tex.js\n", scripts)
    if "markdown_mathjax" in config or scripts not in config:
        raise SystemExit("mkdocs.yml 里数学公式的写法变了，tools/bench/folder.py 也要跟着改")
    write(path, config)
    write(folder / "docs" / "assets" / "setup.js", MATHJAX_SETUP)
    shutil.copytree(mathjax / "es5", folder / "docs" / "assets" / "es5")


def stylesheet(folder):
    """生成这个网站自己的公式样式表与字体。"""
    run(folder, "-m", "markdown_mathjax", "stylesheet")


def build(folder, url="http://127.0.0.1:8000/", site=None):
    """构建到 site，默认是 folder/site。即时导航要求 url 就是将来打开它的网址。"""
    site = site or folder / "site"
    run(folder, "-m", "mkdocs", "build", "-q", "-d", site, SITE_URL=url)
    return site


def run(folder, *arguments, **variables):
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1"} | variables
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", env=environment)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
