"""写得不合约定的文件：每一种都只得到一句话，说清楚文件、行号与原因。"""

import re

import pytest

from notes import figures
from notes import implementations
from notes import pages
from notes import sessions
from notes.files import Malformed

OPEN, CLOSE = ">>> # --8<-- [start:a]\n", ">>> # --8<-- [end:a]\n"
INCLUDE = '--8<-- "a/b.pycon:c"'

OUTSIDE = "代码块之外只引用图（.svg）与生成的表格（.md），顶格独占一行"

SESSIONS = {
    "小节开了两次": (OPEN + ">>> 1\n1\n" + CLOSE + OPEN + ">>> 1\n1\n" + CLOSE, 5, "小节 a 在第 1 行已经有了"),
    "小节里又开小节": (OPEN + ">>> x = 1\n>>> # --8<-- [start:b]\n", 3, "小节 a 还没有结束，又开始了 b"),
    "没有结束": (OPEN + ">>> x = 1\n", 1, "小节 a 没有结束"),
    "没有开始": (">>> # --8<-- [end:a]\n", 1, "小节 a 在这里结束，却没有开始"),
    "结束的是另一个": (OPEN + ">>> x = 1\n>>> # --8<-- [end:b]\n", 3, "小节 b 在这里结束，却没有开始"),
    "标记写错": (">>> # --8<-- [begin:a]\n", 1, "小节的标记应写成 >>> # --8<-- [start:名字] 或 [end:名字]"),
    "小节之外的代码": (">>> x = 1\n", 1, "这一行不在任何小节里"),
    "小节之外的文字": (OPEN + ">>> x = 1\n" + CLOSE + "说明\n", 4, "这一行不在任何小节里"),
    "空的小节": (OPEN + CLOSE, 1, "小节 a 是空的"),
    "输出在代码之前": (OPEN + "1\n" + CLOSE, 2, "输出之前没有代码"),
    "提示符后没有空格": (OPEN + ">>> x = 1\n>>>x\n" + CLOSE, 3, "提示符 >>> 之后要有一个空格"),
    "语法错误": (OPEN + ">>> x = 1\n>>> x = = 2\n" + CLOSE, 3, "语法错误：invalid syntax"),
    "续行里的语法错误": (OPEN + ">>> for i in range(2):\n...     i = = 2\n" + CLOSE, 3, "语法错误：invalid syntax"),
}

IMPLEMENTATIONS = {
    "小节开了两次": (
        "# --8<-- [start:a]\nx = 1\n# --8<-- [end:a]\n# --8<-- [start:a]\ny = 1\n# --8<-- [end:a]\n",
        4,
        "小节 a 在第 1 行已经有了",
    ),
    "没有结束": ("# --8<-- [start:a]\n", 1, "小节 a 没有结束"),
    "没有开始": ("# --8<-- [end:a]\n", 1, "小节 a 在这里结束，却没有开始"),
    "标记写错": ("# --8<-- [start: a]\n", 1, "小节的标记应写成 # --8<-- [start:名字] 或 [end:名字]"),
    "小节之外的代码": ('"""说明。"""\nimport re\nx = 1\n', 3, "这段代码不在任何小节里，页面就不会显示它"),
    "语法错误": ("import re\ndef f(:\n", 2, "语法错误：invalid syntax"),
}

