"""构建出的网站：印出来的每一块代码都运行过，链接都通，同一份源码构建两次一字不差。

这里只读 HTML，与 test_pages.py 读 Markdown 的那一套各走各的路。
"""

import filecmp
import functools
import inspect
import re
import shutil
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest

import sessions
from builds import build
from files import ROOT, display, read
from implementations import modules
from pages import DOCS

PAGES = sorted(DOCS.rglob("*.md"))


class Document(HTMLParser):
    """一页 HTML 里的代码块、锚点、链接，以及引用的资源。"""

    def __init__(self, path):
        super().__init__()
        self.blocks, self.ids, self.links, self.resources = [], set(), [], []
        self.depth = 0
        self.feed(path.read_text(encoding="utf-8"))

    @classmethod
    @functools.cache
    def at(cls, path):
        return cls(path)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.ids.add(attributes["id"])
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        for key in ("src", "srcset", "poster", "data"):
            if attributes.get(key):
                self.resources.append(attributes[key])
        if tag == "link" and attributes.get("rel") not in ("canonical", "prev", "next", "alternate"):
            self.resources.append(attributes.get("href", ""))
        if tag == "pre":
            self.depth += 1
            self.blocks.append("")

    def handle_endtag(self, tag):
        if tag == "pre":
            self.depth -= 1

    def handle_data(self, data):
        if self.depth:
            self.blocks[-1] += data


def html_of(site, path):
    """docs/a/b.md 构建成 a/b/index.html。"""
    relative = path.relative_to(DOCS).with_suffix("")
    return site / ("index.html" if relative.name == "index" else relative / "index.html")


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


def target(base, href):
    """站内链接指向的 (文件的网址, 锚点)；站外的返回 None。"""
    if urlsplit(href).scheme or href.startswith("//"):
        return None
    return urldefrag(urljoin(base, href))


@pytest.mark.parametrize("path", PAGES, ids=display)
def test_every_internal_link_resolves(path, site):
    html = html_of(site, path)
    base = "/" + html.relative_to(site).as_posix()
    for href in Document.at(html).links:
        found = target(base, href)
        if not found:
            continue
        file = site / unquote(found.url).lstrip("/")
        file = file / "index.html" if file.is_dir() else file
        assert file.is_file(), f"{display(path)}  链接 {href} 指向不存在的页面"
        anchor = unquote(found.fragment)
        if anchor and file.suffix == ".html":
            assert anchor in Document.at(file).ids, f"{display(path)}  链接 {href} 的锚点不存在"


@pytest.mark.parametrize("path", PAGES, ids=display)
def test_nothing_is_loaded_from_another_host(path, site):
    for resource in Document.at(html_of(site, path)).resources:
        assert not re.match(r"(?:https?:)?//", resource), f"{display(path)}  从别处加载 {resource}"


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
