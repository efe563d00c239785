"""页面上的话核对了多少：python -m tools.claims [a/b]。

不给页，逐页说还剩几处，与没有断言引用的全称句；给了页，逐句列出还没有核对的，与说“总是”“每个”却没有断言引用的句子。
"""

import argparse
import itertools
import sys

from notes import coverage as covering
from notes.assertions import assertions
from notes.errors import Fault
from notes.page import Page, documents
from notes.paths import display
from notes.prose import texts


def main() -> int:
    parser = argparse.ArgumentParser(prog="make claims", description=__doc__)
    parser.add_argument("page", nargs="?", help="只看一页，如 broadcasting/rules")
    given = parser.parse_args()
    try:
        return one(Page(given.page)) if given.page else summary()
    except Fault as error:
        print(error, file=sys.stderr)
        return 1


def summary() -> int:
    """逐页一行：要核对的有几处，还剩几处，没有断言引用的全称句有几句。"""
    print("要核对  还剩  全称句  页")
    for page in documents():
        coverage = covering.Coverage(page)
        total = sum(1 for each in texts(page) for _ in assertions(each))
        print(f"{total:>6}{len(coverage.uncovered()):>6}{len(list(coverage.universal())):>8}  {page}")
    return 0


def one(page: Page) -> int:
    """一页里还没有核对的，一行一行地列。"""
    if page not in documents():
        print(f"没有 {page} 这一页；写成 broadcasting/rules 这样", file=sys.stderr)
        return 1
    coverage = covering.Coverage(page)
    found, universal = coverage.uncovered(), list(coverage.universal())
    print(f"还没有核对的 {len(found)} 处")
    for (text, line), group in itertools.groupby(found, key=lambda each: (each.text, each.line)):
        print(f"\n{display(text.path)}:{line}  {text.words.split(chr(10))[line - 1].strip()}")
        for kind, same in itertools.groupby(group, key=lambda each: each.kind):
            print(f"    {kind}  {'  '.join(' '.join(each.words.split()) for each in same)}")
    print(f"\n没有断言引用的全称句 {len(universal)} 句")
    for line, sentence in universal:
        print(f"{display(page.path)}:{line}  {sentence}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
