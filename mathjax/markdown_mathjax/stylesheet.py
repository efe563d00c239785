"""全站一份样式表和一个字体文件，只含用到的字形。"""

import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from . import font
from .extension import engine_of
from .messages import say
from .typesetter import fingerprint
from .usage import MANIFEST, Usage, read_manifest

CSS, FONT, SCRIPT = "mathjax.css", "mathjax.woff2", "copy-tex.js"
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
# MathJax 的规则里用不着的：交互、出错的公式、字体家族（换成了合成的字体）、其他排列方式。
UNUSED = re.compile(r"mjx-selected|mjx-merror|@font-face|^\.NCM-|NCM-N\[breakable\]|\[overflow=|mjx-utext")

# 放在 MathJax 的规则之后，盖过它们。窄屏上，放不下的公式在自己的框里滚动，编号写在下面，总在眼前。
OWN = """\
@font-face{{font-family:MJX;src:url(mathjax.woff2) format("woff2");font-display:block}}
.NCM-N,mjx-container>mjx-math.NCM-N[breakable]>*{{font-family:MJX}}
mjx-container{{position:relative;font-size:{scale}%}}
mjx-container.mjx-whole mjx-break{{white-space:nowrap}}
@supports (hanging-punctuation:first){{.mjx-joined{{white-space:nowrap}}\
.mjx-joined>mjx-container.mjx-scroll{{max-width:calc(100% - 2em)}}}}
mjx-container[display]{{margin:0;overflow:visible clip}}
mjx-container.mjx-scroll{{display:inline-block;max-width:100%;line-height:0;overflow:auto hidden}}
mjx-utext{{display:inline-block;font-family:var(--mathjax-text-font,var(--md-text-font-family,sans-serif));\
font-size:{unscale}%;padding:.885em 0 .236em}}
mjx-utext[variant|=bold]{{font-weight:700}}
mjx-assistive-mml{{position:absolute;top:0;left:0;width:1px;height:1px;contain:strict;overflow:hidden;clip-path:inset(50%);\
white-space:nowrap;-webkit-user-select:none;user-select:none}}
.mjx-display{{margin:1em 0;overflow:auto hidden}}
.mjx-display a{{color:inherit;text-decoration:none}}
.mjx-display a:hover{{text-decoration:underline}}
@media screen and (max-width:44.9375em){{.mjx-display[tabindex]{{container-type:inline-size}}\
.mjx-display[tabindex]>mjx-container[width="full"]{{min-width:0!important}}\
.mjx-display[tabindex] mjx-mtable[side="right"]{{display:block;min-width:0!important}}\
.mjx-display[tabindex] mjx-mtable[side="right"]>mjx-table{{margin:0!important}}\
.mjx-display[tabindex] mjx-labels{{display:block;position:sticky;left:0;width:100cqi!important;\
min-width:0;text-align:right}}\
.mjx-display[tabindex] mjx-labels>mjx-itable{{position:static;display:block}}\
.mjx-display[tabindex] mjx-labels :is(mjx-mtr,mjx-mtd){{display:block;height:auto!important;\
padding:0;text-align:right}}\
.mjx-display[tabindex] mjx-labels mjx-tstrut{{display:none}}}}
@media print{{.mjx-display,mjx-container.mjx-scroll{{overflow:visible}}\
mjx-container.mjx-scroll{{vertical-align:0!important}}}}
"""


def generate(usage: Usage, options: dict[str, Any]) -> dict[str, bytes]:
    """文件名 → 内容。同样的输入得到同样的字节。"""
    used = usage.as_dict()
    result = engine_of(options, None).typesetter.stylesheet(used)
    glyphs = sorted({tuple(glyph) for glyph in result["glyphs"]})
    contents = {
        CSS: _css(result["css"], glyphs, options["scale"]).encode(),
        FONT: font.build(glyphs),
        SCRIPT: (files(__package__) / SCRIPT).read_bytes(),
    }
    manifest = {
        "fingerprint": fingerprint(options),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()},
        "used": used,
    }
    contents[MANIFEST] = (json.dumps(manifest, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
    return contents


def stale(folder: Path, usage: Usage, options: dict[str, Any], language: str) -> str:
    """样式表为何过期，一句话；没有过期则为空。"""
    manifest = read_manifest(folder)
    if "files" not in manifest:
        return say("stale_absent", language, folder=folder.name)
    if manifest["fingerprint"] != fingerprint(options):
        return say("stale_options", language, folder=folder.name)
    missing = usage.missing_from(manifest, language)
    if missing:
        return say("stale_missing", language, folder=folder.name, missing=missing)
    if manifest["used"] != usage.as_dict():
        return say("stale_unused", language, folder=folder.name)
    for name, digest in manifest["files"].items():
        path = folder / name
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            return say("stale_changed", language, name=name)
    return ""


def _css(css: str, glyphs: list[tuple[str, int]], scale: float) -> str:
    lines = []
    for selector, declarations in RULE.findall(re.sub(r"@media[^{]*\{", "", css)):
        selector = selector.strip().lstrip("}").strip().replace('mjx-container[jax="CHTML"]', "mjx-container")
        if not UNUSED.search(selector):
            lines.append(f"{_minify(selector)}{{{_minify(declarations).removesuffix(';')}}}\n")
    for family in font.substitutions(glyphs):
        lines.append(f'.{family}{{font-feature-settings:"{font.feature(family)}"}}\n')
    own = OWN.format(scale=_number(scale * 100), unscale=_number(100 / scale))
    return "".join(lines).replace("MJX-BRK", font.NAME) + own


def _minify(text: str) -> str:
    return re.sub(r"\s*([;:,>])\s*", r"\1", re.sub(r"\s+", " ", text)).strip()


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
