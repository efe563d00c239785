"""临时文件夹里的网站：本站的 mkdocs.yml、模板与样式，换上别的页面。"""

import shutil
from pathlib import Path

from notes.config import derive, extensions, settings
from notes.files import write
from notes.paths import DOCS, ROOT
from notes.site.build import run

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


def create(folder: Path, pages: dict[str, str], code: str = "", **changes) -> Path:
    """pages 是 {路径: Markdown}；mkdocs.yml 换掉 changes 里的几项。"""
    derive(folder, **changes)
    write(folder / "snippets" / "code.py", code)
    shutil.copytree(ROOT / "overrides", folder / "overrides")
    shutil.copytree(DOCS / "assets", folder / "docs" / "assets", ignore=shutil.ignore_patterns("mathjax"))
    for path, text in pages.items():
        write(folder / "docs" / path, text)
    return folder


def in_the_browser() -> dict:
    """mkdocs.yml 里由读者的浏览器排版的几项。"""
    return {
        "markdown_extensions": {k: v for k, v in extensions().items() if k != "markdown_mathjax"},
        "extra_css": [each for each in settings()["extra_css"] if "mathjax" not in each],
        "extra_javascript": ["assets/setup.js", "assets/es5/tex-mml-chtml.js"],
    }


def add_mathjax(folder: Path, mathjax: Path) -> None:
    """附上浏览器里的 MathJax：mathjax 是 npm 包的文件夹。"""
    write(folder / "docs" / "assets" / "setup.js", MATHJAX_SETUP)
    shutil.copytree(mathjax / "es5", folder / "docs" / "assets" / "es5")


def unchecked() -> dict:
    """mkdocs.yml 里不检查样式表的一项：只量构建时用。"""
    mathjax = extensions()["markdown_mathjax"] | {"stylesheet": ""}
    return {"markdown_extensions": extensions() | {"markdown_mathjax": mathjax}}


def stylesheet(folder: Path) -> None:
    """生成这个网站自己的公式样式表与字体。"""
    run("-m", "markdown_mathjax", "stylesheet", cwd=folder)


def build(folder: Path, url: str = "http://127.0.0.1:8000/") -> Path:
    """构建到 folder/site。即时导航要求 url 就是将来打开它的网址。"""
    site = folder / "site"
    run("-m", "mkdocs", "build", "-q", "-d", site, cwd=folder, SITE_URL=url)
    return site
