"""一页与它的文件：页面、实现、会话、图、网址、构建出的 HTML，都从页的名字 a/b 推出，也只在这里推出。"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from notes import markdown
from notes.errors import Fault, Malformed
from notes.paths import ROOT, display

CLAIMS = ".claims.pycon"
DOCUMENTS = ("README", "CONTRIBUTING")  # 给来仓库的人读的，不是网站的一页，话一样核对


@dataclass(frozen=True)
class Page:
    """名字是 a/b 的一页；各个文件不一定都有。"""

    name: str
    root: Path = ROOT

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """读者读的：docs/a/b.md；仓库自己的说明在最外层。"""
        return self.root / ("" if self.name in DOCUMENTS else "docs") / f"{self.name}.md"

    @property
    def implementation(self) -> Path:
        """页面展示的实现：snippets/a/b.py。"""
        return self.root / "snippets" / f"{self.name}.py"

    @property
    def implementations(self) -> list[Path]:
        """实现太长，就分成几个文件：a/b.py 与 a/b_c.py，只要没有叫 a/b_c 的页。"""
        found = [self.implementation, *sorted(self.session.parent.glob(f"{self.session.stem}_*.py"))]
        return [path for path in found if path.is_file() and page_of(path, self.root) == self]

    @property
    def session(self) -> Path:
        """页面展示的会话：snippets/a/b.pycon；公式的验证也在里面。"""
        return self.root / "snippets" / f"{self.name}.pycon"

    @property
    def sessions(self) -> list[Path]:
        """这一页的全部会话，连同要别的包的：a/b.torch.pycon。"""
        return [path for path in self._pycons if not path.name.endswith(CLAIMS)]

    @property
    def claims(self) -> list[Path]:
        """页面上的话怎样核对，页面不印：a/b.claims.pycon，接着 PyTorch 的会话的是 a/b.torch.claims.pycon。"""
        return [path for path in self._pycons if path.name.endswith(CLAIMS)]

    @property
    def _pycons(self) -> list[Path]:
        found = sorted(self.session.parent.glob(f"{self.session.stem}.*pycon"))
        return [path for path in found if page_of(path, self.root) == self]

    @property
    def consoles(self) -> list[Path]:
        """这一页的命令行会话：snippets/a/b.zip.console 与 Windows 上的 a/b.zip.doscon。"""
        found = sorted(self.session.parent.glob(f"{self.session.stem}.*"))
        return [path for path in found if path.suffix in (".console", ".doscon")]

    @property
    def figures(self) -> Path:
        """画图的程序：figures/a/b.py。"""
        return self.root / "figures" / f"{self.name}.py"

    @property
    def rows(self) -> Path:
        """这一页的算子怎样验证：notes/operators/rows/a/b.py。"""
        return self.root / "notes" / "operators" / "rows" / f"{self.name}.py"

    @property
    def sources(self) -> list[Path]:
        """这一页由哪几个文件构成，只列出有的；断言不印在页面上，不算。"""
        found = (self.path, *self.implementations, *self.sessions, *self.consoles, self.figures)
        return [path for path in found if path.is_file()]

    @property
    def url(self) -> str:
        """在网站里的网址：a/b/；文件夹的首页 a/index 是 a/，网站的首页是空串。"""
        folder, _, last = self.name.rpartition("/")
        name = folder if last == "index" else self.name
        return f"{name}/" if name else ""

    def html(self, site: Path) -> Path:
        """构建在 site 里的哪个文件。"""
        return site / self.url / "index.html"

    def notebook(self, site: Path) -> Path:
        """写成的笔记本在 site 里的哪个文件。"""
        return site / "notebooks" / f"{self.name}.ipynb"

    def file(self, path: Path) -> str:
        """页面里引用 path 时的写法：相对 snippets/ 或 figures/。"""
        return "/".join(path.relative_to(self.root).parts[1:])

    @property
    def markdown(self) -> markdown.Markdown:
        if not self.path.is_file():
            raise Malformed(self.path, 1, "没有这一页")
        return parsed(self.path)

    @property
    def title(self) -> str:
        headings = self.markdown.headings
        return headings[0].text if headings else self.name

    def where(self, line: int) -> str:
        """读者眼里的位置：页面:行号 · 标题 › 标题。"""
        return f"{display(self.path)}:{line} · " + " › ".join(self.markdown.trail(line))

    def fault(self, line: int, sentence: str) -> Fault:
        """这一页第 line 行的一处错，连同读者眼里的位置。"""
        return Fault(f"{self.where(line)}\n  {sentence}")


parsed = functools.cache(markdown.parse)


def page_of(path: Path, root: Path = ROOT) -> Page:
    """一个文件属于哪一页：docs/a/b.md、snippets/a/b.torch.pycon、figures/a/b.example.svg 都属于 a/b。

    snippets/a/b_c.py 属于 a/b_c；没有这一页而有 a/b，就属于 a/b。
    """
    kind, *folder, name = path.relative_to(root).with_name(path.name.split(".")[0]).parts
    page, part = Page("/".join([*folder, name]), root), "_" in name and kind == "snippets" and path.suffix == ".py"
    shorter = Page("/".join([*folder, name.rpartition("_")[0]]), root)
    return shorter if part and not page.path.is_file() and shorter.path.is_file() else page


@functools.cache
def pages(root: Path = ROOT) -> tuple[Page, ...]:
    """全部页面，按名字排好。"""
    return tuple(page_of(path, root) for path in sorted((root / "docs").rglob("*.md")))


def documents() -> tuple[Page, ...]:
    """话要核对的：全部页面，与仓库自己的说明。"""
    return (*pages(), *map(Page, DOCUMENTS))


@functools.cache
def shown(root: Path = ROOT) -> dict[tuple[str, str], str]:
    """{(文件, 小节): 印在哪里}；写错了的页由它自己的测试报告，这里略过。"""
    found: dict[tuple[str, str], str] = {}
    for page, include in readable(root):
        found.setdefault((include.file, include.section), page.where(include.line))
    return found


def readable(root: Path) -> Iterator[tuple[Page, markdown.Include]]:
    for page in pages(root):
        try:
            included = [*page.markdown.includes, *page.markdown.generated]
        except Malformed:
            continue
        yield from ((page, include) for include in included)


def shown_at(path: Path, section: str, root: Path = ROOT) -> str:
    """path 的 section 印在哪一页的哪一行。"""
    return shown(root).get((page_of(path, root).file(path), section), "（没有页面印它）")
