"""读一页 Markdown：写错的各得一句话，写对的读得出来。"""

import pytest

from notes import markdown

INCLUDE = '--8<-- "a/b.pycon:c"'
OUTSIDE = "代码块之外只引用图（.svg）与生成的表格（.md），顶格独占一行"

MALFORMED = {
    "不认识的语言": ("# 页\n\n```js\n1\n```\n", 3, "不认识的语言 js，应为 python 或 pycon"),
    "没有写语言": ("```\n1\n```\n", 1, "代码块没有写语言，应为 python 或 pycon"),
    "没有结束": (f"```pycon\n{INCLUDE}\n", 1, "代码块没有结束"),
    "波浪线": ("~~~python\nx = 1\n~~~\n", 2, "代码直接写在页面里；请放进 snippets/，用 --8<-- 引用"),
    "四个反引号": ("````python\n```\n````\n", 2, "代码直接写在页面里；请放进 snippets/，用 --8<-- 引用"),
    "带标题": ('``` python title="x" hl_lines="1"\nx = 1\n```\n', 2, "代码直接写在页面里"),
    "花括号": ("``` { .python .annotate }\nx = 1\n```\n", 2, "代码直接写在页面里"),
    "提示框里": ("!!! note\n\n    ```python\n    x = 1\n    ```\n", 4, "代码直接写在页面里"),
    "标签页里": ('=== "甲"\n\n    ~~~pycon\n    >>> 1\n    ~~~\n', 4, "代码直接写在页面里"),
    "列表里": ("1. 甲\n\n    ```python\n    x = 1\n    ```\n", 4, "代码直接写在页面里"),
    "列表的第一行": ("- ```python\n  x = 1\n  ```\n", 2, "代码直接写在页面里"),
    "引用里": ("> ```python\n> x = 1\n> ```\n", 2, "代码直接写在页面里"),
    "两个引用": (f"```pycon\n{INCLUDE}\n{INCLUDE}\n```\n", 3, "一个代码块只引用一个小节"),
    "语言不符": (f"```python\n{INCLUDE}\n```\n", 2, "python 代码块应引用 .py 文件"),
    "引用整个文件": ('```python\n--8<-- "a/b.py"\n```\n', 2, "代码直接写在页面里"),
    "代码块外的引用": (f"{INCLUDE}\n", 1, OUTSIDE),
    "代码块外的实现": ('--8<-- "a/b.py"\n', 1, OUTSIDE),
    "图不在单独的一行": ('看图：--8<-- "a/b.c.svg"\n', 1, OUTSIDE),
    "图没有顶格": ('- 甲\n\n    --8<-- "a/b.c.svg"\n', 3, OUTSIDE),
    "图的一个小节": ('--8<-- "a/b.c.svg:d"\n', 1, OUTSIDE),
    "代码块里的图": ('```pycon\n--8<-- "a/b.c.svg"\n```\n', 2, "代码直接写在页面里"),
    "缩进的代码": ("文字\n\n    x = 1\n", 3, "缩进写成的代码块"),
    "标题下缩进的代码": ("# 页\n    x = 1\n", 2, "缩进写成的代码块"),
    "列表里缩进的代码": ("- 甲\n\n        x = 1\n", 3, "缩进写成的代码块"),
    "提示框里缩进的代码": ("!!! note\n\n        x = 1\n", 3, "缩进写成的代码块"),
    "制表符缩进的代码": ("文字\n\n\tx = 1\n", 3, "缩进写成的代码块"),
    "开头的 YAML": ("---\ntags: [甲\n---\n\n# 页\n", 1, "开头的 YAML 读不懂"),
    "HTML 的代码块": ("<pre>x = 1</pre>\n", 1, "页面里不写 HTML 的代码块"),
}

ALLOWED = {
    "列表里的段落": "- 甲\n\n    乙\n\n    - 丙\n\n        丁\n",
    "编号列表里的段落": "1. 甲\n\n    乙\n",
    "折叠块": f'??? success "验证 (1)"\n\n    文字\n\n    ```pycon\n    {INCLUDE}\n    ```\n',
    "列表里的折叠块": f'1. 甲\n\n    ??? example "答案"\n\n        文字\n\n        ```pycon\n        {INCLUDE}\n        ```\n',
    "标签页": f'=== "NumPy"\n\n    ```pycon\n    {INCLUDE}\n    ```\n\n=== "PyTorch"\n\n    文字\n',
    "段落的续行": "文字\n    续行\n",
    "波浪线": f"~~~pycon\n{INCLUDE}\n~~~\n",
    "行内代码": "`<pre>` 与 ```x```\n",
    "图": '文字\n\n--8<-- "a/b.c.svg"\n',
    "生成的表格": '--8<-- "a/b.md"\n\n--8<-- "a/b.md:c"\n',
}


@pytest.fixture
def written(tmp_path):
    """把一段文字写成一页。"""

    def write(text):
        path = tmp_path / "a.md"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(("text", "line", "sentence"), MALFORMED.values(), ids=MALFORMED)
def test_malformed(text, line, sentence, written, complains):
    complains(markdown.parse, written(text), line, sentence)


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED)
def test_allowed(text, written):
    page = markdown.parse(written(text))
    assert len(page.includes) + len(page.generated) == text.count("--8<--")


def test_what_is_read(written):
    page = markdown.parse(
        written('---\ntags: [甲]\n---\n# 页\n\n## 节 {#a}\n\n$$\nx\n= 1 \\tag{1}\n$$\n\n??? success "验证 (1)"\n')
    )
    assert page.meta == {"tags": ["甲"]}
    assert [(h.line, h.level, h.text) for h in page.headings] == [(4, 1, "页"), (6, 2, "节")]
    assert [(e.line, e.number, e.tex) for e in page.equations] == [(10, "1", "x\n= 1 \\tag{1}\n")]
    assert [(f.line, f.title) for f in page.folds] == [(13, "验证 (1)")]
    assert page.trail(5) == ["页"] and page.trail(6) == ["页", "节"]
