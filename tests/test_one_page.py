"""--page a/b：别的页的测试不生成，也不导入用不着的文件；这一页的一个不少。"""

import subprocess
import sys

import pytest

from notes.one_page import is_about_pages, narrow, page_of
from notes.page import Page
from notes.paths import ROOT
from notes.site.build import ENVIRONMENT

HERE, THERE = Page("a/b"), Page("c/d")


class Metafunc:
    """记下 parametrize 收到的。"""

    def parametrize(self, names, given, **options):
        self.given, self.options = given, options


def narrowed(names, given, **options):
    metafunc = Metafunc()
    narrow(metafunc, "a/b")
    metafunc.parametrize(names, given, **options)
    return metafunc


@pytest.mark.parametrize(
    ("names", "given", "kept"),
    [
        ("page", [HERE, THERE], [HERE]),
        ("page", (page for page in [THERE, HERE]), [HERE]),
        ("page, n", [(HERE, 1), (THERE, 2)], [(HERE, 1)]),
        (("n", "page"), [(1, HERE), (2, THERE)], [(1, HERE)]),
        ("n", [1, 2], [1, 2]),
        ("value", [HERE, 3, THERE], [HERE, 3]),
    ],
    ids=["一个", "生成器", "几个参数", "写成元组", "与页无关", "有的与页无关"],
)
def test_other_pages_are_dropped(names, given, kept):
    assert narrowed(names, given).given == kept


def test_marked_values_and_ids():
    given = [pytest.param(THERE, 1, id="丙"), pytest.param(HERE, 2, id="甲")]
    assert narrowed("page, n", given).given == given[1:]
    assert narrowed("page", [THERE, HERE], ids=["丙", "甲"]).options == {"ids": ["甲"]}
    assert narrowed("page", [THERE, HERE], ids=str).options == {"ids": str}


def test_files_left_out_have_no_page(request):
    """这一次收集到的测试里，属于一页的都在 --page 会导入的文件里。"""
    lost = {item.path.name for item in request.session.items if page_of(item) and not is_about_pages(item.path)}
    assert not lost


# 导入一个就要几百毫秒的，用得着的页才导入
HEAVY = {"torch", "jax", "tinygrad", "hypothesis", "IPython", "nbclient", "playwright", "sympy"}


def modules_after(code):
    """在另一个进程里运行 code，导入了 HEAVY 里的哪些。"""
    ending = f"\nimport sys\nprint(*({HEAVY} & set(sys.modules)))"
    command = [sys.executable, "-c", code + ending]
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, encoding="utf-8", check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_a_page_without_pytorch_does_not_import_it():
    options = ["--page", "matrix/identities", "--ignore=tests/site", "--ignore=tests/tools"]
    alone = "from notes import side_by_side; side_by_side.possible = lambda config: False"  # 分出去的，这里看不见
    assert modules_after(f"{alone}; import pytest; assert pytest.main({options}) == 0") == set()
