"""断言：页面上的话，引出来，用代码核对。页面不印它们。

    >>> # 「$\\bar W$ 第 0 行第 1 列的 4」
    >>> W_bar[0, 1] == 4
    True

「」里的话在这一页恰好出现一次（空白与换行不算），话里的数都在代码里，代码的值是 True。
a.claims.pycon 在 a.pycon 之后运行，用它的变量；`>>> # 小节 example` 之后，名字指的是那一节刚运行完时的东西。
"""

import ast
import contextlib
import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import numpy as np

from notes import sessions
from notes.assertions import Number, numbers
from notes.errors import Fault, Malformed, bad_syntax
from notes.files import read, remembered
from notes.page import CLAIMS, Page, page_of
from notes.paths import ROOT, SNIPPETS, display
from notes.prose import MARKUP, Text, squeezed, texts, without

SECTION = re.compile(r"# 小节 ([a-z][a-z0-9_-]*)")


@dataclass
class Names:
    """一个会话的变量：会话里的函数用的就是 live 这一份；各节刚运行完时是什么，整个会话的小节名是空串。"""

    live: dict = field(default_factory=lambda: {"__name__": "__main__"})
    after: dict[str, dict] = field(default_factory=lambda: {"": {}})

    def record(self, section: str, namespace: dict) -> None:
        self.live, self.after[section] = namespace, dict(namespace)

    def go_to(self, section: str) -> None:
        """回到这一节刚运行完的时候；断言自己的名字留着。"""
        self.live.update(self.after[section])


@dataclass(frozen=True)
class Quotation:
    """引出来的一句话，从断言文件的哪一行起。"""

    line: int
    words: str


@dataclass
class Claim:
    """一条断言：几句话，核对它们的代码，变量取自会话的哪一节。"""

    path: Path
    section: str
    quotations: list[Quotation] = field(default_factory=list)
    steps: list[sessions.Step] = field(default_factory=list)

    @property
    def source(self) -> str:
        return "\n".join(line for step in self.steps for line in step.source)


def files() -> list[Path]:
    """全部断言文件。"""
    return sorted(SNIPPETS.rglob(f"*{CLAIMS}"))


def session_of(path: Path) -> Path:
    """断言接着哪个会话：a.torch.claims.pycon 接着 a.torch.pycon。"""
    return path.with_name(path.name.removesuffix(CLAIMS) + ".pycon")


@remembered
def parse(path: Path) -> list[Claim]:
    """读一个断言文件。第一句话之前的代码是预备，成为没有引用的一条。"""
    found = [Claim(path, "")]
    opened: Quotation | None = None
    for step in steps(path):
        comment = step.source[0]
        if opened or comment.startswith("# 「"):
            opened = continued(path, step, opened)
            if "」" in opened.words:
                quote(found, Quotation(opened.line, closed(path, opened)))
                opened = None
        elif section := SECTION.fullmatch(comment):
            found.append(Claim(path, section[1]))
        elif not comment.startswith("#"):
            found[-1].steps.append(checked(path, step))
    if opened:
        raise Malformed(path, opened.line, "这句话没有写完，缺 」")
    for claim in found:
        require_checked(claim)
    return [claim for claim in found if claim.steps]


def steps(path: Path) -> list[sessions.Step]:
    section = sessions.Section(path.name, 1)
    for line, text in enumerate(read(path).split("\n"), 1):
        if text.strip():
            sessions.add_line(path, line, text.rstrip(), section)
    return section.steps


def continued(path: Path, step: sessions.Step, opened: Quotation | None) -> Quotation:
    """一句话的开头，或接着上一行。"""
    text = step.source[0]
    if not text.startswith("#") or step.want or len(step.source) > 1:
        raise Malformed(path, step.line, "引用的话没有写完，缺 」")
    words = text.removeprefix("#").strip()
    if opened:
        return Quotation(opened.line, f"{opened.words}\n{words}")
    return Quotation(step.line, words.removeprefix("「"))


