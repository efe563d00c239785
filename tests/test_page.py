"""一页与它的文件：路径与网址；页面里没有自己的代码，写了的小节都有页面印它，引用的都在。"""

import re

import pytest

from notes import config, consoles, figures, implementations, sessions
from notes.errors import Malformed
from notes.files import read
from notes.page import Page, page_of, pages, shown
from notes.paths import DOCS, FIGURES, ROOT, SNIPPETS
from notes.sections import split

SOURCES = sorted([*SNIPPETS.rglob("*.py"), *sessions.files(), *consoles.files()])
READERS = {".py": implementations, ".pycon": sessions}
# 网页上一行放得下多少列；有汉字的要看字体，在浏览器里量（tests/site/test_browser.py）
COLUMNS = 112


@pytest.mark.parametrize(
    ("name", "url"),
    [("a/b", "a/b/"), ("index", ""), ("a/index", "a/"), ("x/reindex", "x/reindex/"), ("reindex", "reindex/")],
)
def test_url(name, url):
    assert Page(name).url == url


@pytest.mark.parametrize(
    "file",
    [
        "docs/a/b.md",
        "snippets/a/b.py",
        "snippets/a/b.pycon",
        "snippets/a/b.torch.pycon",
        "snippets/a/b.claims.pycon",
        "snippets/a/b.torch.claims.pycon",
        "figures/a/b.py",
        "figures/a/b.c.svg",
    ],
)
def test_every_file_leads_to_its_page(file):
    assert page_of(ROOT / file) == Page("a/b")


def test_long_implementation_is_several_files(tmp_path):
    """a/b_c.py 属于 a/b，除非有 a/b_c 这一页；会话不是如此。"""
    page, other = Page("a/b", tmp_path), Page("a/b_d", tmp_path)
    for folder in (page.path.parent, page.session.parent):
        folder.mkdir(parents=True)
    for each in (page.path, other.path, page.implementation, page.session.with_name("b_c.pycon")):
        each.touch()
    parts = [page.session.with_name(f"b_{letter}.py") for letter in "cde"]
    for each in parts:
        each.touch()
    assert [page_of(each, tmp_path) for each in parts] == [page, other, page]
    assert page.implementations == [page.implementation, parts[0], parts[2]]
    assert other.implementations == [parts[1]]
    assert page_of(page.session.with_name("b_c.pycon"), tmp_path) == Page("a/b_c", tmp_path)


def test_sessions_of_a_page_are_its_own(tmp_path):
    """a/b 的会话里没有 a/bc 的，也没有 a/b_c 的；断言不是会话。"""
    page = Page("a/b", tmp_path)
    page.session.parent.mkdir(parents=True)
    names = ["b.claims.pycon", "b.pycon", "b.torch.claims.pycon", "b.torch.pycon"]
    for name in (*names, "bc.pycon", "b_c.pycon", "b_c.claims.pycon", "b.py"):
        (page.session.parent / name).touch()
    assert [path.name for path in page.sessions] == names[1::2]
    assert [path.name for path in page.claims] == names[::2]


def sections_of(path):
    return READERS.get(path.suffix, consoles).parse(path)


@pytest.mark.parametrize("page", pages(), ids=str)
def test_page_takes_its_code_from_snippets(page):
    for include in page.markdown.includes:
        source = SNIPPETS / include.file
        if not source.is_file():
            raise page.fault(include.line, f"没有 snippets/{include.file}")
        if include.section not in sections_of(source):
            raise page.fault(include.line, f"snippets/{include.file} 里没有小节 {include.section}")


@pytest.fixture(scope="session")
def generated():
    """由程序生成的文件的各个小节 {(页面里的写法, 小节)}；整个文件的小节记作空串。"""
    drawn = {f.stored for path in figures.files() for f in figures.parse(path).values()}
    return {(page_of(path).file(path), "") for path in drawn} | {
        (page_of(path).file(path), section)
        for path in sorted(SNIPPETS.rglob("*.md"))
        for section in re.findall(r"\[start:([^]]+)\]", read(path)) or [""]
    }


@pytest.mark.parametrize("page", pages(), ids=str)
def test_page_takes_figures_and_tables_from_programs(page, generated):
    for include in page.markdown.generated:
        if (include.file, include.section) not in generated:
            said = "没有函数画这幅图" if include.file.endswith(".svg") else "没有程序写这张表"
            raise page.fault(include.line, f"{include.file}：{said}")


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_figure_and_table_is_shown(page, generated):
    for file, section in sorted(generated):
        path = (FIGURES if file.endswith(".svg") else SNIPPETS) / file
        if page_of(path) == page and (file, section) not in shown():
            name = f"{file}:{section}" if section else file
            raise Malformed(path, 1, f'没有页面引用它：--8<-- "{name}"')


@pytest.mark.parametrize("page", pages(), ids=str)
def test_page_has_one_title(page):
    titles = [heading.line for heading in page.markdown.headings if heading.level == 1]
    if len(titles) != 1:
        raise Malformed(page.path, (titles + [1, 1])[1], f"一页应恰有一个一级标题，却有 {len(titles)} 个")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: page_of(path).file(path))
def test_source_belongs_to_a_page(path):
    if not page_of(path).path.is_file():
        raise Malformed(path, 1, f"没有对应的页面 docs/{page_of(path)}.md")


@pytest.mark.parametrize(("page", "path"), [pytest.param(page_of(p), p, id=page_of(p).file(p)) for p in SOURCES])
def test_code_fits_on_the_page(page, path):
    """写得出来的一行都放得下；会话的输出可能是别人的话，长短由不得我们。"""
    for number, line in (each for section in split(path, read(path))[0].values() for each in section.lines):
        written = path.suffix == ".py" or line.startswith((">>> ", "... "))
        if written and line.isascii() and len(line) > COLUMNS:
            raise Malformed(path, number, f"这一行有 {len(line)} 列，页面上至多放得下 {COLUMNS} 列")


@pytest.mark.parametrize(("page", "path"), [pytest.param(page_of(p), p, id=page_of(p).file(p)) for p in SOURCES])
def test_every_section_is_shown(page, path):
    own = {include.section for include in page.markdown.includes if include.file == page.file(path)}
    for section in sections_of(path).values():
        if section.name not in own and (page.file(path), section.name) not in shown():
            raise Malformed(path, section.line, f"没有页面印出小节 {section.name}")


@pytest.mark.parametrize("page", pages(), ids=str)
def test_page_is_in_the_nav(page):
    if page.name not in config.reading_order():
        raise Malformed(page.path, 1, "mkdocs.yml 的 nav 里没有这一页")


def test_nav_lists_pages_that_exist_once_each():
    order = config.reading_order()
    for name in order:
        line = next(k for k, text in enumerate(read(config.MKDOCS).split("\n"), 1) if f"{name}.md" in text)
        if not Page(name).path.is_file():
            raise Malformed(config.MKDOCS, line, f"nav 里的 {name}.md 不在 docs/ 里")
        if order.count(name) > 1:
            raise Malformed(config.MKDOCS, line, f"nav 里的 {name}.md 写了 {order.count(name)} 遍")


def test_all_of_docs_is_read():
    assert {page.path for page in pages()} == set(DOCS.rglob("*.md"))
