"""make bench-site：把“构建时排版”与“浏览器里排版”放在一起量，再量 Lighthouse 与构建。

同一页（127 条公式，40 条独立成行），同一台机器，交替着量，取中位数。
Lighthouse 逐页地量，一遍要一两个小时；先用 --runs 1 看一遍，再用 --page 只量差的那几页。
用法：python -m tools.bench_site [--runs 5] [--only pages|lighthouse|building] [--page a/b ...]
"""

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median

from notes.errors import Fault
from notes.page import pages
from notes.site import server
from notes.site.browser import launch
from notes.site.build import build
from tools.bench import browser, building, folder, lighthouse, page

BENCH = "matrix/bench/"
# (名称, 键, 印法, 上限, 上限是与对照的比值)
LIMITS = [
    ("传输的字节", "bytes", "{:,.0f}", 0.25, True),
    ("首次绘制（ms）", "painted", "{:,.0f}", None, True),
    ("首屏公式都看得见（ms）", "formulas", "{:,.0f}", 0.35, True),
    ("总阻塞时间（ms）", "blocking", "{:,.0f}", 0.25, True),
    ("版面移动", "shift", "{:.4f}", 0.01, False),
    ("数学脚本的字节", "scripts", "{:,.0f}", 0, False),
]
# Lighthouse 的下限：桌面全是 100；手机上只有性能可以低一点，各页的中位数不能低于 98
DESKTOP = dict.fromkeys(lighthouse.CATEGORIES, 100)
PHONE = DESKTOP | {"performance": 95}
PHONE_MEDIAN = 98
WARM = 1.0


def sites(temporary, modules):
    """两个网站，各自构建好：(文件夹, 网址)。"""
    pages = {"index.md": "# 首页\n", "matrix/bench.md": page.derivation()}
    ours = folder.create(temporary / "ours", pages)
    folder.stylesheet(ours)
    theirs = folder.create(temporary / "theirs", pages, **folder.in_the_browser())
    folder.add_mathjax(theirs, modules / "mathjax")
    urls = server.free_url(), server.free_url()
    return [(folder.build(site, url), url) for site, url in zip((ours, theirs), urls, strict=True)]


def compare(built, runs):
    """两个网站交替着量 runs 次，各项取中位数。"""
    measured = [[], []]
    with launch() as chromium, server.serve(*built[0]) as ours, server.serve(*built[1]) as theirs:
        wanted = [browser.on_first_screen(chromium, address + BENCH) for address, _ in (ours, theirs)]
        for _ in range(runs):
            for results, (address, counter), count in zip(measured, (ours, theirs), wanted, strict=True):
                results.append(browser.measure(chromium, address + BENCH, counter, count))
    return [{key: median(r[key] for r in results) for key in results[0]} for results in measured]


def show_pages(ours, theirs, runs):
    print(f"\n127 条公式的一页：CPU 慢 {browser.CPU_SLOWDOWN} 倍，下行 1.6 Mb/s，往返 150 ms，{runs} 次的中位数\n")
    print("| | 构建时排版 | MathJax 3.2.2 | 比值 | 上限 | |\n|---|--:|--:|--:|--:|---|")
    passed = True
    for name, key, form, limit, relative in LIMITS:
        ratio = ours[key] / theirs[key] if theirs[key] else 0
        met = limit is None or (ratio if relative else ours[key]) <= limit
        bound = "" if limit is None else f"{limit}×" if relative else f"{limit}"
        cells = [form.format(ours[key]), form.format(theirs[key]), f"{ratio:.3f}×", bound, verdict(met, limit)]
        print(f"| {name} | " + " | ".join(cells) + " |")
        passed &= met
    return passed


def verdict(met, limit=0):
    return "" if limit is None else "达到" if met else "**没有达到**"


def longest():
    """公式最多的一页。"""
    return max(pages(), key=lambda page: page.markdown.text.count("$"))


def show_lighthouse(modules, real, chosen, runs):
    """每一页一行，桌面与手机各几次，取中位数。"""
    print(f"\nLighthouse（性能 / 无障碍 / 最佳实践 / SEO），{runs} 次的中位数\n")
    print("| | 桌面 | | 手机 | |\n|---|---|---|---|---|")
    passed, performance = True, []
    with server.serve(*real) as (address, _):
        for each in chosen:
            cells = []
            for form, limits in (("desktop", DESKTOP), ("mobile", PHONE)):
                scores = lighthouse.medians(modules, address + each.url, form, runs)
                met = all(scores[key] >= limits[key] for key in limits)
                cells += [" / ".join(str(scores[key]) for key in lighthouse.CATEGORIES), verdict(met)]
                passed &= met
            performance.append(scores["performance"])
            print(f"| {each} | " + " | ".join(cells) + " |", flush=True)
    middle = median(performance)
    met = middle >= PHONE_MEDIAN
    print(f"\n手机上的性能，{len(chosen)} 页的中位数是 {middle:g}，应不低于 {PHONE_MEDIAN}：{verdict(met)}")
    return passed and met


def show_building(temporary):
    print("\n构建：每页 20 条公式、5 段代码，从头构建\n\n| 页 | 秒 | 每页 |\n|--:|--:|--:|")
    for size, seconds in building.curve(temporary):
        print(f"| {size} | {seconds:.1f} | {seconds / size * 1000:.0f} ms |", flush=True)
    path = f"{longest()}.md"
    seconds = median(building.rebuild(temporary, path))
    print(f"\nmake serve 时改 {path}，{seconds:.2f} 秒后看得到（应少于 {WARM} 秒）：{verdict(seconds < WARM)}")
    return seconds < WARM


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="每一项量几次")
    parser.add_argument("--only", choices=["pages", "lighthouse", "building"], help="只量其中一部分")
    parser.add_argument("--page", metavar="a/b", action="append", help="Lighthouse 只量这一页；可以写几个")
    return parser.parse_args()


def chosen_pages(names):
    """写了名字的几页；没有写就是全部。"""
    unknown = set(names or ()) - {str(each) for each in pages()}
    if unknown:
        raise Fault(f"没有这一页：{'、'.join(sorted(unknown))}；写成 broadcasting/gradient 这样")
    return [each for each in pages() if not names or str(each) in names]


def main():
    options = arguments()
    wanted = [options.only] if options.only else ["pages", "lighthouse", "building"]
    chosen = chosen_pages(options.page)
    passed = True
    with tempfile.TemporaryDirectory() as name:
        temporary = Path(name)
        if wanted != ["building"]:
            modules = lighthouse.install(temporary / "npm")
        if "pages" in wanted:
            passed &= show_pages(*compare(sites(temporary, modules), options.runs), options.runs)
        if "lighthouse" in wanted:
            url = server.free_url()
            build(temporary / "site", url)  # 与读者看到的一样：做过 make runtime 的，带着“运行”
            real = temporary / "site", url
            passed &= show_lighthouse(modules, real, chosen, options.runs)
        if "building" in wanted:
            passed &= show_building(temporary)
    return 0 if passed else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Fault as error:
        sys.exit(str(error))
