"""网页里的 Python 怎样运行一页：照原样时与核对会话的是同一个结果；改过、报错、停下，各是什么样。"""

import json

import numpy as np
import pytest

from notes import live, sessions
from notes.errors import Malformed
from notes.page import Page, pages

WITH_SESSIONS = [page for page in pages() if page.session.is_file()]
PAGE = "matrix/product"


@pytest.fixture
def run():
    """call(小节, 改过的) 运行 PAGE，返回 (结果, 各个事件)；是同一个接着运行的。"""
    running = live.Live()

    def call(until, **edited):
        events = []
        given = {name.replace("_", "-"): source for name, source in edited.items()}
        return running.run(PAGE, until, given, events.append), events

    yield call
    running.stack.close()


def printed(page=PAGE):
    return sessions.parse(Page(page).session)


def names(events, kind="section"):
    return [event["section"] for event in events if event["kind"] == kind]


@pytest.mark.parametrize("page", WITH_SESSIONS, ids=str)
def test_split_keeps_every_step(page):
    """没有改过的一节，切成的几步与会话的相同，印着的输出一行不少。"""
    for section in printed(page.name).values():
        steps = live.edit(section, section.source())[0].steps
        wanted = [(step.source, step.want) for step in section.steps if code(step.source)]
        assert [(step.source, step.want) for step in steps] == [(trimmed(s), want) for s, want in wanted], section.name


def code(source):
    """不只是注释。"""
    return any(line.strip() and not line.startswith("#") for line in source)


def trimmed(source):
    """语句之后的注释与空行不算在内。"""
    while not source[-1].strip() or source[-1].strip().startswith("#"):
        source = source[:-1]
    return source


def test_unchanged_page_is_the_same_as_printed(run):
    last = list(printed())[-1]
    state, events = run(last)
    assert state == {"state": "done", "section": last}
    assert names(events) == list(printed())
    assert all(event["same"] for event in events if event["kind"] == "step")


def test_goes_on_from_what_has_run(run):
    first, second, *_ = printed()
    run(first)
    assert names(run(second)[1]) == [second]
    assert names(run(second)[1]) == [second], "再点一次，只重来这一节"
    assert names(run(first)[1]) == [first], "上面的一节，从头来"
    assert names(run(second)[1]) == [second]


# 训练久的几页不在这里再来一遍
LONG = {"cnn/digits", "cnn/conv", "transformer/rnn", "transformer/gpt", "mlp/equality", "mlp/digits", "mlp/init"}


@pytest.mark.parametrize("page", [page for page in WITH_SESSIONS if page.name not in LONG], ids=str)
def test_running_a_section_again_gives_the_same(page):
    """每一节运行两遍：第二遍之前，变量回到第一遍之前的样子。"""
    running, wrong = live.Live(), []
    for section in printed(page.name):
        for _ in range(2):
            events = []
            running.run(page.name, section, {}, events.append)
            wrong += [(section, event) for event in events if event["kind"] == "step" and not event["same"]]
        assert names(events) == [section]
    running.stack.close()
    for section, event in wrong:
        found = sessions.parse(page.session)[section]
        raise Malformed(
            page.session, found.line, f"小节 {section} 在网页里运行，得到的与存着的不同：{' '.join(event['got'])}"
        )


def test_variables_are_put_back():
    x, rng = np.ones(3), np.random.default_rng(0)
    half, listed, count = x[1:], [x], {"a": [1]}

    def backward():
        return x

    namespace = {"x": x, "half": half, "rng": rng, "listed": listed, "count": count, "backward": backward}
    saved, drawn = live.Saved(namespace), rng.random()
    x += 5
    listed.append(2)
    count["a"].append(3)
    count["b"] = 4
    namespace["new"] = namespace.pop("half")
    saved.restore()
    assert x.tolist() == half.tolist() + [1] == backward().tolist()
    assert (listed, count) == ([x], {"a": [1]}) and "new" not in namespace and namespace["half"] is half
    assert rng.random() == drawn


def test_variables_are_put_back_every_time(run):
    """同一节改了又改，每次都从它运行之前的变量开始。"""
    first, second, *_ = printed()
    run(first)
    for _ in range(4):
        _, events = run(second, **{second: "X += 1\nX[0, 0].item()"})
        assert [event["got"] for event in events if event["kind"] == "step"][-1] == ["2.0"]


def test_changed_section_is_used_below(run):
    first, second, *_ = printed()
    run(second)
    _, events = run(second, **{first: "import numpy as np\nW, X = np.ones((2, 3)), np.zeros((3, 4))\nW.sum()"})
    assert names(events) == [first, second]


