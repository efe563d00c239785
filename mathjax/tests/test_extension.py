"""Markdown 里的公式变成的 HTML。"""

import re

import pytest

from markdown_mathjax import FormulaError
from markdown_mathjax.options import PACKAGES


def mathml(html: str) -> list[str]:
    return re.findall(r"<math.*?</math>", html)


def test_inline(convert):
    html = convert("面积 $x^2$。")
    assert html.startswith('<p>面积 <span class="mjx-joined"><mjx-container data-search-exclude data-tex="x^2"')
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in html
    assert "\\(" not in html and "data-latex" not in html and "<script" not in html


def test_display(convert):
    html = convert("$$\nx\n$$")
    assert re.match(r'<div class="mjx-display" style="contain-intrinsic-height:auto [\d.]+em" data-tex="x">', html)


@pytest.mark.parametrize("wrap", ["${}$", "$$\n{}\n$$", "- 列表\n\n    $$\n    {}\n    $$"])
@pytest.mark.parametrize(
    ("tex", "symbol"),
    [
        ("a < b", "&lt;"),
        ("a > b", "&gt;"),
        (r"\begin{matrix}a & b\end{matrix}", "<mtd><mi>b</mi></mtd>"),
        (r"a \& b", "&amp;"),
    ],
)
def test_html_entities(convert, wrap, tex, symbol):
    assert symbol in mathml(convert(wrap.format(tex)))[0]


def test_code_is_left_alone(convert):
    html = convert('$z$：`$x$`\n\n    $$\n    y\n    $$\n\n`<span class="arithmatex">\\(x\\)</span>`')
    assert [re.search(r"<mi>(.)</mi>", m)[1] for m in mathml(html)] == ["z"]


def test_places(convert):
    text = """
| a | b |
| --- | --- |
| $x$ | $y$ |

!!! note "标题 $z$"

    $$
    w
    $$

=== "页签 $u$"

    $v$

??? info "折叠"

    $s$
"""
    html = convert(text, ["tables", "admonition", "pymdownx.details", "pymdownx.tabbed", "pymdownx.superfences"])
    assert [re.search(r"<mi>(.)</mi>", m)[1] for m in mathml(html)] == list("xyzwuvs")


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\frac{\partial L}{\partial W}", "∂L/∂W"),
        (r"W^\top x_i", "W^⊤x_i"),
        (r"f'(x)", "f′(x)"),
        (r"a<b", "a&lt;b"),
        (r"\bar x", r"\bar x"),
    ],
)
def test_table_of_contents_is_text(convert, tex, text):
    html = convert(f"## 关于 ${tex}$", ["toc"])
    assert convert.md.toc_tokens[0]["name"] == f"关于 {text}"
    assert "<mjx-math" in html


def test_tag_is_an_anchor(convert):
    html = convert("$$\nx = 1 \\tag{3}\n$$")
    assert re.match(r'<div class="mjx-display"[^>]* id="eq-3"', html)
    assert '<a href="#eq-3" tabindex="-1">' in html
    assert html.count("eq-3") == 2 and "mjx-eqn" not in html


def test_every_tag_of_a_formula_is_an_anchor(convert):
    html = convert("$$\n\\begin{align} x &= 1 \\tag{1} \\\\ y &= 2 \\tag{2} \\end{align}\n$$")
    assert re.findall(r'id="([^"]*)"', html) == ["eq-1", "eq-2"]


def test_same_tag_on_two_pages(convert):
    for _ in range(2):
        assert 'id="eq-1"' in convert("$$\nx \\tag{1}\n$$")


@pytest.mark.parametrize(
    ("config", "label", "numbered"),
    [
        ({}, "Formula", "Formula (7)"),
        ({"language": "zh"}, "公式", "公式（7）"),
        ({"label": 'Formule "A"'}, "Formule &quot;A&quot;", "Formule &quot;A&quot; (7)"),
    ],
)
def test_wide_formulas_can_be_reached_by_keyboard(convert, config, label, numbered):
    wide = " + ".join(["x_1"] * 20)
    assert f'tabindex="0" role="group" aria-label="{label}"' in convert(f"$$\n{wide}\n$$", **config)
    assert f'tabindex="0" role="group" aria-label="{label}"' in convert(f"$\\left({wide}\\right)$", **config)
    assert f'aria-label="{numbered}"' in convert(f"$$\n{wide} \\tag{{7}}\n$$", **config)
    assert "tabindex" not in convert("$$\nx\n$$", **config)


def test_wide_inline_formula_breaks_or_scrolls(convert):
    breakable = convert("$" + " + ".join(["x_1"] * 20) + "$")
    assert "<mjx-break" in breakable and "mjx-scroll" not in breakable
    solid = convert("$\\left(" + " + ".join(["x_1"] * 20) + "\\right)$")
    assert 'class="mjx-scroll" style="vertical-align:-' in solid


