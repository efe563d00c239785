"""V8 的一切都在同一个线程里做。

处理器有内存保护键（x86 的 PKU）时，V8 的内存只许启动它的线程与那之后由它建立的线程碰：
在一个线程里启动、由主线程在退出时关掉，进程就崩溃。Zensical 正是从它自己的线程里调用扩展的。
"""

from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

_waiting: SimpleQueue[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = SimpleQueue()
_starting = Lock()
_started: list[Thread] = []


def in_one_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    """在那个线程里调用，等它做完；返回它返回的，抛出它抛出的。"""
    with _starting:
        if not _started:
            # 不用 ThreadPoolExecutor：它在 atexit 之前就关了，而 V8 要在 atexit 里关
            _started.append(Thread(target=_serve, name="markdown-mathjax-v8", daemon=True))
            _started[0].start()
    done: Future[Any] = Future()
    _waiting.put((done, function, arguments))
    return done.result()


def _serve() -> None:
    while True:
        done, function, arguments = _waiting.get()
        try:
            done.set_result(function(*arguments))
        except BaseException as error:  # 由等着的一方抛出
            done.set_exception(error)
