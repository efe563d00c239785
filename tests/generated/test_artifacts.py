"""由程序生成、又存在仓库里的文件：过时就失败，make update 重写它们；根据不成立的，不写。"""

import json
import subprocess

import pytest

from notes import equations, figures, sessions
from notes.errors import Fault, Malformed
from notes.generated import artifacts, card, report, stylesheet, update, vectors
from notes.generated.artifact import Artifact, difference
from notes.operators import formulas, measure
from notes.operators.registry import OPERATORS
from notes.paths import ROOT, display

# 会话的输出由 test_executions.py 逐节核对
STORED = [artifact for artifact in artifacts() if artifact.path.suffix != ".pycon"]
# 样式表要构建一遍网站才知道，由 tests/site/test_html.py 核对
CHECKED = [artifact for artifact in STORED if artifact.path != stylesheet.STORED]


@pytest.mark.parametrize("artifact", CHECKED, ids=str)
def test_artifact_is_current(artifact):
    artifact.check()


def test_every_generated_file_is_in_the_list():
    """各幅图、各张表、各个会话，一样不少，也只有一次。"""
    listed = [artifact.path for artifact in artifacts()]
    assert len(listed) == len(set(listed))
    drawn = {figure.stored for path in figures.files() for figure in figures.parse(path).values()}
    told = {path for path in sessions.files() if not sessions.missing(path)}
    assert drawn | told <= set(listed)


def test_generated_files_are_marked():
    """git 知道哪些是生成的：评审时收起来。会话是手写的，只有输出由程序改。"""
    paths = [str(artifact) for artifact in STORED]
    command = ["git", "check-attr", "linguist-generated", *paths]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout
    marked = dict(
        line.removesuffix(": linguist-generated: set").split(": ")[0:1] * 2
        for line in said.splitlines()
        if line.endswith(": set")
    )
    if unmarked := sorted(set(paths) - set(marked)):
        raise Malformed(".gitattributes", 1, f"没有标上 linguist-generated：{'、'.join(unmarked)}")


def test_difference_names_the_file_and_line():
    assert difference("docs/a.md:8 · 页", "figures/a.b.svg", "<figure>\n3\n", "<figure>\n4\n").split("\n") == [
        "docs/a.md:8 · 页",
        "figures/a.b.svg:2  过时了",
        "  存着  3",
        "  现在  4",
        "若改动是有意的：make update",
    ]


@pytest.fixture
def artifact(tmp_path):
    """一个应当写着“新”的文件。"""
    return Artifact(tmp_path / "a" / "b.md", lambda: "新\n", "docs/a.md:8 · 页")


def test_update_writes_once(artifact):
    assert artifact.update() and artifact.path.read_bytes() == "新\n".encode()
    stamp = artifact.path.stat().st_mtime_ns
    assert not artifact.update() and artifact.path.stat().st_mtime_ns == stamp


def test_stale_artifact_is_told(artifact):
    with pytest.raises(Fault, match=r"b.md:1  还没有生成"):
        artifact.check()
    artifact.path.parent.mkdir()
    artifact.path.write_text("旧\n", encoding="utf-8")
    with pytest.raises(Fault, match=r"b.md:1  过时了\n  存着  旧\n  现在  新"):
        artifact.check()


@pytest.mark.parametrize("make", [vectors.text, report.markdown], ids=["测试向量", "验证报告"])
def test_nothing_is_written_from_an_operator_that_fails(make, monkeypatch):
    """算子没有通过核对，由它写成的文件不写，说清楚是哪一个算子。"""

    def fails(operator, oracle):
        raise Fault(f"某处\n  {oracle}：样本 (3,)：不符")

    monkeypatch.setattr(measure, "measure", fails)
    with pytest.raises(
        Malformed, match=r"算子 add 没有通过形状与 dtype，由算子写成的文件要等它改对：样本 \(3,\)：不符"
    ):
        make()


def test_card_is_not_written_from_a_false_docstring(monkeypatch):
    """docstring 的两行与算子不符，公式卡不写。"""
    forward, backward = formulas.lines(OPERATORS["mul"].rule)
    wrong = formulas.Line(f"-({backward.parts[0]}), {backward.parts[1]}")
    monkeypatch.setattr(formulas, "lines", lambda rule: (forward, wrong))
    monkeypatch.setattr(card, "OPERATORS", {"mul": OPERATORS["mul"]})
    with pytest.raises(Fault, match=r"算子 mul\n  样本 .*：“反向”的第 1 个与算子不符"):
        card.markdown()


def test_update_tells_what_it_cannot_write(monkeypatch):
    """写不出来的说一句，接着写别的。"""
    from notes import generated

    class Broken:
        page = "a/b"

        def update(self):
            raise Malformed(ROOT / "a.py", 3, "不成")

    class Fine:
        page = None

        def update(self):
            return True

        def __str__(self):
            return "b.md"

    monkeypatch.setattr(generated, "artifacts", lambda: [Broken(), Fine()])
    assert list(update()) == ["a.py:3  不成", "改写了 b.md"]
    assert list(update("a/b")) == ["a.py:3  不成"], "只写一页的"
    assert display(ROOT / "a.py") == "a.py"


def test_updating_one_page_leaves_the_equations_of_others_unread(monkeypatch):
    """make update PAGE=… 记下这一页的公式读过了，别的页改过的仍要人读。"""
    now = json.loads(equations.text())
    stale = now | {name: {"1": ["旧", "旧"]} for name in ("matrix/product", "matrix/vjp")}
    monkeypatch.setattr(equations, "stored", lambda: stale)
    assert json.loads(equations.text("matrix/product")) == stale | {"matrix/product": now["matrix/product"]}
