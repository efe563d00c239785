"""常用公式表：哪一条在哪一张表里，由各页的公式排成。"""

import re

from matrix import identities_inverse, identities_softmax, identities_trace, identities_vector
from matrix.identities_check import sections

# --8<-- [start:index]
TABLES = {
    "vector": identities_vector.GROUPS,
    "softmax": identities_softmax.GROUPS,
    "trace": identities_trace.GROUPS,
    "inverse": identities_inverse.GROUPS,
}


def everything():
    """全部公式。"""
    return [identity for groups in TABLES.values() for identity in groups.identities()]


def entry(page, title, rows):
    """目录里的一行：这一组的表，组里的各个函数，各条在 The Matrix Cookbook 里的编号。"""
    anchor = re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
    functions = "，".join(f"${{{tex}}}$" for tex in dict.fromkeys(i.value_tex for i in rows))
    numbers = sorted({int(n) for i in rows for n in re.findall(r"\d+", i.cookbook)})
    link = f"[{title}](identities_{page}.md#{anchor}){{ #{anchor} }}"
    return [link, functions, ", ".join(map(str, numbers))]


def contents(page, groups):
    """一页的目录；整页都没有编号的，不要最后一栏。"""
    rows = [entry(page, groups.titles[name], found) for name, found in groups.items()]
    columns = 3 if any(row[2] for row in rows) else 2
    lines = [["表", "里面的函数", "Cookbook"], ["---"] * 3, *rows]
    return ["| " + " | ".join(line[:columns]) + " |" for line in lines]


def markdown():
    """各页的目录，一页一个小节。"""
    return sections({page: contents(page, groups) for page, groups in TABLES.items()})
# --8<-- [end:index]
