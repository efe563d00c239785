"""断言：引用的话在页面上恰好一处，话里的数都在代码里，代码的值是 True；写错的、不真的、空的，各得一句话。"""

import pytest

from notes import claims, sessions
from notes.errors import Malformed, require_none
from notes.executions import execute, names
from notes.page import Page, documents, page_of
from notes.site.complaints import broken_rules


@pytest.mark.parametrize("page", documents(), ids=str)
def test_quotations(page):
    require_none(claims.faults(page))


@pytest.mark.parametrize(
    ("page", "path"), [pytest.param(page_of(path), path, id=page_of(path).file(path)) for path in claims.files()]
)
def test_claims_hold(page, path):
    if sessions.missing(path):
        pytest.skip(f"没有装 {'、'.join(sessions.missing(path))}")
    require_none(claims.run(path, names(path)))


@pytest.mark.parametrize("path", claims.files(), ids=lambda path: page_of(path).file(path))
def test_claims_belong_to_a_page(path):
    if not page_of(path).path.is_file():
        raise Malformed(path, 1, f"没有对应的页面 {page_of(path)}")


PAGE = """---
description: 一页的说明，里面有 12 个字。
---

# 页

## 节 {#a}

$W$ 是 $(2,3)$，`x` 的第 0 个数是 7，
不是 8。见[另一页](b.md)。

两遍，两遍。

$$
y=x_1 .
$$

1. 先加 2。
2. 再乘 $10^{-3}$，得 1 200。见式 (4)。
"""
SESSION = """>>> # --8<-- [start:first]
>>> x = [7]
>>> # --8<-- [end:first]

>>> # --8<-- [start:second]
>>> x = [9]
>>> # --8<-- [end:second]
"""
MALFORMED = {
    "没有写完": (">>> # 「甲\n>>> x\n", 2, "引用的话没有写完，缺 」"),
    "到最后也没有写完": (">>> # 「甲\n", 1, "这句话没有写完，缺 」"),
    "后面还有": (">>> # 「甲」乙\n>>> x\nTrue\n", 1, "一行注释里只写一句引用"),
    "没有代码": (">>> # 「甲」\n\n>>> # 「乙」\n>>> f(x)\nTrue\n>>> # 「丙」\n", 6, "这句话之后没有核对它的代码"),
    "只有语句": (">>> # 「甲」\n>>> x = 1\n", 1, "这句话之后没有核对它的代码"),
    "没有引用": (">>> x == 1 + 1\nTrue\n", 1, "这行代码核对的是哪一句话？前面应有 # 「…」"),
    "输出不是 True": (">>> # 「甲」\n>>> x\n7\n", 2, "断言的输出应是 True"),
    "没有写输出": (">>> # 「甲」\n>>> f(x)\n", 2, "断言的输出应是 True"),
    "语句有输出": (">>> # 「甲」\n>>> x = 1\nTrue\n", 2, "这一步不是断言，不应有输出"),
    "语法错误": (">>> # 「甲」\n>>> x = = 1\nTrue\n", 2, "语法错误：invalid syntax"),
    "写着 True": (">>> # 「甲」\n>>> True\nTrue\n", 2, "这行代码总是真的，什么也没有核对"),
    "只有常数": (">>> # 「甲」\n>>> 8 == 8\nTrue\n", 2, "这行代码总是真的，什么也没有核对"),
    "两边一样": (">>> # 「甲」\n>>> x[0] == x[0]\nTrue\n", 2, "这行代码总是真的，什么也没有核对"),
    "藏在 and 里": (">>> # 「甲」\n>>> x and x[0] == x[0]\nTrue\n", 2, "这行代码总是真的，什么也没有核对"),
}
UNFOUND = {
    "改了一个字": ("`x` 的第 0 个数是 6", "x[0] == 6", 9, "页面上没有这句话"),
    "改了形状": ("$W$ 是 $(3,2)$", "f(x) == (3, 2)", 9, "页面上没有这句话"),
    "少了一个不字": ("是 7，是 8", "x == 7 != 8", 9, "页面上没有这句话"),
    "有两处": ("两遍", "f(x)", 12, "这句话在页面上有 2 处，引用要长一点"),
    "数不在代码里": ("`x` 的第 0 个数是 7，不是 8", "x[0] == 7", 9, "这句话里的 8 不在代码里"),
    "形状不在代码里": ("$W$ 是 $(2,3)$", "W.shape", 9, "这句话里的 2、3 不在代码里"),
    "指数不在代码里": ("再乘 $10^{-3}$", "f(10)", 19, "这句话里的 10^{-3} 不在代码里"),
    "分节的数不在代码里": ("得 1 200", "f(1, 200)", 19, "这句话里的 1 200 不在代码里"),
    "代码块里的话": ("start:first", "f(x)", 1, "页面上没有这句话"),
}
FOUND = {
    "换行": ("是 7，不是 8", "x == 7 != 8"),
    "空白": ("`x`的第0个数", "x[0]"),
    "列表": ("1. 先加 2。\n>>> # 2. 再乘 $10^{-3}$，得 1 200", "f(2) * 1e-3 == 1200"),
    "指数分开写": ("再乘 $10^{-3}$", "f(10 ** -3)"),
    "公式里的下标": ("$$\n>>> # y=x_1 .\n>>> # $$", "y == x[0]"),
    "公式的编号": ("见式 (4)", "f(x)"),
    "链接": ("见[另一页](b.md)", "f(x)"),
    "说明": ("里面有 12 个字", "f(12)"),
}
FALSE = {
    "不真": ("x[0] == 8 - 2", "这句话不成立，各边是 9、6"),
    "and 的后一半": ("x[0] == 9 and len(x) == 2", "这句话不成立，各边是 1、2"),
    "不是真假": ("x[0]", "这句话不成立，得到 9"),
    "numpy 的假": ("__import__('numpy').bool_(0)", "这句话不成立，得到 False"),
    "报错": ("x[3] == 1", "运行不了：IndexError: list index out of range"),
    "没有这个名字": ("w == 1", "运行不了：NameError: name 'w' is not defined"),
}


