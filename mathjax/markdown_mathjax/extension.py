"""Python-Markdown 扩展：把 pymdownx.arithmatex（generic）标出的公式换成排好的 HTML。"""

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from html import escape
from pathlib import Path

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from .cache import Cache
from .errors import FormulaError, TexError, describe, find_source, locate
from .markup import anchors, plain_text, render
from .options import OPTIONAL, PACKAGES
from .typesetter import Typesetter, fingerprint
from .usage import Usage, read_manifest

# “mkdocs.” 之下的警告计入 mkdocs build --strict。
log = logging.getLogger("mkdocs.markdown_mathjax")

MATH = re.compile(
    r'<(?P<element>span|div) class="arithmatex[^>]*>\s*'
    r"(?:\\\((?P<inline>.*?)\\\)|\\\[(?P<display>.*?)\\\])\s*</(?P=element)>",
    re.DOTALL,
)


class MathJaxExtension(Extension):
    """在一个 Markdown 实例上登记各处理器。"""

    def __init__(self, **kwargs) -> None:
        self.config = {
            "macros": [{}, "TeX 宏：名字 → 定义，或 [定义, 参数个数]"],
            "packages": [[name for name in PACKAGES if name not in OPTIONAL], "TeX 扩展"],
            "scale": [1.18, "公式字号与正文字号之比"],
            "cache": [".cache/mathjax", "缓存文件夹；空字符串表示不用磁盘缓存"],
            "stylesheet": ["docs/assets/mathjax", "样式表和字体所在的文件夹；空字符串表示不检查"],
            "docs": ["docs", "不知道页面时，到这里找出错的公式"],
        }
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:
        processor = MathPostprocessor(md, self.getConfigs())
        md.preprocessors.register(_Start(md, processor), "mathjax_start", 1000)
        md.treeprocessors.register(_TreeDone(md, processor), "mathjax_tree_done", -1000)
        md.postprocessors.register(processor, "mathjax", 0)  # 在 raw_html 之后


class MathPostprocessor(Postprocessor):
    """排版页面里的公式，记下用到的字形。"""

    def __init__(self, md: Markdown, config: dict) -> None:
        super().__init__(md)
        self.config = config
        self.tree_done = False
        self.used = Usage()

    def run(self, text: str) -> str:
        if not self.tree_done:
            return MATH.sub(self._plain, text)
        self.errors: list[str] = []
        text = MATH.sub(self._replace, text)
        if self.errors:
            raise FormulaError("\n".join(self.errors))
        if _listeners:
            for listener in _listeners:
                listener(self)
        else:
            self._warn_missing_glyphs()
        return text

    def _plain(self, match: re.Match) -> str:
        tex, display = parse(match)
        try:
            return escape(plain_text(self._typeset(tex, display), tex), quote=False)
        except TexError:
            return escape(tex, quote=False)  # 排版正文时再报错

    def _replace(self, match: re.Match) -> str:
        tex, display = parse(match)
        try:
            formula = self._typeset(tex, display)
        except TexError as error:
            self.errors.append(self._describe(tex, error))
            return match[0]
        self.used.add(formula["used"])
        self._register_anchors(formula)
        return render(formula, tex, display, self.config["scale"]) + joiner(match)

    def _register_anchors(self, formula: dict) -> None:
        """MkDocs 在后处理之前收集锚点，公式编号要补报。"""
        if "mkdocs_extract_anchors" in self.md.treeprocessors:
            known = self.md.treeprocessors["mkdocs_extract_anchors"].present_anchor_ids
            known.update(anchors(formula))

    def _typeset(self, tex: str, display: bool) -> dict:
        options = {key: self.config[key] for key in ("macros", "packages", "scale")}
        folder = self.config["cache"] and str(self._root() / self.config["cache"])
        return engine(json.dumps(options, sort_keys=True), folder).typeset(tex, display)

    def _describe(self, tex: str, error: TexError) -> str:
        page = self._page()
        source = find_source([*([page] if page else []), *self._folders()], tex) or page
        return describe(source, self._root(), tex, error)

    def _folders(self) -> list[Path]:
        """公式还可能写在哪里：片段文件夹，全部页面。"""
        snippets = []
        if "snippet" in self.md.preprocessors:
            snippets = getattr(self.md.preprocessors["snippet"], "base_path", [])
        return [self._root() / folder for folder in (*snippets, self.config["docs"])]

    def _warn_missing_glyphs(self) -> None:
        if not self.config["stylesheet"]:
            return
        missing = self.used.missing_from(read_manifest(self._root() / self.config["stylesheet"]))
        if missing:
            where = locate(self._page(), self._root(), "")
            log.warning("%s公式样式表缺 %s；请运行 python -m markdown_mathjax stylesheet", where, missing)

    def _page(self) -> Path | None:
        host = self._mkdocs()
        return Path(host.file.abs_src_path) if host else None

    def _root(self) -> Path:
        """配置里的相对路径从哪里算起：mkdocs.yml 所在的文件夹，没有就是当前文件夹。"""
        host = self._mkdocs()
        path = host and host.config.config_file_path
        return Path(path).resolve().parent if path else Path.cwd()

    def _mkdocs(self):
        """MkDocs 的链接处理器知道当前页；别的宿主没有它。"""
        if "relpath" not in self.md.treeprocessors:
            return None
        host = self.md.treeprocessors["relpath"]
        return host if hasattr(host, "file") and hasattr(host, "config") else None


_listeners: list[Callable[[MathPostprocessor], None]] = []


@contextmanager
def listening(listener: Callable[[MathPostprocessor], None]) -> Iterator[None]:
    """在此期间，每转换完一段 Markdown 就告诉 listener，不再检查样式表。"""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def joiner(match: re.Match) -> str:
    """浏览器肯在公式之后、冒号与分号之前断行，标点就落到行首；不许断，要加一个看不见的字符。"""
    return "\u2060" if match["inline"] and match.string.startswith(("：", "；"), match.end()) else ""


class _Start(Preprocessor):
    def __init__(self, md: Markdown, processor: MathPostprocessor) -> None:
        super().__init__(md)
        self.processor = processor

    def run(self, lines: list[str]) -> list[str]:
        self.processor.tree_done = False
        self.processor.used = Usage()
        return lines


class _TreeDone(Treeprocessor):
    """toc 和取标题的处理器也会调用后处理器，那时公式应当是文字；之后才是正文。"""

    def __init__(self, md: Markdown, processor: MathPostprocessor) -> None:
        super().__init__(md)
        self.processor = processor

    def run(self, root) -> None:
        self.processor.tree_done = True


class Engine:
    """排版器和它的缓存。MkDocs 每页新建一个 Markdown 实例，引擎则全进程共用。"""

    def __init__(self, options: dict, folder: Path | None) -> None:
        self.typesetter = Typesetter(options)
        self.cache = Cache(folder, fingerprint(options))

    def typeset(self, tex: str, display: bool) -> dict:
        formula = self.cache.get(tex, display)
        if formula is None:
            formula = self.typesetter.typeset(tex, display)
            self.cache.put(tex, display, formula)
        return formula


@cache
def engine(options: str, folder: str) -> Engine:
    return Engine(json.loads(options), Path(folder) if folder else None)


def parse(match: re.Match) -> tuple[str, bool]:
    """公式的 TeX 和它是否单独成行。"""
    display = match["display"] is not None
    tex = match["display"] if display else match["inline"]
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        tex = tex.replace(entity, character)  # &amp; 在最后，免得解码两次
    return tex.strip(), display


def makeExtension(**kwargs) -> MathJaxExtension:
    return MathJaxExtension(**kwargs)
