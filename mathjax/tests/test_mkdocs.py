"""真正的 MkDocs 站点：报错、搜索索引、样式表命令。"""

import importlib.util
import json
import logging
import os
import re
import subprocess
import sys
from html import unescape

import pytest
from fontTools.ttLib import TTFont
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from markdown_mathjax.__main__ import main

# 样例用 MkDocs 自带的主题，构建得快；与主题有关的几个测试换成 Material
THEME = "{name: mkdocs, locale: zh_CN}"


def write(site, name: str, text: str) -> None:
    (site / name).write_text(text, encoding="utf-8")


def run_build(site) -> str:
    build(load_config(str(site / "mkdocs.yml")))
    return (site / "site/index.html").read_text(encoding="utf-8")


def font_of(site) -> TTFont:
    return TTFont(site / "docs/assets/mathjax/mathjax.woff2")


@pytest.fixture
def warnings(caplog):
    caplog.set_level(logging.WARNING, logger="mkdocs")
    return lambda: [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_error_names_page_line_and_formula(site, caplog):
    write(site, "docs/index.md", "---\ntitle: 页\n---\n\n# 页\n\n- 列表\n\n    $$\n    x =\n    \\foo + 1\n    $$\n")
    with pytest.raises(Abort):
        run_build(site)
    assert r"docs/index.md:10 公式无法排版：Undefined control sequence \foo" in caplog.text


def test_error_in_a_snippet_names_the_snippet(site, caplog):
    write(site, "docs/index.md", '# 页\n\n--8<-- "part.md"\n')
    write(site, "snippets/part.md", "第一行\n\n$\\foo$\n")
    with pytest.raises(Abort):
        run_build(site)
    assert "snippets/part.md:3 公式无法排版" in caplog.text


def test_build_recovers_after_the_error_is_fixed(site):
    write(site, "docs/index.md", "# 页\n\n$\\foo$\n")
    with pytest.raises(Abort):
        run_build(site)
    write(site, "docs/index.md", "# 页\n\n$x$\n")
    assert "mjx-container" in run_build(site)


def test_search_index_and_titles_have_no_formulas(site):
    text = (
        "# 标题 $\\frac{a}{b}$ 完\n\n文字 $\\mathcal{L} + \\frac{a}{b}$ 末\n\n"
        "!!! note\n\n    $$\n    \\sum_i x_i \\tag{1}\n    $$\n\n尾声\n"
    )
    configure(site, THEME, "{name: material, language: zh, font: false}")
    write(site, "docs/page.md", text)
    run_build(site)
    index = json.loads((site / "site/search/search_index.json").read_text(encoding="utf-8"))
    words = "".join(doc["title"] + doc["text"] for doc in index["docs"] if doc["location"].startswith("page/"))
    assert all(word in words for word in ("标题", "完", "文字", "末", "尾声"))
    assert not any(part in words for part in ("𝑎", "ℒ", "L", "∑", "mjx", "math", "\\", "(1)", "<sub>"))
    html = (site / "site/page/index.html").read_text(encoding="utf-8")
    assert "<title>标题 a/b 完 - 样例</title>" in html


def test_links_to_equations_are_known_anchors(site, warnings):
    write(site, "docs/index.md", "# 页\n\n见 [(1)](#eq-1)。\n\n$$\nx \\tag{1}\n$$\n")
    assert main(["stylesheet"]) == 0
    run_build(site)
    assert warnings() == []


def test_stylesheet_does_not_depend_on_the_process(site):
    """集合的次序随散列的种子变，写出的字节不能跟着变。"""
    write(site, "docs/index.md", "# 页\n\n$\\left(\\frac{abc}{\\mathcal{L}}\\right) \\in \\R$\n")
    contents = []
    for seed in ("1", "2"):
        command = [sys.executable, "-m", "markdown_mathjax", "stylesheet"]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed})
        contents.append({path.name: path.read_bytes() for path in (site / "docs/assets/mathjax").iterdir()})
    assert contents[0] == contents[1]


def test_stylesheet_covers_the_site(site, warnings, capsys):
    assert main(["stylesheet"]) == 0
    assert main(["stylesheet", "--check"]) == 0
    run_build(site)
    assert warnings() == []
    assert {0x20, 0x1D465, 0x2208, 0x211D} == set(font_of(site).getBestCmap())
    assert "mjx-c1D465{" in (site / "docs/assets/mathjax/mathjax.css").read_text()


def test_new_glyph_is_reported(site, warnings, capsys):
    main(["stylesheet"])
    write(site, "docs/index.md", "# 页\n\n$\\theta$\n")
    run_build(site)
    assert any("𝜃" in message and "python -m markdown_mathjax stylesheet" in message for message in warnings())
    assert main(["stylesheet", "--check"]) == 1
    assert "缺 𝜃" in capsys.readouterr().err


