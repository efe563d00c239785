"""两个进程一起跑：每个测试恰好跑一遍，结果与一个进程时相同；要别的包的都在分出的一个里；它死了会说。"""

import subprocess
import sys

import pytest

from notes.paths import ROOT
from notes.side_by_side import OTHER_PACKAGES
from notes.site.build import ENVIRONMENT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="只在 Linux 上分成两个进程")

LOOP = """
from notes import side_by_side
def pytest_runtestloop(session):
    side_by_side.run(session)
    return True
"""
TESTS = """
import os, pathlib, time
import pytest
@pytest.fixture(scope="session", autouse=True)
def begun():
    with open("begun", "a") as file:
        print(os.getpid(), file=file)
@pytest.fixture(autouse=True)
def note(request):
    with open("ran", "a") as file:
        print(request.node.name, os.getpid(), file=file)
@pytest.mark.parametrize("k", range(20))
def test_several(k):
    time.sleep(0.01)
@pytest.mark.parametrize("k", range(5))
def test_torch(k, record_property):
    record_property("手段", k)
    time.sleep(0.05)
def test_wrong():
    print("说了一句")
    assert 1 + 1 == 3, "差一"
def test_torch_wrong():
    raise ValueError("分出的一个里错了")
def test_left_out():
    pytest.skip("不跑")
"""


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("tests/test_claims.py::test_claims_hold[a/b.torch.claims.pycon]", True),
        ("tests/test_executions.py::test_session[a/b.jax.pycon:third]", True),
        ("tests/test_executions.py::test_session[a/b.dezero.autograd.pycon:c]", True),
        ("tests/operators/test_oracles.py::test_operator[add-PyTorch]", True),
        ("tests/operators/test_oracles.py::test_operator[add-中心差分]", False),
        ("tests/test_claims.py::test_claims_hold[a/b.claims.pycon]", False),
        ("tests/test_executions.py::test_session[a/b.pycon:c]", False),
        ("tests/generated/test_artifacts.py::test_artifact_is_current[figures/a/b.c.svg]", False),
    ],
)
def test_which_need_another_package(name, wanted):
    assert bool(OTHER_PACKAGES.search(name)) == wanted


def ran(folder, tests, *arguments):
    (folder / "conftest.py").write_text(LOOP, encoding="utf-8")
    (folder / "test_some.py").write_text(tests, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=.", "-rs", *arguments]
    environment = ENVIRONMENT | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_each_runs_once_and_is_told(tmp_path):
    done = ran(tmp_path, TESTS)
    assert "2 failed, 25 passed, 1 skipped" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 1
    for said in ("差一", "说了一句", "ValueError: 分出的一个里错了", "不跑"):
        assert said in done.stdout
    lines = (tmp_path / "ran").read_text(encoding="utf-8").split("\n")[:-1]
    where = dict(line.rsplit(" ", 1) for line in lines)
    assert len(lines) == len(where) == 28
    apart = {process for name, process in where.items() if "torch" in name}
    assert len(apart) == 1 and len(set(where.values())) == 2
    assert sorted((tmp_path / "begun").read_text(encoding="utf-8").split()) == sorted(set(where.values()))


def test_stops_at_the_first_failure(tmp_path):
    done = ran(tmp_path, TESTS, "-x")
    assert done.returncode == 1
    assert "stopping after" in done.stdout, done.stdout
    assert len((tmp_path / "ran").read_text(encoding="utf-8").split("\n")) < 28


def test_a_dead_process_is_noticed(tmp_path):
    done = ran(tmp_path, "import os\ndef test_torch():\n    os._exit(3)\ndef test_other():\n    pass\n")
    assert done.returncode == 1
    assert "分出去跑测试的进程自己退出了" in done.stdout


def test_nothing_is_left_when_interrupted(tmp_path):
    """按 Ctrl+C：两个进程都停下，只有一份小结。"""
    waiting = "import time\ndef test_torch():\n    time.sleep(60)\ndef test_other():\n    raise KeyboardInterrupt\n"
    done = ran(tmp_path, waiting)
    assert done.returncode == 2
    assert done.stdout.count("no tests ran") == 1, done.stdout
