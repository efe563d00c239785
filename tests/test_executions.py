"""每个会话小节一个测试：重跑一遍，输出与文档逐字相同。"""

import re

import pytest

from notes import mutants, sessions
from notes.errors import Fault, Malformed
from notes.executions import execute
from notes.files import read
from notes.page import page_of
from notes.paths import ROOT

SAMPLED = 40  # 每个会话文件至多取这么多处变异，均匀地取


def collect(wanted):
    """逐节列出 (页, 文件, 小节名)，给了 wanted 只要这一页的；文件本身写错的，小节名记为 None，留给测试报告。"""
    for path in sessions.files():
        if wanted not in (None, str(page_of(path))):
            continue
        try:
            names = list(sessions.parse(path))
        except Malformed:
            names = [None]
        page = page_of(path)
        for name in names:
            yield pytest.param(page, path, name, id=f"{page.file(path)}:{name or '格式'}")


def require(path):
    """缺包就跳过，并说明。"""
    if sessions.missing(path):
        pytest.skip(f"没有装 {'、'.join(sessions.missing(path))}")


def pytest_generate_tests(metafunc):
    """切小节要把每一步都编译一遍：只核对一页时，别的页的不切。"""
    if metafunc.function is test_session:
        metafunc.parametrize(("page", "path", "name"), list(collect(metafunc.config.getoption("--page"))))


def test_session(page, path, name):
    require(path)
    wrong = sessions.report(path, sessions.parse(path)[name], execute(path).outputs[name])
    if wrong:
        raise Fault(wrong)


@pytest.mark.parametrize("path", sessions.files(), ids=lambda path: page_of(path).file(path))
def test_changed_output_is_noticed(path):
    """测试的测试：存着的输出改错一处，一定看得出来。"""
    require(path)
    outputs = execute(path).outputs
    changes = list(mutants.changed_outputs(read(path), sessions.parse(path)))
    for name, text in changes[:: max(1, len(changes) // SAMPLED)]:
        section = sessions.parse_section(path, text, name)
        assert sessions.mismatches(section, outputs[name]), f"小节 {name} 改了输出，没有被发现"


# 别的包的会话印的是它们自己的话
COMPLAINTS = [path for path in sessions.files() if path.name.count(".") == 1 and "[start:complaints]" in read(path)]


@pytest.mark.parametrize("path", COMPLAINTS, ids=lambda path: page_of(path).file(path))
def test_complaints_are_ours(path):
    """小节 complaints 印的是本站拒绝什么，都是中文；英文的是会话写错了，Python 自己报的错。"""
    steps = sessions.parse(path)["complaints"].steps
    said = [step.want[-1] for step in steps if step.want and step.want[0].startswith("Traceback")]
    assert said and all(re.search(r"[\u4e00-\u9fff]", line) for line in said), said


# 名字没有定义、导入不成：会话自己写错了，不是要给读者看的报错
STUMBLES = ("NameError:", "UnboundLocalError:", "ImportError:", "ModuleNotFoundError:", "SyntaxError:")


@pytest.mark.parametrize("path", sessions.files(), ids=lambda path: page_of(path).file(path))
def test_no_session_stumbles(path):
    """别的包的会话各有自己的命名空间，用了 NumPy 会话里的名字，make update 就把 NameError 当作输出存下来。"""
    for section in sessions.parse(path).values():
        for step in section.steps:
            for line in step.want:
                if line.startswith(STUMBLES):
                    raise Malformed(path, step.line, f"会话自己写错了：{line}")


def test_session_runs_only_once():
    """写不写 root，得到的是同一次运行。"""
    path = sessions.files()[0]
    assert execute(path) is execute(path, ROOT)
