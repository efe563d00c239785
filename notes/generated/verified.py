"""每一页由什么核对过：会话、公式、算子各有多少，用了哪些验证手段，由哪些文件构成。

结果写成模板 overrides/partials/verified.html，页脚的一行与首页的总数都从它来。
"""

import json
import re

from notes import figures
from notes import pages
from notes import sessions
from notes.files import ROOT, read
from notes.implementations import SNIPPETS
from notes.operators import OPERATORS, page_of
from notes.operators.oracles import ORACLES, applicable
from notes.pages import DOCS
from notes.operators.samples import SAMPLES

TEMPLATE = ROOT / "overrides" / "partials" / "verified.html"


def sources(path):
    """一页由哪几个文件构成：页面、实现、会话、图。"""
    stem = path.relative_to(DOCS).with_suffix("")
    found = [(SNIPPETS / stem).with_suffix(".py"), *sorted((SNIPPETS / stem).parent.glob(f"{stem.name}*.pycon"))]
    found.append((figures.FIGURES / stem).with_suffix(".py"))
    return [path, *(f for f in found if f.is_file() and f.name.split(".")[0] == stem.name)]


def page(path, tags):
    files = sources(path)
    operators = [n for n, f in OPERATORS.items() if page_of(f) == url(path).rstrip("/")]
    used = {oracle for name in operators if name in SAMPLES for oracle in applicable(SAMPLES[name])}
    return {
        "sessions": sum(len(sessions.parse(f)) for f in files if f.suffix == ".pycon"),
        "equations": len(tags),
        "operators": operators,
        "oracles": [oracle for oracle in ORACLES if oracle in used],
        "files": [f.relative_to(ROOT).as_posix() for f in files],
    }


def url(path):
    """docs/a/b.md 的网址是 a/b/；首页是空的。"""
    relative = path.relative_to(DOCS).with_suffix("").as_posix()
    return re.sub(r"(^|/)index$", "", relative + "/" if not relative.endswith("index") else relative)


def versions():
    """核对时用的 numpy 与 PyTorch：requirements 里钉死的版本。"""
    texts = read(ROOT / "requirements.txt") + read(ROOT / "requirements-dev.txt")
    packages = {"numpy": "numpy", "PyTorch": "torch"}
    return {name: re.search(rf"^{package}==(\S+)", texts, re.MULTILINE)[1] for name, package in packages.items()}


def template():
    """模板的全文。"""
    verified = {url(path): page(path, parsed.tags) for path, parsed in pages.pages().items()}
    total = {
        "pages": len(verified),
        "sessions": sum(v["sessions"] for v in verified.values()),
        "equations": sum(v["equations"] for v in verified.values()),
        "operators": sum(len(v["operators"]) for v in verified.values()),
    }
    rows = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in verified.items())
    return (
        "{#- 由 make update 生成，不要手改 -#}\n"
        f"{{% set versions = {json.dumps(versions())} %}}\n"
        f"{{% set total = {json.dumps(total)} %}}\n"
        f"{{% set verified = {{\n{rows}\n}} %}}\n"
    )
