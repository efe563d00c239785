"""--page a/b：别的页的测试不生成，也不导入用不着的文件；这一页的一个不少。"""

import pytest

from notes.one_page import is_about_pages, narrow, page_of
from notes.page import Page

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
