"""每一页由什么核对过：会话、公式、算子各有多少，用了哪些验证手段，由哪些文件构成。

写成模板 overrides/partials/verified.html，页脚的一行与首页的总数都从它来。
"""

import json

from notes import sessions
from notes.operators.oracles import ORACLES
from notes.operators.registry import OPERATORS
from notes.page import Page, pages
from notes.paths import ROOT, display
from notes.requirements import pinned

STORED = ROOT / "overrides" / "partials" / "verified.html"
PACKAGES = {"numpy": "numpy", "PyTorch": "torch"}


def template() -> str:
    """模板的全文。"""
    found = {page.url: verified(page) for page in pages()}
    total = {
        "pages": len(found),
        "sessions": sum(counted["sessions"] for counted in found.values()),
        "equations": sum(counted["equations"] for counted in found.values()),
        "operators": sum(len(counted["operators"]) for counted in found.values()),
    }
    rows = ",\n".join(f"  {json.dumps(url)}: {json.dumps(v, ensure_ascii=False)}" for url, v in found.items())
    return (
        "{#- 由 make update 生成，不要手改 -#}\n"
        f"{{% set versions = {json.dumps(versions())} %}}\n"
        f"{{% set total = {json.dumps(total)} %}}\n"
        f"{{% set verified = {{\n{rows}\n}} %}}\n"
    )


def verified(page: Page) -> dict:
    """一页里核对过的。"""
    operators = [operator for operator in OPERATORS.values() if operator.page == page]
    return {
        "sessions": sum(len(sessions.parse(path)) for path in page.sessions),
        "equations": len(page.markdown.equations),
        "operators": [operator.name for operator in operators],
        "oracles": [o.name for o in ORACLES.values() if any(o.applies(operator.row) for operator in operators)],
        "files": [display(path) for path in page.sources],
    }


def versions() -> dict[str, str]:
    """核对时用的 numpy 与 PyTorch：requirements 里钉死的版本。"""
    known = pinned()
    return {name: known[package] for name, package in PACKAGES.items()}
