"""画图的程序：写错的各得一句话；没有用的图不留着。"""

import re

import pytest

from notes import figures
from notes.errors import Malformed
from notes.executions import draw
from notes.files import read
from notes.notebooks.prose import STYLES
from notes.page import Page, page_of
from notes.paths import FIGURES

# 会话的小节 a-b 运行之后有变量 x
SESSION = ">>> # --8<-- [start:a-b]\n>>> x = 1\n>>> # --8<-- [end:a-b]\n"
DRAW = '"""图。\n\n    替代文字。\n    """\n'
MALFORMED = {
    "语法错误": ("def f(:\n", 1, "语法错误：invalid syntax"),
    "导入失败": (f"import math\nfrom math import no\n\n\ndef a_b(x):\n    {DRAW}", 2, "导入失败：ImportError: "),
    "没有说明": ("\ndef a_b(x):\n    return x\n", 2, "a_b 没有说明；说明就是图的标题与替代文字"),
    "没有这个小节": (f"def c(x):\n    {DRAW}", 1, "{session} 里没有小节 c"),
    "没有这个变量": (f"def a_b(x, y, z):\n    {DRAW}", 1, "小节 a_b 运行之后没有变量 y、z"),
    "画不出来": (f"def a_b(x):\n    {DRAW}    return 1 / (x - 1)\n", 6, "a_b 画不出来：ZeroDivisionError: "),
    "返回的不是图": (f"def a_b(x):\n    {DRAW}", 1, "a_b 应返回画好的 Figure，却返回 None"),
    "只有标题": (
        'from notes.drawing import Figure\n\n\ndef a_b(x):\n    """图。"""\n    return Figure(1, 1)\n',
        4,
        "a_b 画不出来：ValueError: 说明应有两段，标题与替代文字，却有 1 段",
    ),
    "太宽": (
        f"from notes.drawing import Figure\n\n\ndef a_b(x):\n    {DRAW}    return Figure(441, 1)\n",
        4,
        "a_b 画不出来：ValueError: 图宽 441，至多 440，手机上字才看得清",
    ),
}


@pytest.fixture
def page(tmp_path):
    """一页，只有会话与图。"""
    found = Page("a/b", tmp_path)
    for path in (found.session, found.figures):
        path.parent.mkdir(parents=True)
    found.session.write_text(SESSION, encoding="utf-8")
    return found


@pytest.mark.parametrize(("text", "line", "sentence"), MALFORMED.values(), ids=MALFORMED)
def test_malformed(text, line, sentence, page, complains):
    page.figures.write_text(text, encoding="utf-8")
    complains(lambda _: draw_all(page), page.figures, line, sentence.format(session=page.session.as_posix()))


def draw_all(page):
    for drawn in draw(page).values():
        if isinstance(drawn, Malformed):
            raise drawn


def test_figure_without_a_session(page, complains):
    page.session.unlink()
    complains(lambda _: draw(page), page.figures, 1, f"没有同名的会话 {page.session.as_posix()}")


def test_no_figure_is_left_over():
    wanted = {figure.stored for path in figures.files() for figure in figures.parse(path).values()}
    for path in sorted(FIGURES.rglob("*.svg")):
        if path not in wanted:
            raise Malformed(path, 1, "没有函数画这幅图；画它的函数删去了，就把它也删去")


@pytest.mark.parametrize("page", [page_of(path) for path in figures.files()], ids=str)
def test_classes_are_in_the_stylesheet(page):
    """画图只写类名，颜色由样式表定；拼错的类名没有样式。"""
    known = set(re.findall(r"\.([a-z][\w-]*)", read(STYLES))) | {"arithmatex"}
    for figure in figures.parse(page.figures).values():
        used = " ".join(re.findall(r'class="([^"]*)"', read(figure.stored))) if figure.stored.is_file() else ""
        if strange := sorted(set(used.split()) - known):
            raise Malformed(figure.path, figure.line, f"{figure.name} 用的类名 {'、'.join(strange)} 不在样式表里")


@pytest.mark.parametrize("path", figures.files(), ids=lambda path: str(page_of(path)))
def test_program_belongs_to_a_page(path):
    if not page_of(path).path.is_file():
        raise Malformed(path, 1, f"没有对应的页面 docs/{page_of(path)}.md")
