"""宿主会说的事：当前页、文件夹、语言。MkDocs 都说，别的宿主都不说。"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown import Markdown  # type: ignore[import-untyped]

from .messages import LANGUAGES, known_language


@dataclass(frozen=True)
class Site:
    root: Path  # 相对路径从这里算起：mkdocs.yml 所在的文件夹，没有就是当前文件夹
    docs: Path
    language: str
    page: str = ""  # 当前页，从 docs 算起
    source: Path | None = None  # 当前页的文件；插件生成的页没有
    cache: Path | None = None
    stylesheet: Path | None = None


def mkdocs(md: Markdown) -> Any:
    """MkDocs 的链接处理器知道配置和当前页；别的宿主没有它。"""
    if "relpath" not in md.treeprocessors:
        return None
    host = md.treeprocessors["relpath"]
    return host if hasattr(host, "file") and hasattr(host, "config") else None


def site_of(md: Markdown, config: dict[str, Any]) -> Site:
    host = mkdocs(md)
    path = host and host.config.config_file_path
    root = Path(path).resolve().parent if path else Path.cwd()
    docs = root / (config["docs"] or (host.config.docs_dir if host else "docs"))
    return Site(
        root=root,
        docs=docs,
        language=language_of(md, config),
        page=host.file.src_uri if host else "",
        source=Path(host.file.abs_src_path) if host and host.file.abs_src_path else None,
        cache=root / config["cache"] if config["cache"] else None,
        stylesheet=docs / config["stylesheet"] if config["stylesheet"] else None,
    )


def language_of(md: Markdown, config: dict[str, Any]) -> str:
    if config["language"] in LANGUAGES:
        return str(config["language"])
    host = mkdocs(md)
    return theme_language(host.config) if host else "en"


def theme_language(config: Any) -> str:
    """Material 的 theme.language；MkDocs 自带的主题用 theme.locale。"""
    return known_language(config.theme.get("language") or config.theme.get("locale"))