@pytest.mark.parametrize(("marks", "joiner"), [("，", ""), ("）。", ""), ("：", "\u2060"), ("；", "\u2060")])
def test_punctuation_stays_with_its_formula(convert, marks, joiner):
    html = convert(f"公式（$x${marks}后文")
    assert '公式（<span class="mjx-joined"><mjx-container' in html
    assert f"</mjx-container>{joiner}{marks}</span>后文" in html


def test_formula_without_punctuation_is_not_wrapped(convert):
    assert "mjx-joined" not in convert("公式 $x$ 后文，$y$ 与 $z$\n\n$$\nx\n$$\n\n。")


def test_line_may_break_before_formula(convert):
    assert convert("$x$ 是数").startswith("<p><wbr><mjx-container")
    assert " <mjx-container" in convert("数 $x$ 是")
    html = convert("前文，$x$、$y$（$z$）")
    assert '前文，<wbr><span class="mjx-joined"><mjx-container' in html
    assert "、</span><wbr><mjx-container" in html
    assert '（<span class="mjx-joined"><mjx-container' in html


def test_punctuation_stays_in_the_contents(convert):
    assert ">平方 x^2，其他</a>" in convert("[TOC]\n\n# 平方 $x^2$，其他", ["toc"])


def test_macros(convert):
    macros = {"R": r"\mathbb{R}", "half": [r"\frac{#1}{2}", 1]}
    assert "<mfrac><mi>x</mi><mn>2</mn></mfrac>" in convert(r"$\half{x} \in \R$", macros=macros)


@pytest.mark.parametrize(
    ("tex", "english", "chinese"),
    [
        (r"\foo", r"Undefined control sequence \foo", r"Undefined control sequence \foo"),
        (r"\frac{a", "Missing close brace", "Missing close brace"),
        ("中", r"“中” belongs inside \text{}", r"“中”须写在 \text{} 里"),
        ("x（y）", r"“（” belongs inside \text{}", r"“（”须写在 \text{} 里"),
        (r"\ref{x}", r"\ref is not supported: number the formula with \tag{3}", r"不支持 \ref：给公式写 \tag{3}"),
        (r"\newcommand{\a}{b}", r"\newcommand is not supported in a page", r"页面里不支持 \newcommand：宏写在"),
        (r"\DeclareMathOperator{\a}{b}", r"\DeclareMathOperator is not", r"页面里不支持 \DeclareMathOperator"),
        (r"\begin{nope}x\end{nope}", "Unknown environment 'nope'", "Unknown environment 'nope'"),
    ],
)
def test_errors(convert, tex, english, chinese):
    with pytest.raises(FormulaError, match=re.escape(f"cannot typeset a formula: {english}")):
        convert(f"${tex}$")
    with pytest.raises(FormulaError, match=re.escape(f"公式无法排版：{chinese}")):
        convert(f"${tex}$", language="zh")


def test_row_break_before_a_letter_is_no_command(convert):
    assert "<mjx-math" in convert("$$\n\\begin{aligned} x \\\\let \\\\ref \\end{aligned} \\left(x\\right)\n$$")


def test_packages(convert):
    with pytest.raises(FormulaError, match=r"Undefined control sequence \\dv"):
        convert(r"$\dv{f}{x}$")
    packages = [name for name in PACKAGES if name != "cancel"]
    assert "<mfrac>" in convert(r"$\dv{f}{x}$", packages=packages)
    with pytest.raises(FormulaError, match=r"Undefined control sequence \\cancel"):
        convert(r"$\cancel{x}$", packages=packages)


def test_chinese_in_text(convert):
    assert ">中文</mjx-utext>" in convert(r"$\text{中文}$")


def test_all_errors_of_a_page_are_reported(convert):
    with pytest.raises(FormulaError) as info:
        convert("$\\foo$ 和 $\\bar$")
    assert str(info.value).count("cannot typeset") == 2


def test_error_finds_its_file(convert, tmp_path):
    text = "# 页\n\n> 引用\n>\n> $$\n> a &= \\\\\n> \\foo\n> $$\n"
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").write_text("# 别的页\n")
    (tmp_path / "docs/b.md").write_text(text)
    with pytest.raises(FormulaError, match=r"^docs/b\.md:6 cannot typeset"):
        convert(text)


def test_error_looks_for_its_file_in_the_docs_folder(convert, tmp_path):
    (tmp_path / "content").mkdir()
    (tmp_path / "content/a.md").write_text("$\\foo$\n")
    with pytest.raises(FormulaError, match=r"^content/a\.md:1 cannot typeset"):
        convert("$\\foo$", docs="content")
