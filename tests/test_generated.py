"""由程序生成、又存在仓库里的文件：过时就失败，make update 重写它们。"""

import subprocess
import sys

import pytest

import verified
from files import ROOT, display, read


def test_stylesheet(request):
    """公式的样式表与字体，恰好含全站用到的字形。"""
    flag = [] if request.config.getoption("--update-outputs") else ["--check"]
    command = [sys.executable, "-m", "markdown_mathjax", "stylesheet", *flag]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    if done.returncode:
        pytest.fail(done.stdout + done.stderr + "若改动是有意的：make update", pytrace=False)


def test_verified_template(request):
    """页脚与首页的数目：会话、公式、算子各有多少。"""
    if request.config.getoption("--update-outputs"):
        verified.TEMPLATE.write_text(verified.template(), encoding="utf-8", newline="\n")
    current = read(verified.TEMPLATE) if verified.TEMPLATE.is_file() else ""
    if current != verified.template():
        pytest.fail(f"{display(verified.TEMPLATE)} 过时了\n若改动是有意的：make update", pytrace=False)