def test_missing_stylesheet_is_reported(site, warnings):
    run_build(site)
    assert any("公式样式表缺" in message for message in warnings())
    assert main(["stylesheet", "--check"]) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda site: (site / "docs/assets/mathjax/mathjax.css").write_text("x"), "mathjax.css 与清单不符"),
        (lambda site: write(site, "docs/index.md", "# 空页\n"), "不再使用"),
        (lambda site: write(site, "mkdocs.yml", (site / "mkdocs.yml").read_text().replace("mathbb", "mathbf")), "选项"),
    ],
)
def test_check_says_what_is_stale(site, change, reason, capsys):
    main(["stylesheet"])
    change(site)
    assert main(["stylesheet", "--check"]) == 1
    message = capsys.readouterr().err
    assert reason in message and message.count("\n") == 1


def test_stretchy_parts_are_in_the_font(site):
    tall = " \\\\ ".join("abcdefgh")
    fences = ["(", "[", "\\{", "|", "\\|", "\\uparrow"]
    formulas = [f"\\left{fence}\\begin{{matrix}}{tall}\\end{{matrix}}\\right." for fence in fences]
    formulas.append("\\underbrace{abcdefgh} \\overrightarrow{abcdefgh} \\widehat{abcdefgh} \\sqrt{\\frac{\\frac12}{3}}")
    write(site, "docs/index.md", "\n\n".join(f"$$\n{tex}\n$$" for tex in formulas))
    main(["stylesheet"])
    font = font_of(site)
    glyphs = "".join(re.findall(r"<mjx-math.*?</mjx-math>", run_build(site), re.DOTALL))
    characters = set(re.sub(r"<[^>]*>|\s", "", unescape(glyphs)))
    assert {"⎛", "⎜", "⎝", "⎧", "⎨", "⎩", "⎣"} <= characters
    assert set(map(ord, characters)) <= set(font.getBestCmap())


def test_same_character_from_several_fonts(site):
    write(site, "docs/index.md", "$$\n( \\Big( \\Bigg( \\mathcal{L} \\text{L}\n$$\n")
    main(["stylesheet"])
    font = font_of(site)
    css = (site / "docs/assets/mathjax/mathjax.css").read_text()
    for record in font["GSUB"].table.FeatureList.FeatureRecord:
        assert f'"{record.FeatureTag}"' in css
    assert len(font["GSUB"].table.FeatureList.FeatureRecord) == 3


HOOK = """
from mkdocs.structure.files import File

def on_files(files, config):
    files.append(File.generated(config, "made.md", content="# 生成的页\\n\\n$\\\\xi$\\n"))

def on_page_markdown(markdown, page, **_):
    return markdown.replace("换成公式", "$\\\\theta$")
"""


def test_formulas_made_by_hooks_count(site, warnings):
    write(site, "hook.py", HOOK)
    write(site, "mkdocs.yml", (site / "mkdocs.yml").read_text(encoding="utf-8") + "hooks: [hook.py]\n")
    write(site, "docs/index.md", "# 页\n\n换成公式\n")
    assert main(["stylesheet"]) == 0
    assert {0x1D703, 0x1D709} <= set(font_of(site).getBestCmap())
    assert main(["stylesheet", "--check"]) == 0
    run_build(site)
    assert warnings() == []


def test_pages_left_out_do_not_count(site):
    write(site, "mkdocs.yml", (site / "mkdocs.yml").read_text(encoding="utf-8") + "exclude_docs: left_out.md\n")
    write(site, "docs/left_out.md", "# 不进网站\n\n$\\theta$\n")
    assert main(["stylesheet"]) == 0
    assert 0x1D703 not in font_of(site).getBestCmap()


def test_command_reports_the_formula_and_writes_nothing(site, capsys):
    write(site, "docs/index.md", "# 页\n\n$\\foo$\n")
    assert main(["stylesheet"]) == 1
    assert capsys.readouterr().err == "docs/index.md:3 公式无法排版：Undefined control sequence \\foo\n    \\foo\n"
    assert not (site / "docs/assets").exists() and not (site / "site").exists()


def test_strict_site_without_a_stylesheet(site):
    """缺样式表的警告使严格的构建失败，生成样式表的命令却不能因此失败。"""
    write(site, "mkdocs.yml", (site / "mkdocs.yml").read_text(encoding="utf-8") + "strict: true\n")
    write(site, "docs/index.md", "# 页\n\n[没有的页](nowhere.md) $x$\n")
    assert main(["stylesheet"]) == 0


def configure(site, old: str, new: str) -> None:
    text = (site / "mkdocs.yml").read_text(encoding="utf-8")
    assert old in text
    write(site, "mkdocs.yml", text.replace(old, new))


