"""全站用到的字形：照常构建一遍网站（到临时文件夹），听各页报告。

插件和钩子写出的公式因此也算在内，不进网站的页面不算。
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort

from .extension import MathPostprocessor, listening
from .host import Site
from .usage import Usage

HIGHLIGHT = "pymdownx.highlight"


class Collection:
    """全站用到的字形，以及扩展的选项；没有一页经过扩展，就没有选项。"""

    def __init__(self) -> None:
        self.used = Usage()
        self.config: dict[str, Any] | None = None
        self.site: Site | None = None

    def add(self, processor: MathPostprocessor) -> None:
        self.used.add(processor.used.as_dict())
        if self.site is None or processor.site.page:  # 插件自己转换的片段不知道站点在哪里
            self.config, self.site = processor.config, processor.site


def collect(config: MkDocsConfig) -> Collection:
    """构建失败时，抛出使它失败的错误。"""
    collection = Collection()
    _skip_search(config)
    _skip_colours(config)
    with listening(collection.add), _quiet(logging.CRITICAL):
        config.plugins.on_startup(command="build", dirty=False)
        try:
            build(config)
        except Abort as error:
            raise error.__context__ or error from None
        finally:
            config.plugins.on_shutdown()
    return collection


@contextmanager
def loaded(path: Path) -> Iterator[MkDocsConfig]:
    """站点的配置；输出到临时文件夹，警告不算错误。"""
    with TemporaryDirectory() as folder:
        with _quiet(logging.ERROR):
            config = load_config(str(path), site_dir=folder, strict=False)
        yield config


def _skip_search(config: MkDocsConfig) -> None:
    """搜索索引与公式无关，做起来却占构建的大半时间（汉语要分词）。"""
    plugins = config.plugins
    search = [plugin for name, plugin in plugins.items() if name.rpartition("/")[2] == "search"]
    plugins.events["page_context"] = [
        method for method in plugins.events["page_context"] if getattr(method, "__self__", None) not in search
    ]


def _skip_colours(config: MkDocsConfig) -> None:
    """代码的着色也与公式无关，又占余下的一半。"""
    if HIGHLIGHT in config.markdown_extensions:
        config.mdx_configs[HIGHLIGHT] = {**config.mdx_configs.get(HIGHLIGHT, {}), "use_pygments": False}


@contextmanager
def _quiet(level: int) -> Iterator[None]:
    log = logging.getLogger("mkdocs")
    before = log.level
    log.setLevel(level)
    try:
        yield
    finally:
        log.setLevel(before)
