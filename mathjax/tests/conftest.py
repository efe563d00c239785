from pathlib import Path

import pytest
from markdown import Markdown


@pytest.fixture
def convert(tmp_path, monkeypatch):
    """在空文件夹里转换一段 Markdown。没有磁盘缓存，选项相同的测试就共用一个 V8。"""
    monkeypatch.chdir(tmp_path)

    def run(text: str, extensions=(), **config) -> str:
        config = {"stylesheet": "", "cache": "", **config}
        md = Markdown(
            extensions=["pymdownx.arithmatex", "markdown_mathjax", *extensions],
            extension_configs={"pymdownx.arithmatex": {"generic": True}, "markdown_mathjax": config},
        )
        run.md = md
        return md.convert(text)

    return run


SITE = """\
site_name: 样例
theme: {name: mkdocs, locale: zh_CN}
plugins: [search]
extra_css: [assets/mathjax/mathjax.css]
validation: {anchors: warn}
markdown_extensions:
  - admonition
  - tables
  - pymdownx.snippets: {base_path: [snippets], check_paths: true}
  - pymdownx.arithmatex: {generic: true}
  - toc: {permalink: true}
  - markdown_mathjax:
      cache: ""
      macros: {R: '\\mathbb{R}'}
"""


@pytest.fixture
def site(tmp_path, monkeypatch) -> Path:
    """一个小站点的文件夹，也是当前文件夹。"""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    (tmp_path / "mkdocs.yml").write_text(SITE, encoding="utf-8")
    for name in ("docs", "snippets"):
        (tmp_path / name).mkdir()
    (tmp_path / "docs/index.md").write_text("# 首页\n\n$x \\in \\R$\n", encoding="utf-8")
    return tmp_path
