"""没有 make runtime 时，网站与从前一样；有它时，按钮怎样对上小节，差别怎样归类。"""

import json

import pytest

from notes import sessions
from notes.files import read
from notes.page import Page
from notes.site import differences, runtime

HTML = '<html><head></head><body><div class="language-pycon highlight"><pre><code>&gt;&gt;&gt; 1</code></pre></div></body></html>'


def test_nothing_is_added(tmp_path, monkeypatch):
    monkeypatch.setattr(runtime, "complete", lambda: False)
    page = tmp_path / "index.html"
    page.write_text(HTML, encoding="utf-8")
    runtime.install(tmp_path)
    assert [path.name for path in tmp_path.rglob("*")] == ["index.html"]
    assert page.read_text(encoding="utf-8") == HTML


def test_incomplete_is_not_complete(tmp_path, monkeypatch):
    """少一个文件、大小不对、tools/runtime/ 改过，都不算做好。"""
    monkeypatch.setattr(runtime, "FOLDER", tmp_path)
    assert not runtime.complete()
    (tmp_path / "a.js").write_text("1")
    runtime.write_manifest(tmp_path, {})
    assert runtime.complete()
    monkeypatch.setattr(runtime, "stamp", lambda: "别的")
    assert not runtime.complete()
    monkeypatch.undo()
    monkeypatch.setattr(runtime, "FOLDER", tmp_path)
    (tmp_path / "a.js").write_text("12")
    assert not runtime.complete()


@pytest.mark.parametrize("root", ["", "../../", "/notes/"])
def test_script_is_found_from_every_page(root):
    html = HTML.replace("<head>", f'<head><link rel="stylesheet" href="{root}assets/site.css">')
    assert f'new URL("{root}assets/run/run.js",location)' in runtime.prepared(html)


def test_only_printed_sections_get_buttons():
    assert runtime.with_buttons(HTML, Page("matrix/product")) == HTML


@pytest.mark.parametrize(
    ("want", "got", "before", "reason"),
    [
        (["RuntimeWarning: divide by zero encountered in log", "inf"], ["inf"], "", "warning"),
        (
            ["Traceback (most recent call last):", "  ...", "numpy.linalg.LinAlgError: Singular matrix"],
            [],
            "",
            "warning",
        ),
        (["TypeError: 得到 int64"], ["TypeError: 得到 int32"], "", "width"),
        ([], ["TypeError: Cannot cast array data from dtype('int64') to dtype('int32') according to"], "", "width"),
        ([], ["ModuleNotFoundError: No module named 'notes.operators'"], "", "repository"),
        ([], ["NameError: name 'vectors' is not defined"], "repository", "repository"),
        (["[0, 1]"], ["[0, 0]"], "", "other"),
    ],
)
def test_reasons(want, got, before, reason):
    assert differences.reason(want, got, before) == reason
    assert reason in differences.REASONS


def test_table_names_real_sections():
    for name, found in differences.stored().items():
        assert set(found) <= set(sessions.parse(Page(name).session)), name
        assert set(found.values()) <= set(differences.REASONS)
    told = json.loads(read(differences.STORED))
    facts = {name: value for name, value in told.items() if name != "sections"}
    assert differences.text(differences.stored(), facts) == read(differences.STORED)
