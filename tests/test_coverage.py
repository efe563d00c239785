"""话里的每个数、形状与有所断言的公式都有核对；没有断言引用的全称句，一页至多三句。"""

import pytest

from notes.assertions import KINDS, assertions
from notes.coverage import UNIVERSALS, Coverage, require
from notes.errors import Fault
from notes.page import Page, documents
from notes.prose import texts
from notes.tex import restates


@pytest.mark.parametrize("page", documents(), ids=str)
def test_coverage(page):
    require(page)


@pytest.fixture
def page(tmp_path):
    """写一页；会话里有一节 a，印着 12.5 与形状 (4, 7)。"""
    found = Page("a/b", tmp_path)
    for path in (found.path, found.session):
        path.parent.mkdir(parents=True)
    session = ">>> # --8<-- [start:a]\n>>> x.shape, x[3]\n((4, 7), 12.5)\n>>> # --8<-- [end:a]\n"
    session += ">>> # --8<-- [start:b]\n>>> x.T.shape\n(7, 4)\n>>> # --8<-- [end:b]\n"
    found.session.write_text(session, encoding="utf-8")

    def write(text, claim=""):
        found.path.write_text(f"# 页\n\n{text}\n", encoding="utf-8")
        found.session.with_name("b.claims.pycon").write_text(claim, encoding="utf-8")
        return found

    return write


FOUND = {
    "数": ("有 3 行。", ["3"]),
    "分节的数": ("共 116 281 对，$116\\,281$ 对。", ["116 281", "116\\,281"]),
    "小数与指数": ("误差 1.7e-16，$10^{-162}$。", ["1.7e-16", "10^{-162}"]),
    "紧跟着命令、字母的数": ("$\\frac12$，$\\cdot3$，$4x$。", ["1", "2", "3", "4"]),
    "负数": ("从 -3 到 5-2。", ["-3", "5", "2"]),
    "函数的自变量": ("$f(3)$ 与 `ones(4)`。", ["3", "4"]),
    "形状": ("`(2, 3)`、$(2,1)$、$2\\times3$、`(0,)`。", ["(2, 3)", "(2,1)", "2\\times3", "(0,)"]),
    "公式": ("所以 $a\\ne b$。", ["$a\\ne b$"]),
    "公式里的数不另算": ("所以 $x=3$，$y<2$。", ["$x=3$", "$y<2$"]),
    "没有断言的公式": ("看 $x+y$ 与 $x_1$。", []),
    "定义": ("设 $u=xy$。", []),
    "条件": ("$a=b$ 时成立。", []),
    "几个定义": ("设 $u=xy$，$v=u$。", []),
    "对称不是条件": ("对称的 $u=v$，得 $w=u$。", ["$w=u$"]),
    "记号": ("$G=\\partial L/\\partial Z$，$\\bar x=\\partial L/\\partial x$。", []),
    "写错的记号": ("$\\bar x=\\partial L/\\partial y$。", ["$\\bar x=\\partial L/\\partial y$"]),
    "出处": ("3 页。\n\n## 出处\n\n第 24 页，$x=y$。", ["3", "$x=y$"]),
    "定义里的数": ("取 $x=3$。", ["3"]),
    "定义之后的断言": ("设 $u=x$。所以 $v=u$。", ["$v=u$"]),
    "没有编号的行间公式": ("$$\ny=2x\n$$", ["$$\ny=2x\n$$"]),
    "表格里的公式": ("| 甲 | 乙 |\n|---|---|\n| $x$ | $G^\\top x$ |", ["$G^\\top x$"]),
    "用字母说的形状": ("$W$ 是 $(m,n)$，下标 $(i,j)$，一个 $m\\times n$ 的矩阵。", ["$(m,n)$", "$m\\times n$"]),
    "规则里的公式": ("$Gx$ 与 $G^\\top x$。\n\n## 规则\n\n$G^\\top x$", ["$G^\\top x$"]),
    "名字里的数字": ("`float64`、`conv2d` 与 $x_{12}$。", []),
    "求和的上下限": ("看 $\\sum_{i=0}^{9}x_i$。", []),
    "列表的编号": ("1. 甲\n2. 乙", []),
    "链接的网址": ("[甲](../b/2.md#item-3)", []),
    "折叠块的标题": ('??? success "验证 (1)"\n\n    甲', []),
    "提示框的标题": ('!!! warning "不是 3"\n\n    甲', ["3"]),
    "编号公式": ("$$\ny=2x .\n\\tag{1}\n$$", []),
    "各种编号": ("式 (3)、(4)，练习 2，第 35 条，issue 10377，PR 14313。", []),
    "日期与版本": ("2026 年 8 月，2025-09-29，PyTorch 2.13.0。", []),
}


@pytest.mark.parametrize(("text", "wanted"), FOUND.values(), ids=FOUND)
def test_what_must_be_covered(text, wanted, page):
    found = assertions(texts(page(text))[0])
    assert [each.words for each in found] == wanted


