"""输出大小计算器：全部小的情形与 Python 逐个对拍，页面在真的浏览器里用一遍。

计算器的答案全在浏览器里一次算完，再逐条与 cnn.sizes 的三个函数比较；印出的两行代码真的运行，
PyTorch 与本站的输出形状、报错逐字比较。没有浏览器就跳过，并说明；没有 torch 时，跳过的只有要它的那些。
"""

import importlib.util
import json
import random
import warnings
from itertools import product

import numpy as np
import pytest

from cnn.conv import conv2d
from cnn.conv_transpose import conv_transpose2d
from cnn.pooling import avg_pool2d, max_pool2d
from cnn.sizes import touches, transposed_size, window_count
from notes.site.widget import disagreements, printed, query_of, rows, verdict

SCRIPT = "assets/sizes.js"
OPERATORS = {f.__name__: f for f in (conv2d, conv_transpose2d, max_pool2d, avg_pool2d)}
# 输入的大小，核，步长，补零，空洞，output_padding，ceil_mode：每一根轴都走遍
GRIDS = {
    "conv2d": product(range(1, 7), range(1, 5), range(1, 4), range(3), range(1, 4), [0], [False]),
    "conv_transpose2d": product(range(1, 6), range(1, 4), range(1, 4), range(3), range(1, 3), range(3), [False]),
    "max_pool2d": product(range(1, 7), range(1, 5), range(1, 5), range(3), range(1, 4), [0], [False, True]),
    "avg_pool2d": product(range(1, 7), range(1, 5), range(1, 5), range(3), [1], [0], [False, True]),
}
# 输入的通道数，in_channels，out_channels，groups：前三种合法
CHANNELS = [(1, 1, 1, 1), (4, 4, 6, 2), (3, 3, 6, 3), (4, 3, 4, 1), (3, 3, 4, 2), (4, 4, 3, 2), (2, 4, 2, 2)]


def settings():
    """各种填法。高与宽各走遍一次，宽的次序打乱；通道数三次里有一次可能不合法。"""
    rng, found = random.Random(0), []
    for layer, grid in GRIDS.items():
        down = list(grid)
        across = [line for ceil in (False, True) for line in down if line[-1] == ceil]
        for ceil in (False, True):
            lines = [line for line in down if line[-1] == ceil]
            across = rng.sample(lines, len(lines))
            for k, pair in enumerate(zip(lines, across, strict=True)):
                found.append(setting(layer, k, *map(list, zip(*pair, strict=True))))
    return found


def setting(layer, k, size, kernel_size, stride, padding, dilation, output_padding, ceil_mode):
    channels, ins, outs, groups = CHANNELS[k % len(CHANNELS) if k % 3 == 0 else k % 3]
    given = {"layer": layer, "input": [1 + k % 2, channels, *size], "kernel_size": kernel_size, "stride": stride}
    given["padding"] = padding
    if layer.startswith("conv"):
        given |= {"in_channels": ins, "out_channels": outs, "groups": groups}
    else:
        given["ceil_mode"] = ceil_mode[0]
    if layer != "avg_pool2d":
        given["dilation"] = dilation
    if layer == "conv_transpose2d":
        given["output_padding"] = output_padding
    return given


CASES = settings()


@pytest.fixture(scope="module")
def answers(ask):
    """[(填法, 计算器的答案)]。"""
    return list(zip(CASES, ask("sizes.answer", CASES), strict=True))


def axes_of(given):
    """两根轴各自的参数：[(输入的大小, 参数)]。"""
    names = [name for name in ("kernel_size", "stride", "padding", "dilation") if name in given]
    return [(given["input"][2 + k], {name: given[name][k] for name in names}) for k in (0, 1)]


def output_of(given):
    """两根轴的输出大小，按 cnn.sizes。"""
    if given["layer"] == "conv_transpose2d":
        extra = given["output_padding"]
        return [
            transposed_size(n, **line, output_padding=e) for (n, line), e in zip(axes_of(given), extra, strict=True)
        ]
    return [window_count(n, **line, ceil_mode=given.get("ceil_mode", False)) for n, line in axes_of(given)]


def told(call, names):
    """运行一行代码：输出的形状，或者报错的全文。"""
    try:
        result = eval(call, names)
        return list((result[0] if isinstance(result, tuple) else result).shape)
    except (ValueError, RuntimeError, TypeError) as error:
        return f"{type(error).__name__}: {error}"


