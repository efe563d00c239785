"""读文件与报错：凡是写错了的，都说清楚在哪个文件、哪一行。"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Malformed(Exception):
    """页面、会话或实现写得不合约定。文本形如“路径:行号  一句话”。"""

    def __init__(self, path, line, sentence):
        super().__init__(f"{display(path)}:{line}  {sentence}")


def display(path):
    """给人看的路径：相对仓库根目录，分隔符一律是 /。"""
    path = Path(path)
    return (path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).as_posix()


def read(path):
    """读一个 UTF-8 文本文件，换行统一成 \\n。"""
    data = Path(path).read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Malformed(path, line, "不是 UTF-8 编码，请另存为 UTF-8") from None
    return text.replace("\r\n", "\n")


def unique(items, path):
    """把 items 变成名字到本身的字典；重名是错。"""
    named = {}
    for item in items:
        if item.name in named:
            first = named[item.name].line
            raise Malformed(path, item.line, f"小节 {item.name} 在第 {first} 行已经有了")
        named[item.name] = item
    return named
