"""make serve：就是 mkdocs serve，只是没有改动的页不重新渲染。

MkDocs 每次都把全部页面渲染一遍、把全部索引重建一遍、把模板编译一遍。这里按输入（页面、它引用的文件、
mkdocs.yml）的修改时间，把上次的结果留着用；模板照常套用，所以目录、页脚总是新的。
"""

import copy
import sys
from pathlib import Path

from material.plugins.search.plugin import SearchIndex
from mkdocs.__main__ import cli
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.pages import Page
from mkdocs.theme import Theme

from notes.sections import references

RENDERED = ("content", "toc", "_title_from_render", "present_anchor_ids", "links_to_anchors")
ALWAYS = ["mkdocs.yml", "docs/assets/mathjax/manifest.json"]

render, add_entries, get_env = Page.render, SearchIndex.add_entry_from_context, Theme.get_env
start = LiveReloadServer.__init__
pages, entries, environments = {}, {}, {}


def inputs(page, config):
    """渲染一页要读的文件，连同各自的修改时间；还有全站的页面，链接要靠它们。"""
    folders = config.mdx_configs["pymdownx.snippets"]["base_path"]
    included = [Path(folder, found.file) for found in references(page.markdown) for folder in folders]
    paths = [Path(page.file.abs_src_path), *map(Path, ALWAYS), *included]
    return [(path, path.stat().st_mtime_ns) for path in paths if path.is_file()]


def render_if_changed(page, config, files):
    key = page.markdown, inputs(page, config), sorted(files.src_uris)
    kept = pages.get(page.file.src_uri)
    if not kept or kept[0] != key:
        render(page, config, files)
        pages[page.file.src_uri] = key, {name: getattr(page, name) for name in RENDERED}
        return
    vars(page).update(kept[1])
    links = (page.links_to_anchors or {}).items()
    page.links_to_anchors = {files.get_file_from_path(file.src_uri): anchors for file, anchors in links}


def add_entries_if_changed(index, page):
    kept = entries.get(page.file.src_uri)
    if not kept or kept[0] is not page.content:
        start = len(index.entries)
        add_entries(index, page)
        entries[page.file.src_uri] = page.content, copy.deepcopy(index.entries[start:])
    else:
        index.entries.extend(copy.deepcopy(kept[1]))


def get_env_once(theme):
    """模板改了，Jinja 自己会重新编译。"""
    key = tuple(theme.dirs)
    if key not in environments:
        environments[key] = get_env(theme)
    return environments[key]


def watch_closely(server, *arguments, **options):
    """默认每半秒才看一次文件改了没有，看见之后再等 0.1 秒。"""
    start(server, *arguments, polling_interval=0.05, **options)
    server.build_delay = 0.05


if __name__ == "__main__":
    LiveReloadServer.__init__ = watch_closely
    Theme.get_env = get_env_once
    Page.render = render_if_changed
    SearchIndex.add_entry_from_context = add_entries_if_changed
    cli(["serve", *sys.argv[1:]])
