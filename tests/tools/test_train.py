"""make train 存着的结果：开头的几步每次都核对；从头训练一遍，CI 核对一次。"""

import json
import subprocess
import sys

import pytest

from notes.errors import Fault
from notes.paths import ROOT, SNIPPETS, display
from notes.site.build import ENVIRONMENT
from tools import train

ACCEPT = "若改动是有意的：make train"
LOSS, SHARE = 1e-3, 0.01  # 换一台机器，求和的次序不同：损失与写对的比例容许差这么多


def require(condition, sentence):
    if not condition:
        raise Fault(f"{display(train.STORED)}  {sentence}\n{ACCEPT}")


def stored():
    return json.loads(train.STORED.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", train.TASKS)
def test_first_steps(name):
    losses = train.run(name, train.FIRST)["first"]
    require(losses == pytest.approx(stored()[name]["first"], abs=1e-8), f"{name} 开头几步的损失过时了，现在是 {losses}")


def test_stored_results_are_good():
    """倒写 99.5%，留出的加法 99%，20 首全背得出；存的写法与现在写出的一样。"""
    kept = stored()
    right = {name: kept[name]["curve"][-1][-1] for name in train.TASKS}
    assert right["reversal"] >= 0.995 * 500
    assert right["addition"] >= 0.99 * 500
    assert right["quatrains"] == 20
    assert train.text(kept) == train.STORED.read_text(encoding="utf-8")


def together(found, kept):
    """两次训练走到了同一个地方。"""
    pairs = zip(found["curve"], kept["curve"], strict=True)
    close = all(
        step == other and abs(loss - value) <= LOSS + SHARE * value and abs(right - count) <= SHARE * 500
        for (step, loss, right), (other, value, count) in pairs
    )
    return close and found.get("written") == kept.get("written")


def test_what_differs_is_noticed():
    kept = stored()["addition"]
    assert together(kept, kept)
    for place, change in ((0, 25), (1, 0.1), (2, -20)):
        changed = [list(row) for row in kept["curve"]]
        changed[-1][place] += change
        assert not together({"curve": changed}, kept)


def alike(found, kept):
    """记住第一个符号：三个网络走到了同一个地方。"""
    return found.keys() == kept.keys() and all(
        abs(found[name][0] - count) <= SHARE * 500 and found[name][1] == pytest.approx(losses, rel=SHARE, abs=LOSS)
        for name, (count, losses) in kept.items()
    )


def test_another_network_is_noticed():
    kept = json.loads(train.RNN.read_text(encoding="utf-8"))
    name, (count, losses) = next(iter(kept.items()))
    assert alike(kept, kept)
    assert train.text(kept) == train.RNN.read_text(encoding="utf-8")
    for changed in ([count - 20, losses], [count, [*losses[:-1], losses[-1] + 0.1]], [count, losses[1:]]):
        assert not alike(kept | {name: changed}, kept)


def alike_digits(found, kept):
    """认手写数字：各对几张，打乱的次序，一个不差；学到的参数与每一步的损失，走到了同一个地方。"""
    found, kept = dict(found), dict(kept)
    learned, expected = found.pop("learned"), kept.pop("learned")
    pairs = zip(learned["parameters"], expected["parameters"], strict=True)
    return (
        found == kept
        and learned["losses"] == pytest.approx(expected["losses"], rel=SHARE, abs=LOSS)
        and all(one == pytest.approx(other, abs=LOSS) for one, other in pairs)
    )


def test_other_digits_are_noticed():
    kept = json.loads(train.DIGITS.read_text(encoding="utf-8"))
    assert alike_digits(kept, kept)
    assert train.text(kept) == train.DIGITS.read_text(encoding="utf-8")
    learned = kept["learned"]
    for changed in (
        {"scrambled": [345, 353]},
        {"learned": learned | {"losses": learned["losses"][1:]}},
        {"learned": learned | {"parameters": [[p + 0.1 for p in each] for each in learned["parameters"]]}},
    ):
        assert not alike_digits(kept | changed, kept)


@pytest.mark.release
def test_training_again_gives_the_stored_results(tmp_path):
    command = [sys.executable, "-m", "tools.train", str(tmp_path)]
    environment = ENVIRONMENT | {"PYTHONPATH": f"{ROOT}:{ROOT / 'snippets'}"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    made = tmp_path / "transformer" / "gpt.json"
    for name, found in json.loads(made.read_text(encoding="utf-8")).items():
        require(together(found, stored()[name]), f"{name} 从头训练的结果与存着的不同")
    for path, agreeing in ((train.RNN, alike), (train.DIGITS, alike_digits)):
        found = json.loads((tmp_path / path.relative_to(SNIPPETS)).read_text(encoding="utf-8"))
        if not agreeing(found, json.loads(path.read_text(encoding="utf-8"))):
            raise Fault(f"{display(path)}  从头训练的结果与存着的不同\n{ACCEPT}")
