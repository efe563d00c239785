"""话里的版本：与钉死的相符；别人的、从前的，各有出处。"""

import json
import re

import pytest

from notes.errors import require_none
from notes.files import read
from notes.page import documents
from notes.prose import texts
from notes.requirements import pinned
from notes.site import differences

PACKAGES = {"PyTorch": "torch", "NumPy": "numpy", "numpy": "numpy", "autograd": "autograd", "MkDocs": "mkdocs"}
NAMED = re.compile(rf"(?<![A-Za-z])({'|'.join(PACKAGES)}) (\d+(?:\.\d+)*)(?![\d.]*\d)(?! *[个处层行倍条])")
BARE = re.compile(r"(?<![§\d.])\d+\.\d+\.\d+(?:\.\d+)?(?![\d.]*\d)")
# 网页里的 Python 是另一版
IN_THE_PAGE = json.loads(read(differences.STORED))
# 不是现在用的版本
OTHERS = {
    f"numpy {IN_THE_PAGE['numpy']}": "网页里的",
    IN_THE_PAGE["numpy"]: "网页里的",
    IN_THE_PAGE["python"]: "网页里的",
    "PyTorch 1.0": "译自旧版文档的中文文档",
    "3.2.2": "底稿用的 MathJax",
    "127.0.0.1": "本机的地址",
}


def strange(words):
    """一段话里对不上的版本。"""
    versions = pinned()
    for found in NAMED.finditer(words):
        if found[0] not in OTHERS and not is_prefix(found[2], versions[PACKAGES[found[1]]]):
            yield found.start(), found[0]
    for found in BARE.finditer(words):
        if found[0] not in OTHERS and found[0] not in versions.values():
            yield found.start(), found[0]


def is_prefix(version, full):
    return full.split(".")[: version.count(".") + 1] == version.split(".")


@pytest.mark.parametrize("page", documents(), ids=str)
def test_versions_are_the_pinned_ones(page):
    text = texts(page)[0]
    require_none(text.fault(at, f"{version} 与 requirements 里钉死的版本不符") for at, version in strange(text.words))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (f"PyTorch {pinned()['torch']}", []),
        ("PyTorch 2.31", ["PyTorch 2.31"]),
        ("numpy 2 与 NumPy 3", ["NumPy 3"]),
        ("在 2.31.0 上运行", ["2.31.0"]),
        ("PyTorch 的 3 倍，§2.8.2，PyTorch 1.0 中文文档", []),
    ],
)
def test_other_version_is_noticed(words, told):
    assert [version for _, version in strange(words)] == told
