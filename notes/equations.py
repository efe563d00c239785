"""编号公式与它的验证：各是会话里的哪个小节，上次对照着读过时是什么样子。

程序看不懂 TeX，所以公式与验证说的是不是同一件事，要人来读。读过时两边的指纹存在 notes/equations.json；
只改了其中一边，指纹就对不上，测试请人再读一遍；make update 记下新的指纹。空白与换行不算。
"""

import ast
import hashlib
import json
import re
from collections.abc import Iterator

from notes import sessions
from notes.files import read
from notes.page import Page, pages
from notes.paths import ROOT, display

STORED = ROOT / "notes" / "equations.json"

Prints = dict[str, dict[str, list[str]]]  # {页: {编号: [公式的指纹, 验证的指纹]}}


def checks(page: Page) -> dict[str, sessions.Section]:
    """一页会话里的验证 {编号: 小节 eq-编号}。"""
    found = sessions.parse(page.session) if page.session.is_file() else {}
    return {name.removeprefix("eq-"): section for name, section in found.items() if name.startswith("eq-")}


def broken(check: sessions.Section) -> sessions.Step | None:
    """验证的哪一步不成立：agree 印出 False，或者整节只有 False，一个 True 也没有；都成立就是 None。"""
    printed = {id(step): re.findall(r"\b(?:True|False)\b", "\n".join(step.want)) for step in check.steps}
    hopeless = not any("True" in words for words in printed.values())
    for step in check.steps:
        if "False" in printed[id(step)] and (hopeless or is_agree(step)):
            return step
    return None


def is_agree(step: sessions.Step) -> bool:
    """这一步就是一个 agree(…)。"""
    body = ast.parse("\n".join(step.source)).body
    call = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
    return isinstance(call, ast.Call) and ast.unparse(call.func) == "agree"


def prints(page: Page) -> dict[str, list[str]]:
    """一页编号公式现在的指纹 {编号: [公式的, 验证的]}；没有验证的由测试报告，这里略过。"""
    known = checks(page)
    return {
        equation.number: [fingerprint(equation.tex), fingerprint(known[equation.number].source())]
        for equation in page.markdown.equations
        if equation.number in known
    }


def fingerprint(words: str) -> str:
    return hashlib.sha256(re.sub(r"\s+", " ", words).strip().encode()).hexdigest()[:8]


def stored() -> Prints:
    return json.loads(read(STORED)) if STORED.is_file() else {}


def text(only: str | None = None) -> str:
    """JSON 的全文，一页一行；给了 only，别的页还是存着的：它们没有人再读。"""
    kept = stored() if only else {}
    found = {page.name: prints(page) if only in (None, page.name) else kept.get(page.name, {}) for page in pages()}
    rows = ",\n".join(f"  {json.dumps(page)}: {json.dumps(numbers)}" for page, numbers in found.items() if numbers)
    return f"{{\n{rows}\n}}\n"


def unread(page: Page, found: dict[str, list[str]], known: dict[str, list[str]]) -> Iterator[str]:
    """一页里改过的公式，各在哪里、改了哪一边。"""
    for equation in page.markdown.equations:
        now, then = found.get(equation.number), known.get(equation.number, ["", ""])
        if now and now != then:
            changed = "与".join(side for side, a, b in zip(("公式", "验证"), now, then, strict=True) if a != b)
            place = f"{display(page.session)} 的小节 eq-{equation.number}"
            yield f"{page.where(equation.line)}\n  式 ({equation.number}) 的{changed}改过，{place} 要对照着再读一遍"
