"""要发布的包：从 sdist 造 wheel，装进新的环境，用三个主题各构建一个网站。"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1]

SITE = """\
site_name: Sample
theme: {theme}
extra_css: [assets/mathjax/mathjax.css]
extra_javascript: [assets/mathjax/copy-tex.js]
markdown_extensions:
  - pymdownx.arithmatex: {{generic: true}}
  - markdown_mathjax
"""
PAGE = """\
# Page

Inline $x^2$.

$$
\\left(\\frac{a}{b}\\right) + x_1 + x_2 + x_3 + x_4 + x_5 + x_6 + x_7 + x_8 + x_9 \\tag{1}
$$
"""


# sdist 里至少要有的
EXPECTED = {
    "LICENSE",
    "LICENSES/GUST-FONT-LICENSE.txt",
    "NOTICE",
    "README.md",
    "README.zh.md",
    "bundle/.npmrc",
    "bundle/Makefile",
    "bundle/build.mjs",
    "bundle/entry.js",
    "bundle/package-lock.json",
    "bundle/package.json",
    "markdown_mathjax/fonts/mjx-ncm-n.woff2",
    "markdown_mathjax/mathjax.js",
    "markdown_mathjax/py.typed",
    "tests/conftest.py",
    "tests/test_package.py",
}


@pytest.mark.release
def test_wheel_in_a_fresh_environment(tmp_path):
    python = environment(tmp_path / "environment")
    sdist = build_sdist(python, tmp_path)
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert not EXPECTED - names
    assert not any("node_modules" in name or "__pycache__" in name for name in names)

    run(*pip(python), "wheel", "--no-deps", "--no-build-isolation", "-w", tmp_path, sdist)
    (wheel,) = tmp_path.glob("*.whl")
    run(*pip(python), "install", "--no-deps", "--no-index", wheel)
    lend_dependencies(tmp_path / "environment")
    run(*pip(python), "install", "--no-index", "markdown-mathjax[stylesheet]")  # 附加项都齐了
    where = run(python, "-c", "import markdown_mathjax; print(markdown_mathjax.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(tmp_path / "environment")

    for theme in ("material", "readthedocs", "mkdocs"):
        check_site(python, tmp_path / theme, theme)


def environment(folder: Path) -> Path:
    """只有 setuptools 的虚拟环境；返回它的 Python。"""
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [*pip(python), "install", "--retries", "1", "setuptools>=77"]
    done = subprocess.run(install, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode:
        pytest.skip(f"pip 装不上 setuptools（没有网络？）：{done.stderr.strip().splitlines()[-1]}")
    return python


def pip(python: Path) -> list[str]:
    """正在运行的环境的 pip，替 python 的环境做事：省去在新环境里装 pip 的几秒。"""
    return [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "--python", str(python)]


def build_sdist(python: Path, folder: Path) -> Path:
    """在副本里造，源文件旁边不留下别的。"""
    ignored = shutil.ignore_patterns("*.egg-info", "build", "dist", "__pycache__", "node_modules")
    shutil.copytree(PACKAGE, folder / "source", ignore=ignored)
    code = "import sys; from setuptools.build_meta import build_sdist; build_sdist(sys.argv[1])"
    run(python, "-c", code, folder, cwd=folder / "source")
    (sdist,) = folder.glob("*.tar.gz")
    return sdist


def lend_dependencies(folder: Path) -> None:
    """依赖不再下载一遍：借用正在运行的环境的，排在新环境自己的之后。"""
    paths = {"base": str(folder), "platbase": str(folder)}
    own = Path(sysconfig.get_path("purelib", "venv", vars=paths))
    lent = dict.fromkeys([sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    (own / "lent.pth").write_text("\n".join(lent), encoding="utf-8")


def check_site(python: Path, folder: Path, theme: str) -> None:
    (folder / "docs").mkdir(parents=True)
    (folder / "mkdocs.yml").write_text(SITE.format(theme=theme), encoding="utf-8")
    (folder / "docs/index.md").write_text(PAGE, encoding="utf-8")
    run(python, "-m", "markdown_mathjax", "stylesheet", cwd=folder)
    run(python, "-m", "mkdocs", "build", "--strict", cwd=folder)
    run(python, "-m", "markdown_mathjax", "stylesheet", "--check", cwd=folder)
    html = (folder / "site/index.html").read_text(encoding="utf-8")
    assert html.count("<mjx-container") == 2 and "\\(" not in html and 'aria-label="Formula (1)"' in html
    for name in ("mathjax.css", "copy-tex.js"):
        assert f'="assets/mathjax/{name}"' in html
    assert "url(mathjax.woff2)" in (folder / "site/assets/mathjax/mathjax.css").read_text(encoding="utf-8")
    assert (folder / "site/assets/mathjax/mathjax.woff2").read_bytes().startswith(b"wOF2")


def run(*command: object, cwd: Path | None = None) -> str:
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    variables["NO_MKDOCS_2_WARNING"] = "1"
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=variables, capture_output=True, encoding="utf-8", errors="replace"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
