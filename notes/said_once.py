"""测试失败时说过的话：一模一样的只说一遍。"""

from collections.abc import Iterable
from typing import Any


def once(reports: Iterable[Any]) -> list[Any]:
    """失败的测试，一句话说得清、说得又一样的，只留第一个，在它后面写还有几个。印调用栈的各留各的。"""
    kept: list[Any] = []
    same: dict[str, list[Any]] = {}
    for report in reports:
        said = report.longrepr
        if not isinstance(said, str):
            kept.append(report)
        elif said in same:
            same[said].append(report)
        else:
            same[said] = [report]
            kept.append(report)
    for said, several in same.items():
        if len(several) > 1:
            several[0].longrepr = f"{said}\n（另有 {len(several) - 1} 个测试也这样说）"
    return kept
