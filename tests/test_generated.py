"""由程序生成、又存在仓库里的文件：过时就失败，make update 重写它们。"""

import inspect
import json
import re
import subprocess
import sys

import numpy as np
import pytest

from notes import equations
from notes import figures
from notes import pages
from notes.generated import vectors
from notes.generated import verified
from notes.files import ROOT, Malformed, display, read
from notes.implementations import SNIPPETS
from notes.pages import shown_at
from notes.generated.tables import tables


def collect():
    """逐幅列出 (文件, 图)；文件本身写错的，图记为 None，留给测试报告。"""
    for path in figures.files():
        try:
            found = figures.parse(path).values()
        except Malformed:
            found = [None]
        for figure in found:
            file = path.relative_to(figures.FIGURES)
            yield pytest.param(path, figure, id=f"{file.as_posix()}:{figure.name if figure else '格式'}")


@pytest.mark.parametrize(("path", "figure"), list(collect()))
def test_figure(path, figure, request):
    """图是由会话里的变量画的，而且有页面用它。"""
    try:
        drawn = figures.draw(path)[figure.name]
    except Malformed as error:
        drawn = error
    if isinstance(drawn, Malformed):
        pytest.fail(str(drawn), pytrace=False)
    check(figure.stored, figures.FIGURES, drawn, f"{display(path)}:{figure.line}", request)


@pytest.mark.parametrize("path", tables(), ids=display)
def test_table(path, request):
    """表格是由程序里的 markdown() 写的。"""
    markdown = tables()[path]
    check(path, SNIPPETS, written(markdown), display(inspect.getsourcefile(markdown)), request)


def test_vectors(request):
    """公布的测试向量：各算子在全部样本上的输入、输出与梯度。"""
    made = written(vectors.current)
    if request.config.getoption("--update-outputs"):
        vectors.STORED.write_text(made, encoding="utf-8", newline="\n")
    if not vectors.STORED.is_file() or read(vectors.STORED) != made:
        pytest.fail(f"{display(vectors.STORED)} 过时了\n若改动是有意的：make update", pytrace=False)


def test_equations_were_read_beside_their_checks(request):
    """公式与它的验证，只改了一边的，要人对照着再读一遍。"""
    found = equations.prints()
    if request.config.getoption("--update-outputs"):
        equations.STORED.write_text(equations.text(found), encoding="utf-8", newline="\n")
    stored = json.loads(read(equations.STORED)) if equations.STORED.is_file() else {}
    wrong = [told for page in found for told in unread(page, found[page], stored.get(page, {}))]
    if wrong:
        pytest.fail("\n".join([*wrong, "对照着读过，确实是同一件事：make update"]), pytrace=False)
    assert stored == found, f"{display(equations.STORED)} 里有不存在的公式；make update 会删去"


def unread(name, found, stored):
    """一页里改过的公式，各在哪里、改了哪一边。"""
    page = pages.parse(pages.DOCS / f"{name}.md")
    for line, number in page.tags:
        if number in found and found[number] != stored.get(number):
            pair = zip(("公式", "验证"), found[number], stored.get(number, ["", ""]))
            changed = "与".join(side for side, now, then in pair if now != then)
            yield f"{page.where(line)}\n  式 ({number}) 的{changed}改过，snippets/{name}.pycon 的小节 eq-{number} 要对照着再读一遍"


def test_no_figure_is_left_over():
    wanted = {figure.stored for path in figures.files() for figure in figures.parse(path).values()}
    for path in sorted(figures.FIGURES.rglob("*.svg")):
        if path not in wanted:
            pytest.fail(f"{display(path)}:1  没有函数画这幅图；画它的函数删去了，就把它也删去", pytrace=False)


def written(make):
    """make 写出的全文；写不出来时，只报那一句话。"""
    try:
        with np.errstate(all="ignore"):
            return make()
    except Malformed as error:
        sentence = str(error)
    pytest.fail(sentence, pytrace=False)


def check(stored, root, made, maker, request):
    """存着的文件与刚生成的相同；--update-outputs 时改写。"""
    file = stored.relative_to(root).as_posix()
    sections = re.findall(r"\[start:([^]]+)\]", made) or [""]
    where = {section: shown_at(file, section) for section in sections}
    current = read(stored) if stored.is_file() else ""
    if current != made and request.config.getoption("--update-outputs"):
        stored.write_text(made, encoding="utf-8", newline="\n")
        current = made
    if current != made:
        pytest.fail(difference(where[sections[0]] or maker, display(stored), current, made), pytrace=False)
    for section in sections:
        if not where[section]:
            name = f"{file}:{section}" if section else file
            pytest.fail(f'{maker}  没有页面引用它：--8<-- "{name}"', pytrace=False)


def difference(where, file, stored, made):
    """从哪一行起不同，存着的与刚生成的各是什么。"""
    old, new = stored.split("\n"), made.split("\n")
    line = next((k for k, pair in enumerate(zip(old, new)) if pair[0] != pair[1]), min(len(old), len(new)))
    return "\n".join([
        where,
        f"{file}:{line + 1}  " + ("过时了" if stored else "还没有生成"),
        f"  存着  {old[line] if line < len(old) else '（没有这一行）'}",
        f"  现在  {new[line] if line < len(new) else '（没有这一行）'}",
        "若改动是有意的：make update",
    ])


def test_difference_names_the_file_and_line():
    assert difference("docs/a.md:8 · 页", "figures/a.b.svg", "<figure>\n3\n", "<figure>\n4\n").split("\n") == [
        "docs/a.md:8 · 页",
        "figures/a.b.svg:2  过时了",
        "  存着  3",
        "  现在  4",
        "若改动是有意的：make update",
    ]


def test_stylesheet(request):
    """公式的样式表与字体，恰好含全站用到的字形。"""
    flag = [] if request.config.getoption("--update-outputs") else ["--check"]
    command = [sys.executable, "-m", "markdown_mathjax", "stylesheet", *flag]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    if done.returncode:
        pytest.fail(done.stdout + done.stderr + "若改动是有意的：make update", pytrace=False)


def test_verified_template(request):
    """页脚与首页的数目：会话、公式、算子各有多少。"""
    if request.config.getoption("--update-outputs"):
        verified.TEMPLATE.write_text(verified.template(), encoding="utf-8", newline="\n")
    current = read(verified.TEMPLATE) if verified.TEMPLATE.is_file() else ""
    if current != verified.template():
        pytest.fail(f"{display(verified.TEMPLATE)} 过时了\n若改动是有意的：make update", pytrace=False)
