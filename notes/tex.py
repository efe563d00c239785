"""两段 TeX 说的是不是同一件事：只认写法的不同，不懂数学。"""

import functools
import re

# 不影响意思的：间隔、括号的大小、对齐
SPACING = re.compile(r"\\[,;:! ]|\\(?:[bB]igg?)[lr]?(?![a-z])|\\(?:left|right)(?![a-z])|&|\s")
ENVIRONMENT = re.compile(r"\\tag\{[^}]*\}|\\(?:begin|end)\{\w+\}")
EQUALS = re.compile(r"=(?![^{]*\})")


def restates(formula: str, tex: str) -> bool:
    """formula 就是编号公式 tex 的一段：同一串等式里的几项，次序相同。"""
    wanted = EQUALS.split(normal(formula))
    return any(subsequence(wanted, chain) for chain in chains(tex))


@functools.cache
def chains(tex: str) -> tuple[tuple[str, ...], ...]:
    """编号公式里的各串等式；以等号开头的一行，接着上一行。"""
    found: list[tuple[str, ...]] = []
    for line in map(normal, re.split(r"\\\\|\\q?quad", ENVIRONMENT.sub("", tex))):
        if line.startswith("=") and found:
            found[-1] += tuple(EQUALS.split(line[1:]))
        elif line:
            found.append(tuple(EQUALS.split(line)))
    return tuple(found)


@functools.cache
def normal(tex: str) -> str:
    tex = SPACING.sub("", tex).replace(r"\dfrac", r"\frac").strip(",.，。")
    return tex[1:-1] if tex.startswith("{") and tex.endswith("}") else tex


def subsequence(wanted: list[str], chain: tuple[str, ...]) -> bool:
    rest = iter(chain)
    return all(term in rest for term in wanted)
