"""实现文件（.py）：切成小节，并按名字找到里面的函数。"""

import ast
import importlib
import re
import traceback
from dataclasses import dataclass

from notes.files import ROOT, Malformed, read, unique

SNIPPETS = ROOT / "snippets"
MARKER = re.compile(r"# --8<-- \[(start|end):([a-z][a-z0-9_-]*)\]")


@dataclass
class Section:
    """一个小节：页面上的一块，不含标记所在的两行。"""

    name: str
    line: int
    end: int = 0


def parse(path):
    """把实现文件切成 {名字: 小节}；导入与文件开头的说明之外，代码都要在小节里。"""
    text = read(path)
    sections, current = [], None
    for line, content in enumerate(text.split("\n"), 1):
        if "--8<--" not in content:
            continue
        found = MARKER.fullmatch(content.rstrip())
        if not found:
            raise Malformed(path, line, "小节的标记应写成 # --8<-- [start:名字] 或 [end:名字]")
        kind, name = found.groups()
        if kind == "start":
            if current:
                raise Malformed(path, line, f"小节 {current.name} 还没有结束，又开始了 {name}")
            current = Section(name, line)
            sections.append(current)
        else:
            if current is None or current.name != name:
                raise Malformed(path, line, f"小节 {name} 在这里结束，却没有开始")
            current.end, current = line, None
    if current:
        raise Malformed(path, current.line, f"小节 {current.name} 没有结束")
    check_covered(path, text, sections)
    return unique(sections, path)


def check_covered(path, text, sections):
    """小节之外只能有导入与说明。"""
    try:
        body = ast.parse(text).body
    except SyntaxError as error:
        raise Malformed(path, error.lineno or 1, f"语法错误：{error.msg}") from None
    for node in body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if docstring or isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if not any(s.line < node.lineno and node.end_lineno < s.end for s in sections):
            raise Malformed(path, node.lineno, "这段代码不在任何小节里，页面就不会显示它")


def section_at(path, line):
    """path 的第 line 行属于哪个小节。"""
    return next(s.name for s in parse(path).values() if s.line < line < s.end)


def modules():
    """导入全部实现，返回 {路径: 模块}；导入不了的，说清楚错在哪一行。"""
    return {path: load(path) for path in sorted(SNIPPETS.rglob("*.py"))}


def load(path):
    try:
        return importlib.import_module(".".join(path.relative_to(SNIPPETS).with_suffix("").parts))
    except SyntaxError as error:
        raise Malformed(path, error.lineno or 1, f"语法错误：{error.msg}") from None
    except Exception as error:
        raise Malformed(path, culprit(path, error), f"导入失败：{type(error).__name__}: {error}") from None


def culprit(path, error):
    """错误最后经过 path 的哪一行；没有经过它时是 1。"""
    frames = traceback.extract_tb(error.__traceback__)
    return next((f.lineno for f in reversed(frames) if f.filename == str(path)), 1)


def tables():
    """由实现生成的表格 {a/b.md: a/b.py 的函数 markdown}。"""
    found = ((path.with_suffix(".md"), vars(module).get("markdown")) for path, module in modules().items())
    return {path: markdown for path, markdown in found if markdown}


def function(name):
    """按名字找到一个实现，不管它写在哪一页。"""
    found = [vars(m)[name] for m in modules().values() if getattr(vars(m).get(name), "__module__", None) == m.__name__]
    if len(found) != 1:
        raise LookupError(f"snippets/ 里有 {len(found)} 个 {name}，应恰有一个")
    return found[0]
