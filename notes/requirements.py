"""requirements 里钉死的版本。"""

import re

from notes.files import read
from notes.paths import ROOT

FILES = ("requirements.txt", "requirements-dev.txt")


def pinned() -> dict[str, str]:
    """{包: 版本}。"""
    lines = (re.findall(r"^([\w.-]+)==(\S+)", read(ROOT / file), re.MULTILINE) for file in FILES)
    return dict(pair for found in lines for pair in found)
