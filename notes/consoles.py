"""命令行的会话（.console、.doscon）：切成小节，照印着的运行，比较印出来的。

一个文件是同一个终端里从上到下敲的命令。命令之后没有写输出的，只要求它成功；写了的逐字比较，失败的命令必须写。
"""

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from notes import sections
from notes.errors import Fault, Malformed
from notes.files import read, remembered
from notes.paths import SNIPPETS
from notes.sessions import FRAMES

PROMPTS = {".console": "$ ", ".doscon": "> "}
# 一条命令运行完之后印的记号，夹着它的退出码
MARK = "\x1e"


@dataclass
class Command:
    """一条命令，以及文档里印着的输出。"""

    line: int
    text: str
    want: list[str] = field(default_factory=list)


def files() -> list[Path]:
    """全部命令行的会话。"""
    return sorted(path for suffix in PROMPTS for path in SNIPPETS.rglob(f"*{suffix}"))


@remembered
def parse(path: Path) -> dict[str, sections.Section]:
    """切成小节；小节之外只有空行，小节都以命令开头。"""
    found, outside = sections.split(path, read(path))
    for line, content in outside:
        if content.strip():
            raise Malformed(path, line, "这一行不在任何小节里")
    for section in found.values():
        commands(path, section)
    return found


def commands(path: Path, section: sections.Section) -> list[Command]:
    """一个小节里的各条命令。"""
    found: list[Command] = []
    for line, content in section.lines:
        if content.startswith(PROMPTS[path.suffix]):
            found.append(Command(line, content[2:].rstrip()))
        elif found:
            found[-1].want.append(content.rstrip())
        else:
            raise Malformed(path, line, "输出之前没有命令")
    if not found:
        raise Malformed(path, section.line, f"小节 {section.name} 是空的")
    return found


def every_command(path: Path) -> list[Command]:
    return [command for section in parse(path).values() for command in commands(path, section)]


def run(path: Path, folder: Path, **variables: str) -> None:
    """在 folder 里由 sh 依次运行一个 .console 的命令；有一条与印着的不符，就抛 Fault。"""
    wanted = every_command(path)
    script = "".join(f"{command.text}\nprintf '{MARK}%s{MARK}\\n' $?\n" for command in wanted)
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=folder,
        env=os.environ | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    parts = done.stdout.split(MARK)
    for command, output, status in zip(wanted, parts[::2], parts[1::2], strict=False):
        said = FRAMES.sub(r"\1  ...\n", output.removeprefix("\n"))
        got = [line.rstrip() for line in said.split("\n")[:-1]]
        if got != command.want if command.want else status != "0":
            told = "\n".join(f"    {line}" for line in [command.text, *got])
            raise Fault(f"{Malformed(path, command.line, f'运行的结果与印着的不符，退出码 {status}')}\n{told}")


def on_windows(command: str) -> str:
    """同一条命令在 Windows 上的写法。"""
    command = re.sub(r"^python3\b", "python", command)
    return command.replace(".venv/bin/", ".venv/Scripts/").replace("/", "\\")
