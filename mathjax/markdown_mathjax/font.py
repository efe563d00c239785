"""把用到的字形合成一个字体文件。

MathJax 的 New CM 分成一百多个文件，同一个字符在各文件里是不同的字形（普通、大号、花体……）。
合成一个文件后，字符映射到其中一个字形，其余的由各自的 OpenType 特性替换出来。
"""

from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from fontTools.feaLib.builder import addOpenTypeFeaturesFromString  # type: ignore[import-untyped]
from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]
from fontTools.pens.t2CharStringPen import T2CharStringPen  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

NAME = "MJX"
SPACE = ("MJX-BRK", 0x20)  # 断行处的空格：宽 1em，样式表用字距收窄
EPOCH = 2082844800  # 1970-01-01，以 1904 年起的秒数计：文件不记生成时间
# 行框的高度不该受字体影响：升部与降部相等（MathJax 的 ZERO 字体即如此），行高为 0 时基线就在正中。
ASCENT, DESCENT = 750, -750


def feature(family: str) -> str:
    """家族的特性名。序号取自全部家族，不随所用字形变化。"""
    return f"m{families().index(_file(family)):03d}"


def substitutions(glyphs: list[tuple[str, int]]) -> dict[str, dict[int, tuple[str, int]]]:
    """每个家族要替换的字符：码位 → 字形。字符默认的那个字形不用替换。"""
    defaults = default_glyphs(glyphs)
    table: dict[str, dict[int, tuple[str, int]]] = {}
    for family, code in sorted(glyphs):
        if defaults[code] != (family, code):
            table.setdefault(family, {})[code] = (family, code)
    return table


def default_glyphs(glyphs: list[tuple[str, int]]) -> dict[int, tuple[str, int]]:
    """字符 → 默认字形：有正体用正体，否则用第一个。"""
    defaults = {SPACE[1]: SPACE}
    for family, code in sorted(glyphs, key=lambda glyph: (glyph[0] != "NCM-N", glyph)):
        defaults.setdefault(code, (family, code))
    return defaults


def build(glyphs: list[tuple[str, int]]) -> bytes:
    """woff2 文件。同样的字形得到同样的字节。"""
    defaults = default_glyphs(glyphs)
    drawn = {_name(glyph): _draw(*glyph) for glyph in sorted({*glyphs, SPACE})}
    widths = {name: width for name, (_, width) in drawn.items()}
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder([".notdef", *drawn])
    builder.setupCharacterMap({code: _name(glyph) for code, glyph in defaults.items()})
    charstrings = {name: charstring for name, (charstring, _) in drawn.items()}
    builder.setupCFF(NAME, {}, {".notdef": _empty(), **charstrings}, {})
    builder.setupHorizontalMetrics({".notdef": (0, 0), **{name: (w, 0) for name, w in widths.items()}})
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    builder.setupNameTable({"familyName": NAME, "styleName": "Regular"}, mac=False)
    builder.setupOS2(sTypoAscender=ASCENT, sTypoDescender=DESCENT, usWinAscent=ASCENT, usWinDescent=-DESCENT)
    builder.setupPost(keepGlyphNames=False)
    builder.setupHead(unitsPerEm=1000, created=EPOCH, modified=EPOCH)
    addOpenTypeFeaturesFromString(builder.font, _features(glyphs))
    return _save(builder.font)


def _features(glyphs: list[tuple[str, int]]) -> str:
    defaults = default_glyphs(glyphs)
    lines = []
    for family, table in substitutions(glyphs).items():
        rules = " ".join(f"sub {_name(defaults[code])} by {_name(glyph)};" for code, glyph in table.items())
        lines.append(f"feature {feature(family)} {{ {rules} }} {feature(family)};")
    return "\n".join(lines)


def _save(font: TTFont) -> bytes:
    font.recalcTimestamp = False
    font.flavor = "woff2"
    output = BytesIO()
    font.save(output)
    return output.getvalue()


def _draw(family: str, code: int) -> tuple[Any, int]:
    source = _source(family)
    name = source.getBestCmap().get(code)
    if name is None:  # 隐含的运算符（U+2061 等）：给空字形，浏览器就不去别的字体里找
        return _empty(), 0
    width = source["hmtx"][name][0]
    pen = T2CharStringPen(width, None)
    source.getGlyphSet()[name].draw(pen)
    return pen.getCharString(), width


def _empty() -> Any:
    return T2CharStringPen(0, None).getCharString()


def _name(glyph: tuple[str, int]) -> str:
    return f"{glyph[0]}.u{glyph[1]:X}"


@cache
def _source(family: str) -> TTFont:
    data = (files(__package__) / "fonts" / _file(family)).read_bytes()
    return TTFont(BytesIO(data), recalcTimestamp=False)


def _file(family: str) -> str:
    return f"mjx-{family.removeprefix('MJX-').lower()}.woff2" if family != "MJX-BRK" else "mjx-ncm-brk.woff2"


@cache
def families() -> list[str]:
    return sorted(entry.name for entry in (files(__package__) / "fonts").iterdir())
