"""pytest 的两个选项，以及测试结束时的一段小结。"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from notes.site.browser import browser, open_page, server, visit, window  # noqa: F401 后几个是共用的 fixture
from notes.site.builds import build, build_by_zensical
from notes.files import Malformed
from notes.implementations import modules


def pytest_addoption(parser):
    group = parser.getgroup("notes", "可执行的求导笔记")
    group.addoption("--update-outputs", action="store_true", help="把变了的输出写回 snippets/ 下的会话文件")
    group.addoption("--no-skips", action="store_true", help="跳过的测试算失败（CI 用）")


def pytest_sessionstart():
    """实现导入不了，别的都无从谈起：先用一句话说清楚。"""
    try:
        modules()
    except Malformed as error:
        raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped and item.config.getoption("--no-skips"):
        report.outcome = "failed"
        report.longrepr = f"不许跳过（--no-skips）：{report.longrepr[2]}"
    return report


SUMMARY = {}


@pytest.fixture(scope="session")
def summary():
    """测试往里记：验证手段 → 用它验证过的算子。"""
    return SUMMARY


def pytest_terminal_summary(terminalreporter):
    if SUMMARY:
        terminalreporter.section("验证手段")
    for oracle, operators in SUMMARY.items():
        terminalreporter.write_line(f"{oracle}：{len(operators)} 个算子")


def pytest_collection_modifyitems(items):
    """要用网站的测试放到最后：它在另一个核上构建，这时先跑别的。"""
    items.sort(key=lambda item: bool(set(BUILDS) & set(item.fixturenames)))


# 测试要用的网站：fixture 的名字 → 怎样构建
BUILDS = {"built": build, "built_again": build, "built_by_zensical": build_by_zensical}


@pytest.fixture(scope="session")
def builds(request, tmp_path_factory):
    """在另一个线程里逐个构建：{fixture 的名字: 将来的 (文件夹, 构建失败时说的话)}。"""
    wanted = {name for item in request.session.items for name in item.fixturenames}
    with ThreadPoolExecutor(1) as pool:
        folders = {name: tmp_path_factory.mktemp(name) for name in BUILDS if name in wanted}
        yield {name: pool.submit(lambda name, f: (f, BUILDS[name](f)), name, f) for name, f in folders.items()}


@pytest.fixture(scope="session", autouse=True)
def start_building(request):
    """一开始就构建；要改写输出时，等改写完再说。"""
    if not request.config.getoption("--update-outputs"):
        request.getfixturevalue("builds")


@pytest.fixture(scope="session")
def built(builds):
    return builds["built"].result()


@pytest.fixture(scope="session")
def built_again(builds):
    return builds["built_again"].result()


@pytest.fixture(scope="session")
def built_by_zensical(builds):
    return builds["built_by_zensical"].result()


@pytest.fixture(scope="session")
def site(built):
    folder, complaint = built
    if complaint:
        pytest.skip("网站没有构建成功，见 test_site_builds")
    return folder
