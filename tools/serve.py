"""make serve：看网站，改了就刷新。

用法：python -m tools.serve [--dev-addr 127.0.0.1:8000]，在 mkdocs.yml 所在的文件夹里运行。
"""

import argparse
import signal
import sys
from pathlib import Path

from notes.errors import Fault
from notes.site.serving import serve


def address(text: str) -> tuple[str, int]:
    """地址与端口。"""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text} 应写成 127.0.0.1:8000 这样")
    return host, int(port)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.serve", description="看网站，改了就刷新。")
    where = parser.add_argument("--dev-addr", type=address, default="127.0.0.1:8000", metavar="地址:端口")
    where.help = "在哪里看，默认 %(default)s"
    host, port = parser.parse_args().dev_addr
    # 被别的程序停下时，也像按了 Ctrl+C 那样收拾干净
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        serve(Path.cwd(), host, port, lambda text: print(text, flush=True))
    except KeyboardInterrupt:
        pass
    except Fault as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
