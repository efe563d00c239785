"""在 V8 里运行 MathJax。"""

import atexit
import hashlib
import json
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import Any

from .errors import TexError
from .v8 import in_one_thread


@cache
def bundle() -> str:
    return (files(__package__) / "mathjax.js").read_text(encoding="ascii")


def fingerprint(options: dict[str, Any]) -> str:
    """决定排版结果的一切，公式本身除外。"""
    text = bundle() + json.dumps(options, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


class Typesetter:
    """把 TeX 变成 HTML。第一次用到时才启动 V8。"""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        self._context: Any = None
        self._lock = Lock()

    @property
    def started(self) -> bool:
        return self._context is not None

    def typeset(self, tex: str, display: bool) -> dict[str, Any]:
        formula: dict[str, Any] = self._call("typeset", {"tex": tex, "display": display})
        return formula

    def stylesheet(self, used: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = self._call("stylesheet", used)
        return result

    def packages(self) -> list[str]:
        names: list[str] = self._call("packages", {})
        return names

    def close(self) -> None:
        with self._lock:
            if self._context is not None:
                in_one_thread(self._context.close)
                self._context = None

    def _call(self, name: str, argument: dict[str, Any]) -> Any:
        with self._lock:
            return in_one_thread(self._started_run, name, argument)

    def _started_run(self, name: str, argument: dict[str, Any]) -> Any:
        self._start()
        return self._run(name, argument)

    def _run(self, name: str, argument: dict[str, Any]) -> Any:
        result = json.loads(self._context.call(f"MathTypesetter.{name}", json.dumps(argument)))
        if isinstance(result, dict) and "error" in result:
            raise TexError(**result["error"])
        return result

    def _start(self) -> None:
        if self._context is not None:
            return
        from py_mini_racer import MiniRacer  # 缓存齐全时不必载入

        self._context = MiniRacer()
        atexit.register(self.close)  # 留给析构函数去关，解释器退出时偶尔会卡住
        self._context.eval(bundle())
        self._run("createDocument", self.options)