def closed(path: Path, opened: Quotation) -> str:
    words, _, rest = opened.words.partition("」")
    if rest or not words:
        raise Malformed(path, opened.line, "一行注释里只写一句引用，」之后没有别的")
    return words


def quote(found: list[Claim], quotation: Quotation) -> None:
    """归到新的一条；紧接着写的几句话共用后面的代码。"""
    last = found[-1]
    if last.steps or not last.quotations:
        found.append(Claim(last.path, last.section))
    found[-1].quotations.append(quotation)


def checked(path: Path, step: sessions.Step) -> sessions.Step:
    """一步：表达式的输出是 True，语句没有输出。"""
    try:
        tree = ast.parse("\n".join(step.source))
    except SyntaxError as error:
        raise bad_syntax(path, error, step.line - 1) from None
    expression = expression_of(tree)
    if step.want != (["True"] if expression else []):
        raise Malformed(path, step.line, "断言的输出应是 True" if expression else "这一步不是断言，不应有输出")
    if expression and vacuous(expression):
        raise Malformed(path, step.line, "这行代码总是真的，什么也没有核对")
    return step


def expression_of(tree: ast.Module) -> ast.expr | None:
    last = tree.body[-1] if tree.body else None
    return last.value if len(tree.body) == 1 and isinstance(last, ast.Expr) else None


def vacuous(expression: ast.expr) -> bool:
    """没有用到变量，也没有运算；或者比较的两边写得一样。"""
    if not any(isinstance(node, ast.Name | ast.BinOp | ast.Call) for node in ast.walk(expression)):
        return True
    for node in ast.walk(expression):
        if isinstance(node, ast.Compare):
            sides = [ast.dump(side) for side in (node.left, *node.comparators)]
            if any(a == b for a, b in itertools.pairwise(sides)):
                return True
    return False


def require_checked(claim: Claim) -> None:
    if claim.quotations and not any(step.want for step in claim.steps):
        raise Malformed(claim.path, claim.quotations[0].line, "这句话之后没有核对它的代码")
    if not claim.quotations and any(step.want for step in claim.steps):
        line = next(step.line for step in claim.steps if step.want)
        raise Malformed(claim.path, line, "这行代码核对的是哪一句话？前面应有 # 「…」")


def places(found: list[Text], quotation: Quotation) -> list[tuple[Text, int, int]]:
    """一句话在一页的话 found 的哪些位置。"""
    return [(text, *span) for text in found for span in text.find(quotation.words)]


def claims(page: Page) -> Iterator[Claim]:
    for path in page.claims:
        yield from parse(path)


def quoted(page: Page) -> dict[Path, list[tuple[int, int]]]:
    """这一页各个文件里的哪些话引用过。"""
    found: dict[Path, list[tuple[int, int]]] = {}
    said = texts(page)
    for claim in claims(page):
        for quotation in claim.quotations:
            for text, start, end in places(said, quotation):
                found.setdefault(text.path, []).append((start, end))
    return found


def faults(page: Page) -> Iterator[Fault]:
    """引用的话不在页面上、不止一处、数不在代码里的。"""
    said = texts(page)
    for claim in claims(page):
        there = set(numbers_in_code(claim.source)) if claim.quotations else set()
        for quotation in claim.quotations:
            found = places(said, quotation)
            if len(found) != 1:
                wrong = f"这句话在页面上有 {len(found)} 处，引用要长一点" if found else "页面上没有这句话"
                text, at = found[1][:2] if found else nearest(said, quotation)
                yield fault(text, at, claim, quotation, wrong)
            elif absent := absent_numbers(quotation.words, there):
                text, start, _ = found[0]
                yield fault(text, start, claim, quotation, f"这句话里的 {'、'.join(absent)} 不在代码里")


def nearest(said: list[Text], quotation: Quotation) -> tuple[Text, int]:
    """页面上没有的话，开头的几个字最可能在哪里。"""
    words = squeezed(quotation.words)
    for length in range(len(words) - 1, 1, -1):
        for text in said:
            for start, _ in text.find(words[:length]):
                return text, start
    return said[0], 0


