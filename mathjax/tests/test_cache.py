"""缓存。"""

import multiprocessing
import sqlite3

import pytest

from markdown_mathjax.cache import Cache
from markdown_mathjax.extension import Engine
from markdown_mathjax.typesetter import Typesetter, fingerprint

OPTIONS = {"macros": {}, "scale": 1.18}


def test_full_cache_does_not_start_v8(tmp_path):
    first = Engine(OPTIONS, tmp_path)
    formula = first.typeset("x", False)
    assert first.typesetter.started
    second = Engine(OPTIONS, tmp_path)
    assert second.typeset("x", False) == formula
    assert not second.typesetter.started


@pytest.mark.parametrize("options", [{"macros": {"a": "b"}, "scale": 1.18}, {"macros": {}, "scale": 1}])
def test_options_are_part_of_the_key(tmp_path, options):
    Cache(tmp_path, fingerprint(OPTIONS)).put("x", False, {"html": "1"})
    assert Cache(tmp_path, fingerprint(OPTIONS)).get("x", False) == {"html": "1"}
    assert Cache(tmp_path, fingerprint(OPTIONS)).get("x", True) is None
    assert Cache(tmp_path, fingerprint(options)).get("x", False) is None


@pytest.mark.parametrize("entry", ["", "{", "[]", "null", "{}"])
def test_bad_entry_is_ignored(tmp_path, entry):
    Cache(tmp_path, "f").put("x", False, {"html": "1"})
    with sqlite3.connect(tmp_path / "formulas.sqlite") as database:
        database.execute("UPDATE formulas SET entry = ?", [entry])
    assert Cache(tmp_path, "f").get("x", False) is None


def test_bad_file_is_replaced(tmp_path):
    (tmp_path / "formulas.sqlite").write_bytes(b"not a database" * 100)
    Cache(tmp_path, "f").put("x", False, {"html": "1"})
    assert Cache(tmp_path, "f").get("x", False) == {"html": "1"}


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
