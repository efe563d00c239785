"""本机上的网站，测试与性能测试共用：压缩过、带缓存头，像真的服务器那样，并数着一共送出了多少字节。"""

import gzip
import http.server
import socket
import threading
from contextlib import contextmanager
from functools import lru_cache, partial
from urllib.parse import unquote, urlsplit

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".xml": "application/xml",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".png": "image/png",
}
# 已经压缩过的，再压也不小
COMPRESSED = {".woff", ".woff2", ".png", ".gz", ".zip"}
DAY = 24 * 60 * 60


@lru_cache(maxsize=512)
def compressed(path, _modified):
    return gzip.compress(path.read_bytes(), 6, mtime=0)


class Counter:
    """每个网址送出的字节数，响应头也算。"""

    def __init__(self):
        self.bytes = {}

    def add(self, url, count):
        self.bytes[url] = self.bytes.get(url, 0) + count

    def reset(self):
        self.bytes = {}

    def total(self, wanted=""):
        return sum(count for url, count in list(self.bytes.items()) if wanted in url)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments, folder, counter):
        self.folder, self.counter = folder, counter
        super().__init__(*arguments)

    def log_message(self, *_):
        pass

    def do_GET(self):
        path = self.folder / unquote(urlsplit(self.path).path).lstrip("/")
        path = path / "index.html" if path.is_dir() else path
        found = path.is_file()
        path = path if found else self.folder / "404.html"
        squeeze = path.suffix not in COMPRESSED
        body = compressed(path, path.stat().st_mtime_ns) if squeeze else path.read_bytes()
        headers = {
            "Content-Type": TYPES.get(path.suffix, "application/octet-stream"),
            "Content-Length": str(len(body)),
            "Cache-Control": "no-cache" if path.suffix == ".html" else f"public, max-age={365 * DAY}",
        }
        if squeeze:
            headers["Content-Encoding"] = "gzip"
        self.send_response(200 if found else 404)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.counter.add(self.path, len(body) + sum(len(k) + len(v) + 4 for k, v in headers.items()))

    do_HEAD = do_GET


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def free_url():
    """本机上一个没人用的网址。"""
    return f"http://127.0.0.1:{free_port()}/"


@contextmanager
def serve(folder, url=None):
    """在 url 上提供 folder；给出网址与计数器。"""
    url, counter = url or free_url(), Counter()
    handler = partial(Handler, folder=folder, counter=counter)
    with http.server.ThreadingHTTPServer(("127.0.0.1", urlsplit(url).port), handler) as server:
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        try:
            yield url, counter
        finally:
            server.shutdown()
