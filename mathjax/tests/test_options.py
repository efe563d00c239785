"""选项写错时的说明，都是一句话。"""

import re
import string
from pathlib import Path

import pytest
from markdown import Markdown

from markdown_mathjax import ConfigurationError, FormulaError
from markdown_mathjax.messages import LANGUAGES, MESSAGES, known_language
from markdown_mathjax.options import OPTIONAL, PACKAGES, defaults
from markdown_mathjax.typesetter import Typesetter


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"macro": {}}, "there is no option macro; the options are macros, packages, scale, cache, "),
        ({"cache": 3}, "option cache must be text, not 3"),
        ({"label": None}, "option label must be text, not None"),
        ({"language": "de"}, "option language must be one of en, zh, not de"),
        ({"scale": "1.2"}, "option scale must be a number greater than 0, not '1.2'"),
        ({"scale": 0}, "option scale must be a number greater than 0, not 0"),
        ({"scale": True}, "option scale must be a number greater than 0, not True"),
        ({"packages": "ams"}, "option packages must be a list of names, not 'ams'"),
        ({"packages": ["ams", "newcommand"]}, "there is no TeX package newcommand; the packages are ams, "),
        ({"packages": [["ams"]]}, "there is no TeX package ['ams']; the packages are ams, "),
    ],
)
def test_wrong_options(convert, config, message):
    with pytest.raises(ConfigurationError) as info:
        convert("", **config)
        convert("$x$", **config)
    assert str(info.value).startswith("markdown_mathjax: " + message)
    assert "\n" not in str(info.value)


@pytest.mark.parametrize(
    ("macros", "message"),
    [
        (None, "option macros must map names to definitions, not be None"),
        ([r"\R"], r"option macros must map names to definitions, not be ['\\R']"),
        ({r"\R": "x"}, r"macro \R: a name is letters only"),
        ({"x1": "x"}, "macro x1: a name is letters only"),
        ({"": "x"}, "macro : a name is letters only"),
        ({1: "x"}, "macro 1: a name is letters only"),
        ({"中文": "x"}, "macro 中文: a name is letters only"),
        ({"R": 5}, "macro R: write a definition, or ["),
        ({"R": None}, "macro R: write a definition, or ["),
        ({"R": []}, "macro R: write a definition, or ["),
        ({"R": ["x"]}, "macro R: write a definition, or ["),
        ({"R": [1, "x"]}, "macro R: write a definition, or ["),
        ({"R": ["x", 1, "a", "b"]}, "macro R: write a definition, or ["),
        ({"R": ["x", 1, 2]}, "macro R: write a definition, or ["),
        ({"R": ["#1", "1"]}, "macro R: the number of arguments must be a whole number from 0 to 9, not '1'"),
        ({"R": ["#1", True]}, "macro R: the number of arguments must be a whole number from 0 to 9, not True"),
        ({"R": ["#1", 1.0]}, "macro R: the number of arguments must be a whole number from 0 to 9, not 1.0"),
        ({"R": ["#1", 10]}, "macro R: the number of arguments must be a whole number from 0 to 9, not 10"),
        ({"R": ["x", 0, "a"]}, "macro R: the number of arguments must be a whole number from 1 to 9, not 0"),
        ({"fine": "x", "R": "#1"}, "macro R: #1 is none of its 0 arguments"),
        ({"R": [r"\#1 #2", 1]}, "macro R: #2 is none of its 1 arguments"),
        ({"R": ["x#", 1]}, "macro R: # is none of its 1 arguments"),
    ],
)
def test_malformed_macros(convert, macros, message):
    with pytest.raises(ConfigurationError) as info:
        convert("x", macros=macros)
    assert str(info.value).startswith("markdown_mathjax: " + message)
    assert "\n" not in str(info.value)


def test_well_formed_macros(convert):
    macros = {"R": r"\mathbb{R}", "hash": r"\#1", "half": [r"\frac{#1}{2}", 1], "o": ["#1_#2", 2, "n"], "*": "x"}
    html = convert(r"$\R \hash \half{3} \o{a} \o[b]{a} \*$", macros=macros)
    assert "<mfrac><mn>3</mn><mn>2</mn></mfrac>" in html and "<msub><mi>n</mi><mi>a</mi></msub>" in html


