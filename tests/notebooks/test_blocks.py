"""页面的 Markdown 切成一块块，缩进里的也打开；要带的实现只取用得着的小节。"""

from notes import notebooks
from notes.notebooks.blocks import Code, Group, Text, split
from notes.notebooks.library import Library, implementation
from notes.notebooks.needed import Needed
from notes.page import Page

LIST = """1. 问题

    ??? example "答案"

        答。

        ```pycon
        --8<-- "a/b.pycon:c"
        ```

    接着说。

2. 再问
"""


def test_code_in_a_list_is_opened():
    answer = Group("???", "答案", [Text("答。"), Code("a/b.pycon", "c")])
    assert list(split(LIST.split("\n"))) == [Text("1. 问题"), answer, Text("接着说。\n\n2. 再问")]


def test_tabs_and_containers():
    text = '<div class="a" markdown>\n\n=== "甲"\n\n    话\n\n=== "乙"\n\n    话\n\n</div>\n\n末\n{ .note }'
    assert list(split(text.split("\n"))) == [
        Group("===", "甲", [Text("话")]),
        Group("===", "乙", [Text("话")]),
        Text("末"),
    ]


def test_generated_table_is_put_in():
    (table,) = split(['--8<-- "matrix/identities_vector.md:norms"'])
    assert table.text.startswith("| 函数")


def test_page_without_a_title(tmp_path, complains):
    path = tmp_path / "docs" / "a" / "b.md"
    path.parent.mkdir(parents=True)
    path.write_text('```python\n--8<-- "a/b.py:c"\n```\n', encoding="utf-8")
    complains(lambda _: notebooks.text(Page("a/b", tmp_path)), path, 1, "开头不是标题，写不成笔记本")


def library_of(*uses):
    found = Library()
    found.need(uses)
    return found


def test_only_what_is_used():
    found = library_of(("start.verification", "agree"))
    assert found.wanted == {"start.verification": {"agree"}}
    assert "def agree" in found.source("start.verification")
    assert "jacobian" not in found.source("start.verification")
    assert found.source("start.verification").startswith("import numpy as np\n")


def test_imported_before_used():
    found = library_of(("matrix.product", "matmul"))
    assert found.ordered().index("start.conventions") < found.ordered().index("matrix.product")


def test_operators_by_name():
    """F.relu 与 x + y 里的算子，都是到 engine.tape 里按名字找的。"""
    assert {"elementwise.add_sub", "linalg.matmul", "shapes.indexing"} <= set(library_of(("engine.tape", "F")).wanted)


def test_everything_registered_comes_along():
    vectors = implementation("matrix.identities_vector")
    assert library_of(("matrix.identities_vector", "GROUPS")).wanted["matrix.identities_vector"] == set(
        vectors.sections
    )


def test_data_come_along():
    assert [path.name for path in library_of(("mlp.digits", "load")).data()] == ["digits.csv.gz"]


def test_data_read_by_the_page_itself_come_along():
    """数据文件只由这一页展示的实现来读，会话里没有先要它。"""
    assert "rnn.json" in [path.name for path in Needed.by(Page("transformer/rnn")).data]


def test_sections_only_in_a_clone():
    assert {name for _, name in Needed.by(Page("start/verification")).unfit} >= {"claim", "failure"}
    assert not Needed.by(Page("matrix/product")).unfit
