"""实现文件：写错的各得一句话；章名与 Python 的模块相撞的，不导入。"""

import inspect

import pytest

from notes import implementations
from notes.errors import Malformed
from notes.page import page_of
from notes.paths import SNIPPETS

MALFORMED = {
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


@pytest.mark.parametrize(("text", "line", "sentence"), MALFORMED.values(), ids=MALFORMED)
def test_malformed(text, line, sentence, tmp_path, complains):
    path = tmp_path / "a.py"
    path.write_text(text, encoding="utf-8")
    complains(implementations.parse, path, line, sentence)


@pytest.fixture
def load(tmp_path, monkeypatch):
    """写一个实现，再导入它。"""
    monkeypatch.syspath_prepend(tmp_path)

    def load_(path):
        return implementations.load(path, tmp_path)

    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    load_.write = write
    return load_


def test_import_error(load, complains):
    path = load.write("chapter_a/broken.py", "import math\nfrom math import nonsense\n")
    complains(load, path, 2, "导入失败：ImportError: ")


def test_syntax_error_elsewhere(load, complains):
    """错在被导入的文件里，就指到那个文件，只说一遍。"""
    wrong = load.write("chapter_b/inner.py", "x = 1\nx = = 2\n")
    path = load.write("chapter_b/outer.py", "from chapter_b.inner import x\n")
    with pytest.raises(Malformed) as caught:
        load(path)
    assert str(caught.value) == f"{wrong.as_posix()}:2  语法错误：invalid syntax"


@pytest.mark.parametrize("chapter", ["random", "operator", "notes", "math", "pytest"])
def test_chapter_named_like_a_module_is_refused(chapter, load, complains):
    path = load.write(f"{chapter}/page.py", "x = 1\n")
    complains(load, path, 1, f"章的文件夹不能叫 {chapter}：Python 已经有这个名字的模块")


def test_environment_of_another_clone(tmp_path):
    """别处建的 .venv，导入的是那里的 snippets/，或者什么也没有。"""
    told = "得到的不是这里的 snippets/：这个 .venv 是在别处建的"
    assert told in implementations.misnamed("start", tmp_path) and told in implementations.misnamed("nowhere", tmp_path)


@pytest.mark.parametrize("chapter", ["2nd", "new-chapter", "Random", "汉字", "_a"])
def test_chapter_that_cannot_be_imported_is_refused(chapter, load, complains):
    path = load.write(f"{chapter}/page.py", "x = 1\n")
    complains(load, path, 1, f"章的文件夹不能叫 {chapter}：只用小写字母、数字与 _")


def test_chapter_of_sessions_only_is_refused_too(tmp_path, monkeypatch, complains):
    path = tmp_path / "json" / "page.pycon"
    path.parent.mkdir()
    path.write_text("", encoding="utf-8")
    monkeypatch.setattr(implementations, "SNIPPETS", tmp_path)
    complains(lambda _: implementations.modules.__wrapped__(), path, 1, "章的文件夹不能叫 json：Python 已经有")


@pytest.mark.parametrize("folder", ["docs", "tests", "tools", "figures", "mathjax"])
def test_chapter_named_like_a_folder_of_the_repository_is_refused(folder):
    assert implementations.shadowed(folder, SNIPPETS)


def test_own_chapters_are_fine():
    assert implementations.modules()


@pytest.mark.parametrize(
    ("page", "path"),
    [pytest.param(page_of(path), path, id=page_of(path).file(path)) for path in sorted(SNIPPETS.rglob("*.py"))],
)
def test_every_function_has_a_docstring(page, path):
    module = implementations.modules()[path]
    for value in vars(module).values():
        if callable(value) and getattr(value, "__module__", None) == module.__name__ and not value.__doc__:
            raise Malformed(path, inspect.getsourcelines(value)[1], f"{value.__name__} 没有说明")
