"""pytest 的两个选项，以及测试结束时的一段小结。"""

import os
import subprocess
import sys

import pytest

from browser import PORT, browser, open_page, server, visit, window  # noqa: F401 后几个是共用的 fixture
from files import ROOT, Malformed
from implementations import modules


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


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """与 make build 相同的网站：(文件夹, 构建失败时 mkdocs 说的话)。"""
    folder = tmp_path_factory.mktemp("site")
    return folder, build(folder)


@pytest.fixture(scope="session")
def site(built):
    folder, complaint = built
    if complaint:
        pytest.skip("网站没有构建成功，见 test_site_builds")
    return folder


def build(folder, config=ROOT / "mkdocs.yml"):
    """用 config 构建网站到 folder；返回失败时说的话，成功时是空串。"""
    return run("-m", "mkdocs", "build", "--strict", "-q", "-f", config, "-d", folder) or run(
        ROOT / "tools" / "publish.py", folder
    )


def run(*arguments):
    environment = os.environ | {
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONUTF8": "1",
        "SITE_URL": f"http://127.0.0.1:{PORT}/",
        "SOURCES": "source/",
        "SOURCE_DATE_EPOCH": "1767225600",
    }
    done = subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, encoding="utf-8", env=environment)
    return done.stdout + done.stderr if done.returncode else ""