def test_cases_are_all_there():
    assert len(CASES) == 3762
    assert sum(case["layer"] == "conv2d" for case in CASES) == 6 * 4 * 3 * 3 * 3


def test_sizes(answers):
    legal = [(case, given) for case, given in answers if given["output"]]
    assert len(legal) > 1000
    assert not disagreements((case, given["output"][2:], output_of(case)) for case, given in legal)


def test_paths(answers):
    """每个输入格、每个输出格的路数，就是窗口表的列和、行和。"""
    wrong = []
    for case, given in answers:
        if not given["output"]:
            continue
        for (n, line), axis in zip(axes_of(case), given["axes"], strict=True):
            transposed = case["layer"] == "conv_transpose2d"
            T = touches(n, axis["output"], **line).T if transposed else touches(axis["output"], n, **line)
            expected = {"perInput": T.sum(axis=0).tolist(), "perOutput": T.sum(axis=1).tolist()}
            wrong += [(case, axis)] * any(axis[name] != counts for name, counts in expected.items())
    assert not wrong[:3]


def test_pytorch(answers):
    """印出的那一行在 PyTorch 里运行：输出的形状、报错的全文。"""
    if not importlib.util.find_spec("torch"):
        pytest.skip("没有装 torch")
    import torch

    names = {"torch": torch, "nn": torch.nn}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert not disagreements(
            (case, given["output"] or given["wrong"]["torch"], told(given["torchCall"], names))
            for case, given in answers
        )


def test_site(answers):
    """印出的那一行在本站的算子上运行。"""
    names = {"np": np, **OPERATORS}
    silent = [(case, given) for case, given in answers if not (given["output"] or given["site"])]
    assert not disagreements(
        (case, given["output"] or given["site"], told(given["siteCall"], names))
        for case, given in answers
        if given["output"] or given["site"]
    )
    # 不报错的：in_channels、out_channels 不能整除，补成 weight 的形状却合
    assert all(isinstance(told(given["siteCall"], names), list) for _, given in silent)
    assert all(case["out_channels"] % case["groups"] or case["in_channels"] % case["groups"] for case, _ in silent)


