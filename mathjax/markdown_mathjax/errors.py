"""公式的错误，以及错误在 Markdown 源文件里的位置。"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from .host import Site
from .messages import MESSAGES, say

if TYPE_CHECKING:
    from mkdocs.exceptions import BuildError
else:
    try:
        from mkdocs.exceptions import BuildError  # MkDocs 据此只打印消息，不打印调用栈
    except ImportError:
        BuildError = ValueError


class TexError(Exception):
    """MathJax 不能排版一条公式。"""

    def __init__(self, code: str, value: str) -> None:
        super().__init__(value)
        self.code, self.value = code, value

    def reason(self, language: str) -> str:
        """我们自己的错误按语言写；MathJax 的只有英语。"""
        return say(self.code, language, value=self.value) if self.code in MESSAGES else self.value


class MathJaxError(BuildError):
    """使构建失败的错误。"""


class ConfigurationError(MathJaxError):
    """选项或别的扩展的设置写错了。"""

    def __init__(self, key: str, language: str, **values: object) -> None:
        super().__init__(say("configuration", language, reason=say(key, language, **values)))


class FormulaError(MathJaxError):
    """一页里所有不能排版的公式。"""


def describe(source: Path | None, site: Site, tex: str, error: TexError) -> str:
    """给人看的一条错误：页面、行号、原因、公式。"""
    where = locate(source, site, tex)
    indented = "\n".join("    " + line for line in tex.splitlines())
    return say("formula", site.language, where=where, reason=error.reason(site.language)) + "\n" + indented


def locate(source: Path | None, site: Site, tex: str) -> str:
    """“路径:行号 ”；不知道就少写一点。"""
    if source is None:
        return site.page and f"{site.page} "
    source = source.resolve()
    path = source.relative_to(site.root) if source.is_relative_to(site.root) else source
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
