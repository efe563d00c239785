"""make serve：写到一半的页、图、代码、目录与配置，都只说一句话；送的还是上一次好的，改好了自己恢复。

真的服务器在一个测试进程里只启动一次，启动时 mkdocs.yml 就是坏的；然后一样一样地弄坏、改好。
"""

import argparse
import importlib
import inspect
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from mkdocs.config import load_config
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import get_files
from mkdocs.structure.pages import Page

from notes.errors import Fault
from notes.files import read, write
from notes.paths import ROOT
from notes.site import serving
from notes.site.borrowed import BORROWED, RENDERED
from notes.site.build import ENVIRONMENT
from notes.site.complaints import translate
from notes.site.reuse import visible
from notes.site.server import free_port
from tools.bench.folder import create, unchecked
from tools.serve import address

CODE = """\"\"\"实现。\"\"\"

# --8<-- [start:first]
def first():
    return 1
# --8<-- [end:first]

# --8<-- [start:second]
def second():
    return 2
# --8<-- [end:second]
"""
ONE = """# 第一页

旧的正文，公式 $x^2$，见[第二页](two.md)。

## 一节

```python
--8<-- "code.py:first"
```

--8<-- "one.drawn.svg"
"""
TWO = """# 第二页

见[一节](one.md#一节)。

```python
--8<-- "code.py:second"
```

--8<-- "table.md"
"""
PAGES = {"index.md": "# 首页\n\n记号。\n", "one.md": ONE, "two.md": TWO}
NAV = [{"首页": "index.md"}, {"章": ["one.md", "two.md"]}]


def small_site(folder: Path) -> Path:
    """三页的网站：第一页引用一段实现与一幅图，第二页引用另一段实现与一张表。"""
    create(folder, PAGES, CODE, nav=NAV, **unchecked())
    write(folder / "snippets" / "table.md", "| 甲 |\n|---|\n| 乙 |\n")
    write(folder / "figures" / "one.drawn.svg", "<figure>旧的图</figure>\n")
    return folder


def wait(condition, what: str, limit: float = 30) -> None:
    """等到 condition() 成立。"""
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, f"等了 {limit} 秒，没有{what}"
        time.sleep(0.01)


@dataclass
class Served:
    """跑着的 make serve：root 是它的网站，lines 是它到现在印出的各行。"""

    root: Path
    url: str
    lines: list[str] = field(default_factory=list)
    heard: int = 0
    told: list[str] = field(default_factory=list)
    # 刚启动、mkdocs.yml 还坏着时，印出的与网页上说的
    at_start: list[str] = field(default_factory=list)
    waiting: str = ""

    def listen(self, stream) -> None:
        for line in stream:
            self.lines.append(line.rstrip("\n"))

    def until(self, pattern: str) -> list[str]:
        """等到新印出的一行合乎 pattern；返回上次问过之后印出的各行，“更新了”不算。

        机器忙时同一次改动可能构建两遍，同样的话就说两遍，只算一句。
        """
        wait(lambda: any(re.search(pattern, line) for line in self.lines[self.heard :]), f"印出 {pattern}")
        time.sleep(0.02)  # 多说的一句来得再晚，也会在 recovers 里看见
        new = self.lines[self.heard :]
        self.heard += len(new)
        return [line for line in dict.fromkeys(new) if not line.startswith("更新了")]

    def says(self, where: str, sentence: str) -> None:
        """改动之后，恰好说了这一句。公式的错带着公式，不止一行。"""
        expected = rf"({self.root.as_posix()}/)?{where} +{sentence}"
        self.told = self.until(where)
        told = "\n".join(self.told)
        assert re.fullmatch(expected, told, re.DOTALL if sentence.startswith("公式") else 0), told

    def later_than(self, version: int) -> int:
        """等到送的比 version 新；返回是第几版。"""
        wait(lambda: self.version > version, "新的一版")
        return self.version

    def recovers(self, version: int) -> None:
        """改好之后，自己换上比 version 新的，也不再说什么。"""
        self.later_than(version)
        assert [line for line in self.until("更新了") if line not in self.told] == []
        assert "旧的正文" in self.get("one/")

    def get(self, path: str = "") -> str:
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            return f"{error.code}：{error.read().decode()}"

    @property
    def version(self) -> int:
        """送的是第几版；每换上新的一版就变大。"""
        return int(self.get("livereload/0/1"))

    @contextmanager
    def damaged(self, path: str, old: str | None, new: str | bytes | None):
        """把 path 里的 old 换成 new；old 是 None 时整个换掉，new 是 None 时删掉。出来时复原。"""
        file = self.root / path
        before = file.read_bytes() if file.is_file() else None
        self.heard = len(self.lines)
        if new is None:
            file.unlink()
        elif isinstance(new, bytes):
            save(file, new)
        elif old is None:
            save(file, new.encode())
        else:
            text = read(file)
            assert old in text, text
            save(file, text.replace(old, new).encode())
        try:
            yield
        finally:
            if before is None:
                file.unlink()
            else:
                save(file, before)


