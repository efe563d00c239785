"""编号公式与验证一一对应：\\tag{n} 从 1 起连续，各有小节 eq-n，紧跟着折叠印出，上次对照着读过。"""

import pytest

from notes import equations
from notes.errors import Fault, Malformed
from notes.page import pages
from notes.sessions import Section, Step

STORED = equations.stored()


@pytest.mark.parametrize("page", pages(), ids=str)
def test_tags_and_checks_match(page):
    checks = equations.checks(page)
    for expected, equation in enumerate(page.markdown.equations, 1):
        if equation.number != str(expected):
            raise page.fault(equation.line, f"公式编号是 ({equation.number})，按顺序应为 ({expected})")
        if equation.number not in checks:
            raise page.fault(equation.line, f"公式 ({expected}) 没有验证：会话里缺小节 eq-{expected}")
    tagged = {equation.number for equation in page.markdown.equations}
    for number, section in checks.items():
        if number not in tagged:
            raise Malformed(page.session, section.line, f"有小节 eq-{number}，页面上没有 \\tag{{{number}}}")


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_check_is_folded_under_its_formula(page):
    folds = {fold.title: fold.line for fold in page.markdown.folds}
    tagged = page.markdown.equations
    ends = [equation.line for equation in tagged[1:]] + [10**9]
    for equation, end in zip(tagged, ends, strict=False):
        number = equation.number
        fold = folds.get(f"验证 ({number})", -1)
        if not equation.line < fold < end:
            raise page.fault(equation.line, f"公式 ({number}) 之后应有折叠块“验证 ({number})”")
        wanted = page.file(page.session), f"eq-{number}"
        shown = [i for i in page.markdown.includes if (i.file, i.section) == wanted]
        if not any(fold < include.line < end for include in shown):
            raise page.fault(fold, f"折叠块里应印出小节 eq-{number}")


@pytest.mark.parametrize("page", pages(), ids=str)
def test_checks_hold(page):
    """改写输出时，不成立的验证也会照样存下来：印 False 的，就是公式或验证错了。"""
    for section in equations.checks(page).values():
        if step := equations.broken(section):
            raise Malformed(page.session, step.line, f"小节 {section.name} 的验证不成立：agree 给出 False")


def section_of(*steps):
    return Section("eq-1", 1, [Step(2 + k, [source], want) for k, (source, want) in enumerate(steps)])


HOLDS = {
    "成立": ([("agree(x, y)", ["True"])], None),
    "不成立": ([("agree(x, y)", ["True"]), ("agree(x, z)", ["False"])], 3),
    "一个也不成立": ([("[agree(x, y)]", ["[False]"]), ("x", ["3"])], 2),
    "对照": ([("agree(x, y), agree(x, z)", ["(True, False)"]), ("not agree(x, z)", ["True"])], None),
    "比较两个数": ([("x, y", ["(62, 62)"])], None),
}


@pytest.mark.parametrize(("steps", "line"), HOLDS.values(), ids=HOLDS)
def test_broken_check(steps, line):
    broken = equations.broken(section_of(*steps))
    assert (broken and broken.line) == line


@pytest.mark.parametrize("page", pages(), ids=str)
def test_equations_were_read_beside_their_checks(page):
    """公式与它的验证，只改了一边的，要人对照着再读一遍。"""
    now, then = equations.prints(page), STORED.get(page.name, {})
    wrong = [*equations.unread(page, now, then)]
    if wrong:
        raise Fault("\n".join([*wrong, "对照着读过，确实是同一件事：make update"]))
    assert now.keys() == then.keys(), "notes/equations.json 里有不存在的公式；make update 会删去"
