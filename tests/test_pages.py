"""页面、实现、会话三者对得上：页面里没有自己的代码，写了的小节都有页面印它。"""

import re

import pytest

from notes import figures
from notes import implementations
from notes import pages
from notes import sessions
from notes.files import Malformed, display, read
from notes.implementations import SNIPPETS
from notes.pages import DOCS
from notes.generated.tables import tables

PAGES = sorted(DOCS.rglob("*.md"))
SOURCES = sorted([*SNIPPETS.rglob("*.py"), *SNIPPETS.rglob("*.pycon")])


def name(path):
    return display(path)


def page_of(source):
    """snippets/a/b.torch.pycon 属于 docs/a/b.md。"""
    folder = DOCS / source.relative_to(SNIPPETS).parent
    return folder / f"{source.name.split('.')[0]}.md"


def sections_of(path):
    return (implementations if path.suffix == ".py" else sessions).parse(path)


def check(call, *arguments):
    """写得不合约定时，只报那一句话。"""
    try:
        return call(*arguments)
    except Malformed as error:
        sentence = str(error)
    pytest.fail(sentence, pytrace=False)


@pytest.fixture(scope="session")
def includes():
    """全部引用：{(文件, 小节)}。"""
    return {(i.file, i.section) for page in check(pages.pages).values() for i in page.includes}


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_page_takes_its_code_from_snippets(path):
    page = check(pages.parse, path)
    for include in page.includes:
        source = SNIPPETS / include.file
        here = page.where(include.line)
        if not source.is_file():
            pytest.fail(f"{here}\n  没有 snippets/{include.file}", pytrace=False)
        if include.section not in check(sections_of, source):
            pytest.fail(f"{here}\n  snippets/{include.file} 里没有小节 {include.section}", pytrace=False)


def generated():
    """由程序生成的文件的各个小节 {(页面里的写法, 小节)}；图没有小节，记作空串。"""
    for path in figures.files():
        for figure in check(figures.parse, path).values():
            yield figure.stored.relative_to(figures.FIGURES).as_posix(), ""
    for path in tables():
        names = re.findall(r"\[start:([^]]+)\]", read(path)) if path.is_file() else []
        yield from ((path.relative_to(SNIPPETS).as_posix(), section) for section in names or [""])


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_page_takes_figures_and_tables_from_programs(path):
    page, known = check(pages.parse, path), set(generated())
    for include in page.generated:
        if (include.file, include.section) not in known:
            said = "没有函数画这幅图" if include.file.endswith(".svg") else "没有函数 markdown() 写这张表"
            pytest.fail(f"{page.where(include.line)}\n  {include.file}：{said}", pytrace=False)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_page_has_one_title(path):
    titles = [line for line, level, _ in check(pages.parse, path).headings if level == 1]
    assert len(titles) == 1, f"{display(path)} 应恰有一个一级标题，在第 {titles} 行"


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_source_belongs_to_a_page(path):
    page = page_of(path)
    assert page.is_file(), f"{display(path)} 没有对应的页面 {display(page)}"


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_every_section_is_shown(path, includes):
    file = path.relative_to(SNIPPETS).as_posix()
    for section in check(sections_of, path).values():
        if (file, section.name) not in includes:
            pytest.fail(f"{display(path)}:{section.line}  没有页面印出小节 {section.name}", pytrace=False)


def test_every_page_is_in_the_nav():
    listed = [page for _, entries in pages.nav() for page in entries]
    assert sorted(listed) == sorted(p.relative_to(DOCS).with_suffix("").as_posix() for p in PAGES)
