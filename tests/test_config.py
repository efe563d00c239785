"""mkdocs.yml：读不懂的一行、写着某一项的一行，都指得出来。"""

import pytest
import yaml

from notes import config
from notes.errors import Malformed

TEXT = """site_name: 名
nav:
  - 首页: index.md
  - 章:
      - a/b.md
      - a/c.md
validation:
  anchors: warn
"""


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("nav", "", 2),
        ("nav", "index.md", 3),
        ("nav", "a/c.md", 6),
        ("nav", "a/none.md", 2),
        ("validation.anchors", "", 7),
        ("none", "", 1),
    ],
)
def test_line_of(key, value, line, tmp_path):
    path = tmp_path / "mkdocs.yml"
    path.write_text(TEXT, encoding="utf-8")
    assert config.line_of(path, key, value) == line


@pytest.mark.parametrize("text", ["", "- a\n", "nav: [\n"], ids=["空的", "列表", "读不懂的"])
def test_line_of_what_has_no_keys(text, tmp_path):
    path = tmp_path / "mkdocs.yml"
    path.write_text(text, encoding="utf-8")
    assert config.line_of(path, "nav") == 1


def test_bad_yaml(tmp_path, complains):
    def read(path):
        try:
            yaml.safe_load("a: 1\nb: c: 2\n")
        except yaml.YAMLError as error:
            raise config.bad_yaml(path, error, 1) from None

    complains(read, tmp_path / "a.md", 3, "YAML 读不懂：mapping values are not allowed here")


BAD_NAV = {
    "没有": (None, 2, "nav 应是一列“章名: 各页”"),
    "一页没有章名": ([{"首页": "index.md"}, "a/c.md"], 6, "nav 的每一项应是“章名: 各页”，却有 a/c.md"),
    "两章写在一起": ([{"甲": "a/b.md", "乙": "a/c.md"}], 2, "nav 的每一项应是“章名: 各页”，却有 甲、乙"),
    "空的章": ([{"首页": "index.md"}, {"章": None}], 4, "nav 里的 章 应是一页，或一列的页"),
    "页写了名字": ([{"章": ["a/b.md", {"丙": "a/c.md"}]}], 4, "nav 里的 章 应是一页，或一列的页"),
}


@pytest.mark.parametrize(("written", "line", "sentence"), BAD_NAV.values(), ids=BAD_NAV)
def test_bad_nav(written, line, sentence, tmp_path, complains):
    path = tmp_path / "mkdocs.yml"
    path.write_text(TEXT, encoding="utf-8")
    complains(lambda path: list(config.entries(written, path)), path, line, sentence)


@pytest.mark.parametrize("name", ["omitted_files", "absolute_links", "unrecognized_links", "anchors"])
def test_nothing_of_the_links_is_left_unchecked(name):
    """MkDocs 遇到断了的链接要警告，--strict 才停得下来。"""
    found = config.settings().get("validation", {}).get(name)
    if found != "warn":
        raise Malformed(
            config.MKDOCS, config.line_of(config.MKDOCS, f"validation.{name}"), f"{name} 应是 warn，却是 {found}"
        )
