"""每个会话小节一个测试：重跑一遍，输出与文档逐字相同。"""

import functools
import importlib.util

import pytest

import sessions
from files import Malformed, display
from implementations import SNIPPETS
from pages import shown_at

FILES = sorted(SNIPPETS.rglob("*.pycon"))


def needs_torch(path):
    return path.name.endswith(".torch.pycon")


def collect():
    """逐节列出 (文件, 小节名)；文件本身写错的，小节名记为 None，留给测试报告。"""
    for path in FILES:
        try:
            names = list(sessions.parse(path))
        except Malformed:
            names = [None]
        for name in names:
            yield pytest.param(path, name, id=f"{path.relative_to(SNIPPETS).as_posix()}:{name or '格式'}")


@functools.cache
def executed(path, update):
    """运行一个会话文件；update 时先把变了的输出写回去。"""
    sections = sessions.parse(path)
    actual = sessions.run(display(path), sections)
    if update and (count := sessions.rewrite(path, sections, actual)):
        print(f"改写了 {display(path)} 的 {count} 处输出")
        sections = sessions.parse(path)
    return sections, actual


@pytest.mark.parametrize(("path", "name"), list(collect()))
def test_session(path, name, request):
    if needs_torch(path) and not importlib.util.find_spec("torch"):
        pytest.skip("没有装 torch")
    try:
        sections, actual = executed(path, request.config.getoption("--update-outputs"))
    except Malformed as error:
        pytest.fail(str(error), pytrace=False)
    section = sections[name]
    wrong = sessions.mismatches(section, actual[name])
    if wrong:
        where = shown_at(path.relative_to(SNIPPETS).as_posix(), name) or "（没有页面印它）"
        reports = [sessions.describe(display(path), where, *pair) for pair in wrong]
        pytest.fail("\n\n".join(reports), pytrace=False)