def edited(text, source):
    """text 是一节会话的 {代码: 印着的}；改成 source 之后各步的 [(代码, 印着的)]。"""
    steps, line = [], 1
    for code, want in text.items():
        steps.append(sessions.Step(line, code.split("\n"), [want] if want else []))
        line += len(steps[-1].source)
    made, known = live.edit(sessions.Section("a", 1, steps), source)
    return {"\n".join(step.source): "".join(step.want) if step.line in known else None for step in made.steps}


def test_printed_outputs_follow_their_lines():
    text = {"x = 1": "", "x + 1": "2", "# 话\nx * 3": "3"}
    assert edited(text, "x = 1\nx + 1\nx * 3") == {"x = 1": "", "x + 1": "2", "x * 3": "3"}
    assert edited(text, "x = 5\nx + 1\n\n# 话\nx * 3") == {"x = 5": "", "x + 1": "2", "x * 3": "3"}
    assert edited(text, "x = 1\nx + 1\n# 话\nx * 3\nx") == {"x = 1": "", "x + 1": "2", "x * 3": "3", "x": None}
    assert edited(text, "x = 1\nx + 7\n# 话\nx * 3") == {"x = 1": "", "x + 7": "2", "x * 3": "3"}
    assert edited({"for i in range(2):\n    print(i)": "0"}, "for i in range(3):\n    print(i)\n")
    assert edited(text, "") == {}
    assert edited(text, "print(6 * 7)") == {"print(6 * 7)": None}, "换成不相干的，没有可比的"


@pytest.mark.parametrize(
    ("source", "steps"),
    [
        ("a = 1; b = 2\nc = 3", [1, 1]),
        ("@f\ndef g():\n    pass\n\n\nx", [3, 1]),
        ("x = (1,\n     2)", [2]),
        ("# 只有注释", []),
    ],
)
def test_statements(source, steps):
    assert [len(step.source) for step in live.split(source)] == steps


def test_unexpected_error_stops(run):
    first = next(iter(printed()))
    state, events = run(first, **{first: "1 / 0\nprint(3)"})
    assert state == {"state": "error", "section": first}
    steps = [event for event in events if event["kind"] == "step"]
    assert steps == [{"kind": "step", "section": first, "line": 1, "want": None, "same": True, "got": GOT}]
    second = list(printed())[1]
    assert run(second, **{first: "1 / 0\nprint(3)"})[0]["section"] == first, "没有运行完的，不接着运行"
    assert run(first)[0]["state"] == "done", "改好了"


GOT = ["Traceback (most recent call last):", "  ...", "ZeroDivisionError: division by zero"]


def test_bad_syntax_is_told(run):
    first = next(iter(printed()))
    state, _ = run(first, **{first: "x = 1\ny = = 2"})
    assert (state["state"], state["section"], state["line"]) == ("syntax", first, 2)


def test_long_output_is_told_in_parts_and_stopped(run):
    first = next(iter(printed()))
    state, events = run(first, **{first: "while True: print('长' * 1000)"})
    assert state["state"] == "error"
    assert names(events, "partial") == [] or names(events, "partial")[0] == first
    assert "这一步印了 200000 个字还没有完" in events[-1]["got"][-1]


def test_partial_outputs():
    told = []
    tee = live.Tee(type("Out", (), {"write": lambda self, text: len(text)})(), told.append)
    tee.last -= 1
    tee.write("a")
    tee.write("b")
    assert told == ["a"]


def test_answers_are_json():
    told = []
    answer = live.Answer(told.append)
    first = next(iter(printed()))
    assert json.loads(answer.run(PAGE, first, "{}"))["value"]["state"] == "done"
    assert json.loads(told[0])["kind"] == "section"
    called = json.loads(answer.call("broadcasting.rules.broadcast_shapes", "[[2, 1], [3]]"))
    assert called == {"value": [2, 3]}
    kind, sentence = json.loads(answer.call("broadcasting.rules.broadcast_shapes", "[[2], [3]]"))["error"]
    assert kind == "ValueError" and "不能广播" in sentence
    answer.live.stack.close()


def test_everything_a_page_needs_is_packed():
    packed = set(live.files(Page(PAGE).root))
    assert all(page.session in packed for page in WITH_SESSIONS)
    assert not [path for path in packed if path.name.endswith((".claims.pycon", ".torch.pycon"))]
    assert live.pages() == sorted(str(page) for page in WITH_SESSIONS)
