"""一页的测试分给两个进程跑：收集好之后分出一个，各从一头取，直到取完。

全部的测试用 pytest-xdist；它另起的进程要从头导入、收集，一页只有几十个测试，等它的工夫都跑完了。
"""

import multiprocessing
import os
import pickle
import re
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from typing import IO, Any


def possible(config: Any) -> bool:
    """Linux 之外，分出的进程用不了系统自带的矩阵乘法；停在出错处的、只收集的，一个进程才行。"""
    return sys.platform == "linux" and not config.getoption("usepdb") and not config.getoption("collectonly")


# 要别的包的测试：a/b.torch.pycon 的会话与断言，与 PyTorch 比的算子
OTHER_PACKAGES = re.compile(r"torch|/\w+\.(?!claims)[\w.]+\.pycon", re.IGNORECASE)


def run(session: Any) -> None:
    """跑完 session.items。要别的包的都归分出的进程，两边就只有它导入；算子的排在后面，余下的从另一头取。"""
    heavy = sum(bool(OTHER_PACKAGES.search(item.nodeid)) for item in session.items)
    session.items.sort(key=lambda item: (not OTHER_PACKAGES.search(item.nodeid), "/operators/" not in item.nodeid))
    free = multiprocessing.Array("i", [0, len(session.items)])  # 还没有人取的：从第几个，到第几个之前

    def first() -> Any:
        with free.get_lock():
            if free[0] == free[1]:
                return None
            free[0] += 1
            return session.items[free[0] - 1]

    def last() -> Any:
        with free.get_lock():
            if free[1] == max(free[0], heavy):
                return None
            free[1] -= 1
            return session.items[free[1]]

    with tempfile.TemporaryFile() as told:
        child = os.fork()
        if not child:
            run_apart(session, first, told)
        try:
            run_each(session, last)
        except BaseException:  # 按了 Ctrl+C 一类：分出的也不必跑完
            os.kill(child, signal.SIGTERM)
            raise
        if os.waitpid(child, 0)[1]:
            session.shouldfail = "分出去跑测试的进程自己退出了"
            raise session.Failed(session.shouldfail)
        told.seek(0)
        for report in heard(session.config, told):
            session.config.hook.pytest_runtest_logreport(report=report)


def run_each(session: Any, take: Callable[[], Any]) -> None:
    """取一个，跑一个。先取好下一个，两个都要的准备才不会收拾掉。"""
    item = take()
    while item and not session.shouldfail:
        following = take()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        item = following


def run_apart(session: Any, take: Callable[[], Any], told: IO[bytes]) -> None:
    """分出的进程：什么也不印，结果都写进 told；跑完就退出，出了错也不回到 pytest 里去。"""
    plugins = session.config.pluginmanager
    plugins.unregister(name="terminalreporter")
    plugins.register(Teller(session.config, told))
    status = 1
    try:
        run_each(session, take)
        told.flush()
        status = 0
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(status)


class Teller:
    """把每个结果写进 told。"""

    def __init__(self, config: Any, told: IO[bytes]) -> None:
        self.config, self.told = config, told

    def pytest_runtest_logreport(self, report: Any) -> None:
        pickle.dump(self.config.hook.pytest_report_to_serializable(config=self.config, report=report), self.told)


def heard(config: Any, told: IO[bytes]) -> Iterator[Any]:
    """写在 told 里的各个结果。"""
    while told.peek(1):  # type: ignore[attr-defined]
        yield config.hook.pytest_report_from_serializable(config=config, data=pickle.load(told))
