"""构建出的网站：印出来的每一块代码都运行过，链接都通，同一份源码构建两次一字不差。

这里只读 HTML，与 test_pages.py 读 Markdown 的那一套各走各的路。
"""

import filecmp
import inspect
import re
import shutil

import pytest

from notes import sessions
from notes.site.builds import build
from notes.site.documents import Document, broken_links, foreign_resources, html_of
from notes.files import ROOT, display, read
from notes.implementations import modules
from notes.pages import DOCS

PAGES = sorted(DOCS.rglob("*.md"))


def trimmed(text):
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))


@pytest.fixture(scope="session")
def transcripts(request):
    """实际运行得到的会话：源码加真实输出，每个小节一段。缺包而不能运行的会话，取存着的输出。"""
    texts = set()
    for path in sessions.FILES:
        if sessions.runnable(path):
            sections, actual = sessions.execute(path, request.config.getoption("--update-outputs"))
        else:
            sections = sessions.parse(path)
            actual = {s.name: [step.want for step in s.steps] for s in sections.values()}
        for section in sections.values():
            pairs = zip(section.steps, actual[section.name], strict=True)
            texts.add("\n".join(line for step, got in pairs for line in [*step.shown(), *got]))
    return texts


@pytest.fixture(scope="session")
def sources():
    """实际导入的实现的源码。"""
    return [trimmed(inspect.getsource(module)) for module in modules().values()]


def executed(block, transcripts, sources):
    if block.startswith(">>>"):
        return block in transcripts
    return bool(block) and any(f"\n{block}\n" in f"\n{source}\n" for source in sources)


def line_of(path, block):
    """代码块在 Markdown 里的位置；经引用展开的，那里没有它的文字。"""
    first = block.split("\n")[0].strip()
    lines = [line for line, text in enumerate(read(path).split("\n"), 1) if first and first in text]
    return f"{display(path)}:{lines[0] if lines else 1}"


def test_site_builds(built):
    _, complaint = built
    if complaint:
        pytest.fail(complaint, pytrace=False)


@pytest.mark.parametrize("path", PAGES, ids=display)
def test_every_displayed_block_was_executed(path, site, transcripts, sources):
    for block in map(trimmed, Document.at(html_of(site, path)).blocks):
        if not executed(block, transcripts, sources):
            pytest.fail(f"{line_of(path, block)}  页面上这一块代码没有运行过：\n{block}", pytrace=False)


@pytest.mark.parametrize("path", PAGES, ids=display)
def test_links_and_resources(path, site):
    """站内的链接都通，什么也不从别处加载。"""
    assert not broken_links(site, path)
    assert not foreign_resources(site, path)


def test_same_source_builds_to_the_same_bytes(site, built_again):
    again, complaint = built_again
    assert not complaint
    differences = different(filecmp.dircmp(site, again))
    assert not differences, f"同一份源码构建两次，这些文件不同：{differences}"


def different(comparison):
    """两个文件夹里内容不同或只有一边有的文件。"""
    _, mismatch, errors = filecmp.cmpfiles(
        comparison.left, comparison.right, comparison.common_files, shallow=False
    )
    found = mismatch + errors + comparison.left_only + comparison.right_only
    return found + [name for sub in comparison.subdirs.values() for name in different(sub)]


@pytest.mark.parametrize(
    ("include", "complaint"),
    [("no/such.py:mul", "no/such.py"), ("elementwise/mul_div.py:nonsense", "nonsense")],
    ids=["没有这个文件", "没有这个小节"],
)
def test_missing_snippet_fails_the_build(include, complaint, tmp_path):
    config = re.sub(r"^nav:\n(?:[ -].*\n|\n)+", "", read(ROOT / "mkdocs.yml"), flags=re.MULTILINE)
    (tmp_path / "mkdocs.yml").write_text(config, encoding="utf-8")
    (tmp_path / "docs").mkdir()
    for folder in ("snippets", "overrides", "figures"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "docs" / "index.md").write_text(f'# 页\n\n```python\n--8<-- "{include}"\n```\n', encoding="utf-8")
    assert complaint in build(tmp_path / "site", tmp_path / "mkdocs.yml")
