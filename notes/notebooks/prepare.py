def prepare():
    """这一本笔记本的准备，只用 numpy、IPython 与标准库。

    %%module a.b 的格是模块 a.b 里的一段：之后可以 from a.b import ……；改了再运行，用到它的地方都换成新的。
    %%session 包 的格要装着那个包才运行，与别的格不是同一个会话，名字互不相干。
    %%data 的格是数据文件，docs/ 下的写在笔记本旁边，别的写在临时的文件夹里。输出照 Python 的 repr，警告与报错只印一行，与网页上一样。
    """
    import ast
    import base64
    import gzip
    import importlib.util
    import linecache
    import sys
    import tempfile
    import types
    import warnings
    from pathlib import Path

    from IPython import get_ipython

    shell = get_ipython()
    folder = Path(tempfile.mkdtemp())  # 实现也写成文件，放在这里，inspect 才读得到源码
    spaces, written = {}, {}

    def module(name, cell):
        chapter, last = name.split(".")
        for each in (chapter, name):
            if getattr(sys.modules.get(each), "folder", "") != folder:
                sys.modules[each] = types.ModuleType(each)
                sys.modules[each].folder = folder
                sys.modules[each].__path__ = []
        setattr(sys.modules[chapter], last, sys.modules[name])
        spaces[name] = space = vars(sys.modules[name])
        path = folder / chapter / f"{last}.py"
        path.parent.mkdir(exist_ok=True)
        space["__file__"] = str(path)
        lines = cell.split("\n")
        for node in ast.parse(cell).body:
            first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
            source = "\n".join(lines[first - 1 : node.end_lineno])
            key = name, getattr(node, "name", "") or " ".join(map(ast.unparse, getattr(node, "targets", [node])))
            if written.get(key) != source:  # 没有改的，不必再运行
                written[key] = source
                define(path, source, space, getattr(node, "name", ""))

    def define(path, source, space, name):
        """运行一段，接在文件后面；原来叫这个名字的，各处都换成新的。"""
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(f"{text}{source}\n\n\n", encoding="utf-8")
        linecache.checkcache(str(path))
        old, tape = space.get(name), spaces.get("engine.tape")
        if hasattr(old, "__wrapped__"):  # 登记过的算子，再登记一次
            spaces["start.conventions"].get("OPERATORS", {}).pop(name, None)
        exec(compile("\n" * text.count("\n") + source, str(path), "exec"), space)
        if old is not None:
            for each in (shell.user_ns, *spaces.values()):
                each.update({key: space[name] for key, value in each.items() if value is old})
            if tape:
                vars(tape["F"]).pop(name, None)

    def session(packages, cell):
        absent = [name for name in packages.split() if not importlib.util.find_spec(name)]
        if absent:
            print(f"没有装 {'、'.join(absent)}，这一格没有运行")
            return None
        space = spaces.setdefault(packages, {"__name__": "__main__"})
        name = f"<session {len(linecache.cache)}>"
        linecache.cache[name] = len(cell), None, cell.splitlines(keepends=True), name
        body = ast.parse(cell).body
        last = body.pop() if isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), name, "exec"), space)
        return eval(compile(ast.Expression(last.value), name, "eval"), space) if last else None

    def data(line, cell):
        *packed, name = line.split()  # packed：gzip 压缩过，写成 base64
        path = Path(name) if name.startswith("docs/") else folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(gzip.decompress(base64.b64decode(cell)) if packed else cell.encode())

    for magic in (module, session, data):
        shell.register_magic_function(magic, "cell")
    shell.display_formatter.formatters["text/plain"].pprint = False
    shell.InteractiveTB.set_mode("Minimal")
    warnings.simplefilter("always")
    warnings.showwarning = lambda message, category, *_: print(f"{category.__name__}: {message}")
