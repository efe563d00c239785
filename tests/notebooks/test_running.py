"""每一本在一个空文件夹里从上到下执行，仓库不在那里：输出与存着的逐字相同。改了展示的实现，后面的格用的就是新的。

容许的差别只有：报错的调用栈（只比类名与那句话）、行末的空白。
"""

import importlib.util

import pytest

from notes import notebooks
from notes.errors import Fault
from notes.notebooks.running import Kernel
from notes.page import Page

pytestmark = pytest.mark.release
BARE = ["broadcasting/rules", "transformer/gpt", "engine/framework", "mlp/digits"]


def started(**options):
    for package in ("nbformat", "nbclient", "ipykernel"):
        if not importlib.util.find_spec(package):
            pytest.skip(f"没有装 {package}")
    return Kernel(**options)


@pytest.fixture(scope="session")
def kernel():
    """这个进程里的各本共用一个内核，换一本之前收拾干净。"""
    running = started()
    yield running
    running.close()


@pytest.fixture(scope="session")
def bare():
    """只装了 numpy 的内核。"""
    running = started(bare=True)
    yield running
    running.close()


def require_same(page, ran):
    for cell in ran:
        if cell.stored != cell.now:
            told = [f"    {line}" for line in cell.source.split("\n")]
            told += [
                f"  {label}  {text}" for label, each in (("存着", cell.stored), ("现在", cell.now)) for text in each
            ]
            raise Fault("\n".join([f"{page} 的笔记本有一格的输出不同", *told]))


@pytest.mark.parametrize("page", notebooks.with_notebooks(), ids=str)
def test_runs_by_itself(page, kernel, tmp_path):
    require_same(page, kernel.run(notebooks.text(page), tmp_path))


@pytest.mark.parametrize("name", BARE)
def test_runs_with_numpy_only(name, bare, tmp_path):
    """没有装 PyTorch 一类的包，要它们的格说一句，别的照旧。"""
    page = Page(name)
    ran = bare.run(notebooks.text(page), tmp_path)
    others = [cell for cell in ran if cell.source.startswith("%%session")]
    assert all(cell.now[0].startswith("stdout\n没有装 ") for cell in others)
    require_same(page, [cell for cell in ran if cell not in others])


def test_edited_implementation_is_used(kernel, tmp_path):
    """改了展示的 matmul 的一句报错：之后的格说的是新的，之前的没有变。"""
    text = notebooks.text(Page("matrix/product"))
    start = text.rindex("%%module matrix.product")
    assert text[start:].count("应为两个矩阵") == 3  # 代码一处，存着的报错两处
    edited = text[:start] + text[start:].replace("应为两个矩阵", "要两个矩阵", 1)
    ran = kernel.run(edited, tmp_path)
    changed = [k for k, cell in enumerate(ran) if cell.stored != cell.now]
    assert changed == [max(k for k, cell in enumerate(ran) if cell.source.startswith("%%module")) + 1]
    assert "要两个矩阵" in ran[changed[0]].now[0]


def test_nothing_is_left_over(kernel, tmp_path):
    """一本笔记本的名字与模块，下一本看不见。"""
    from nbformat import v4, writes

    kernel.run(notebooks.text(Page("matrix/product")), tmp_path)
    asked = "import sys\n'matmul' in globals(), 'matrix.product' in sys.modules"
    cell = v4.new_code_cell(asked)
    (ran,) = kernel.run(writes(v4.new_notebook(cells=[cell])), tmp_path)
    assert ran.now == ["execute_result\n(False, False)"]
