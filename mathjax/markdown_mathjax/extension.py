"""Python-Markdown 扩展：把 pymdownx.arithmatex（generic）标出的公式换成排好的 HTML。"""

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown  # type: ignore[import-untyped]
from markdown.extensions import Extension  # type: ignore[import-untyped]
from markdown.postprocessors import Postprocessor  # type: ignore[import-untyped]
from markdown.preprocessors import Preprocessor  # type: ignore[import-untyped]
from markdown.treeprocessors import Treeprocessor  # type: ignore[import-untyped]
from pymdownx.arithmatex import ArithmatexExtension  # type: ignore[import-untyped]

from . import options
from .cache import Cache
from .errors import ConfigurationError, FormulaError, TexError, describe, find_source, locate
from .host import Site, language_of, site_of
from .markup import anchors, joined, plain_text, render
from .messages import say
from .typesetter import Typesetter, fingerprint
from .usage import Usage, read_manifest

COMMAND = "python -m markdown_mathjax stylesheet"

# “mkdocs.” 之下的警告计入 mkdocs build --strict。
log = logging.getLogger("mkdocs.markdown_mathjax")

# 收尾的全角标点。连同紧跟着公式的，它们不许落到行首。
CLOSING = "，。、；：？！）」』》〉”’】…"
MATH = re.compile(
    r'<(?P<element>span|div) class="arithmatex[^>]*>\s*'
    r"(?:\\\((?P<inline>.*?)\\\)|\\\[(?P<display>.*?)\\\])\s*</(?P=element)>"
    rf"(?P<closing>[{CLOSING}]*)",
    re.DOTALL,
)


class MathJaxExtension(Extension):  # type: ignore[misc]
    """在一个 Markdown 实例上登记各处理器。

    写错的选项到转换时才报：MkDocs 载入扩展时的错误带着调用栈，转换时的只有一句话。
    """

    def __init__(self, **kwargs: Any) -> None:
        self.config = options.defaults()
        self.unknown = sorted(set(kwargs) - set(self.config))
        super().__init__(**{name: value for name, value in kwargs.items() if name in self.config})

    def extendMarkdown(self, md: Markdown) -> None:
        processor = MathPostprocessor(md, self.getConfigs(), self._problem())
        md.preprocessors.register(_Start(md, processor), "mathjax_start", 1000)
        md.treeprocessors.register(_TreeDone(md, processor), "mathjax_tree_done", -1000)
        md.postprocessors.register(processor, "mathjax", 0)  # 在 raw_html 之后

    def _problem(self) -> options.Problem | None:
        if self.unknown:
            return "unknown_option", {"name": self.unknown[0], "known": ", ".join(self.config)}
        return options.problem(self.getConfigs())


class MathPostprocessor(Postprocessor):  # type: ignore[misc]
    """排版页面里的公式，记下用到的字形。"""

    site: Site

    def __init__(self, md: Markdown, config: dict[str, Any], problem: options.Problem | None) -> None:
        super().__init__(md)
        self.config = config
        self.problem = problem
        self.start()

    def start(self) -> None:
        """新的一段 Markdown。"""
        self.tree_done = False
        self.used = Usage()
        self.errors: list[str] = []

    def prepare(self) -> None:
        """到转换时，扩展才都登记好了，宿主也才说出当前页。"""
        problem = self.problem or arithmatex_problem(self.md)
        if problem:
            key, values = problem
            raise ConfigurationError(key, language_of(self.md, self.config), **values)
        self.site = site_of(self.md, self.config)

    def run(self, text: str) -> str:
        if not self.tree_done:
            return MATH.sub(self._plain, text)
        text = MATH.sub(self._replace, text)
        if self.errors:
            raise FormulaError("\n".join(self.errors))
        for listener in _listeners:
            listener(self)
        self._warn_missing_glyphs()
        return text

    def _plain(self, match: re.Match[str]) -> str:
        tex, display = parse(match)
        with suppress(TexError):  # 排版正文时再报错
            tex = plain_text(self._typeset(tex, display), tex)
        return escape(tex, quote=False) + match["closing"]

    def _replace(self, match: re.Match[str]) -> str:
        tex, display = parse(match)
        try:
            formula = self._typeset(tex, display)
        except TexError as error:
            self.errors.append(self._describe(tex, error))
            return match[0]
        self.used.add(formula["used"])
        self._register_anchors(formula)
        html, marks = render(formula, tex, display, self.config["scale"], self._label), match["closing"]
        if display:
            return html + marks
        # 公式跟在标点后面，或在一段的开头，Firefox 就不肯在它前面断行；开头的公式里面，它也断不开
        unbroken = match.string.endswith((*CLOSING, ">"), 0, match.start())
        return ("<wbr>" if unbroken else "") + joined(html, marks)

    def _label(self, tag: str) -> str:
        """会滚动的公式在读屏软件里的名字。"""
        language = self.site.language
        label = self.config["label"] or say("label", language)
        return say("numbered", language, label=label, tag=tag) if tag else label

    def _register_anchors(self, formula: dict[str, Any]) -> None:
        """MkDocs 在后处理之前收集锚点，公式编号要补报。"""
        if "mkdocs_extract_anchors" in self.md.treeprocessors:
            extractor: Any = self.md.treeprocessors["mkdocs_extract_anchors"]
            extractor.present_anchor_ids.update(anchors(formula))

    def _typeset(self, tex: str, display: bool) -> dict[str, Any]:
        return engine_of(options.typesetting(self.config), self.site.cache).typeset(tex, display)

    def _describe(self, tex: str, error: TexError) -> str:
        page = self.site.source
        source = find_source([*([page] if page else []), *self._folders()], tex) or page
        return describe(source, self.site, tex, error)

    def _folders(self) -> list[Path]:
        """公式还可能写在哪里：片段文件夹，全部页面。"""
        snippets: list[str] = []
        if "snippet" in self.md.preprocessors:
            snippets = getattr(self.md.preprocessors["snippet"], "base_path", [])
        return [*(self.site.root / folder for folder in snippets), self.site.docs]

    def _warn_missing_glyphs(self) -> None:
        if not self.site.stylesheet:
            return
        missing = self.used.missing_from(read_manifest(self.site.stylesheet), self.site.language)
        if missing:
            where = locate(self.site.source, self.site, "")
            log.warning(say("missing", self.site.language, where=where, missing=missing, command=COMMAND))