@pytest.mark.parametrize(
    ("arithmatex", "message"),
    [
        (None, "markdown_extensions must also list pymdownx.arithmatex, with generic: true"),
        ({}, "pymdownx.arithmatex must be set to generic: true"),
        ({"generic": True, "inline_tag": "i"}, "pymdownx.arithmatex must keep the default of its option inline_tag"),
        (
            {"generic": True, "tex_block_wrap": ["[", "]"]},
            "pymdownx.arithmatex must keep the default of its option tex_block_wrap",
        ),
    ],
)
@pytest.mark.parametrize("last", [False, True])
def test_arithmatex_must_be_generic(arithmatex, message, last):
    names = ["markdown_mathjax"]
    if arithmatex is not None:
        names.insert(last, "pymdownx.arithmatex")
    configs = {"pymdownx.arithmatex": arithmatex or {}, "markdown_mathjax": {"stylesheet": "", "cache": ""}}
    with pytest.raises(ConfigurationError) as info:
        Markdown(extensions=names, extension_configs=configs).convert("$x$")
    assert str(info.value) == "markdown_mathjax: " + message


def test_dollars_may_be_switched_off():
    arithmatex = {"generic": True, "inline_syntax": [], "block_syntax": ["square"]}
    configs = {"pymdownx.arithmatex": arithmatex, "markdown_mathjax": {"stylesheet": "", "cache": ""}}
    md = Markdown(extensions=["pymdownx.arithmatex", "markdown_mathjax"], extension_configs=configs)
    assert "mjx-" not in md.convert("$x$") and "<mjx-math" in md.convert("\\[x\\]")


def test_messages_are_in_the_language_asked_for(convert):
    with pytest.raises(ConfigurationError, match="^markdown_mathjax：宏 R：它有 0 个参数，#1 不是其中之一$"):
        convert("x", macros={"R": "#1"}, language="zh")


@pytest.mark.parametrize(
    ("name", "language"),
    [("zh", "zh"), ("zh-TW", "zh"), ("zh_CN", "zh"), ("ZH-Hans", "zh"), ("en", "en"), ("de", "en"), (None, "en")],
)
def test_known_language(name, language):
    assert known_language(name) == language


@pytest.mark.parametrize("key", MESSAGES)
def test_every_message_is_in_every_language(key):
    fields = [{field for _, field, _, _ in string.Formatter().parse(text) if field} for text in MESSAGES[key].values()]
    assert set(MESSAGES[key]) == set(LANGUAGES)
    assert all(other == fields[0] for other in fields)


def test_packages_are_those_of_the_bundle():
    typesetter = Typesetter({"macros": {}, "packages": [], "scale": 1})
    try:
        assert typesetter.packages() == PACKAGES
    finally:
        typesetter.close()
    assert set(defaults()["packages"][0]) == set(PACKAGES) - OPTIONAL and set(PACKAGES) > OPTIONAL


SAMPLES = {
    "ams": r"\begin{align} a &= b \end{align}",
    "amscd": r"\begin{CD} A @>a>> B \\ @VVV @AAA \\ C @= D \end{CD}",
    "bbox": r"\bbox[5px]{x}",
    "boldsymbol": r"\boldsymbol{x}",
    "braket": r"\braket{a|b}",
    "cancel": r"\cancel{x}",
    "cases": r"\begin{numcases}{x} a & b \end{numcases}",
    "centernot": r"\centernot\longrightarrow",
    "color": r"\color[RGB]{1,2,3} x",
    "empheq": r"\begin{empheq}[left=x\empheqlbrace]{align} a &= b \end{empheq}",
    "enclose": r"\enclose{box}{x}",
    "extpfeil": r"\xtwoheadrightarrow{a}",
    "mathtools": r"\xleftrightarrow{a} \coloneqq",
    "physics": r"\dv{f}{x} \qty(\frac{a}{b})",
    "textmacros": r"\text{\textit{a}}",
    "units": r"\unitfrac[3]{m}{s}",
    "upgreek": r"\upalpha",
}


def test_every_package_does_something(convert):
    """载入就能排，不载入就排不出（或排得不同）：名字没有写错，包里也真有。"""
    assert set(SAMPLES) == set(PACKAGES)
    needs = {"cases": ["ams"], "empheq": ["ams"], "mathtools": ["ams"]}
    differ = {"textmacros", "color"}  # 不载入也不出错
    for name, tex in SAMPLES.items():
        others = needs.get(name, [])
        there = convert(f"$$\n{tex}\n$$", packages=[name, *others])
        assert "<mjx-math" in there
        try:
            without = convert(f"$$\n{tex}\n$$", packages=others)
        except FormulaError:
            pass
        else:
            assert name in differ and without != there, name


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_readme_lists_the_options_and_packages(name):
    text = (Path(__file__).parents[1] / name).read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == list(defaults())
    (line,) = [line for line in text.splitlines() if "amscd" in line]
    assert set(re.findall(r"\b(?:" + "|".join(PACKAGES) + r")\b", line, re.ASCII)) == set(PACKAGES)