def test_gradient_takes_these_paths(answers):
    """weight 与 G 全是 1，算子给出的梯度就是路数之积；平均池化的除数也对。"""
    for case, given in answers[::7]:
        if not given["output"] or case["layer"] == "max_pool2d":
            continue
        z, backward = eval(given["siteCall"], {"np": np, **OPERATORS})
        paths = np.multiply.outer(*(axis["perInput"] for axis in given["axes"]))
        if case["layer"] == "avg_pool2d":
            shares = [np.divide(axis["perOutput"], axis["divisors"]) for axis in given["axes"]]
            np.testing.assert_allclose(z[0, 0], np.multiply.outer(*shares), rtol=1e-14, err_msg=str(case))
            continue
        expected = paths * (case["out_channels"] // case["groups"])
        assert (backward(np.ones(z.shape))[0] == expected).all(), case


# ---------- 读填进来的字 ----------

READ = {
    "7, 8": [7, 8],
    "3, 5": [3, 5],
    "(3, 5)": [3, 5],
    "（3，5）": [3, 5],
    "7 8": [7, 8],
    "7×8": [7, 8],
    "[7,8]": [7, 8],
    "224": [224],
    "(3,)": [3],
    "７": [7],
    "torch.Size([1, 3, 7, 8])": [1, 3, 7, 8],
}
REFUSED = {
    "": "还没有填",
    "x": "看不懂“x”，应为整数",
    "3.5": "看不懂“3.5”，应为整数",
    "'same'": "看不懂“'same'”，应为整数",
    "0": "应为正整数，得到 0",
    "-1": "应为正整数，得到 -1",
    "10000": "在这里至多 9999，得到 10000",
    "1,2,3,4,5": "至多 4 个数，这里有 5 个",
    "<img/src=x>": "看不懂“<img/src=x>”，应为整数",
}


def test_reading_numbers(ask):
    found = ask("text => sizes.parseNumbers('input', text)", [*READ, *REFUSED])
    assert [given.get("numbers", given.get("error")) for given in found] == [*READ.values(), *REFUSED.values()]
    [padding, kernel] = ask("name => sizes.parseNumbers(name, '-1')", ["padding", "kernel_size"])
    assert (padding["error"], kernel["error"]) == ("不能为负，得到 -1", "应为正整数，得到 -1")


def test_what_is_left_out_is_filled_in(ask):
    """一个数是高与宽；N 是 1，通道数照 in_channels；空着的取默认值，池化的步长与核相同。"""
    conv = {"in_channels": "5", "out_channels": "4", "kernel_size": "3,5"}
    shapes = ["224", "7, 8", "3, 7, 8", "1, 3, 7, 8"]
    found = ask(f"input => sizes.read('conv2d', {{...{json.dumps(conv)}, input}}).settings", shapes)
    assert [given["input"] for given in found] == [[1, 5, 224, 224], [1, 5, 7, 8], [1, 3, 7, 8], [1, 3, 7, 8]]
    assert (found[0]["stride"], found[0]["padding"], found[0]["groups"]) == ([1, 1], [0, 0], 1)
    [pool] = ask("input => sizes.read('max_pool2d', {input, kernel_size: '3,2'}, true).settings", ["7"])
    assert (pool["input"], pool["stride"], pool["ceil_mode"]) == ([1, 1, 7, 7], [3, 2], True)


CODE = {
    "nn.Conv2d(3, 64, 7, stride=2, padding=3)": ["conv2d", "3", "64", "7", "2", "3"],
    "self.c = torch.nn.Conv2d(3, 64, kernel_size=(3, 5), padding=(1, 2))": ["conv2d", "3", "64", "3, 5", None, "1, 2"],
    "nn.ConvTranspose2d(4, 2, 3, 2, 1, 1)": ["conv_transpose2d", "4", "2", "3", "2", "1"],
    "nn.MaxPool2d(3, 2, ceil_mode=True)": ["max_pool2d", None, None, "3", "2", None],
    "AvgPool2d(2)": ["avg_pool2d", None, None, "2", None, None],
    "nn.Linear(3, 4)": None,
    "7, 8": None,
}


def test_reading_code(ask):
    names = ("in_channels", "out_channels", "kernel_size", "stride", "padding")
    found = ask("sizes.parseCode", list(CODE))
    assert [given and [given["layer"], *map(given["texts"].get, names)] for given in found] == list(CODE.values())
    assert found[3]["ceil"] and found[2]["texts"]["output_padding"] == "1"


def test_address_keeps_what_was_filled_in(ask):
    def texts(case):
        return {name: ",".join(map(str, np.ravel(case[name]))) for name in case if name not in ("layer", "ceil_mode")}

    filled = [[case["layer"], texts(case), case.get("ceil_mode", False)] for case in CASES]
    call = """([layer, texts, ceil]) => {
      const kept = sizes.fromQuery(sizes.toQuery(layer, texts, ceil))
      return sizes.read(kept.layer, kept.texts, kept.ceil).settings
    }"""
    assert ask(call, filled) == CASES


# ---------- 页面 ----------


@pytest.fixture
def open_sizes(open_page, server, site, widget):
    def open_(query="", **options):
        return open_page(server + widget.parent.relative_to(site).as_posix() + "/" + query, **options)

    return open_


def fill(page, **texts):
    for name, text in texts.items():
        page.get_by_label(name, exact=True).fill(text)


def filled(page):
    inputs = page.locator(".sizes-field input").evaluate_all("all => all.map(e => [e.dataset.name, e.value])")
    return {name: value for name, value in inputs if value}


def test_typing_answers_at_once(open_sizes):
    page = open_sizes()
    assert query_of(page) == "", "没有动过，网址就不变"
    fill(page, input="7，8", in_channels="3", out_channels="4", kernel_size="3", stride="2", groups="")
    assert verdict(page) == "输出是 (1, 4, 3, 3)。"
    assert rows(page) == [
        ["", "高", "宽"],
        ["输入", "7", "8"],
        ["补零之后", "7", "8"],
        ["核的跨度", "3", "3"],
        ["输出", "3", "3"],
        ["从来读不到的", "无", "7"],
        ["每个输入格被几个窗口读到", "1, 1, 2, 1, 2, 1, 1", "1, 1, 2, 1, 2, 1, 1, 0"],
        ["每个窗口读到几格", "3, 3, 3", "3, 3, 3"],
    ]
    assert printed(page) == [
        "高：⌊(7 + 2×0 − 1×(3 − 1) − 1) / 2⌋ + 1 = 3\n宽：⌊(8 + 2×0 − 1×(3 − 1) − 1) / 2⌋ + 1 = 3",
        "nn.Conv2d(3, 4, 3, stride=2)(torch.ones(1, 3, 7, 8))\n"
        "conv2d(np.ones((1, 3, 7, 8)), np.ones((4, 3, 3, 3)), stride=2)",
    ]
    labels = page.locator(".calculator svg").evaluate_all("all => all.map(svg => svg.getAttribute('aria-label'))")
    assert labels[1] == "宽：一行一个窗口，涂色的是它读的输入格。从来读不到的：7。"
    assert "0 的行：无；0 的列：7。" in labels[2]
    assert query_of(page) == "?layer=conv2d&input=7,8&in_channels=3&out_channels=4&kernel_size=3&stride=2"


def test_messages_are_printed(open_sizes):
    page = open_sizes("?layer=conv2d&input=2,5&in_channels=3&out_channels=4&kernel_size=3")
    assert verdict(page) == "不合法：高：补零之后是 2，核的跨度是 3，放不下。"
    call, message = printed(page)[0].split("\n")
    assert call == ">>> nn.Conv2d(3, 4, 3)(torch.ones(1, 3, 2, 5))"
    assert message.startswith("RuntimeError: Calculated padded input size per channel: (2 x 5). Kernel size: (3 x 3). ")
    assert printed(page)[1].startswith(">>> conv2d(np.ones((1, 3, 2, 5)), np.ones((4, 3, 3, 3)))\nValueError: conv2d ")


def test_bad_input_is_answered_in_place(open_sizes):
    page = open_sizes("?layer=conv2d&input=7&in_channels=3&out_channels=4&kernel_size=3")
    details, stride = page.locator(".calc-details"), page.get_by_label("stride", exact=True)
    fill(page, stride="0")
    error = page.locator("#" + stride.get_attribute("aria-describedby"))
    assert (error.text_content(), error.get_attribute("role")) == ("应为正整数，得到 0", "status")
    assert stride.get_attribute("aria-invalid") == "true"
    assert (verdict(page), details.evaluate("e => e.inert")) == ("等 stride 填好了再算。", True)
    assert query_of(page) == "?layer=conv2d&input=7&in_channels=3&out_channels=4&kernel_size=3"
    fill(page, stride="", in_channels="")
    assert verdict(page) == "等 in_channels 填好了再算。"
    fill(page, in_channels="3")
    assert verdict(page) == "输出是 (1, 4, 5, 5)。"
    fill(page, input="<img/src=x>")
    assert page.locator(".sizes-field p").first.text_content() == "看不懂“<img/src=x>”，应为整数"
    assert page.locator(".calculator img").count() == 0


def test_changing_the_layer_keeps_what_was_filled_in(open_sizes):
    page = open_sizes("?layer=conv2d&input=2,4,7,8&in_channels=4&out_channels=6&kernel_size=3&stride=2&dilation=2")
    page.get_by_label("算子", exact=True).select_option("avg_pool2d")
    assert verdict(page) == "输出是 (2, 4, 3, 3)。"
    page.get_by_label("ceil_mode").check()
    assert verdict(page) == "输出是 (2, 4, 3, 4)。"
    assert rows(page)[-1] == ["每个窗口除以", "3, 3, 3", "3, 3, 3, 2"]
    assert query_of(page) == "?layer=avg_pool2d&input=2,4,7,8&kernel_size=3&stride=2&ceil_mode=True"
    page.get_by_label("算子", exact=True).select_option("conv2d")
    assert filled(page)["dilation"] == "2"


def test_address_is_restored_and_copied(open_sizes, open_page):
    query = "?layer=max_pool2d&input=6,8&kernel_size=3&stride=2&ceil_mode=True"
    page = open_sizes(query, permissions=["clipboard-read", "clipboard-write"])
    assert verdict(page) == "输出是 (1, 1, 3, 4)。"
    page.get_by_role("button", name="复制链接").click()
    page.get_by_text("链接已复制").wait_for()
    again = open_page(page.evaluate("navigator.clipboard.readText()"))
    assert filled(again) == {"input": "6,8", "kernel_size": "3", "stride": "2"}
    assert verdict(again) == verdict(page)


def test_examples(open_sizes):
    page = open_sizes()
    seen = []
    for button in page.get_by_role("group", name="例子").get_by_role("button").all():
        button.click()
        seen.append((button.text_content(), verdict(page)))
    assert seen == [
        ("步长有余数", "输出是 (1, 6, 3, 3)。"),
        ("ResNet 的第一层", "输出是 (1, 64, 112, 112)。"),
        ("步长与空洞", "输出是 (1, 1, 5, 5)。"),
        ("棋盘纹", "输出是 (1, 2, 9, 11)。"),
        ("ceil_mode", "输出是 (1, 1, 4, 4)。"),
        ("核太大", "不合法：高：补零之后是 8，核的跨度是 9，放不下。"),
        ("补得太多", "不合法：高：padding=2 超过了核的跨度 3 的一半。"),
    ]


def test_keyboard_alone(open_sizes):
    page = open_sizes("?layer=conv2d&input=7&in_channels=3&out_channels=4&kernel_size=3")
    page.get_by_label("算子", exact=True).focus()
    page.keyboard.press("ArrowDown")
    assert page.get_by_label("算子", exact=True).input_value() == "conv_transpose2d"
    assert page.evaluate("document.activeElement.id") == "sizes-layer", "焦点留在原处"
    for key in ("Tab", "Tab", "Tab", "Tab", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("2")
    assert verdict(page) == "输出是 (1, 4, 15, 15)。"


def test_pasting_code_fills_the_fields(open_sizes):
    page = open_sizes(permissions=["clipboard-read", "clipboard-write"])
    fill(page, input="224")
    page.evaluate("navigator.clipboard.writeText('nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)')")
    page.get_by_label("padding", exact=True).focus()
    page.keyboard.press("Control+v")
    assert filled(page) == {
        **{"input": "224", "in_channels": "3", "out_channels": "64"},
        **{"kernel_size": "7", "stride": "2", "padding": "3"},
    }
    assert verdict(page) == "输出是 (1, 64, 112, 112)。"


def test_on_a_phone_and_on_paper(open_sizes):
    page = open_sizes("?layer=conv_transpose2d&input=99,98&in_channels=99&out_channels=9&kernel_size=9,8&stride=9,7")
    page.set_viewport_size({"width": 360, "height": 800})
    page.wait_for_function("getComputedStyle(document.querySelector('.sizes-fields')).display === 'grid'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".calculator svg").count() == 3
    cut = "all => all.filter(e => e.scrollWidth > e.clientWidth && e.tabIndex < 0).length"
    assert page.locator(".calc-scroll").evaluate_all(cut) == 0, "要横着滚的，键盘也够得着"
    page.emulate_media(media="print")
    assert not page.locator(".calc-form button:visible").count()
    assert page.locator(".calc-verdict").is_visible() and page.locator(".calculator svg").first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_for_axe_to_complain_about(scheme, open_sizes, axe):
    """合法与不合法的答案，两种配色。"""
    page = open_sizes(color_scheme=scheme)
    page.add_style_tag(content="* { transition: none !important }")
    page.evaluate(axe)
    for name in ("步长有余数", "棋盘纹", "补得太多"):
        page.get_by_role("button", name=name).click()
        assert page.evaluate("axe.run('#sizes').then(({violations}) => violations.map(v => v.id))") == [], name


def test_instant_navigation_there_and_back(open_page, server, widget, site):
    page = open_page(server)
    page.wait_for_load_state("networkidle")
    page.evaluate("window.same = true")
    address = widget.parent.relative_to(site).as_posix()
    page.locator(f".md-nav a[href*='{address}']").first.evaluate("link => link.click()")
    page.get_by_label("算子", exact=True).wait_for()
    fill(page, input="9", stride="4")
    told_ = verdict(page)
    page.locator(".md-footer__link").first.evaluate("link => link.click()")
    page.locator(".calculator").wait_for(state="detached")
    page.go_back()
    page.get_by_label("算子", exact=True).wait_for()
    assert (filled(page)["stride"], verdict(page)) == ("4", told_)
    assert page.evaluate("window.same"), "应当不重新加载整页"


def test_from_disk(open_page, widget):
    page = open_page(widget.as_uri() + "?layer=avg_pool2d&input=7&kernel_size=2")
    assert verdict(page) == "输出是 (1, 1, 3, 3)。"
    fill(page, kernel_size="3")
    assert query_of(page) == "?layer=avg_pool2d&input=7&kernel_size=3"


def test_without_javascript(open_sizes):
    page = open_sizes(java_script_enabled=False)
    told_ = page.locator("#sizes")
    assert "JavaScript" in told_.inner_text()
    assert told_.get_by_role("row").count() == 4
