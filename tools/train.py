"""make train：把“一个小的 GPT”的三个任务从头训练一遍，印出用时，结果写进 snippets/transformer/gpt.json。

CI 写到别处，与存着的核对。终端里有一行进度。用法：python -m tools.train [写到哪里]
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # 要在导入 numpy 之前：数组小，几个线程反而慢

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from notes.paths import SNIPPETS, display
from transformer import gpt

STORED = SNIPPETS / "transformer" / "gpt.json"
EVERY, FIRST = 25, 5  # 每隔几步量一次；开头的几步，步步都存


def reversed_right(parameters: list) -> int:
    return gpt.right(parameters, gpt.reversal(gpt.held_out(500)[0]), 7)


def added_right(parameters: list) -> int:
    return gpt.right(parameters, gpt.addition(gpt.held_out(500)[0]), 7)


def recited(parameters: list) -> int:
    return gpt.right(parameters, quatrain_words()[0], 2)


def quatrain_words() -> tuple[np.ndarray, list[str]]:
    return gpt.as_words([poem for *_, poem in gpt.quatrains()])


TASKS: dict[str, tuple[str, Callable, int, Callable]] = {
    "reversal": ("倒写 6 位数字", gpt.learn_reversal, 100, reversed_right),
    "addition": ("三位数加法", gpt.learn_addition, 500, added_right),
    "quatrains": ("背 20 首绝句", gpt.learn_quatrains, 300, recited),
}


def run(name: str, steps: int = 0) -> dict[str, Any]:
    """训练一个任务，steps 是几步，0 是全部；返回存的那些：前几步的损失，以及每隔几步的 [步数, 损失, 写对几个]。"""
    words, learn, whole, right = TASKS[name]
    first, curve, started, steps = [], [], perf_counter(), steps or whole
    for step, (parameters, loss) in enumerate(learn(steps), 1):
        if step <= FIRST:
            first.append(round(loss, 9))
        if step % EVERY == 0:
            curve.append([step, round(loss, 4), right(parameters)])
        progress(
            f"{words}：第 {step} 步，共 {steps} 步，损失 {loss:.4f}，{perf_counter() - started:.1f} 秒", step == steps
        )
    return {"first": first, "curve": curve} | ({"written": recite(parameters)} if name == "quatrains" else {})


def recite(parameters: list) -> list[str]:
    """只给第一个字，接着写完。"""
    words, characters = quatrain_words()
    written = gpt.write(parameters, words[:, :2], words.shape[1] - 2)
    return ["".join(characters[k] for k in line) for line in written]


def progress(line: str, last: bool) -> None:
    """终端里反复改写的一行；不是终端，只印最后一次。"""
    if sys.stdout.isatty():
        print(f"\r{line}", end="\n" * last, flush=True)
    elif last:
        print(line)


def text(results: dict[str, Any]) -> str:
    """JSON 的全文；一串数写在一行里。"""
    found = json.dumps(results, ensure_ascii=False, indent=1)
    return re.sub(r"\[\s+([\d., e\n-]+?)\s+\]", lambda m: f"[{' '.join(m[1].split())}]", found) + "\n"


def main() -> int:
    path = Path(sys.argv[1]) if sys.argv[1:] else STORED
    path.write_text(text({name: run(name) for name in TASKS}), encoding="utf-8")
    print(f"写进了 {display(path)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
