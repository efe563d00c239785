"""照常用 MkDocs 构建，顺便看公式的样式表过时了没有：听各页报告用到的字形，不必为它再构建一遍。

用法：python -m notes.site.glyphs 写到哪里 build --strict …
"""

import sys
from pathlib import Path

from markdown_mathjax.collect import Collection
from markdown_mathjax.extension import listening
from markdown_mathjax.options import typesetting
from markdown_mathjax.stylesheet import stale
from mkdocs.__main__ import cli

from notes.site.indexing import quick


def main(said: Path, arguments: list[str]) -> None:
    """mkdocs 的命令照样运行；样式表为何过时写到 said，没有过时就写空的。"""
    found = Collection()
    with listening(found.add), quick():
        try:
            cli(arguments, prog_name="mkdocs")
        except SystemExit as done:
            if done.code:
                raise
    assert found.config is not None and found.site is not None and found.site.stylesheet is not None
    reason = stale(found.site.stylesheet, found.used, typesetting(found.config), found.site.language)
    said.write_text(reason, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
