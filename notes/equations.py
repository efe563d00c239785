"""编号公式的指纹：公式与它的验证上次对照着读过时，各是什么样子，存在 notes/equations.json。

程序看不懂 TeX，所以公式与验证说的是不是同一件事，要人来读。只改了其中一边，指纹就对不上，
测试请人再读一遍；make update 记下新的指纹。空白与换行不算。
"""

import hashlib
import json
import re

from notes import pages
from notes import sessions
from notes.files import ROOT
from notes.implementations import SNIPPETS
from notes.pages import DOCS

STORED = ROOT / "notes" / "equations.json"


def prints():
    """{页: {编号: [公式的指纹, 验证的指纹]}}；没有验证的公式由 test_equations.py 报告，这里略过。"""
    found = {}
    for path, page in pages.pages().items():
        session = (SNIPPETS / path.relative_to(DOCS)).with_suffix(".pycon")
        checks = sessions.parse(session) if page.tags and session.is_file() else {}
        known = {number: checks.get(f"eq-{number}") for _, number in page.tags}
        pairs = {n: [fingerprint(page.formulas[n]), fingerprint(source(c))] for n, c in known.items() if c}
        if pairs:
            found[path.relative_to(DOCS).with_suffix("").as_posix()] = pairs
    return found


def source(section):
    """一个小节的代码，不含输出：输出由会话的测试核对。"""
    return "\n".join(line for step in section.steps for line in step.source)


def fingerprint(words):
    return hashlib.sha256(re.sub(r"\s+", " ", words).strip().encode()).hexdigest()[:8]


def text(found):
    """JSON 的全文，一页一行。"""
    rows = ",\n".join(f"  {json.dumps(page)}: {json.dumps(numbers)}" for page, numbers in found.items())
    return f"{{\n{rows}\n}}\n"