def fault(text: Text, at: int, claim: Claim, quotation: Quotation, sentence: str) -> Fault:
    place = f"{display(claim.path)}:{quotation.line}"
    return Fault(f"{text.where(at)}\n{place}  {sentence}\n    「{oneline(quotation)}」")


def oneline(quotation: Quotation) -> str:
    return " ".join(quotation.words.split())


def absent_numbers(words: str, there: set[Decimal]) -> list[str]:
    """话里有、代码里的数 there 没有的。"""
    return [each.words for each in numbers(without(MARKUP, words)) if not stands(each, there)]


def stands(number: Number, there: set[Decimal]) -> bool:
    """代码里有这个数；科学记数的，底数与指数分开写也行。"""
    if abs(number.value) in there:
        return True
    return "^" in number.words and all(Decimal(part) in there for part in re.findall(r"[\d.]+", number.words))


def numbers_in_code(source: str) -> Iterator[Decimal]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
            yield Decimal(repr(node.value))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (abs(each.value) for each in numbers(node.value))


def sections_used(session: Path) -> set[str]:
    """接着 session 的断言，用到哪些小节刚运行完时的变量。"""
    path = session.with_name(session.name.removesuffix(".pycon") + CLAIMS)
    return {claim.section for claim in parse(path)} if path.is_file() else set()


def run(path: Path, names: Names, root: Path = ROOT) -> Iterator[Fault]:
    """依次运行，逐个给出不成立的。"""
    page, section = page_of(path, root), ""
    names.go_to(section)
    with sessions.isolated(), np.errstate(all="ignore"):
        for claim in parse(path):
            if claim.section != section:
                section = claim.section
                if section not in names.after:
                    line = claim.steps[0].line
                    raise Malformed(path, line, f"{display(session_of(path))} 里没有小节 {section}")
                names.go_to(section)
            yield from false(page, claim, names.live)


def false(page: Page, claim: Claim, namespace: dict) -> Iterator[Fault]:
    """一条断言里不成立的一步；后面的就不运行了。"""
    for step in claim.steps:
        if told := outcome(step, namespace):
            shown = [f"    「{oneline(quotation)}」" for quotation in claim.quotations]
            said = texts(page)
            found = [place for quotation in claim.quotations for place in places(said, quotation)]
            where = [found[0][0].where(found[0][1])] if found else []
            code = [f"    {line}" for line in step.shown()]
            yield Fault("\n".join([*where, f"{display(claim.path)}:{step.line}  {told}", *shown, *code]))
            return


def outcome(step: sessions.Step, namespace: dict) -> str:
    """运行一步；不成立的，说得到了什么。"""
    tree = ast.parse("\n".join(step.source))
    expression = expression_of(tree)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            if not expression:
                exec(compile(tree, "<断言>", "exec"), namespace)
                return ""
            return "" if holds(evaluate(expression, namespace)) else f"这句话不成立，{got(expression, namespace)}"
    except Exception as error:
        return f"运行不了：{type(error).__name__}: {error}"


def evaluate(expression: ast.expr, namespace: dict):
    return eval(compile(ast.Expression(expression), "<断言>", "eval"), namespace)


def holds(result: object) -> bool:
    """值是 True；numpy 的也算，一个数、一个数组不算。"""
    return isinstance(result, bool | np.bool_) and bool(result)


def got(expression: ast.expr, namespace: dict) -> str:
    """不成立的一步得到了什么；是比较的，各边是多少。"""
    if isinstance(expression, ast.BoolOp) and isinstance(expression.op, ast.And):
        return next(got(part, namespace) for part in expression.values if not holds(evaluate(part, namespace)))
    if isinstance(expression, ast.Compare):
        sides = (expression.left, *expression.comparators)
        return "各边是 " + "、".join(shown(evaluate(side, namespace)) for side in sides)
    return f"得到 {shown(evaluate(expression, namespace))}"


def shown(result: object) -> str:
    return repr(result.item() if isinstance(result, np.generic) else result)
