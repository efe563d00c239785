"""仓库里的几个文件夹，以及给人看的路径。"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
SNIPPETS = ROOT / "snippets"
FIGURES = ROOT / "figures"


def display(path: Path | str) -> str:
    """给人看的路径：相对仓库根目录，分隔符一律是 /。"""
    path = Path(path)
    return (path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).as_posix()
