"""Markdown 扩展：公式的 TeX 进搜索的索引，而页面上什么也不多。

排好的公式不进索引（字形逐个都是文字），索引里的句子就成了“是 矩阵”。这里在每条公式之前放一个
<template>，里面是它的 TeX：浏览器不显示、不读出、不复制 template 里的东西，MkDocs 与 Zensical
造索引时则当作文字收进去，由 docs/assets/search/text.js 写成一行字。TeX 在公式的属性里已经有一份，
压缩之后几乎不占地方。
"""

import re

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor

FORMULA = re.compile(r'<(?:mjx-container|div class="mjx-display")[^>]* data-tex="([^"]*)"')


class Searchable(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        md.postprocessors.register(AddTex(md), "searchable", -10)  # 在排版公式之后


class AddTex(Postprocessor):
    def run(self, text: str) -> str:
        return FORMULA.sub(r"<template>\\(\1\\)</template>\g<0>", text)


def makeExtension(**options: object) -> Searchable:
    return Searchable(**options)
