"""选项：默认值、含义，以及写错时的说明。"""

import re
from typing import Any

from .messages import LANGUAGES

# 打进 mathjax.js 的 TeX 扩展（bundle/entry.js 的 PACKAGES）；base 与 configmacros 总在。
PACKAGES = [
    "ams", "amscd", "bbox", "boldsymbol", "braket", "cancel", "cases", "centernot", "color", "empheq",
    "enclose", "extpfeil", "mathtools", "physics", "textmacros", "units", "upgreek",
]  # fmt: skip
# physics 会改掉 \div 等标准命令，其余几个少有人用，都不默认载入。
OPTIONAL = {"amscd", "bbox", "centernot", "empheq", "physics", "units"}

TEXTS = ("cache", "stylesheet", "docs", "language", "label")

Problem = tuple[str, dict[str, object]]  # messages.py 里的代号，和要填的值


def defaults() -> dict[str, list[Any]]:
    """Python-Markdown 的格式：名字 → [默认值, 含义]。"""
    return {
        "macros": [{}, "TeX macros: name → definition, or [definition, number of arguments]"],
        "packages": [[name for name in PACKAGES if name not in OPTIONAL], "TeX packages"],
        "scale": [1.18, "font size of formulas relative to the text"],
        "cache": [".cache/mathjax", "cache folder; empty: no cache on disk"],
        "docs": ["", "folder of the pages; empty: MkDocs' docs_dir, or docs"],
        "stylesheet": ["assets/mathjax", "folder of the stylesheet, inside docs; empty: do not check it"],
        "language": ["", "language of messages and labels; empty: the language of MkDocs' theme, or en"],
        "label": ["", "aria label of formulas that scroll; empty: by language"],
    }


def typesetting(config: dict[str, Any]) -> dict[str, Any]:
    """决定排版结果的选项。"""
    return {
        "macros": config["macros"],
        "packages": sorted(set(config["packages"])),
        "scale": config["scale"],
    }


def problem(config: dict[str, Any]) -> Problem | None:
    """第一个写错的选项。"""
    for name in TEXTS:
        if not isinstance(config[name], str):
            return "not_text", {"name": name, "value": repr(config[name])}
    if config["language"] and config["language"] not in LANGUAGES:
        return "language", {"known": ", ".join(LANGUAGES), "value": config["language"]}
    scale = config["scale"]
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not 0 < scale < float("inf"):
        return "scale", {"value": repr(scale)}
    return _packages_problem(config["packages"]) or _macros_problem(config["macros"])


def _packages_problem(packages: object) -> Problem | None:
    if not isinstance(packages, list | tuple):
        return "packages", {"value": repr(packages)}
    for name in packages:
        if name not in PACKAGES:
            return "unknown_package", {"name": name, "known": ", ".join(PACKAGES)}
    return None


def _macros_problem(macros: object) -> Problem | None:
    if not isinstance(macros, dict):
        return "macros", {"value": repr(macros)}
    problems = (_macro_problem(name, definition) for name, definition in macros.items())
    return next(filter(None, problems), None)


def _macro_problem(name: object, definition: object) -> Problem | None:
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z]+|[^A-Za-z\\\s]", name):
        return "macro_name", {"name": name}
    parts = definition if isinstance(definition, list | tuple) else [definition, 0]
    texts = [*parts[:1], *parts[2:]]
    if not 2 <= len(parts) <= 3 or not all(isinstance(text, str) for text in texts):
        return "macro_definition", {"name": name}
    text, count = str(parts[0]), parts[1]
    least = len(parts) - 2  # 有默认值，就至少有一个参数
    if isinstance(count, bool) or not isinstance(count, int) or not least <= count <= 9:
        return "macro_count", {"name": name, "least": least, "value": repr(count)}
    for argument in re.findall(r"\\.|(#.?)", text, re.DOTALL):
        if argument and argument not in {f"#{number}" for number in range(1, count + 1)}:
            return "macro_argument", {"name": name, "count": count, "value": argument}
    return None
