"""执行一本笔记本：在一个空文件夹里，仓库不在 sys.path 里；输出要与存着的逐字相同。

启动一个内核、导入 PyTorch 要几秒，所以各本共用一个内核，换一本之前由 notes/notebooks/fresh.py 收拾干净。
需要 requirements-dev.txt 里的 nbformat、nbclient 与 ipykernel。
"""

import inspect
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COLOURS = re.compile(r"\x1b\[[\d;]*m")
START = """
import sys, types
sys.modules["fresh"] = types.ModuleType("fresh")
exec({source!r}, vars(sys.modules["fresh"]))
"""


@dataclass(frozen=True)
class Ran:
    """执行过的一格：源码，存着的输出，现在的输出。"""

    source: str
    stored: list[str]
    now: list[str]


class Kernel:
    """一个内核，逐本执行。bare 是只装了 numpy 的样子：别的包都找不到。"""

    def __init__(self, bare: bool = False) -> None:
        from jupyter_client import AsyncKernelManager

        from notes.notebooks import fresh

        self.sockets = tempfile.TemporaryDirectory(prefix="notes-kernel-")  # 否则放在当前的文件夹里
        self.manager = AsyncKernelManager(kernel_name="python3", transport="ipc", ip=f"{self.sockets.name}/ipc")
        self.client: Any = None
        self.do(START.format(source=inspect.getsource(fresh)))
        if bare:
            self.do("__import__('fresh').hide_the_rest()")

    def do(self, *sources: str, close: bool = False) -> None:
        from nbformat import v4

        self.execute(v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources]), close)

    def execute(self, notebook: Any, close: bool = False) -> Any:
        """执行一本（nbformat 的对象），写上输出。"""
        from nbclient import NotebookClient

        runner = NotebookClient(notebook, km=self.manager, timeout=600)
        runner.kc = self.client
        done = runner.execute(cleanup_kc=close)
        self.client = runner.kc
        return done

    def run(self, text: str, folder: Path) -> list[Ran]:
        """执行全文是 text 的一本，站在 folder 里；返回各个代码格。"""
        import nbformat

        stored, now = nbformat.reads(text, as_version=4), nbformat.reads(text, as_version=4)
        self.do(f"__import__('fresh').clean(get_ipython(), {str(folder)!r})")
        self.execute(now)
        pairs = zip(stored.cells, now.cells, strict=True)
        return [Ran(cell.source, plain(cell), plain(new)) for cell, new in pairs if cell.cell_type == "code"]

    def close(self) -> None:
        self.do(close=True)
        self.sockets.cleanup()


def plain(cell: Any) -> list[str]:
    """输出写成文字。报错只比类名与那句话，调用栈因 IPython 的版本而异；行末的空白不算。"""
    said: list[str] = []
    for output in cell.outputs:
        if output.output_type == "error":
            said.append(f"error\n{output.ename}: {output.evalue}")
        elif output.output_type != "stream":
            said.append(f"{output.output_type}\n{output.data['text/plain']}")
        elif said and said[-1].startswith(output.name):
            said[-1] += output.text
        else:
            said.append(f"{output.name}\n{output.text}")
    return ["\n".join(line.rstrip() for line in COLOURS.sub("", text).rstrip().split("\n")) for text in said]