PAGES = {
    "不认识的语言": ("# 页\n\n```js\n1\n```\n", 3, "不认识的语言 js，应为 python 或 pycon"),
    "没有写语言": ("```\n1\n```\n", 1, "代码块没有写语言，应为 python 或 pycon"),
    "没有结束": (f"```pycon\n{INCLUDE}\n", 1, "代码块没有结束"),
    "波浪线": ("~~~python\nx = 1\n~~~\n", 2, "代码直接写在页面里；请放进 snippets/，用 --8<-- 引用"),
    "四个反引号": ("````python\n```\n````\n", 2, "代码直接写在页面里；请放进 snippets/，用 --8<-- 引用"),
    "带标题": ('``` python title="x" hl_lines="1"\nx = 1\n```\n', 2, "代码直接写在页面里"),
    "花括号": ("``` { .python .annotate }\nx = 1\n```\n", 2, "代码直接写在页面里"),
    "提示框里": ('!!! note\n\n    ```python\n    x = 1\n    ```\n', 4, "代码直接写在页面里"),
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

# 会话 SESSION 的小节 a-b 运行之后有变量 x
SESSION = ">>> # --8<-- [start:a-b]\n>>> x = 1\n>>> # --8<-- [end:a-b]\n"
DRAW = '"""图。\n\n    替代文字。\n    """\n'
FIGURES = {
    "语法错误": ("def f(:\n", 1, "语法错误：invalid syntax"),
    "导入失败": (f"import math\nfrom math import no\n\n\ndef a_b(x):\n    {DRAW}", 2, "导入失败：ImportError: "),
    "没有说明": ("\ndef a_b(x):\n    return x\n", 2, "a_b 没有说明；说明就是图的标题与替代文字"),
    "没有这个小节": (f"def c(x):\n    {DRAW}", 1, "{session} 里没有小节 c"),
    "没有这个变量": (f"def a_b(x, y, z):\n    {DRAW}", 1, "小节 a_b 运行之后没有变量 y、z"),
    "画不出来": (f"def a_b(x):\n    {DRAW}    return 1 / (x - 1)\n", 6, "a_b 画不出来：ZeroDivisionError: "),
    "返回的不是图": (f"def a_b(x):\n    {DRAW}", 1, "a_b 画不出来：AttributeError: "),
    "只有标题": ('from notes.drawing import Figure\n\n\ndef a_b(x):\n    """图。"""\n    return Figure(1, 1)\n', 4, "a_b 画不出来"),
}


def complaint(call, path):
    with pytest.raises(Malformed) as caught:
        call(path)
    return str(caught.value)


def check(call, path, text, line, sentence):
    path.write_text(text, encoding="utf-8")
    told = complaint(call, path)
    assert told.startswith(f"{path.as_posix()}:{line}  {sentence}"), told
    assert "\n" not in told


@pytest.mark.parametrize(("text", "line", "sentence"), SESSIONS.values(), ids=SESSIONS)
def test_session(text, line, sentence, tmp_path):
    check(sessions.parse, tmp_path / "a.pycon", text, line, sentence)


@pytest.mark.parametrize(("text", "line", "sentence"), IMPLEMENTATIONS.values(), ids=IMPLEMENTATIONS)
def test_implementation(text, line, sentence, tmp_path):
    check(implementations.parse, tmp_path / "a.py", text, line, sentence)


@pytest.mark.parametrize(("text", "line", "sentence"), PAGES.values(), ids=PAGES)
def test_page(text, line, sentence, tmp_path):
    check(pages.parse, tmp_path / "a.md", text, line, sentence)


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED)
def test_allowed_page(text, tmp_path):
    path = tmp_path / "a.md"
    path.write_text(text, encoding="utf-8")
    page = pages.parse(path)
    assert len(page.includes) + len(page.generated) == text.count("--8<--")


@pytest.mark.parametrize(("text", "line", "sentence"), FIGURES.values(), ids=FIGURES)
def test_figure(text, line, sentence, tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "SNIPPETS", tmp_path / "snippets")
    monkeypatch.setattr(figures, "FIGURES", tmp_path / "figures")
    session = tmp_path / "snippets" / "a" / "b.pycon"
    path = tmp_path / "figures" / "a" / "b.py"
    for folder in (session.parent, path.parent):
        folder.mkdir(parents=True)
    session.write_text(SESSION, encoding="utf-8")
    check(draw_all, path, text, line, sentence.format(session=session.as_posix()))


def draw_all(path):
    for drawn in figures.draw(path).values():
        if isinstance(drawn, Malformed):
            raise drawn


def test_figure_without_a_session(tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "SNIPPETS", tmp_path)
    monkeypatch.setattr(figures, "FIGURES", tmp_path)
    check(figures.draw, tmp_path / "b.py", "", 1, f"没有同名的会话 {(tmp_path / 'b.pycon').as_posix()}")


@pytest.mark.parametrize("parse", [sessions.parse, implementations.parse, pages.parse], ids=["会话", "实现", "页面"])
def test_not_utf8(parse, tmp_path):
    path = tmp_path / "a.md"
    path.write_bytes("# 页\n\n".encode() + "求导".encode("gbk"))
    assert complaint(parse, path) == f"{path.as_posix()}:3  不是 UTF-8 编码，请另存为 UTF-8"


def test_import_error(tmp_path, monkeypatch):
    monkeypatch.setattr(implementations, "SNIPPETS", tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "broken_snippet.py"
    path.write_text("import math\nfrom math import nonsense\n", encoding="utf-8")
    told = complaint(implementations.load, path)
    assert re.fullmatch(rf"{re.escape(path.as_posix())}:2  导入失败：ImportError: .+", told)
