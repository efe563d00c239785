"""「怎样运行」一页的命令：在刚解压的网站与一份新的仓库里照着运行；不联网。"""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from notes import consoles, sessions
from notes.errors import Fault, Malformed
from notes.files import read, write
from notes.page import Page, page_of
from notes.paths import ROOT, SNIPPETS
from notes.requirements import pinned
from notes.site.build import not_sources

PAGE = Page("start/running")
ZIP, CLONE = (SNIPPETS / "start" / f"running.{where}.console" for where in ("zip", "clone"))
INSTALLED = sysconfig.get_path("purelib")
# 页面上说明了，只能在仓库里运行的
ONLY_IN_A_CLONE = {"start/verification", "appendix/test_vectors"}

posix = pytest.mark.skipif(os.name == "nt", reason="由 sh 运行")


@pytest.fixture(scope="module")
def variables(tmp_path_factory):
    """环境变量：python3 是运行测试的这一个；pip 不联网，numpy、torch 与 Jupyter 都是机器上已经装好的。"""
    folder = tmp_path_factory.mktemp("bin")
    python = folder / "python3"
    write(python, f'#!/bin/sh\nexec "{sys._base_executable}" "$@"\n')
    python.chmod(0o755)
    for package in ("numpy", "torch", "nbclient", "ipykernel"):
        wheel(folder, package, pinned()[package])
    return {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "PIP_NO_INDEX": "1",
        # 借来的包在 sys.path 里，pip 会以为已经装了，就不写 jupyter-execute
        "PIP_IGNORE_INSTALLED": "1",
        "PIP_FIND_LINKS": str(folder),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONPATH": "",
    }


def wheel(folder: Path, name: str, version: str) -> None:
    """一个空的 wheel：装上它，虚拟环境就找得到机器上已经装好的包。"""
    about = f"{name}-{version}.dist-info"
    parts = {
        f"{name}.pth": f"{INSTALLED}\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/RECORD": "",
    }
    if importlib.util.find_spec(name):
        parts[f"{about}/entry_points.txt"] = metadata.distribution(name).read_text("entry_points.txt") or ""
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, text in parts.items():
            archive.writestr(path, text)


@pytest.fixture(scope="module")
def unzipped(site, tmp_path_factory):
    """下载的 zip 解压在这里。"""
    folder = tmp_path_factory.mktemp("downloaded")
    with zipfile.ZipFile(site / "notes.zip") as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.release
@posix
def test_from_the_download(unzipped, variables):
    """之后，页面上贴进去的例子、放在那里的自己的文件，都能运行。"""
    consoles.run(ZIP, unzipped, **variables)
    folder = unzipped / "notes" / "source" / "snippets"
    own = folder / "mine.py"
    write(own, "from matrix.product import matmul\n")
    for command in (["-X", "utf8", "-m", "doctest", "start/running.pycon"], [own.name]):
        done = subprocess.run([".venv/bin/python", *command], cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.release
@posix
@pytest.mark.skipif(not shutil.which("make"), reason="没有 make")
def test_from_a_clone(tmp_path, variables):
    """虚拟环境事先备好：装好的包是机器上的，笔记是这一份。"""
    clone = tmp_path / "clone"
    shutil.copytree(ROOT, clone, ignore=not_sources)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", clone / ".venv"], check=True)
    (packages,) = (clone / ".venv" / "lib").glob("python*/site-packages")
    places = (clone, clone / "snippets", clone / "mathjax", INSTALLED)
    write(packages / "notes.pth", "".join(f"{path}\n" for path in places))
    (clone / ".venv" / ".ready").touch()
    consoles.run(CLONE, clone, **variables)


def test_windows_commands_are_the_same():
    """解压之后的命令，Windows 上只是换了写法。"""
    here, there = (consoles.parse(path) for path in (ZIP, ZIP.with_suffix(".doscon")))
    assert list(here) == list(there)
    for name in here:
        pairs = zip(
            consoles.commands(ZIP, here[name]),
            consoles.commands(ZIP.with_suffix(".doscon"), there[name]),
            strict=True,
        )
        for command, other in pairs:
            if (consoles.on_windows(command.text), command.want) != (other.text, other.want):
                wanted = consoles.on_windows(command.text)
                raise Malformed(ZIP.with_suffix(".doscon"), other.line, f"与 {ZIP.name}:{command.line} 不符：{wanted}")


def test_windows_commands_of_a_clone_are_run_by_ci():
    ci = read(ROOT / ".github" / "workflows" / "ci.yml")
    for command in consoles.every_command(CLONE.with_suffix(".doscon")):
        if f"- run: {command.text}\n" not in ci:
            raise Malformed(CLONE.with_suffix(".doscon"), command.line, "ci.yml 的 windows 一节没有这条命令")


def test_versions_are_the_ones_that_printed_the_outputs():
    installs = [command.text for command in consoles.every_command(ZIP) if " pip install " in command.text]
    told = dict(word.split("==") for text in installs for word in text.split() if "==" in word)
    assert told == {name: pinned()[name] for name in ("numpy", "torch", "nbclient", "ipykernel")}


def needs(path: Path) -> set[str]:
    """一个会话或实现导入的模块。"""
    text = read(path)
    if path.suffix == ".pycon":
        text = "\n".join(section.source() for section in sessions.parse(path).values())
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
    return {name.split(".")[0] for name in names}


def test_nothing_else_is_needed():
    """页面上的代码只要标准库、本站的文件夹与文件名里说的包，站在 snippets 里就够；例外都在页面上写明。"""
    folders = {path.name for path in SNIPPETS.iterdir() if path.is_dir()}
    known = set(sys.stdlib_module_names) | folders | {"numpy"}
    exceptions = set()
    for path in [*SNIPPETS.rglob("*.py"), *sessions.files()]:
        extra = needs(path) - known - set(path.name.split(".")[1:-1])
        if extra or 'Path("' in read(path):
            exceptions.add(page_of(path).name)
    assert exceptions == ONLY_IN_A_CLONE
    for name in ONLY_IN_A_CLONE:
        assert f"[{Page(name).title}]" in PAGE.markdown.text


MISTAKES = {
    "输出不同": "$ echo 3\n4\n",
    "没有成功": "$ false\n",
    "该失败的没有失败": "$ true\nTraceback (most recent call last):\n  ...\nKeyError: 1\n",
}


@posix
@pytest.mark.parametrize("text", MISTAKES.values(), ids=MISTAKES)
def test_mistake_is_noticed(text, tmp_path):
    path = tmp_path / "a.console"
    write(path, f"$ # --8<-- [start:b]\n{text}$ # --8<-- [end:b]\n")
    with pytest.raises(Fault, match=r"a\.console:2  运行的结果与印着的不符"):
        consoles.run(path, tmp_path)


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("$ ls\n", 1, "这一行不在任何小节里"),
        ("$ # --8<-- [start:b]\n甲\n$ # --8<-- [end:b]\n", 2, "输出之前没有命令"),
        ("$ # --8<-- [start:b]\n$ # --8<-- [end:b]\n", 1, "小节 b 是空的"),
        ("# --8<-- [start:b]\n$ ls\n", 1, "小节的标记应写成 $ # --8<-- [start:名字]"),
    ],
    ids=["不在小节里", "没有命令", "空的", "标记"],
)
def test_malformed(text, line, sentence, tmp_path, complains):
    path = tmp_path / "a.console"
    write(path, text)
    complains(consoles.parse, path, line, sentence)
