"""选项。"""

# 打进 mathjax.js 的 TeX 扩展（bundle/entry.js 的 PACKAGES）；base 与 configmacros 总在。
PACKAGES = [
    "ams", "amscd", "bbox", "boldsymbol", "braket", "cancel", "cases", "centernot", "color", "empheq",
    "enclose", "extpfeil", "mathtools", "physics", "textmacros", "units", "upgreek",
]  # fmt: skip
# physics 会改掉 \div 等标准命令，其余几个少有人用，都不默认载入。
OPTIONAL = {"amscd", "bbox", "centernot", "empheq", "physics", "units"}
