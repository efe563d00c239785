"""pytest 的几个选项；每个测试属于哪一页；一句话说得清的错只印那句话；结束时的一段小结。"""

import gc
import os
import re
from collections import Counter

import pytest

from notes import side_by_side
from notes.errors import Fault, Malformed
from notes.one_page import is_about_pages, narrow, page_of
from notes.said_once import once
from notes.site.shared import SharedSite

# 不必每七百个新对象就找一遍垃圾：收集测试、导入各个包，新的对象几乎都留着
gc.set_threshold(20_000, 20, 20)

# 导入 numpy 与 torch 之前就要定好。这里的矩阵都小：多开的线程只会空转，几个进程一起跑时更互相抢
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(variable, "1")

SHARED = pytest.StashKey[SharedSite]()


def pytest_addoption(parser):
    group = parser.getgroup("notes", "可执行的求导笔记")
    group.addoption(
        "--update-outputs", action="store_true", help="先改写过时的输出、图与表格，再测试；有 --page 时只改写那一页的"
    )
    group.addoption("--no-skips", action="store_true", help="跳过的测试算失败（CI 用）")
    group.addoption("--every-browser", action="store_true", help="每一页在三个浏览器、两种宽度下都看一遍")
    group.addoption("--page", metavar="a/b", help="只跑与这一页有关的测试")


def is_worker(config):
    return hasattr(config, "workerinput")


def pytest_configure(config):
    if config.getoption("--page"):  # 用不着网站；结束时 hypothesis 的插件要导入整个 hypothesis，也用不着
        config.pluginmanager.unregister(name="hypothesispytest")
    elif is_worker(config):
        config.stash[SHARED] = SharedSite.join(config.workerinput["shared_site"])
    else:
        config.stash[SHARED] = SharedSite.open()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """几个进程共用一份构建好的网站。"""
    node.workerinput["shared_site"] = node.config.stash[SHARED].token


def pytest_unconfigure(config):
    """最后收一遍垃圾，没有关的文件这时报；余下的不再看：pytest 还要再收几遍，退出时解释器又收几遍，torch 的对象很多。"""
    if SHARED in config.stash:
        config.stash[SHARED].close()
    gc.collect()
    gc.freeze()


def pytest_sessionstart(session):
    """实现导入不了、算子缺一行，别的都无从谈起：先用一句话说清楚。要改写的，在这里改写。"""
    try:
        import notes.operators.registry  # noqa: F401
    except Fault as error:
        raise pytest.UsageError(str(error)) from None
    if not is_worker(session.config):
        require_runnable(session.config.getoption("--page"))
    if session.config.getoption("--update-outputs") and not is_worker(session.config):
        from notes.generated import update

        for said in update(session.config.getoption("--page")):
            print(said)


def require_runnable(page):
    """各算子跑得起来；给了页，只试那一页的。"""
    from notes.operators import runnable
    from notes.operators.registry import OPERATORS

    try:
        runnable.require_runnable(each for each in OPERATORS.values() if page in (None, each.page.name))
    except Fault as error:
        raise pytest.UsageError(str(error)) from None


