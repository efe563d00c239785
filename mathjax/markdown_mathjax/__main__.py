"""命令行：python -m markdown_mathjax stylesheet [-f mkdocs.yml] [--check]"""

import argparse
import sys
from pathlib import Path

from mkdocs.exceptions import MkDocsException

from .collect import collect, loaded
from .stylesheet import generate, stale

COMMAND = "python -m markdown_mathjax stylesheet"


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        with loaded(options.config) as site:
            found = collect(site)
    except MkDocsException as error:
        print(error, file=sys.stderr)
        return 1
    usage, config = found.used, found.config
    folder = options.config.resolve().parent / config["stylesheet"]
    typesetting = {key: config[key] for key in ("macros", "packages", "scale")}
    if options.check:
        reason = stale(folder, usage, typesetting)
        if reason:
            print(f"公式样式表过期：{reason}；请运行 {COMMAND}", file=sys.stderr)
        return 1 if reason else 0
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in generate(usage, typesetting).items():
        (folder / name).write_bytes(data)
        print(f"{config['stylesheet']}/{name}  {len(data)} 字节")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m markdown_mathjax", description=__doc__)
    commands = parser.add_subparsers(required=True)
    stylesheet = commands.add_parser("stylesheet", help="生成样式表和字体")
    stylesheet.add_argument("-f", "--config", type=Path, default=Path("mkdocs.yml"), help="站点的 mkdocs.yml")
    stylesheet.add_argument("--check", action="store_true", help="只检查是否过期")
    return parser


if __name__ == "__main__":
    sys.exit(main())
