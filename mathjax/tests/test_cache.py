"""缓存。"""

import multiprocessing
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from markdown_mathjax.cache import Cache
from markdown_mathjax.errors import TexError
from markdown_mathjax.extension import Engine
from markdown_mathjax.typesetter import Typesetter, fingerprint

OPTIONS = {"macros": {}, "packages": ["ams", "mathtools", "color", "extpfeil", "textmacros"], "scale": 1.18}


def test_full_cache_does_not_start_v8(tmp_path):
    first = Engine(OPTIONS, tmp_path)
    formula = first.typeset("x", False)
    assert first.typesetter.started
    second = Engine(OPTIONS, tmp_path)
    assert second.typeset("x", False) == formula
    assert not second.typesetter.started


@pytest.mark.parametrize("change", [{"macros": {"a": "b"}}, {"packages": ["ams"]}, {"scale": 1}])
def test_options_are_part_of_the_key(tmp_path, change):
    options = {**OPTIONS, **change}
    Cache(tmp_path, fingerprint(OPTIONS)).put("x", False, {"html": "1"})
    assert Cache(tmp_path, fingerprint(OPTIONS)).get("x", False) == {"html": "1"}
    assert Cache(tmp_path, fingerprint(OPTIONS)).get("x", True) is None
    assert Cache(tmp_path, fingerprint(options)).get("x", False) is None


@pytest.mark.parametrize("entry", ["", "{", "[]", "null", "{}"])
def test_bad_entry_is_ignored(tmp_path, entry):
    Cache(tmp_path, "f").put("x", False, {"html": "1"})
    with closing(sqlite3.connect(tmp_path / "formulas.sqlite")) as database, database:
        database.execute("UPDATE formulas SET entry = ?", [entry])
    assert Cache(tmp_path, "f").get("x", False) is None


def test_bad_file_is_replaced(tmp_path):
    (tmp_path / "formulas.sqlite").write_bytes(b"not a database" * 100)
    Cache(tmp_path, "f").put("x", False, {"html": "1"})
    assert Cache(tmp_path, "f").get("x", False) == {"html": "1"}


@pytest.mark.parametrize("content", ["", "not a database" * 100], ids=["empty", "bad"])
def test_connections_are_closed(tmp_path, monkeypatch, content):
    """缓存不要了，连接就关上；文件坏了，打不开的那一个也关。"""
    opened, connect = [], sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda *given, **options: opened.append(connect(*given, **options)) or opened[-1]
    )
    (tmp_path / "formulas.sqlite").write_text(content)
    cache = Cache(tmp_path, "f")
    cache.put("x", False, {"html": "1"})
    assert len(opened) == (2 if content else 1)
    del cache
    for database in opened:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            database.execute("SELECT 1")


def test_unwritable_folder_is_no_error(tmp_path):
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file", "f")
    cache.put("x", False, {"html": "1"})
    assert cache.get("x", False) == {"html": "1"}


def _write(folder, worker):
    cache = Cache(folder, "f")
    for n in range(50):
        cache.put(f"{worker}-{n}", False, {"html": "x" * 5000})


def test_processes_share_the_file(tmp_path):
    workers = [multiprocessing.get_context("spawn").Process(target=_write, args=(tmp_path, w)) for w in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    cache = Cache(tmp_path, "f")
    assert all(cache.get(f"{w}-{n}", False) for w in range(3) for n in range(50))


def test_formula_does_not_depend_on_what_came_before():
    def alone(tex):
        typesetter = Typesetter(OPTIONS)
        try:
            return typesetter.typeset(tex, True)
        finally:
            typesetter.close()

    texs = [r"\left(\frac{a}{b}\right) \in \mathbb{R} \tag{1}", r"\mathcal L = \text{中}", r"x \tag{1}"]
    together = Typesetter(OPTIONS)
    try:
        assert [together.typeset(tex, True) for tex in texs + texs] == [alone(tex) for tex in texs] * 2
    finally:
        together.close()


STARTED_IN_ANOTHER_THREAD = """
from threading import Thread
from markdown_mathjax.typesetter import Typesetter
thread = Thread(target=Typesetter(OPTIONS).typeset, args=("x", False))
thread.start()
thread.join()
"""


def test_started_in_another_thread():
    """在别的线程里启动的，解释器退出时由主线程关：有内存保护键的处理器上，从前在这里崩溃。"""
    script = STARTED_IN_ANOTHER_THREAD.replace("OPTIONS", repr(OPTIONS))
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


DEFINERS = [
    (r"\DeclareMathOperator{\probe}{x} \probe", r"\probe"),
    (r"\DeclarePairedDelimiter{\probe}{|}{|} \probe{x}", r"\probe{x}"),
    (r"\Newextarrow{\probe}{5,5}{0x2192} \probe{a}", r"\probe{a}"),
    (r"\definecolor{probe}{RGB}{1,2,3} \color{probe} x", r"\color{probe} x"),
    (r"\mathtoolsset{centercolon=true} x := 1", r"x := 1"),
    (r"\newtagform{probe}{[}{]} \usetagform{probe} x \tag{1}", r"x \tag{1}"),
]


def test_definitions_do_not_leak_into_other_formulas():
    """定义命令不管写在页面里还是藏在宏里，都不能改变别的公式。"""
    macros = {f"hidden{letter}": definition for letter, (definition, _) in zip("abcdef", DEFINERS, strict=True)}
    typesetter = Typesetter({**OPTIONS, "macros": macros})
    try:
        before = [outcome(typesetter, formula) for _, formula in DEFINERS]
        for definition in [definition for definition, _ in DEFINERS] + [rf"\{name}" for name in macros]:
            with pytest.raises(TexError):
                typesetter.typeset(definition, True)
        assert [outcome(typesetter, formula) for _, formula in DEFINERS] == before
    finally:
        typesetter.close()


def outcome(typesetter, tex):
    try:
        return typesetter.typeset(tex, True)
    except TexError as error:
        return error.value
