"""每个会话小节一个测试：重跑一遍，输出与文档逐字相同。"""

import pytest

from notes import sessions
from notes.files import Malformed, display
from notes.implementations import SNIPPETS


def collect():
    """逐节列出 (文件, 小节名)；文件本身写错的，小节名记为 None，留给测试报告。"""
    for path in sessions.FILES:
        try:
            names = list(sessions.parse(path))
        except Malformed:
            names = [None]
        for name in names:
            yield pytest.param(path, name, id=f"{path.relative_to(SNIPPETS).as_posix()}:{name or '格式'}")


@pytest.mark.parametrize(("path", "name"), list(collect()))
def test_session(path, name, request):
    if not sessions.runnable(path):
        pytest.skip(f"没有装 {'、'.join(sessions.missing(path))}")
    file = path.relative_to(SNIPPETS).as_posix()
    try:
        sections, actual = sessions.execute(path, request.config.getoption("--update-outputs"))
        wrong = sessions.report(path, sections[name], actual[name], file)
    except Malformed as error:
        wrong = str(error)
    if wrong:
        pytest.fail(wrong, pytrace=False)
