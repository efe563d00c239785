"""在 Pyodide 里运行：去掉网页上用不着的，余下的 .py 编译成 .pyc，打开就少等一半时间。"""

import importlib.util
import marshal
import zipfile
from pathlib import PurePosixPath

# 服务器、邮件、进程、打包、调用 C 的测试一类；按文件夹与文件的名字，不带 .py
UNUSED = """
    _pyio aifc cProfile cgi cgitb chunk configparser cookiejar crypt ftplib imaplib imghdr mailbox mailcap mock
    modulefinder multiprocessing nntplib nturl2path optparse pickletools pipes plistlib poplib profile pstats pydoc
    server smtplib sndhdr socketserver sunau telnetlib timeit trace turtle uu uuid wave webbrowser wsgiref xdrlib xml
    xmlrpc zipapp
"""
STDLIB = set(UNUSED.split())
ENCODINGS = {"__init__", "aliases", "ascii", "cp437", "idna", "latin_1", "punycode", "raw_unicode_escape"}
ENCODINGS |= {"unicode_escape", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_8", "utf_8_sig"}
NUMPY = {"f2py", "tests", "include", "doc", "_pyinstaller", "lapack_lite", "_simd", "_umath_tests"}
NUMPY |= {"_operand_flag_tests", "_rational_tests", "_struct_ufunc_tests", "conftest"}


def names(entry: str) -> list[str]:
    """一个文件在哪几层文件夹里，叫什么，不带扩展名。"""
    path = PurePosixPath(entry)
    return [*path.parts[:-1], path.name.split(".")[0]]


def kept_of_numpy(entry: str) -> bool:
    return entry.endswith((".py", ".so")) and not NUMPY & set(names(entry))


def kept_of_stdlib(entry: str) -> bool:
    folder, last = names(entry)[0], names(entry)[-1]
    return not STDLIB & set(names(entry)) and (folder != "encodings" or last in ENCODINGS)


def compiled(name: str, source: bytes) -> bytes:
    """不与源码核对的 .pyc：开头是版本、记号 1 与八个字节的哈希（不用，写 0）。"""
    code = compile(source, f"/{name}", "exec", dont_inherit=True)
    return importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8) + marshal.dumps(code)


def trim(given: str, made: str, kept) -> None:
    with zipfile.ZipFile(given) as old, zipfile.ZipFile(made, "w") as new:
        for entry in sorted(old.infolist(), key=lambda entry: entry.filename):
            if entry.is_dir() or not kept(entry.filename):
                continue
            name, data = entry.filename, old.read(entry)
            if name.endswith(".py"):
                name, data = name + "c", compiled(name, data)
            new.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, 9)


trim("/stdlib.zip", "/python_stdlib.zip", kept_of_stdlib)
trim("/numpy.whl", "/numpy.zip", kept_of_numpy)
