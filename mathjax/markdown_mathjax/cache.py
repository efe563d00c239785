"""排版结果的缓存：内存一层，磁盘一层（一个 SQLite 文件，可供多个进程同时使用）。"""

import hashlib
import json
import sqlite3
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import finalize


class Cache:
    """磁盘上的缓存只为了快：读不出、写不进都当作没有。"""

    def __init__(self, folder: Path | None, fingerprint: str) -> None:
        self._fingerprint = fingerprint
        self._memory: dict[str, dict[str, Any]] = {}
        self._lock = Lock()
        self._database = _open(folder / "formulas.sqlite") if folder else None
        if self._database:
            finalize(self, self._database.close)  # 没有人关的连接，Python 3.13 会警告

    def get(self, tex: str, display: bool) -> dict[str, Any] | None:
        key = self._key(tex, display)
        if key not in self._memory:
            entry = self._read(key)
            if entry is None:
                return None
            self._memory[key] = entry
        return self._memory[key]

    def put(self, tex: str, display: bool, entry: dict[str, Any]) -> None:
        key = self._key(tex, display)
        self._memory[key] = entry
        self._write(key, json.dumps(entry, ensure_ascii=False))

    def _key(self, tex: str, display: bool) -> str:
        return hashlib.sha256(f"{self._fingerprint} {display} {tex}".encode()).hexdigest()

    def _read(self, key: str) -> dict[str, Any] | None:
        if self._database is None:
            return None
        try:
            with self._lock:
                row = self._database.execute("SELECT entry FROM formulas WHERE key = ?", [key]).fetchone()
            entry = json.loads(row[0]) if row else None
        except (sqlite3.Error, ValueError, TypeError):
            return None
        return entry if isinstance(entry, dict) and "html" in entry else None

    def _write(self, key: str, entry: str) -> None:
        if self._database is None:
            return
        try:
            with self._lock:
                self._database.execute("INSERT OR REPLACE INTO formulas VALUES (?, ?)", [key, entry])
        except sqlite3.Error:
            pass


def _open(path: Path) -> sqlite3.Connection | None:
    try:
        return _connect(path)
    except sqlite3.DatabaseError:
        pass
    except OSError:
        return None
    try:  # 坏文件：丢掉重建
        path.unlink()
        return _connect(path)
    except (OSError, sqlite3.Error):
        return None


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    # isolation_level=None：每条语句自成事务。synchronous=OFF：断电丢了缓存无妨。
    database = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = OFF")
        database.execute("CREATE TABLE IF NOT EXISTS formulas (key TEXT PRIMARY KEY, entry TEXT)")
    except sqlite3.Error:
        database.close()
        raise
    return database