def save(file: Path, data: bytes) -> None:
    """像编辑器那样存：另写一份再换上，服务器看不到写了一半的。"""
    with tempfile.NamedTemporaryFile(delete=False) as half:
        half.write(data)
    Path(half.name).replace(file)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """mkdocs.yml 坏着就启动的服务器；它说过一句话、网页上也说着这句话之后，才改好。"""
    root = small_site(tmp_path_factory.mktemp("served"))
    port = free_port()
    good = read(root / "mkdocs.yml")
    write(root / "mkdocs.yml", "nav: [\n" + good)
    command = [sys.executable, "-m", "tools.serve", "--dev-addr", f"127.0.0.1:{port}"]
    environment = ENVIRONMENT | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8"}
    with subprocess.Popen(command, cwd=root, env=environment, **pipes) as server:
        running = Served(root, f"http://127.0.0.1:{port}/")
        listener = threading.Thread(target=running.listen, args=[server.stdout], daemon=True)
        listener.start()
        try:
            running.at_start = running.until("mkdocs.yml")
            running.waiting = running.get()
            write(root / "mkdocs.yml", good)
            running.until("更新了")
            yield running
        finally:
            server.terminate()
            server.wait()
            listener.join()


def test_starts_on_a_broken_tree(served):
    """一启动就是坏的：说一句话，等着改好。"""
    where = (served.root / "mkdocs.yml").as_posix()
    told, sentence = served.at_start
    assert told == f"在 {served.url} 看网站，改了就刷新；按 Ctrl+C 停下"
    assert re.fullmatch(rf"{where}:\d+  YAML 读不懂：.+", sentence)
    assert sentence.split("：")[0] in served.waiting
    assert "旧的正文" in served.get("one/")