@pytest.fixture
def page(tmp_path):
    """一页，有会话，还没有断言。"""
    found = Page("a/b", tmp_path)
    for path, text in ((found.path, PAGE), (found.session, SESSION)):
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    return found


def claim(page, text):
    path = page.session.with_name("b.claims.pycon")
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("text", "line", "sentence"), MALFORMED.values(), ids=MALFORMED)
def test_malformed(text, line, sentence, page, complains):
    complains(claims.parse, claim(page, text), line, sentence)


@pytest.mark.parametrize(("words", "code", "line", "sentence"), UNFOUND.values(), ids=UNFOUND)
def test_unfit_quotation_is_noticed(words, code, line, sentence, page):
    path = claim(page, f">>> # 「{words}」\n>>> {code}\nTrue\n")
    (told,) = claims.faults(page)
    place, second, _ = str(told).split("\n")
    assert place.split(" · ")[0] == f"{page.path.as_posix()}:{line}"
    assert second.startswith(f"{path.as_posix()}:1  {sentence}")


@pytest.mark.parametrize(("words", "code"), FOUND.values(), ids=FOUND)
def test_quotation_is_found(words, code, page):
    claim(page, f">>> # 「{words}」\n>>> {code}\nTrue\n")
    assert not list(claims.faults(page))


@pytest.mark.parametrize(("code", "sentence"), FALSE.values(), ids=FALSE)
def test_false_claim_is_noticed(code, sentence, page):
    path = claim(page, f">>> # 「$W$ 是」\n>>> {code}\nTrue\n")
    (told,) = run(page, path)
    assert str(told).split("\n") == [
        f"{page.path.as_posix()}:9 · 页 › 节",
        f"{path.as_posix()}:2  {sentence}",
        "    「$W$ 是」",
        f"    >>> {code}",
    ]


def run(page, path):
    return list(claims.run(path, execute(page.session, page.root).names, page.root))


def test_names_are_those_of_a_section(page):
    end = ">>> # 「$W$ 是」\n>>> x == [9] * 1\nTrue\n"
    first = ">>> # 小节 first\n>>> # 「`x` 的第 0」\n>>> x == [7] * 1\nTrue\n"
    assert not run(page, claim(page, end + first))


def test_functions_see_the_names_of_that_section(page):
    page.session.write_text(SESSION.replace(">>> x = [7]", ">>> x = [7]\n>>> def f():\n...     return x"), "utf-8")
    assert not run(page, claim(page, ">>> # 小节 first\n>>> # 「`x` 的第 0」\n>>> f() == [7] * 1\nTrue\n"))


def test_unknown_section_is_refused(page, complains):
    path = claim(page, ">>> # 小节 third\n>>> # 「$W$ 是」\n>>> x == [7] * 1\nTrue\n")
    complains(lambda _: run(page, path), path, 3, f"{page.session.as_posix()} 里没有小节 third")


def test_make_serve_tells_what_is_malformed(page):
    path = claim(page, ">>> # 「甲」\n>>> True\nTrue\n")
    assert broken_rules(path, page.root) == f"{path.as_posix()}:2  这行代码总是真的，什么也没有核对"


def test_docstring_is_quoted(page):
    page.implementation.write_text(
        '# --8<-- [start:f]\ndef f(W):\n    """W 是 (2, 3)。\n\n    前向：W\n    """\n# --8<-- [end:f]\n',
        encoding="utf-8",
    )
    path = claim(page, ">>> # 「W 是 (2, 3)。」\n>>> W.shape == (3, 3)\nTrue\n")
    (told,) = claims.faults(page)
    assert str(told).split("\n") == [
        f"（没有页面印它）（{page.implementation.as_posix()}:3）",
        f"{path.as_posix()}:1  这句话里的 2 不在代码里",
        "    「W 是 (2, 3)。」",
    ]