def test_docs_dir(site, warnings, caplog):
    (site / "docs").rename(site / "content")
    configure(site, "site_name", "docs_dir: content\nsite_name")
    assert main(["stylesheet"]) == 0
    assert (site / "content/assets/mathjax/mathjax.css").is_file() and not (site / "docs").exists()
    assert main(["stylesheet", "--check"]) == 0
    run_build(site)
    assert warnings() == []
    write(site, "content/index.md", "# 页\n\n$\\foo$\n")
    with pytest.raises(Abort):
        run_build(site)
    assert r"content/index.md:3 公式无法排版" in caplog.text


def test_command_from_another_folder(site, tmp_path_factory, monkeypatch):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert main(["stylesheet", "-f", str(site / "mkdocs.yml")]) == 0
    assert (site / "docs/assets/mathjax/mathjax.css").is_file()


@pytest.mark.parametrize(
    ("theme", "language", "message"),
    [
        ("{name: material, language: zh-TW}", "", "公式无法排版"),
        ("{name: material, language: de}", "", "cannot typeset"),
        ("{name: mkdocs}", "", "cannot typeset"),
        ("{name: mkdocs, locale: zh_CN}", "", "公式无法排版"),
        ("{name: material, language: zh}", "language: en", "cannot typeset"),
    ],
)
def test_messages_follow_the_theme(site, caplog, theme, language, message):
    configure(site, THEME, theme)
    configure(site, "macros: {R: '\\mathbb{R}'}", language or "scale: 1")
    write(site, "docs/index.md", "# 页\n\n$\\foo$\n")
    with pytest.raises(Abort):
        run_build(site)
    assert f"docs/index.md:3 {message}" in caplog.text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("generic: true", "generic: false", "markdown_mathjax：pymdownx.arithmatex 须设为 generic: true\n"),
        (
            "  - markdown_mathjax:\n      cache: \"\"\n      macros: {R: '\\mathbb{R}'}\n",
            "",
            "markdown_mathjax：没有一页经过它：请把它写进 mkdocs.yml 的 markdown_extensions\n",
        ),
        ("R: '\\mathbb{R}'", "R: '#1'", "markdown_mathjax：宏 R：它有 0 个参数，#1 不是其中之一\n"),
        (
            "macros: {R: '\\mathbb{R}'}",
            'stylesheet: ""',
            "markdown_mathjax：选项 stylesheet 是空的，不知道写到哪个文件夹\n",
        ),
    ],
)
def test_command_says_what_is_wrong(site, capsys, old, new, message):
    write(site, "docs/index.md", "# 页\n\n$x$\n")
    configure(site, old, new)
    assert main(["stylesheet"]) == 1
    assert capsys.readouterr().err == message


def test_wrong_configuration_is_one_sentence_in_a_build(site, caplog):
    configure(site, "R: '\\mathbb{R}'", "R: '#1'")
    with pytest.raises(Abort):
        run_build(site)
    assert caplog.messages[-1] == "markdown_mathjax：宏 R：它有 0 个参数，#1 不是其中之一"


def test_missing_mkdocs_yml(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["stylesheet"]) == 1
    assert "mkdocs.yml" in capsys.readouterr().err


@pytest.mark.parametrize("module", ["mkdocs", "fontTools", "brotli"])
def test_missing_extra(site, monkeypatch, capsys, module):
    there = importlib.util.find_spec
    monkeypatch.setattr("markdown_mathjax.__main__.find_spec", lambda name: None if name == module else there(name))
    assert main(["stylesheet"]) == 1
    message = f'{module.lower()} not installed; run pip install "markdown-mathjax[stylesheet]"\n'
    assert capsys.readouterr().err == "markdown_mathjax: " + message


def test_extension_works_without_mkdocs():
    """没有 MkDocs 时错误是 ValueError，命令说出缺什么。"""
    code = """if True:
        import sys
        sys.modules["mkdocs"] = None
        import markdown
        from markdown_mathjax import FormulaError
        from markdown_mathjax.__main__ import main
        options = {"pymdownx.arithmatex": {"generic": True}, "markdown_mathjax": {"cache": "", "stylesheet": ""}}
        try:
            markdown.markdown(r"$\\foo$", extensions=list(options), extension_configs=options)
        except ValueError as error:
            print(type(error) is FormulaError, error)
        print(main(["stylesheet"]))
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "True cannot typeset a formula: Undefined control sequence \\foo\n    \\foo\n1\n"
    assert done.stderr == 'markdown_mathjax: mkdocs not installed; run pip install "markdown-mathjax[stylesheet]"\n'


def test_error_on_a_page_without_a_file(site, caplog):
    write(site, "hook.py", HOOK.replace("\\\\xi", "\\\\foo"))
    write(site, "mkdocs.yml", (site / "mkdocs.yml").read_text(encoding="utf-8") + "hooks: [hook.py]\n")
    with pytest.raises(Abort):
        run_build(site)
    assert r"made.md 公式无法排版：Undefined control sequence \foo" in caplog.text
