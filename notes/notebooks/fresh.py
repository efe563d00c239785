"""在内核里运行：换一本笔记本之前收拾干净。它的源码送进内核，所以不用仓库里的东西。"""

import gc
import importlib.machinery
import os
import sys
import warnings
from pathlib import Path

import numpy as np

PRINTING, FLOATING = np.get_printoptions(), np.geterr()
ALLOWED = {*sys.stdlib_module_names, *sys.modules, "numpy"}


class OnlyNumpy:
    """代替 PathFinder：标准库、numpy 与 IPython 自己用的之外，什么包都找不到。"""

    @staticmethod
    def find_spec(name, path=None, target=None):
        found = importlib.machinery.PathFinder.find_spec
        return found(name, path, target) if name.partition(".")[0] in ALLOWED else None


def hide_the_rest():
    finder = importlib.machinery.PathFinder
    sys.meta_path[:] = [OnlyNumpy if each is finder else each for each in sys.meta_path]


def clean(shell, folder):
    """忘掉上一本的名字与模块，各种设置还原，站到 folder 里；仓库不在 sys.path 里。"""
    os.chdir(folder)
    shell.reset(new_session=True)
    for name in [name for name, module in sys.modules.items() if hasattr(module, "folder")]:
        del sys.modules[name]
    sys.path[:] = [each for each in sys.path if not any(Path(each, file).exists() for file in ("mkdocs.yml", "start"))]
    np.set_printoptions(**PRINTING)
    np.seterr(**FLOATING)
    warnings.resetwarnings()
    # 导入的各个包不会再丢：垃圾回收不必一遍遍地看它们
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