_listeners: list[Callable[[MathPostprocessor], None]] = []


@contextmanager
def listening(listener: Callable[[MathPostprocessor], None]) -> Iterator[None]:
    """在此期间，每转换完一段 Markdown 就告诉 listener。"""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def arithmatex_problem(md: Markdown) -> options.Problem | None:
    """没有 arithmatex，或者它的输出我们认不出，公式就会原样留在页面里。"""
    found = [extension for extension in md.registeredExtensions if isinstance(extension, ArithmatexExtension)]
    if not found:
        return "no_arithmatex", {}
    config, usual = found[-1].getConfigs(), ArithmatexExtension().getConfigs()
    if not config["generic"]:
        return "not_generic", {}
    for name in ("tex_inline_wrap", "tex_block_wrap", "inline_tag", "block_tag"):
        if config[name] != usual[name]:
            return "arithmatex_option", {"name": name}
    return None


class _Start(Preprocessor):  # type: ignore[misc]
    def __init__(self, md: Markdown, processor: MathPostprocessor) -> None:
        super().__init__(md)
        self.processor = processor

    def run(self, lines: list[str]) -> list[str]:
        self.processor.start()
        self.processor.prepare()
        return lines


class _TreeDone(Treeprocessor):  # type: ignore[misc]
    """toc 和取标题的处理器也会调用后处理器，那时公式应当是文字；之后才是正文。"""

    def __init__(self, md: Markdown, processor: MathPostprocessor) -> None:
        super().__init__(md)
        self.processor = processor

    def run(self, root: Element) -> None:
        self.processor.tree_done = True


class Engine:
    """排版器和它的缓存。MkDocs 每页新建一个 Markdown 实例，引擎则全进程共用。"""

    def __init__(self, options: dict[str, Any], folder: Path | None) -> None:
        self.typesetter = Typesetter(options)
        self.cache = Cache(folder, fingerprint(options))

    def typeset(self, tex: str, display: bool) -> dict[str, Any]:
        formula = self.cache.get(tex, display)
        if formula is None:
            formula = self.typesetter.typeset(tex, display)
            self.cache.put(tex, display, formula)
        return formula


def engine_of(options: dict[str, Any], folder: Path | None) -> Engine:
    return _engine(json.dumps(options, sort_keys=True), folder)


@cache
def _engine(options: str, folder: Path | None) -> Engine:
    return Engine(json.loads(options), folder)


def parse(match: re.Match[str]) -> tuple[str, bool]:
    """公式的 TeX 和它是否单独成行。"""
    display = match["display"] is not None
    tex = match["display"] if display else match["inline"]
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        tex = tex.replace(entity, character)  # &amp; 在最后，免得解码两次
    return tex.strip(), display


def makeExtension(**kwargs: Any) -> MathJaxExtension:
    return MathJaxExtension(**kwargs)
