"""每个会话小节一个测试：重跑一遍，输出与文档逐字相同。"""

import pytest

import sessions
from files import Malformed, display
from implementations import SNIPPETS
from pages import DOCS, shown_at


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
        wrong = report(path, sections[name], actual[name], file)
    except Malformed as error:
        wrong = str(error)
    if wrong:
        pytest.fail(wrong, pytrace=False)


def report(path, section, outputs, file, docs=DOCS):
    """这一小节哪里与文档不符，印在页面的哪一行；都相符时是空串。"""
    wrong = sessions.mismatches(section, outputs)
    where = (shown_at(file, section.name, docs) or "（没有页面印它）") if wrong else ""
    return "\n\n".join(sessions.describe(display(path), where, *pair) for pair in wrong)
