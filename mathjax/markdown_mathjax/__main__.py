"""命令行：python -m markdown_mathjax stylesheet [-f mkdocs.yml] [--check]"""

import argparse
import sys
from pathlib import Path

from markdown import Markdown

from .errors import FormulaError
from .stylesheet import generate, stale
from .usage import Usage

COMMAND = "python -m markdown_mathjax stylesheet"


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        usage, config = collect(options.config)
    except FormulaError as error:
        print(error, file=sys.stderr)
        return 1
    folder = options.config.resolve().parent / config["stylesheet"]
    typesetting = {key: config[key] for key in ("macros", "scale")}
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


def collect(path: Path) -> tuple[Usage, dict]:
    """按 mkdocs.yml 转换每一页，合并用到的字形；返回字形和扩展的配置。"""
    from mkdocs.config import load_config
    from mkdocs.structure.files import get_files
    from mkdocs.utils.meta import get_data

    site = load_config(str(path))
    total, config = Usage(), {}
    for file in get_files(site).documentation_pages():
        md = Markdown(extensions=site.markdown_extensions, extension_configs=site.mdx_configs)
        processor = md.postprocessors["mathjax"]
        config = dict(processor.config)
        processor.config["stylesheet"] = ""  # 正是要生成它，不必警告
        processor.page, processor.root = Path(file.abs_src_path), path.resolve().parent
        md.convert(get_data(file.content_string)[0])
        total.add(processor.used.as_dict())
    return total, config


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m markdown_mathjax", description=__doc__)
    commands = parser.add_subparsers(required=True)
    stylesheet = commands.add_parser("stylesheet", help="生成样式表和字体")
    stylesheet.add_argument("-f", "--config", type=Path, default=Path("mkdocs.yml"), help="站点的 mkdocs.yml")
    stylesheet.add_argument("--check", action="store_true", help="只检查是否过期")
    return parser


if __name__ == "__main__":
    sys.exit(main())
