"""几个命令共用的参数：一个文件夹。"""

import argparse
import sys
from pathlib import Path


def folder_given(told: str, default: Path | None = None) -> Path:
    """命令行上给的文件夹，told 说它是什么；没有 default 就一定要给。"""
    parser = argparse.ArgumentParser(prog=f"python -m tools.{Path(sys.argv[0]).stem}")
    parser.add_argument(
        "folder", type=Path, default=default, nargs="?" if default else None, metavar="文件夹", help=told
    )
    given: Path = parser.parse_args().folder
    return given
