"""make train：把训练久的从头训练一遍，印出用时，结果写进 snippets/ 里的 JSON。

“一个小的 GPT”的三个任务，写进 transformer/gpt.json；“RNN、LSTM 与 GRU”的三个网络，写进 transformer/rnn.json；
“卷积网络认手写数字”的训练与练习 2、3，写进 cnn/digits.json。
CI 写到别处，与存着的核对。终端里有一行进度。用法：python -m tools.train [写到哪个文件夹]
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # 要在导入 numpy 之前：数组小，几个线程反而慢

import json
import re
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from cnn import digits
from notes.paths import SNIPPETS, display
from tools.arguments import folder_given
from transformer import gpt, rnn

STORED = SNIPPETS / "transformer" / "gpt.json"
RNN = SNIPPETS / "transformer" / "rnn.json"
DIGITS = SNIPPETS / "cnn" / "digits.json"
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


def run_rnn() -> dict[str, Any]:
    """记住第一个符号：三个网络各对几条，每一步的损失。"""
    started = perf_counter()
    found = {name: rnn.recalled(*network) for name, network in rnn.NETWORKS.items()}
    print(f"记住第一个符号：{perf_counter() - started:.1f} 秒")
    return {name: [count, [round(loss, 6) for loss in losses]] for name, (count, losses) in found.items()}


def run_digits() -> dict[str, Any]:
    """种子 0 学到的参数；换了种子、打乱了像素，卷积网络与 MLP 各对几张；打乱的次序也存着。"""
    order, started = np.random.default_rng(2).permutation(64), perf_counter()
    seeds = {str(seed): digits.both(seed) for seed in (1, 2)}
    found = {"seeds": seeds, "scrambled": digits.both(0, order), "order": order.tolist()}
    parameters, losses = digits.learn()
    rounded = [p.round(8).ravel().tolist() for p in parameters]
    found["learned"] = {"losses": [round(loss, 6) for loss in losses], "parameters": rounded}
    print(f"卷积网络认手写数字：{perf_counter() - started:.1f} 秒")
    return found


def text(results: dict[str, Any]) -> str:
    """JSON 的全文；一串数写在一行里。"""
    found = json.dumps(results, ensure_ascii=False, indent=1)
    return re.sub(r"\[\s+([\d., e\n-]+?)\s+\]", lambda m: f"[{' '.join(m[1].split())}]", found) + "\n"


def main() -> int:
    target = folder_given("结果写到哪里，默认 snippets/", SNIPPETS)
    made = (STORED, {name: run(name) for name in TASKS}), (RNN, run_rnn()), (DIGITS, run_digits())
    for stored, results in made:
        path = target / stored.relative_to(SNIPPETS)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(results), encoding="utf-8")
        print(f"写进了 {display(path)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
