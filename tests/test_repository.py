"""说明里写的命令与路径都有，样式表里的 @ 规则都是认识的，搜索的语言就是网站的语言。"""

import functools
import importlib.util
import re
from pathlib import Path

import material
import pytest

from notes import config
from notes.errors import Malformed
from notes.files import read
from notes.page import DOCUMENTS, Page, documents
from notes.paths import DOCS, ROOT

COMMAND = re.compile(r"\bmake ([a-z][a-z-]*)((?: [A-Z]+=)?)")
TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
VARIABLE = re.compile(r"^([A-Z_]+) \?=", re.MULTILINE)
PLACE = re.compile(r"`((?:docs|snippets|figures|notes|tests|tools|mathjax|overrides|\.ci|\.github)/[\w./-]*)`")
# CONTRIBUTING 里占位的写法
EXAMPLES = {"docs/章/index.md", "snippets/a/b.py", "snippets/a/b.md"}


def lines(page):
    yield from enumerate(read(page.path).split("\n"), 1)


@pytest.mark.parametrize("page", documents(), ids=str)
def test_commands_exist(page):
    makefile = read(ROOT / "Makefile")
    targets, variables = set(TARGET.findall(makefile)), set(VARIABLE.findall(makefile))
    for line, text in lines(page):
        for target, variable in COMMAND.findall(text):
            if target not in targets:
                raise Malformed(page.path, line, f"Makefile 里没有 make {target}")
            if variable and variable.strip(" =") not in variables:
                raise Malformed(page.path, line, f"Makefile 里没有 {variable.strip()}")


@pytest.mark.parametrize("page", [Page(name) for name in DOCUMENTS], ids=str)
def test_places_exist(page):
    for line, text in lines(page):
        for place in PLACE.findall(text):
            if place not in EXAMPLES and not (ROOT / place).exists():
                raise Malformed(page.path, line, f"没有 {place}")


# 程序读的几份：CI、提交之前的检查、make 的命令
RECIPES = [ROOT / name for name in (".github/workflows/ci.yml", ".pre-commit-config.yaml", ".ci/run", "Makefile")]
PATH = re.compile(r"(?<![\w./-])(?:(?:tests|tools|docs|mathjax)/[\w./-]*\w|\.ci/\w+|requirements[\w-]*\.txt)(?![\w*])")
MODULE = re.compile(r"(?:-m|\$\(RUN\)) (tools(?:\.\w+)+)")


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
def test_recipes_name_what_exists(path):
    targets = set(TARGET.findall(read(ROOT / "Makefile")))
    for line, text in enumerate(read(path).split("\n"), 1):
        for target in re.findall(r"(?:run: |entry: |^ *)make ([a-z-]+)", text):
            if target not in targets:
                raise Malformed(path, line, f"Makefile 里没有 make {target}")
        for place in PATH.findall(text):
            if not (ROOT / place).exists():
                raise Malformed(path, line, f"没有 {place}")
        for module in MODULE.findall(text):
            if importlib.util.find_spec(module) is None:
                raise Malformed(path, line, f"没有模块 {module}")


@pytest.mark.parametrize("page", documents(), ids=str)
def test_modules_exist(page):
    """让读者用 python -m 运行的都有。"""
    for line, text in lines(page):
        for module in re.findall(r"python3? -m ([a-z]\w*(?:\.\w+)*)", text):
            if importlib.util.find_spec(module) is None:
                raise Malformed(page.path, line, f"没有模块 {module}")


# 用到的 @ 规则，以及 @media 的条件怎样写；打错一个字母，浏览器就当没有这一段
AT_RULE = re.compile(r"@([\w-]+)\s*([^{;]*?)\s*[{;]")
FEATURE = r"\((?:(?:min|max)-width: [\d.]+(?:em|px)|prefers-reduced-motion: reduce|hover: (?:hover|none))\)"
MEDIA = re.compile(rf"(?:screen|print)(?: and {FEATURE})*|{FEATURE}(?: and {FEATURE})*")
KNOWN = {"media": MEDIA, "page": re.compile(r"[\w-]*"), "keyframes": re.compile(r"[\w-]+"), "font-face": re.compile("")}


def unknown(css):
    """样式表里不认识的 @ 规则 (位置, 写着什么)。"""
    plain = re.sub(r"/\*.*?\*/", lambda found: re.sub(r"[^\n]", " ", found[0]), css, flags=re.DOTALL)
    for found in AT_RULE.finditer(plain):
        if found[1] not in KNOWN or not KNOWN[found[1]].fullmatch(found[2]):
            yield found.start(), found[0].rstrip("{ ")
    if plain.count("{") != plain.count("}"):
        yield len(plain), "{ 与 } 不成对"


@pytest.mark.parametrize("path", sorted(DOCS.glob("assets/*.css")), ids=lambda path: path.name)
def test_at_rules_are_known(path):
    css = read(path)
    for at, said in unknown(css):
        raise Malformed(path, css.count("\n", 0, at) + 1, f"不认识的 {said}")


USED = re.compile(r"var\(\s*(--[\w-]+)\s*([,)])")
DEFINED = re.compile(r"(?:^|[\s{;\"'])(--[\w-]+)[\"']?\s*[:,]")


@functools.cache
def variables():
    """样式表、模板与脚本里定义的 CSS 变量，连同 Material 自己的。"""
    theirs = Path(material.__file__).parent.glob("templates/assets/stylesheets/*.css")
    ours = [path for folder in (DOCS / "assets", ROOT / "overrides") for path in folder.rglob("*.*")]
    texts = [*theirs, *(path for path in ours if path.suffix in (".css", ".js", ".html"))]
    return {name for path in texts for name in DEFINED.findall(read(path))}


@pytest.mark.parametrize("path", sorted(DOCS.glob("assets/*.css")), ids=lambda path: path.name)
def test_variables_are_defined(path):
    """没有默认值的变量，别处要有定义；拼错了，浏览器就当没有这一条。"""
    css = read(path)
    for found in USED.finditer(css):
        if found[2] == ")" and found[1] not in variables():
            raise Malformed(path, css.count("\n", 0, found.start()) + 1, f"没有定义过 {found[1]}")


@pytest.mark.parametrize(
    ("css", "told"),
    [
        ("@media print { a { b: c } }", []),
        ("@media screen and (max-width: 44.9em) { a { b: c } }", []),
        ("/* @media prnt { */ a { b: c }", []),
        ("@media prnt { a { b: c } }", ["@media prnt"]),
        ("@media screen and (max-widht: 44em) { a { b: c } }", ["@media screen and (max-widht: 44em)"]),
        ("@meda print { a { b: c } }", ["@meda print"]),
        ("@media print { a { b: c }", ["{ 与 } 不成对"]),
    ],
)
def test_unknown_at_rule_is_noticed(css, told):
    assert [said for _, said in unknown(css)] == told


def test_search_is_in_the_language_of_the_site():
    """索引里是原文，不经 lunr 的英文词干；语言写成别的，词就切得不对。"""
    (search,) = (plugin["search"] for plugin in config.settings()["plugins"] if "search" in plugin)
    assert (search["lang"], search["pipeline"]) == (config.settings()["theme"]["language"], [])
