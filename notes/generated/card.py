"""公式卡：把各算子的“前向”“反向”两行排成表，写成 snippets/appendix/card.md；两行由 formulas.py 核对。"""

import inspect
import re

from pymdownx.slugs import slugify

from notes.operators.formulas import WORDS, holds_at_kinks, lines, positional, require_true, words_of
from notes.operators.registry import OPERATORS, Operator, chapters
from notes.paths import SNIPPETS

STORED = SNIPPETS / "appendix" / "card.md"


def markdown() -> str:
    """卡片的全文：一章一个小标题、这一章新用到的词、一张表。"""
    for operator in OPERATORS.values():
        require_true(operator)
    text = "<!-- 由 notes/generated/card.py 生成，不要手改 -->\n"
    told: set[str] = set()
    for chapter, found in chapters():
        used = set().union(*(words_of(operator) for operator in found)) - told
        told |= used
        words = "；".join(explained(name) for name in WORDS if name in used)
        text += f"\n## {chapter}\n\n{words}。\n\n| 算子 | 前向 | 反向 |\n| --- | --- | --- |\n"
        text += "".join(map(row, found))
    return text


def explained(name: str) -> str:
    """一个词怎样写、是什么意思：docstring 的那一句。"""
    parameters = inspect.signature(WORDS[name]).parameters.values()
    given = ", ".join(p.name for p in parameters if p.kind != p.KEYWORD_ONLY)
    written = f"{name}({given})" if given else name
    return f"`{written}`：{WORDS[name].__doc__.rstrip('。')}"


def row(operator: Operator) -> str:
    """表里的一行：算子与它的关键字参数，前向，每个输入的梯度；星号表示折点处不能照它算。"""
    rule = operator.rule
    forward, backward = lines(rule)
    star = "" if holds_at_kinks(operator) else "\\*"
    options = [p.name for p in inspect.signature(rule).parameters.values() if p.kind == p.KEYWORD_ONLY]
    name = f"[`{operator}`]({link(operator)}){star}" + f" *{', '.join(options)}*" * bool(options)
    gradients = (f"{bar(parameter)} `{part}`" for parameter, part in zip(positional(rule), backward.parts, strict=True))
    return f"| {name} | `{forward.text}` | {'；<br>'.join(gradients)} |\n"


def bar(parameter: inspect.Parameter) -> str:
    """梯度的记号：一个字母的写 x̄，长的把横线画满；*xs 写它的第 k 个。"""
    if parameter.kind == parameter.VAR_POSITIONAL:
        return r"$\bar x_k=$"
    name = parameter.name
    return rf"$\bar {name}=$" if len(name) == 1 else rf"$\overline{{\mathrm{{{name.replace('_', chr(92) + '_')}}}}}=$"


def link(operator: Operator) -> str:
    """这个算子在哪里推导：它那一页“推导”里第一个提到它的小标题，没有就是整页。"""
    inside, address = False, f"../{operator.page}.md"
    for heading in operator.page.markdown.headings:
        inside = heading.text == "推导" if heading.level == 2 else inside
        if inside and re.search(rf"(?<![A-Za-z0-9_]){operator}(?![A-Za-z0-9_])", heading.text):
            return f"{address}#{slugify(case='lower')(heading.text.replace('`', ''), '-')}"
    return address
