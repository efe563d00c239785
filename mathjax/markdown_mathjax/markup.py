"""一条公式在页面里的 HTML。"""

import re
from collections.abc import Callable
from html import escape
from typing import Any
from xml.etree import ElementTree

# 最窄的一栏（320px 宽的屏幕上约 290px）也放得下的公式宽度，单位 em（公式字号）。
NARROW = 14
# 短的行内公式整条换行，不从中间断开（“m × n”断成两行不好读）。
SHORT = 8
TAG = re.compile(r'<mjx-mtd(?P<rest>[^>]*) id="mjx-eqn:(?P<tag>[^"]*)"[^>]*>(?P<number>.*?)</mjx-mtd>', re.DOTALL)


def render(formula: dict[str, Any], tex: str, display: bool, scale: float, label: Callable[[str], str]) -> str:
    """label 由编号得到会滚动的公式的名字；没有编号则给它空字符串。"""
    return _display(formula, tex, scale, label) if display else _inline(formula, tex, label)


def anchors(formula: dict[str, Any]) -> list[str]:
    """编号 → 锚点：\\tag{3} 是 eq-3。"""
    return [_identifier(match["tag"]) for match in TAG.finditer(formula["html"])]


def _inline(formula: dict[str, Any], tex: str, label: Callable[[str], str]) -> str:
    attributes = f' data-tex="{escape(tex)}"'
    if formula["piece"] > NARROW:  # 断不开的长公式在自己的框里滚动
        # 滚动框的基线在底边，要按公式的深度放回去
        attributes += (
            f' class="mjx-scroll" style="vertical-align:-{formula["depth"]:.3f}em"'
            f' tabindex="0" role="group" aria-label="{escape(label(""))}"'
        )
    elif formula["width"] <= SHORT:
        attributes += ' class="mjx-whole"'
    return _container(formula, formula["html"], attributes)


def joined(html: str, marks: str) -> str:
    """行内公式与紧跟着的标点，浏览器却肯在它们之间断行，标点就落到行首。

    冒号与分号前，加一个看不见的字符就不断；WebKit 在逗号句号前也断，又不认那个字符，由样式表不许这个 span 换行。
    Firefox 不能这样：不换行的 span 里，公式自己也断不开。
    """
    joiner = "\u2060" if marks.startswith(("：", "；")) else ""
    return f'<span class="mjx-joined">{html}{joiner}{marks}</span>' if marks else html


def _display(formula: dict[str, Any], tex: str, scale: float, label: Callable[[str], str]) -> str:
    tags = anchors(formula)
    height = (formula["height"] + formula["depth"] + 0.6) * scale  # 0.6：上下内边距
    attributes = f' style="contain-intrinsic-height:auto {height:.2f}em" data-tex="{escape(tex)}"'
    if tags:
        attributes += f' id="{tags[0]}"'
    if formula["width"] > NARROW:  # 会滚动的框要能用键盘到达
        tag = tags[0].removeprefix("eq-") if tags else ""
        attributes += f' tabindex="0" role="group" aria-label="{escape(label(tag))}"'
    html = TAG.sub(lambda match: _tag(match, tags[0]), formula["html"])
    return f'<div class="mjx-display"{attributes}>{_container(formula, html, "")}</div>'


def _tag(match: re.Match[str], first: str) -> str:
    """编号链接到自己。字形对读屏软件隐藏，其中的链接也就不能得到焦点。"""
    name = _identifier(match["tag"])
    own = "" if name == first else f' id="{name}"'  # 第一个编号的 id 在整条公式上
    return f'<mjx-mtd{match["rest"]}{own}><a href="#{name}" tabindex="-1">{match["number"]}</a></mjx-mtd>'


def _identifier(tag: str) -> str:
    return "eq-" + tag


def _container(formula: dict[str, Any], html: str, attributes: str) -> str:
    """字形给眼睛看，MathML 给读屏软件和阅读模式；都不进搜索索引。"""
    return (
        html.replace("<mjx-container", f"<mjx-container data-search-exclude{attributes}", 1)
        .replace("<mjx-math", '<mjx-math aria-hidden="true"', 1)
        .replace("</mjx-container>", f"<mjx-assistive-mml>{formula['mathml']}</mjx-assistive-mml></mjx-container>")
    )


def plain_text(formula: dict[str, Any], tex: str) -> str:
    """目录和网页标题里的公式：能写成一行字就写成一行字，否则留 TeX。"""
    try:
        return _linear(ElementTree.fromstring(formula["mathml"]))
    except (KeyError, ElementTree.ParseError):
        return tex


def _linear(node: ElementTree.Element) -> str:
    kind = node.tag.rpartition("}")[2]
    parts = [_linear(child) for child in node]
    return _LINEAR[kind](parts, node.text or "")


def _group(text: str) -> str:
    return text if len(text) <= 1 else f"({text})"


# 隐含的运算符（函数应用、隐形乘号）没有字形。
_INVISIBLE = dict.fromkeys(range(0x2061, 0x2065))
_LINEAR: dict[str, Callable[[list[str], str], str]] = {
    **dict.fromkeys(["math", "mrow", "mstyle", "mpadded"], lambda parts, _: "".join(parts)),
    **dict.fromkeys(["mi", "mn", "mo", "mtext"], lambda _, text: text.translate(_INVISIBLE)),
    "mspace": lambda _parts, _text: " ",
    "msub": lambda parts, _: f"{parts[0]}_{_group(parts[1])}",
    "msup": lambda parts, _: parts[0] + parts[1] if set(parts[1]) <= set("′″") else f"{parts[0]}^{_group(parts[1])}",
    "msubsup": lambda parts, _: f"{parts[0]}_{_group(parts[1])}^{_group(parts[2])}",
    "mfrac": lambda parts, _: "/".join(map(_fraction_part, parts)),
    "msqrt": lambda parts, _: "√" + _group("".join(parts)),
}


def _fraction_part(text: str) -> str:
    return text if re.fullmatch(r"∂?\w*", text) else f"({text})"
