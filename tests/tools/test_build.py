"""make build：成了才换上；两个同时运行，互不打扰。"""

import subprocess
import sys

import pytest

from notes.files import write
from notes.paths import ROOT
from notes.site.build import ENVIRONMENT
from tools.bench.folder import create, unchecked


@pytest.fixture
def start(tmp_path):
    """call() 开始构建一个一页的网站到 tmp_path/site。"""
    create(tmp_path, {"index.md": "# 旧的一页\n"}, nav=["index.md"], **unchecked())
    command = [sys.executable, "-m", "tools.build", "site"]
    options = {"cwd": tmp_path, "env": ENVIRONMENT | {"PYTHONPATH": str(ROOT)}, "encoding": "utf-8"}
    return lambda: subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)


def finish(build):
    """(返回值, 印出的话)。"""
    said, _ = build.communicate()
    return build.returncode, said


@pytest.mark.release
def test_two_at_once_then_a_broken_one(start, tmp_path):
    for build in [start(), start()]:
        code, said = finish(build)
        assert code == 0, said
    index = tmp_path / "site" / "index.html"
    assert "旧的一页" in index.read_text(encoding="utf-8")
    assert (tmp_path / "site" / "notes.zip").is_file()
    write(tmp_path / "docs" / "index.md", "# 新的一页\n\n[不通](none.md)\n")
    code, said = finish(start())
    assert code == 1
    assert "none.md" in said
    assert "旧的一页" in index.read_text(encoding="utf-8")
    write(tmp_path / "docs" / "index.md", "# 新的一页\n")
    assert finish(start())[0] == 0
    assert "新的一页" in index.read_text(encoding="utf-8")
    assert [path.name for path in (tmp_path / ".cache").glob("site-*")] == []


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["-m", "tools.build"], "python -m tools.build: error: the following arguments are required: 文件夹"),
        (["-m", "tools.train", "--nope"], "python -m tools.train: error: unrecognized arguments: --nope"),
        (["-c", "import tools; from notes.errors import Fault; raise Fault('一句话')"], "一句话"),
    ],
    ids=["没有给文件夹", "不认识的选项", "没有接住的错"],
)
def test_commands_fail_in_one_sentence(command, told):
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=ENVIRONMENT, capture_output=True, encoding="utf-8")
    assert done.returncode and done.stderr.splitlines()[-1] == told and "Traceback" not in done.stderr
