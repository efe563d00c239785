"""读写文本文件：一律 UTF-8，换行一律 \\n。"""

from pathlib import Path

from notes.errors import Malformed


def read(path: Path) -> str:
    """全文；不是 UTF-8 的，说清楚在哪一行。"""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Malformed(path, line, "不是 UTF-8 编码，请另存为 UTF-8") from None
    return text.replace("\r\n", "\n")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
