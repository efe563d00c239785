"""make bench：每个算子、几个程序的前向加反向用多少时间，与 PyTorch、HIPS autograd 相比；磁带本身占多少。

同一台机器，一个线程，三家交替着量，各取最快的一次。
用法：python -m tools.bench_operators [--only 算子 …] [--sizes 1000000 …] [--seconds 0.5]
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # 要在导入 numpy 之前

import argparse
import gc
import importlib.metadata
import importlib.util
import sys
from statistics import median

MISSING = [name for name in ("torch", "autograd") if not importlib.util.find_spec(name)]
if MISSING:
    sys.exit(f"没有装 {' 与 '.join(MISSING)}，先运行 .venv/bin/python -m pip install -r requirements-dev.txt")

import torch

from notes.operators.programs import PROGRAMS
from notes.operators.registry import OPERATORS
from tools.bench import attention, layers, programs
from tools.bench.engines import AUTOGRAD, OURS, SIZES, TORCH, measure

DTYPES = ("float32", "float64")
# 中位数的上限，两种 dtype 各算各的；别的上限都在 10⁶ 一档
LARGE = 1_000_000
MEDIANS = {10: {TORCH: 0.6, AUTOGRAD: 0.6}, LARGE: {TORCH: 0.9, AUTOGRAD: 0.75}}
OVERHEAD = 0.02
SLOWEST = 3.0
CONVOLUTION, ATTENTION = 1.5, 1.2
# 单独有上限的算子，最大的一档
LIMITS = {
    "matmul": 1.1,
    "linear": 1.1,
    "max_pool2d": 2.0,
    "avg_pool2d": 2.0,
    "adaptive_avg_pool2d": 2.0,
    "scaled_dot_product_attention": ATTENTION,
}
SENTENCE = "比 PyTorch 慢"


def sentence(name):
    """算子那一页上说明它为什么慢的一句：有 `名字`，也有 SENTENCE；没有时返回空串。"""
    text = OPERATORS[name].page.markdown.text
    found = (s for line in text.splitlines() for s in line.split("。") if SENTENCE in s and f"`{name}`" in s)
    return next(found, "").strip()


def show_table(size, names, seconds):
    """一档的表；返回 {(算子, dtype): {引擎: 秒}}。"""
    r, c, m = SIZES[size]
    print(f"\n{size:,} 个元素（{r} × {c}），矩阵 {m} 阶：本站的用时，与另两家的比值\n")
    print("| 算子 " + "".join(f"| {d} | / {TORCH} | / {AUTOGRAD} " for d in DTYPES) + "| |")
    print("|---|" + "--:|" * 3 * len(DTYPES) + "---|")
    results = {}
    for name in names:
        cells = []
        for dtype in DTYPES:
            times = results[name, dtype] = measure(OPERATORS[name], size, dtype, seconds)
            ratios = [f"{times[OURS] / times[e]:.2f}" if e in times else "" for e in (TORCH, AUTOGRAD)]
            cells += [duration(times[OURS]), *ratios]
        rule = OPERATORS[name].row.timing.autograd
        print(
            f"| {name} | " + " | ".join(cells) + f" | {f'autograd {rule}' if isinstance(rule, str) else ''} |",
            flush=True,
        )
    return results


def duration(seconds):
    return f"{seconds * 1e3:.2f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.1f} µs"


def ratios(results, engine, dtype):
    """{算子: 与 engine 的比值}。"""
    return {n: t[OURS] / t[engine] for (n, d), t in results.items() if d == dtype and engine in t}


def show_medians(measured):
    print("\n比值的中位数（括号里是算子的个数）\n")
    print("| 元素 | dtype | " + " | ".join(f"/ {e}" for e in (TORCH, AUTOGRAD)) + " | |\n|--:|---|--:|--:|---|")
    passed = True
    for size, results in measured.items():
        for dtype in DTYPES:
            cells, met, limits = [], True, MEDIANS.get(size, {})
            for engine in (TORCH, AUTOGRAD):
                values = ratios(results, engine, dtype).values()
                cells.append(f"{median(values):.2f}（{len(values)}）" if values else "")
                met &= not values or median(values) <= limits.get(engine, float("inf"))
            told = "，".join(f"{engine} ≤ {limit}" for engine, limit in limits.items())
            print(f"| {size:,} | {dtype} | " + " | ".join(cells) + f" | {f'{told}：{verdict(met)}' if told else ''} |")
            passed &= met
    return passed


def verdict(met):
    return "达到" if met else "**没有达到**"


def show_limits(results):
    passed = True
    for name, limit in LIMITS.items():
        for dtype in DTYPES:
            ratio = ratios(results, TORCH, dtype).get(name)
            if ratio:
                print(f"{name}，{dtype}：{ratio:.2f}，应不超过 {limit}：{verdict(ratio <= limit)}")
                passed &= ratio <= limit
    return passed


def show_slow(results):
    print(
        f"\n超过 PyTorch 的 {SLOWEST:g} 倍的，应在页面上说明为什么\n\n| 算子 | dtype | 比值 | 页面上的一句 |\n|---|---|--:|---|"
    )
    passed = True
    for dtype in DTYPES:
        for name, ratio in ratios(results, TORCH, dtype).items():
            if ratio > SLOWEST:
                print(f"| {name} | {dtype} | {ratio:.1f} | {sentence(name) or '**没有**'} |")
                passed &= bool(sentence(name))
    return passed


def show_programs(seconds):
    print("\n程序，float64，用第一个样本：平均每步的用时，与 PyTorch 的比值\n")
    print(f"| 程序 | 步数 | 每步 | / {TORCH} |\n|---|--:|--:|--:|")
    for each in PROGRAMS:
        count, times = programs.steps(each), programs.measure(each, seconds)
        print(f"| {each} | {count} | {duration(times[OURS] / count)} | {times[OURS] / times[TORCH]:.2f} |", flush=True)


def show_layers(seconds):
    print(f"\n卷积的层，批 {layers.BATCH}，{layers.SIZE} × {layers.SIZE}：前向加反向的用时，与 PyTorch 的比值\n")
    return show_cases(layers.LAYERS, layers.measure, CONVOLUTION, seconds)


def show_attention(seconds):
    print(f"\n注意力，{attention.HEADS} 个头，每头 {attention.FEATURES} 维：前向加反向的用时，与 PyTorch 的比值\n")
    return show_cases(attention.CASES, attention.measure, ATTENTION, seconds)


def show_cases(cases, measure, limit, seconds):
    """一种情形一行，两种 dtype 各一栏。"""
    print("| " + "".join(f"| {d} | / {TORCH} " for d in DTYPES) + "|\n|---|" + "--:|--:|" * len(DTYPES))
    passed = True
    for case in cases:
        cells = []
        for dtype in DTYPES:
            times = measure(case, dtype, seconds)
            ratio = times[OURS] / times[TORCH]
            met = ratio <= limit
            cells += [duration(times[OURS]), f"{ratio:.2f}" + ("" if met else f" {verdict(met)}")]
            passed &= met
        print(f"| {case} | " + " | ".join(cells) + " |", flush=True)
    print(f"\n应不超过 {limit}：{verdict(passed)}")
    return passed


def show_overhead(seconds):
    times = programs.overhead(LARGE, seconds)
    extra = times[programs.TAPE] / times[programs.BY_HAND] - 1
    print(f"\n磁带在 {LARGE:,} 个元素上多用 {extra:.1%}，应不超过 {OVERHEAD:.0%}：{verdict(extra <= OVERHEAD)}")
    return extra <= OVERHEAD


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="+", choices=list(OPERATORS), metavar="算子", help="只量这些算子")
    parser.add_argument("--sizes", nargs="+", type=int, choices=list(SIZES), default=list(SIZES), help="只量这几档")
    parser.add_argument("--seconds", type=float, default=0.5, help="每一格至少量几秒")
    return parser.parse_args()


def main():
    options = arguments()
    torch.set_num_threads(1)
    gc.disable()
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "torch", "autograd")]
    print("，".join(versions) + "，一个线程")
    measured = {size: show_table(size, options.only or OPERATORS, options.seconds) for size in options.sizes}
    passed = show_medians(measured)
    if not options.only:
        show_programs(options.seconds)
        passed &= show_layers(options.seconds)
        passed &= show_attention(options.seconds)
    if LARGE in measured:
        passed &= show_overhead(max(options.seconds, 10.0))  # 差几十微秒，一次要十毫秒，多量几百次
        print()
        passed &= show_limits(measured[LARGE])
        passed &= show_slow(measured[LARGE])
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