# 名字: (文件, 换掉什么, 换成什么, 说哪个文件, 说什么)；这些时候，送的是上一次好的
FAILURES = {
    "没有的实现": ("docs/one.md", "code.py:first", "cod.py:first", "docs/one.md:8", "没有 cod.py 这个文件"),
    "没有的小节": ("docs/one.md", "code.py:first", "code.py:none", "docs/one.md:8", "code.py 里没有小节 none"),
    "删掉的小节": ("snippets/code.py", "first", "third", "docs/one.md:8", "code.py 里没有小节 first"),
    "没有画的图": (
        "docs/one.md",
        "one.drawn",
        "one.new",
        "docs/one.md:11",
        "图 one.new.svg 还没有画；写好画图的函数，再运行 make update",
    ),
    "删掉的图": ("figures/one.drawn.svg", None, None, "docs/one.md:11", "图 one.drawn.svg 还没有画；.*"),
    "没有写出的表格": (
        "docs/two.md",
        "table.md",
        "new.md",
        "docs/two.md:9",
        "表格 new.md 还没有写出；运行 make update",
    ),
    "公式": ("docs/one.md", "x^2", r"\frac{x", "docs/one.md:3", "公式无法排版：.*"),
    "不是 UTF-8 的页": (
        "docs/one.md",
        None,
        "# 页\n\n第一\n".encode("gbk"),
        "docs/one.md:3",
        "不是 UTF-8 编码，请另存为 UTF-8",
    ),
    "BOM": ("docs/two.md", "# 第二页", "\ufeff# 第二页", "docs/two.md:1", "开头有 BOM，请另存为不带 BOM 的 UTF-8"),
    "不是 UTF-8 的实现": (
        "snippets/code.py",
        None,
        "# 第一\n".encode("gbk"),
        "snippets/code.py:1",
        "不是 UTF-8 编码，请另存为 UTF-8",
    ),
    "不是 UTF-8 的配置": (
        "mkdocs.yml",
        None,
        "site_name: 名\n".encode("gbk"),
        "mkdocs.yml:1",
        "不是 UTF-8 编码，请另存为 UTF-8",
    ),
    "mkdocs.yml 的 YAML": ("mkdocs.yml", "nav:", "nav: [", r"mkdocs.yml:\d+", "YAML 读不懂：.*"),
    "mkdocs.yml 是空的": ("mkdocs.yml", None, "", r"mkdocs.yml:1", ".*"),
    "删掉 mkdocs.yml": ("mkdocs.yml", None, None, r"mkdocs.yml:1", ".*"),
    "nav 不是列表": ("mkdocs.yml", "nav:", "nav: 3\nexample:", r"mkdocs.yml:\d+", "nav：.*"),
    "没有的扩展": (
        "mkdocs.yml",
        "pymdownx.superfences",
        "pymdownx.none",
        r"mkdocs.yml:\d+",
        "markdown_extensions：.*pymdownx.none.*",
    ),
    "模板的语法": (
        "overrides/main.html",
        "{% block scripts %}",
        "{% block scripts",
        r"overrides/main.html:\d+",
        "模板的语法错误：.*",
    ),
    "没有的模板": (
        "overrides/main.html",
        "partials/verified.html",
        "partials/none.html",
        r"overrides/main.html:\d+",
        "没有模板 partials/none.html",
    ),
    "模板运行不了": (
        "overrides/main.html",
        "{{ super() }}",
        "{{ nothing.at.all }}",
        r"overrides/main.html:\d+",
        "模板运行不了：.*",
    ),
    "页面开头的模板": (
        "docs/one.md",
        "# 第一页",
        "---\ntemplate: none.html\n---\n# 第一页",
        "docs/one.md:2",
        "没有模板 none.html",
    ),
}
# 这些时候网站照样看得到，只是提醒
WARNINGS = {
    "不在目录里的页": (
        "docs/new.md",
        None,
        "# 新的一页\n",
        "docs/new.md:1",
        "目录里没有这一页；在 mkdocs.yml 的 nav 里加一行",
    ),
    "目录里多一页": ("mkdocs.yml", "- two.md", "- two.md\n  - three.md", r"mkdocs.yml:\d+", "目录里的 three.md 不存在"),
    "没有的页": ("docs/one.md", "(two.md)", "(three.md)", "docs/one.md:3", "链接 three.md 指向不存在的页面"),
    "没有的锚点": ("docs/two.md", "#一节", "#二节", "docs/two.md:3", "链接 one.md#二节 的锚点不存在"),
    "删掉的标题": ("docs/one.md", "## 一节", "", "docs/two.md:3", "链接 one.md#一节 的锚点不存在"),
    "本页没有的锚点": ("docs/one.md", "(two.md)", "(#none)", "docs/one.md:3", "链接 #none 的锚点不存在"),
    "没有写到文件的链接": (
        "docs/one.md",
        "(two.md)",
        "(two/)",
        "docs/one.md:3",
        "链接 two/ 没有写到 .md 文件；是不是 two.md",
    ),
    "以 / 开头的链接": (
        "docs/one.md",
        "(two.md)",
        "(/two.md)",
        "docs/one.md:3",
        "链接 /two.md 以 / 开头，应从这一页写起；是不是 two.md",
    ),
    "没有的配置": ("mkdocs.yml", "nav:", "navv: 3\nnav:", r"mkdocs.yml:\d+", "navv：MkDocs 没有这一项"),
    "开头的 YAML": (
        "docs/one.md",
        "# 第一页",
        "---\ntags: [\n---\n# 第一页",
        r"docs/one.md:\d+",
        "开头的 YAML 读不懂.*",
    ),
    "没有结束的代码块": (
        "docs/one.md",
        '"code.py:first"\n```',
        '"code.py:first"',
        "docs/one.md:10",
        "代码直接写在页面里；.*",
    ),
    "缩进的代码": ("docs/one.md", "## 一节", "\n\tprint(1)\n\n## 一节", "docs/one.md:6", "缩进写成的代码块；.*"),
    "没有结束的小节": ("snippets/code.py", "# --8<-- [end:second]", "", "snippets/code.py:8", "小节 second 没有结束"),
    "实现的语法": ("snippets/code.py", "return 2", "return (", r"snippets/code.py:\d+", "语法错误：.*"),
    "会话的语法": (
        "snippets/one.pycon",
        None,
        ">>> # --8<-- [start:a]\n>>> f(\n>>> # --8<-- [end:a]\n",
        "snippets/one.pycon:2",
        "语法错误：.*",
    ),
    "断言没有写完": (
        "snippets/one.claims.pycon",
        None,
        ">>> # 「甲\n",
        "snippets/one.claims.pycon:1",
        "这句话没有写完，缺 」",
    ),
    "画图的程序": ("figures/one.py", None, "def drawn(:\n", "figures/one.py:1", "语法错误：.*"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failure(name, served):
    """恰好一句话；各页还是上一次好的。"""
    path, old, new, where, sentence = FAILURES[name]
    with served.damaged(path, old, new):
        served.says(where, sentence)
        version = served.version
        assert "旧的正文" in served.get("one/") and "旧的图" in served.get("one/")
        assert "第二页" in served.get("two/")
    served.recovers(version)


@pytest.mark.parametrize("name", WARNINGS)
def test_warning(name, served):
    """恰好一句话；各页照样换上新的。"""
    path, old, new, where, sentence = WARNINGS[name]
    version = served.version
    with served.damaged(path, old, new):
        served.says(where, sentence)
        version = served.later_than(version)
        assert "旧的正文" in served.get("one/")
        assert "新的一页" in served.get("new/") or path != "docs/new.md"
    served.recovers(version)


def test_page_reloads_itself(served):
    """送出的网页里有自动刷新的脚本：它等着版本变大。"""
    [(version, request)] = re.findall(r"livereload\((\d+), (\d+)\);", served.get())
    served.heard = len(served.lines)
    write(served.root / "docs" / "index.md", "# 首页\n\n新的记号。\n")
    assert int(served.get(f"livereload/{version}/{request}")) > int(version)
    assert "新的记号" in served.get()
    assert served.until("更新了") == []


def test_port_in_use(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Fault, match=rf"^127\.0\.0\.1:{port} 用不了：.+；换一个：--dev-addr 127\.0\.0\.1:8001$"):
            serving.serve(tmp_path, "127.0.0.1", port, print)


@pytest.mark.parametrize("text", ["8001", "nonsense", "127.0.0.1:", ":8000", "127.0.0.1:8001x", "127.0.0.1:99999"])
def test_bad_address(text):
    with pytest.raises(argparse.ArgumentTypeError, match=rf"^{text} 应写成 127\.0\.0\.1:8000 这样$"):
        address(text)


def test_nothing_stops_the_server(tmp_path):
    """没有料到的报错也只说一句。"""

    class Failing(serving.Builder):
        def build(self, stamps):
            raise ZeroDivisionError("一\n二")

    said = []
    server = serving.Server("127.0.0.1", free_port(), tmp_path)
    serving.rebuild(Failing(tmp_path, "", tmp_path), server, {}, said.append)
    server.server_close()
    assert said == ["ZeroDivisionError: 一 二"]
    assert "ZeroDivisionError: 一 二" in server.page_for(404).decode()


@pytest.fixture
def built(tmp_path, monkeypatch):
    """call() 构建一遍，返回 (构建好的文件夹, 重新渲染的页)。"""
    root = small_site(tmp_path / "root")
    monkeypatch.chdir(root)
    rendered, render = [], Page.render

    def counted(page, config, files):
        rendered.append(page.file.src_uri)
        render(page, config, files)

    monkeypatch.setattr(Page, "render", counted)
    builder = serving.Builder(root, "http://127.0.0.1:8000/", tmp_path / "built")

    def call():
        rendered.clear()
        folder, told = builder.build(serving.stamps(root))
        assert told == []
        return folder, sorted(rendered)

    return call


# 往哪个文件末尾加上什么，重新渲染哪几页；第二页链接到第一页，第一页的公式就是它的
AGAIN = [
    ("docs/one.md", "一段。\n", ["one.md"]),
    ("docs/one.md", "\n$$\nx \\tag{1}\n$$\n", ["one.md", "two.md"]),
    ("figures/one.drawn.svg", "\n", ["one.md"]),
    ("snippets/table.md", "\n", ["two.md"]),
    ("snippets/code.py", "\n", ["one.md", "two.md"]),
    ("mkdocs.yml", "\n", ["index.md", "one.md", "two.md"]),
    ("overrides/main.html", "\n", []),
]


def test_only_what_changed_is_rendered_again(built, tmp_path):
    _, rendered = built()
    assert rendered == ["index.md", "one.md", "two.md"]
    for path, added, again in AGAIN:
        file = tmp_path / "root" / path
        write(file, read(file) + added)
        _, rendered = built()
        assert rendered == again, path
    _, rendered = built()
    assert rendered == []


def test_only_hidden_templates_are_left_out(tmp_path, monkeypatch):
    """隐藏的不走，别的一个不少。"""
    monkeypatch.chdir(small_site(tmp_path))
    theme = load_config("mkdocs.yml").theme
    every = theme.get_env().list_templates()
    assert visible(theme.dirs) == [name for name in every if not name.startswith(".") and "/." not in name] != every


def test_reused_site_is_the_same(built):
    """全用留着的，构建出的每个字节都与重新渲染的一样。"""
    first, _ = built()
    second, _ = built()
    files = [path.relative_to(first) for path in sorted(first.rglob("*")) if path.is_file()]
    assert Path("search/search_index.json") in files
    changed = [file for file in files if (first / file).read_bytes() != (second / file).read_bytes()]
    assert [file for file in changed if file.suffix != ".gz"] == []


# MkDocs 与扩展的话: 怎样说；其余的在服务器里真的说过
SENTENCES = {
    "Something\n  new": "Something new",
    "Config value 'plugins': Bad.\nTraceback\n  File\nTypeError: x": "{root}/mkdocs.yml:1  plugins：Bad. TypeError: x",
    "An absolute path to '/a.md' is included in the 'nav' configuration, which ...": (
        "{root}/mkdocs.yml:1  目录里的 /a.md 以 / 开头，应从 docs/ 写起"
    ),
    "a/b.md：引用了 ../c.md 的式 (3)，那一页没有这条公式": "{root}/docs/a/b.md:1  引用了 ../c.md 的式 (3)，那一页没有这条公式",
}


@pytest.mark.parametrize("message", SENTENCES)
def test_sentence(message, tmp_path):
    assert translate(message, tmp_path) == [SENTENCES[message].format(root=tmp_path.as_posix())]


@pytest.mark.parametrize("name", BORROWED)
def test_borrowed_is_still_there(name):
    """上游没有公开的，还是我们用的那个样子。"""
    shape, _ = BORROWED[name]
    module, owner, attribute = name.rsplit(".", 2)
    owner = getattr(importlib.import_module(module), owner)
    if shape:
        bare = inspect.signature(getattr(owner, attribute))
        names = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in bare.parameters.values()]
        assert str(inspect.Signature(names)) == shape
    else:
        server = LiveReloadServer(lambda: None, "127.0.0.1", free_port(), ".")
        server.server_close()
        assert hasattr(server, attribute)


def test_rendering_sets_what_is_kept(tmp_path, monkeypatch):
    """渲染一页写下的，一样不多，一样不少。"""
    root = small_site(tmp_path)
    monkeypatch.chdir(root)
    config = load_config(str(root / "mkdocs.yml"))
    files = get_files(config)
    page = Page(None, files.get_file_from_path("one.md"), config)
    page.read_source(config)
    before = dict(vars(page))
    page.render(config, files)
    assert {name for name, value in vars(page).items() if before.get(name) is not value} == set(RENDERED)
