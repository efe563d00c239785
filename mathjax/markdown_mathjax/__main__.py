"""命令行：python -m markdown_mathjax stylesheet [-f mkdocs.yml] [--check]"""

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

from .errors import ConfigurationError
from .extension import COMMAND
from .messages import say
from .options import typesetting

EXTRA = {"mkdocs": "mkdocs", "fontTools": "fonttools", "brotli": "brotli"}  # 模块 → 包


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    missing = [package for module, package in EXTRA.items() if find_spec(module) is None]
    if missing:
        print(ConfigurationError("no_extra", "en", names=", ".join(missing)), file=sys.stderr)
        return 1
    from mkdocs.exceptions import MkDocsException

    try:
        return stylesheet(options.config, options.check)
    except MkDocsException as error:
        print(error, file=sys.stderr)
        return 1


def stylesheet(path: Path, check: bool) -> int:
    from .collect import collect, loaded
    from .host import theme_language
    from .stylesheet import generate, stale

    with loaded(path) as mkdocs:
        found = collect(mkdocs)
    if found.site is None or found.config is None:
        raise ConfigurationError("not_listed", theme_language(mkdocs), config=path.name)
    folder, language, options = found.site.stylesheet, found.site.language, typesetting(found.config)
    if folder is None:
        raise ConfigurationError("no_folder", language)
    if check:
        reason = stale(folder, found.used, options, language)
        if reason:
            print(say("stale", language, reason=reason, command=COMMAND), file=sys.stderr)
        return 1 if reason else 0
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in generate(found.used, options).items():
        (folder / name).write_bytes(data)
        shown = folder.relative_to(found.site.root) if folder.is_relative_to(found.site.root) else folder
        print(say("written", language, path=(shown / name).as_posix(), size=len(data)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m markdown_mathjax", description="Typeset formulas with MathJax 4.")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("stylesheet", help="generate the stylesheet and the font from the site's formulas")
    command.add_argument("-f", "--config", type=Path, default=Path("mkdocs.yml"), help="the site's mkdocs.yml")
    command.add_argument("--check", action="store_true", help="only say whether they are out of date")
    return parser


if __name__ == "__main__":
    sys.exit(main())
