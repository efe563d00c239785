"""变异：把存着的输出、页面上的话改错一处，看比较能不能发现。"""

import re

REPLACEMENTS = {"True": "False", "False": "True", "float64": "float32", "int64": "int32"}
TOKEN = re.compile(r"\d|-(?=\d)|\b(?:True|False|float64|int64)\b|\((?:\d+, )+\d+\)")


def changed_lines(lines):
    """输出的变异：改一个数字、去掉负号、换真假、换 dtype、倒转形状，少一行，多一行。"""
    for row, line in enumerate(lines):
        for token in TOKEN.finditer(line):
            new = changed_token(token[0])
            if new != token[0]:
                yield [*lines[:row], line[: token.start()] + new + line[token.end() :], *lines[row + 1 :]]
        yield lines[:row] + lines[row + 1 :]
    yield [*lines, "0"]


def changed_token(token):
    if token.isdigit():
        return str((int(token) + 1) % 10)
    if token.startswith("("):
        return "(" + ", ".join(reversed(token[1:-1].split(", "))) + ")"
    return "" if token == "-" else REPLACEMENTS[token]


def changed_outputs(text, sections):
    """会话文件的变异：逐个给出 (小节名, 改动之后的全文)，每次只改一步的输出。"""
    lines = text.split("\n")
    for section in sections.values():
        for step in section.steps:
            for want in changed_lines(step.want):
                yield section.name, "\n".join([*lines[: step.end], *want, *lines[step.end + len(step.want) :]])


# 话里容易写错的：数字、负号、加减、转置、比较、形状、相除与相乘的次序、一个“不”字
WORD = re.compile(
    r"\((?:\d+, ?)+\d+\)|(?P<left>[A-Za-z])(?P<between>/|\^\\top ?)(?P<right>[A-Za-z])"
    r"|\d|(?<![A-Za-z0-9)}])-(?=[\dA-Za-z\\(])|[+<>=]|\^\\top|\\(?:le|ge|ne)(?![A-Za-z])|没有|不|相等"
)
OPPOSITES = {
    "+": "-", "-": "", "<": ">", ">": "<", "=": r"\ne ", r"\ne": "=", r"\le": r"\ge", r"\ge": r"\le",
    r"^\top": "", "没有": "有", "不": "", "相等": "不等",
}  # fmt: skip


def changed_words(words, start=0, end=None):
    """words 的 [start, end) 里的变异：逐个给出 (起, 止, 换成什么)。"""
    for found in WORD.finditer(words, start, len(words) if end is None else end):
        if found["between"]:
            new = found["right"] + found["between"] + found["left"]
        elif found[0] in OPPOSITES:
            new = OPPOSITES[found[0]]
        else:
            new = changed_token(found[0])
        if new != found[0]:
            yield found.start(), found.end(), new
