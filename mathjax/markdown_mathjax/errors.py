"""公式的错误，以及错误在 Markdown 源文件里的位置。"""

import re
from pathlib import Path

try:
    from mkdocs.exceptions import BuildError  # MkDocs 据此只打印消息，不打印调用栈
except ImportError:
    BuildError = ValueError


REASONS = {
    "cjk": "“{}”须写在 \\text{{}} 里",
    "reference": "不支持 {}：给公式写 \\tag{{3}}，在正文里链接到 #eq-3",
    "definition": "页面里不支持 {}：宏写在选项 macros 里",
}


class TexError(Exception):
    """MathJax 不能排版一条公式。"""

    def __init__(self, code: str, value: str) -> None:
        super().__init__(REASONS[code].format(value) if code in REASONS else value)
        self.value = value


class FormulaError(BuildError):
    """一页里所有不能排版的公式。"""


def describe(source: Path | None, root: Path, tex: str, error: TexError) -> str:
    """给人看的一条错误：页面、行号、原因、公式。"""
    indented = "\n".join("    " + line for line in tex.splitlines())
    return f"{locate(source, root, tex)}公式无法排版：{error}\n{indented}"


def locate(source: Path | None, root: Path, tex: str) -> str:
    """“路径:行号 ”；不知道就少写一点。"""
    if source is None:
        return ""
    source = source.resolve()
    path = source.relative_to(root) if source.is_relative_to(root) else source
    line = tex and line_of(source.read_text(encoding="utf-8"), tex)
    return f"{path.as_posix()}:{line} " if line else f"{path.as_posix()} "


def find_source(candidates: list[Path], tex: str) -> Path | None:
    """写有这条公式的第一个文件；文件夹则找遍其中的 Markdown 文件。"""
    for candidate in candidates:
        files = [candidate] if candidate.is_file() else sorted(candidate.rglob("*.md"))
        for path in files:
            if line_of(path.read_text(encoding="utf-8"), tex):
                return path
    return None


def line_of(text: str, tex: str) -> int | None:
    """公式在源文件里的行号（从 1 起）。

    列表、提示框、引用块里的公式到这里已去掉缩进和 ">"，所以只比较非空白的部分。
    """
    body = r"[\s>]+".join(re.escape(word) for word in tex.split())
    opening = r"(?:\$|\\\(|\\\[|```\w*|~~~\w*)[\s>]*"
    match = re.search(f"{opening}({body})", text) or re.search(f"({body})", text)
    return text.count("\n", 0, match.start(1)) + 1 if match else None
