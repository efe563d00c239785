"""mkdocs.yml：用 MkDocs 自己的读法读，只取这里要用的。"""

import functools
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from mkdocs.utils import yaml_load

from notes.errors import Malformed
from notes.files import read, write
from notes.paths import ROOT

MKDOCS = ROOT / "mkdocs.yml"


@functools.cache
def settings() -> dict:
    """mkdocs.yml 的内容；环境变量已经代进去。"""
    try:
        written = yaml_load(read(MKDOCS))
    except yaml.YAMLError as error:
        raise bad_yaml(MKDOCS, error) from None
    if not isinstance(written, dict):
        raise Malformed(MKDOCS, 1, "应是各项“名字: 值”")
    return written


def bad_yaml(path: Path, error: yaml.YAMLError, offset: int = 0) -> Malformed:
    """path 里的 YAML 从第 offset + 1 行起，哪一行读不懂。"""
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).split("\n")[0]
    return Malformed(path, offset + (mark.line + 1 if mark else 1), f"YAML 读不懂：{problem}")


def line_of(path: Path, key: str, value: str = "") -> int:
    """path 最外层的一项 key 在哪一行；给了 value 时，是这一项里面写着 value 的那一行。找不到是 1。"""
    try:
        top = yaml.compose(read(path))
    except (OSError, yaml.YAMLError):
        return 1
    items = top.value if isinstance(top, yaml.MappingNode) else []
    found = next((pair for pair in items if pair[0].value == key.split(".")[0]), None)
    if not found:
        return 1
    inside = (node for node in scalars(found[1]) if node.value == value)
    return next(inside, found[0]).start_mark.line + 1


def scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """一棵 YAML 里的各个标量，按先后。"""
    if isinstance(node, yaml.ScalarNode):
        yield node
        return
    for each in node.value:
        for child in each if isinstance(each, tuple) else (each,):
            yield from scalars(child)


def nav() -> Iterator[tuple[str, list[str]]]:
    """目录：逐章给出 (章, [页])，页写成 a/b。"""
    for chapter, pages in entries(settings().get("nav")):
        yield chapter, [path.removesuffix(".md") for path in pages]


def entries(written: object, path: Path = MKDOCS) -> Iterator[tuple[str, list[str]]]:
    """目录的各项：章名，以及一页或一列的页；写得不合就抛 Malformed。"""
    if not isinstance(written, list):
        raise Malformed(path, line_of(path, "nav"), "nav 应是一列“章名: 各页”")
    for entry in written:
        if not isinstance(entry, dict) or len(entry) != 1:
            told = entry if isinstance(entry, str) else "、".join(map(str, entry or ()))
            raise Malformed(path, line_of(path, "nav", told), f"nav 的每一项应是“章名: 各页”，却有 {told}")
        for chapter, pages in entry.items():
            listed = [pages] if isinstance(pages, str) else pages
            if not listed or not isinstance(listed, list) or not all(isinstance(page, str) for page in listed):
                sentence = f"nav 里的 {chapter} 应是一页，或一列的页，如 - a/b.md；页名从页的标题来，不必写"
                raise Malformed(path, line_of(path, "nav", str(chapter)), sentence)
            yield chapter, listed


def reading_order() -> list[str]:
    """全部的页，按目录的次序。"""
    return [page for _, pages in nav() for page in pages]


def published() -> str:
    """网站发布在哪里；没有发布就是空串。"""
    site: str = settings()["site_url"]
    return "" if urlsplit(site).hostname in ("127.0.0.1", "localhost") else site.rstrip("/") + "/"


def extensions() -> dict[str, dict]:
    """Markdown 扩展：{名字: 选项}。"""
    listed = (each if isinstance(each, dict) else {each: {}} for each in settings()["markdown_extensions"])
    return {name: options for each in listed for name, options in each.items()}


def derive(folder: Path, **changes) -> Path:
    """在 folder 里写一份 mkdocs.yml：承接仓库的那一份，没有目录，再换掉 changes 里的几项。"""
    path = folder / "mkdocs.yml"
    changes = {"INHERIT": str(MKDOCS), "nav": None, "watch": []} | changes
    write(path, yaml.dump(changes, allow_unicode=True, sort_keys=False))
    return path