def test_shapes_in_docstrings(page):
    found = page("甲。")
    found.implementation.write_text('def f(W):\n    """W 是 (m, n)，b 是 (n,)，见 f(a, b)。"""\n', encoding="utf-8")
    assert [each.words for each in assertions(texts(found)[1])] == ["(m, n)", "(n,)"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_is_used(kind):
    """没有用到的，就不该留在单子里。"""
    assert any(kind.masked(text.scanned) != text.scanned for each in documents() for text in texts(each))


INCLUDE = '\n\n```pycon\n--8<-- "a/b.pycon:a"\n```\n'
LEFT = {
    "印着的数": (f"得到 12.5。{INCLUDE}", "", []),
    "印着的形状": (f"$x$ 是 $4\\times7$。{INCLUDE}", "", []),
    "倒过来也印着的形状": (
        f"$x$ 是 `(4, 7)`，不是 `(7, 4)`。{INCLUDE}{INCLUDE.replace('a/b.pycon:a', 'a/b.pycon:b')}",
        "",
        ["(4, 7)", "(7, 4)"],
    ),
    "改了的数": (f"得到 12.6。{INCLUDE}", "", ["12.6"]),
    "改了的形状": (f"$x$ 是 $(7,4)$。{INCLUDE}", "", ["(7,4)"]),
    "一位的整数": (f"第 3 个。{INCLUDE}", "", ["3"]),
    "印在别的一节": (f"得到 12.5。\n\n## 节{INCLUDE}", "", ["12.5"]),
    "引用过": ("第 3 个。", "第 3 个", []),
    "引用的是别的": ("第 3 个，共 4 个。", "第 3 个", ["4"]),
    "编号公式的一段": ("所以 $z=y+y$。\n\n$$\nz=x\n=y+y .\n\\tag{1}\n$$", "", []),
    "断言引用过的公式": ("所以 $y=Wx$ 成立。又有 $y=W x$。", "所以 $y=Wx$ 成立", []),
    "与引用过的不同": ("所以 $y=Wx$ 成立。又有 $y=xW$。", "所以 $y=Wx$ 成立", ["$y=xW$"]),
    "引用过，有数字": ("所以 $y=2$ 成立。又有 $y=2$。", "所以 $y=2$ 成立", ["$y=2$"]),
    "符号改了": ("所以 $z=y-y$。\n\n$$\nz=x\n=y+y .\n\\tag{1}\n$$", "", ["$z=y-y$"]),
}


@pytest.mark.parametrize(("text", "quotation", "wanted"), LEFT.values(), ids=LEFT)
def test_what_is_left(text, quotation, wanted, page):
    claim = f">>> # 「{quotation}」\n>>> f(3, 2)\nTrue\n" if quotation else ""
    assert [each.words for each in Coverage(page(text, claim)).uncovered()] == wanted


CHAINS = r"""
\begin{aligned}
\bar x_a
&=\sum_{i=1}^{N}G_i\,\delta_{ia}
 =G_a\,y_a ,\\
&=w_a ,\\
\bar y_b&=\dfrac{G_b}{2} .
\end{aligned}
\tag{2}
"""


@pytest.mark.parametrize(
    ("formula", "same"),
    [
        (r"\bar x_a=G_a y_a", True),
        (r"\bar x_a=w_a", True),
        (r"G_a\,y_a", True),
        (r"\bar y_b=\frac{G_b}{2}", True),
        (r"G_a\,y_a=\bar x_a", False),
        (r"\bar x_a=G_b", False),
        (r"\bar y_b=w_a", False),
        (r"\bar x_a\ne w_a", False),
    ],
)
def test_restated_formula(formula, same):
    assert restates(formula, CHAINS) is same


def test_uncovered_is_noticed(page):
    with pytest.raises(Fault, match=r"b\.md:3 · 页\n  有 2 处没有核对：\n.*b\.md:3  数  3\n.*b\.md:4  数  4"):
        require(page("有 3 行，\n有 4 列。"))
    require(page("有几行，有几列。"))


def test_many_universal_sentences_are_noticed(page):
    require(page("每个都成立。" * UNIVERSALS))
    with pytest.raises(
        Fault, match=f"a/b 有 {UNIVERSALS + 1} 句全称的话没有断言引用，至多 {UNIVERSALS} 句：\n.*b.md:3  每个都成立"
    ):
        require(page("每个都成立。" * (UNIVERSALS + 1)))


def test_universal_sentences(page):
    found = page("每个都成立。只有 3 个。\n\n- 一定有。")
    assert list(Coverage(found).universal()) == [(3, "每个都成立"), (3, "只有 3 个"), (5, "- 一定有")]
    claim = ">>> # 「只有 3 个」\n>>> f(3)\nTrue\n"
    found = page("每个都成立。只有 3 个。\n\n- 一定有。", claim)
    assert [sentence for _, sentence in Coverage(found).universal()] == ["每个都成立", "- 一定有"]