def pytest_ignore_collect(collection_path, config):
    """只核对一页时，没有一页一页的测试的文件不必导入。"""
    if config.getoption("--page") and collection_path.name.startswith("test_"):
        return True if not is_about_pages(collection_path) else None
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc):
    """只核对一页时，别的页的测试不生成。"""
    if wanted := metafunc.config.getoption("--page"):
        narrow(metafunc, wanted)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """几个进程一起跑时，同一页的在同一个进程里，会话就只运行一次；要用网站的各算各的，不等它构建。"""
    from xdist.scheduler import LoadScopeScheduling

    class ByPage(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            browser = re.search(r"/site/.*\[(chromium|firefox|webkit)\b", nodeid)
            if browser:  # 同一个浏览器的在同一个进程里，每个浏览器只启动一次
                return browser[1]
            together = re.match(r"tests/site/test_(book|search|sizes|calculator|derive_page)\.py", nodeid)
            if together:  # 整本只拼一遍、印一遍；搜索的索引、问小程序的网页，也只准备一遍
                return together[1]
            if nodeid.startswith("tests/site/"):
                return nodeid
            page = re.search(r"\[(?:figures/)?(?!docs/)(\w+/\w+)[].:-]", nodeid)
            # 由算子写成的文件都要先核对全部算子，在同一个进程里就只核对一遍
            proving = nodeid.startswith(("tests/generated/", "tests/operators/test_oracles.py"))
            return page[1] if page else "operators" if proving else nodeid

    return ByPage(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """只留下一页的；要用网站的放到最后，它还在构建。发布之前才要的都久，先跑：一组只有一个的，照这里的次序分派。"""
    wanted = config.getoption("--page")
    if wanted:
        kept = [item for item in items if str(page_of(item)) == wanted and "site" not in item.fixturenames]
        chosen = set(map(id, kept))
        config.hook.pytest_deselected(items=[item for item in items if id(item) not in chosen])
        items[:] = kept
        if not kept:
            raise pytest.UsageError(f"没有 {wanted} 这一页；写成 broadcasting/gradient 这样")
    if not config.getoption("--no-skips"):
        for item in items:
            if item.get_closest_marker("release"):
                item.add_marker(pytest.mark.skip(reason="发布之前才要的，CI 跑；本机加 --no-skips"))
    items.sort(key=lambda item: ("shared_site" in item.fixturenames, not item.get_closest_marker("release")))


def pytest_collection_finish():
    """收集好的上万个测试、导入的各个包都不会再丢：垃圾回收不必一遍遍地看它们。"""
    gc.freeze()


def pytest_runtestloop(session):
    """一页的测试，两个进程一起跑。"""
    if session.config.getoption("--page") and side_by_side.possible(session.config) and not session.testsfailed:
        side_by_side.run(session)
        return True
    return None


def in_short(item, error):
    """测试失败时，不印调用栈也说得清的几句话；--tb=long 照旧印，改机器时用。"""
    if isinstance(error, Fault):
        return str(error)
    if item.config.option.tbstyle == "long" or not page_of(item):
        return ""
    from notes.operators.failures import in_short

    return in_short(error, item.callspec.params.values())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed and call.excinfo and (short := in_short(item, call.excinfo.value)):
        report.longrepr = short
    if report.skipped and item.config.getoption("--no-skips"):
        report.outcome = "failed"
        report.longrepr = f"不许跳过（--no-skips）：{report.longrepr[2]}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """一个测试文件导入时读到写错了的页面：只说那句话。"""
    report = yield
    error = report.call.excinfo.value if report.failed and report.call.excinfo else None
    while error and not isinstance(error, Fault):
        error = error.__cause__
    if error:
        report.longrepr = str(error)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session):
    """一处错，几个测试说的是同一句，就只印一遍。"""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    stats = reporter.stats if reporter else {}
    kept = {kind: stats[kind] for kind in ("failed", "error") if kind in stats}
    for kind, reports in kept.items():
        stats[kind] = once(reports)
    yield
    stats.update(kept)


def pytest_terminal_summary(terminalreporter):
    """各种验证手段核对过几个算子；测试记在 user_properties 里，几个进程的都在这里。"""
    passed = terminalreporter.getreports("passed")
    counted = Counter(value for report in passed for name, value in report.user_properties if name == "验证手段")
    if counted:
        terminalreporter.section("验证手段")
    for oracle, count in counted.items():
        terminalreporter.write_line(f"{oracle}：{count} 个算子")


@pytest.fixture(scope="session")
def shared_site(request):
    """几个进程共用的网站。"""
    return request.config.stash[SHARED]


@pytest.fixture(scope="session", autouse=True)
def start_building(request):
    """用得着的网站一开始就在旁边构建，这时先跑别的；跳过的测试用不着。"""
    running = [item for item in request.session.items if not item.get_closest_marker("skip")]
    wanted = {name for item in running for name in item.fixturenames}
    if "site" in wanted:
        wanted.add("built")
    if SHARED in request.config.stash:
        request.config.stash[SHARED].start(wanted)


@pytest.fixture
def complains():
    """call(path) 恰好说一句话：哪个文件、哪一行、什么错。"""

    def check(call, path, line, sentence):
        with pytest.raises(Malformed) as caught:
            call(path)
        told = str(caught.value)
        assert told.startswith(f"{path.as_posix()}:{line}  {sentence}"), told
        assert "\n" not in told

    return check
