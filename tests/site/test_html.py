"""构建出的网站：印出来的每一块代码都运行过，链接都通，页脚说的是真的，同一份源码构建两次一字不差。

这里只读 HTML，与 tests/test_markdown.py 读 Markdown 的那一套各走各的路。
"""

import filecmp
import inspect
import re
import shutil
from pathlib import Path

import pytest

from notes import config, consoles, sessions
from notes.errors import Fault, Malformed
from notes.files import read
from notes.generated import stylesheet
from notes.generated.artifact import ACCEPT
from notes.implementations import modules
from notes.page import pages
from notes.paths import ROOT, display
from notes.site.build import run, stale
from notes.site.html import Document, broken_links, foreign_resources


def trimmed(text):
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))


@pytest.fixture(scope="session")
def transcripts():
    """会话的每个小节印出来的样子。存着的输出就是真实的输出，由 tests/test_executions.py 核对；命令行的由 test_running.py。"""
    texts = set()
    for path in sessions.files():
        for section in sessions.parse(path).values():
            # 最后印的空行，网页里没有
            texts.add("\n".join(line for step in section.steps for line in [*step.shown(), *step.want]).rstrip())
    for path in consoles.files():
        texts |= {"\n".join(text.rstrip() for _, text in section.lines) for section in consoles.parse(path).values()}
    return texts


@pytest.fixture(scope="session")
def sources():
    """实际导入的实现的源码，接成一串，之间隔着代码里不会有的字符。"""
    return "\n\0\n".join(["", *(trimmed(inspect.getsource(module)) for module in modules().values()), ""])


def executed(block, transcripts, sources):
    if block.startswith((">>>", *consoles.PROMPTS.values())):
        return block in transcripts
    return bool(block) and f"\n{block}\n" in sources


def line_of(page, block):
    """代码块在 Markdown 里的哪一行；经引用展开的，那里没有它的文字。"""
    first = block.split("\n")[0].strip()
    lines = [line for line, text in enumerate(page.markdown.text.split("\n"), 1) if first and first in text]
    return lines[0] if lines else 1


def test_site_builds(built):
    assert (built / "index.html").is_file()


def test_stylesheet_is_current(built):
    """公式的样式表恰好含全站用到的字形；过时了，说为什么。"""
    if said := read(stale(built)):
        raise Fault(f"{display(stylesheet.STORED)}  {said}\n{ACCEPT}")


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_displayed_block_was_executed(page, site, transcripts, sources):
    for block in map(trimmed, Document.at(page.html(site)).blocks):
        if not executed(block, transcripts, sources):
            raise Malformed(page.path, line_of(page, block), f"页面上这一块代码没有运行过：\n{block}")


@pytest.mark.parametrize("page", pages(), ids=str)
def test_links_and_resources(page, site):
    """站内的链接都通，什么也不从别处加载。"""
    assert not broken_links(site, page)
    assert not foreign_resources(site, page)


@pytest.mark.parametrize("page", pages(), ids=str)
def test_footer_is_true(page, site):
    """页脚的数目，与这一页 HTML 里数得出来的相符；源文件都在，也都附在网站里。"""
    document = Document.at(page.html(site))
    footer = re.sub(r"\s+", " ", document.verified)
    shown = sum(block.startswith(">>>") for block in map(trimmed, document.blocks))
    equations = len([name for name in document.ids if re.fullmatch(r"eq-\d+", name)])
    told = [f"{count} {unit}" for count, unit in ((shown, "段会话"), (equations, "条公式")) if count and shown]
    for words in told:
        if words not in footer:
            raise Fault(f"{page.where(1)}\n  页脚应说“{words}”，说的是：{footer}")
    files = re.findall(r"source/(\S+?)\"", " ".join(f'{link}"' for link in document.links if "source/" in link))
    assert files == [path.relative_to(ROOT).as_posix() for path in page.sources]
    for file in files:
        assert (site / "source" / file).read_bytes() == (ROOT / file).read_bytes()


def test_home_page_counts_the_whole_site(site):
    """首页的总数是各页页脚之和。"""
    home = pages()[[page.name for page in pages()].index("index")].html(site).read_text(encoding="utf-8")
    footers = [Document.at(page.html(site)).verified for page in pages()]
    for unit, pattern in (("段会话", r"(\d+) 段会话"), ("条编号公式", r"(\d+) 条公式"), ("个算子", r"(\d+) 个算子")):
        total = sum(int(number) for footer in footers for number in re.findall(pattern, footer))
        assert f"<strong>{total}</strong> {unit}" in home, unit
    assert f"{len(pages())} 页" in home


@pytest.mark.release
def test_same_source_builds_to_the_same_bytes(site, built_again):
    """哪怕第二次用的是 MkDocs 自己的命令，搜索的索引由 Material 照原样切。"""
    differences = different(filecmp.dircmp(site, built_again))
    assert not differences, f"同一份源码构建两次，这些文件不同：{differences}"


def different(comparison):
    """两个文件夹里内容不同或只有一边有的文件。"""
    _, mismatch, errors = filecmp.cmpfiles(comparison.left, comparison.right, comparison.common_files, shallow=False)
    found = mismatch + errors + comparison.left_only + comparison.right_only
    return found + [name for sub in comparison.subdirs.values() for name in different(sub)]


@pytest.mark.parametrize(
    ("include", "complaint"),
    [("no/such.py:mul", "no/such.py"), ("elementwise/mul_div.py:nonsense", "nonsense")],
    ids=["没有这个文件", "没有这个小节"],
)
def test_missing_snippet_fails_the_build(include, complaint, tmp_path):
    config.derive(tmp_path)
    for folder in ("snippets", "overrides", "figures"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text(f'# 页\n\n```python\n--8<-- "{include}"\n```\n', encoding="utf-8")
    with pytest.raises(Fault, match=re.escape(complaint)):
        run("-m", "mkdocs", "build", "--strict", "-q", "-d", Path("site"), cwd=tmp_path)
