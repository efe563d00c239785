"""变异：把存着的输出改错一处，看比较能不能发现。"""

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
