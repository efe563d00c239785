"""给人看的每一句话，两种语言并列。代码里只写代号，花括号里的由 say() 填上。"""

LANGUAGES = ("en", "zh")

MESSAGES = {
    # 公式的错误
    "formula": {
        "en": "{where}cannot typeset a formula: {reason}",
        "zh": "{where}公式无法排版：{reason}",
    },
    "cjk": {
        "en": "“{value}” belongs inside \\text{{}}",
        "zh": "“{value}”须写在 \\text{{}} 里",
    },
    "reference": {
        "en": "{value} is not supported: number the formula with \\tag{{3}} and link to #eq-3 in the text",
        "zh": "不支持 {value}：给公式写 \\tag{{3}}，在正文里链接到 #eq-3",
    },
    "definition": {
        "en": "{value} is not supported in a page: define macros with the option macros",
        "zh": "页面里不支持 {value}：宏写在选项 macros 里",
    },
    # 公式在页面里的名字
    "label": {"en": "Formula", "zh": "公式"},
    "numbered": {"en": "{label} ({tag})", "zh": "{label}（{tag}）"},
    # 配置的错误
    "configuration": {
        "en": "markdown_mathjax: {reason}",
        "zh": "markdown_mathjax：{reason}",
    },
    "unknown_option": {
        "en": "there is no option {name}; the options are {known}",
        "zh": "没有选项 {name}；可用的选项是 {known}",
    },
    "not_text": {
        "en": "option {name} must be text, not {value}",
        "zh": "选项 {name} 须是文字，不能是 {value}",
    },
    "scale": {
        "en": "option scale must be a number greater than 0, not {value}",
        "zh": "选项 scale 须是大于 0 的数，不能是 {value}",
    },
    "language": {
        "en": "option language must be one of {known}, not {value}",
        "zh": "选项 language 须是 {known} 之一，不能是 {value}",
    },
    "packages": {
        "en": "option packages must be a list of names, not {value}",
        "zh": "选项 packages 须是名字的列表，不能是 {value}",
    },
    "unknown_package": {
        "en": "there is no TeX package {name}; the packages are {known}",
        "zh": "没有 TeX 扩展 {name}；可用的扩展是 {known}",
    },
    "macros": {
        "en": "option macros must map names to definitions, not be {value}",
        "zh": "选项 macros 须是名字到定义的映射，不能是 {value}",
    },
    "macro_name": {
        "en": "macro {name}: a name is letters only, or one other character, without the backslash",
        "zh": "宏 {name}：名字只能由拉丁字母组成，或者是一个别的字符，不写反斜杠",
    },
    "macro_definition": {
        "en": "macro {name}: write a definition, or [definition, number of arguments], or add the first one's default",
        "zh": "宏 {name}：须写成 定义、[定义, 参数个数] 或 [定义, 参数个数, 第一个参数的默认值]",
    },
    "macro_count": {
        "en": "macro {name}: the number of arguments must be a whole number from {least} to 9, not {value}",
        "zh": "宏 {name}：参数个数须是 {least} 到 9 的整数，不能是 {value}",
    },
    "macro_argument": {
        "en": "macro {name}: {value} is none of its {count} arguments",
        "zh": "宏 {name}：它有 {count} 个参数，{value} 不是其中之一",
    },
    "no_arithmatex": {
        "en": "markdown_extensions must also list pymdownx.arithmatex, with generic: true",
        "zh": "markdown_extensions 里还要写上 pymdownx.arithmatex，并设 generic: true",
    },
    "not_generic": {
        "en": "pymdownx.arithmatex must be set to generic: true",
        "zh": "pymdownx.arithmatex 须设为 generic: true",
    },
    "arithmatex_option": {
        "en": "pymdownx.arithmatex must keep the default of its option {name}",
        "zh": "pymdownx.arithmatex 的选项 {name} 须保留默认值",
    },
    # 样式表
    "missing": {
        "en": "{where}the formula stylesheet lacks {missing}; run {command}",
        "zh": "{where}公式样式表缺 {missing}；请运行 {command}",
    },
    "glyph": {"en": "{character} ({variant})", "zh": "{character}（{variant}）"},
    "stretchy": {"en": "stretchy {character}", "zh": "可伸展的 {character}"},
    "separator": {"en": ", ", "zh": "、"},
    "stale": {
        "en": "the formula stylesheet is out of date: {reason}; run {command}",
        "zh": "公式样式表过期：{reason}；请运行 {command}",
    },
    "stale_absent": {"en": "{folder}/ has none", "zh": "{folder}/ 里没有公式样式表"},
    "stale_options": {
        "en": "{folder}/ was made by another MathJax bundle or with other options",
        "zh": "{folder}/ 是用别的 MathJax 包或选项生成的",
    },
    "stale_missing": {"en": "{folder}/ lacks {missing}", "zh": "{folder}/ 缺 {missing}"},
    "stale_unused": {"en": "{folder}/ has glyphs no longer used", "zh": "{folder}/ 里有不再使用的字形"},
    "stale_changed": {"en": "{name} differs from the manifest", "zh": "{name} 与清单不符"},
    # 命令
    "written": {"en": "{path}  {size} bytes", "zh": "{path}  {size} 字节"},
    "not_listed": {
        "en": "no page went through it: list it under markdown_extensions in {config}",
        "zh": "没有一页经过它：请把它写进 {config} 的 markdown_extensions",
    },
    "no_folder": {
        "en": "option stylesheet is empty, so there is no folder to write to",
        "zh": "选项 stylesheet 是空的，不知道写到哪个文件夹",
    },
    "no_extra": {
        "en": '{names} not installed; run pip install "markdown-mathjax[stylesheet]"',
        "zh": '没有安装 {names}；请运行 pip install "markdown-mathjax[stylesheet]"',
    },
}


def say(key: str, language: str, **values: object) -> str:
    return MESSAGES[key][language].format(**values)


def known_language(name: object) -> str:
    """zh-CN、zh_TW 等都用中文；不认识的语言用英语。"""
    return "zh" if str(name).lower().replace("_", "-").split("-")[0] == "zh" else "en"
