"""形状演算器：纯函数与 Python 逐字对拍，页面在真的浏览器里用一遍。

演算器的答案全在浏览器里一次算完，再逐条与 broadcast_shapes、unbroadcast、numpy、PyTorch 真的结果比较。
没有浏览器就跳过，并说明；没有 torch 时，跳过的只有比较 PyTorch 报错的那一个。
"""

import importlib.util
import re
from functools import reduce
from itertools import product
from operator import add

import numpy as np
import pytest

from broadcasting.gradient import unbroadcast
from broadcasting.rules import broadcast_shapes
from notes.site.widget import disagreements, printed, query_of, rows, verdict

SCRIPT = "assets/calculator.js"


def shapes_up_to(rank, sizes):
    return [shape for r in range(rank + 1) for shape in product(range(sizes), repeat=r)]


PAIRS = list(product(shapes_up_to(3, 4), repeat=2))
TRIPLES = list(product(shapes_up_to(2, 3), repeat=3))
CASES = PAIRS + TRIPLES


@pytest.fixture(scope="module")
def answers(ask):
    """[(形状, 演算器的答案)]。"""
    return list(zip(CASES, ask("calculator.answer", CASES), strict=True))


def error_of(call, *arguments):
    """报错的文字；没有报错时是 None。"""
    try:
        call(*arguments)
    except (ValueError, RuntimeError) as error:
        return str(error)


def test_cases_are_all_there():
    assert (len(PAIRS), len(TRIPLES)) == (7225, 2197)


def test_result(answers):
    def result(*shapes):
        try:
            return list(broadcast_shapes(*shapes))
        except ValueError:
            return None

    assert not disagreements((shapes, given["result"], result(*shapes)) for shapes, given in answers)


def test_numpy_messages(answers):
    def message(shapes):
        return error_of(reduce, add, [np.ones(shape) for shape in shapes])

    assert not disagreements((shapes, given.get("numpy"), message(shapes)) for shapes, given in answers)


def test_numpy_broadcast_shapes_messages(answers):
    assert not disagreements(
        (shapes, given.get("broadcastShapes"), error_of(np.broadcast_shapes, *shapes)) for shapes, given in answers
    )


def test_pytorch_messages(answers):
    if not importlib.util.find_spec("torch"):
        pytest.skip("没有装 torch")
    import torch

    def message(shapes):
        return error_of(reduce, add, [torch.ones(shape) for shape in shapes])

    assert not disagreements((shapes, given.get("torch"), message(shapes)) for shapes, given in answers)


def test_gradients(answers):
    """印出的那一行真的运行一遍，与 unbroadcast 完全相等；说的轴正是大小变了的轴。

    上游梯度取整数：和没有舍入，不论先加哪一根轴。
    """
    rng = np.random.default_rng(0)
    for shapes, given in answers:
        if given["result"] is None:
            continue
        G = rng.integers(-(2**20), 2**20, given["result"]).astype(float)
        for shape, gradient in zip(shapes, given["gradients"], strict=True):
            expected = unbroadcast(G, shape)
            printed = eval(gradient["line"], {"G": G})
            assert (np.shape(printed), printed.tobytes()) == (shape, expected.tobytes()), (shape, G.shape, gradient)
            padded = (1,) * (G.ndim - len(shape)) + shape
            changed = [axis for axis in range(G.ndim) if padded[axis] != G.shape[axis]]
            assert gradient["axes"] == changed, (shape, G.shape, gradient)


def test_more_axes_than_broadcast_shapes_takes(ask):
    """33 根轴以上，np.broadcast_shapes 报的是另一件事，演算器就不写它；加法照常。"""
    shapes = [(1,) * 63 + (2,), (3,)]
    [given] = ask("calculator.answer", [shapes])
    assert given["broadcastShapes"] is None
    assert "up to 32 dimensions" in error_of(np.broadcast_shapes, *shapes)
    assert given["numpy"] == error_of(add, *map(np.ones, shapes))


READ = {
    "5,3,4,1": [5, 3, 4, 1],
    "(5, 3, 4, 1)": [5, 3, 4, 1],
    "[5 3 4 1]": [5, 3, 4, 1],
    "（5，3，4，1）": [5, 3, 4, 1],
    "(3,1,1)": [3, 1, 1],
    "3 1 1": [3, 1, 1],
    " ( 3 , 1,1 ) ": [3, 1, 1],
    "（3，1，1）": [3, 1, 1],
    "３、１　１": [3, 1, 1],
    "[3, 1]": [3, 1],
    "3×1": [3, 1],
    "3x1": [3, 1],
    "5 * 3 * 4 * 1": [5, 3, 4, 1],
    "【3，1】": [3, 1],
    "torch.Size([3, 1])": [3, 1],
    "(4,)": [4],
    "4": [4],
    "007": [7],
    "()": [],
    "（）": [],
    "[]": [],
    "0": [0],
    "999999999": [999999999],
    " ".join("1" * 64): [1] * 64,
}

MESSAGE = "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 1"


def product_messages():
    """numpy 与 PyTorch 的矩阵乘法报的错，原样粘贴进来。"""
    calls = [
        lambda: np.ones((2, 3)) @ np.ones((2, 3)),
        lambda: np.ones((2, 3)).dot(np.ones((2, 3))),
        lambda: np.ones((4, 2, 3)) @ np.ones((5, 3, 2)),
    ]
    return [error_of(call) for call in calls] + ["mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"]


REFUSED = {
    "": "还没有填；零维写作 ()",
    "  ": "还没有填；零维写作 ()",
    "a,3": "看不懂“a”，轴的大小应为非负整数",
    "三": "看不懂“三”，轴的大小应为非负整数",
    "5²": "看不懂“5²”，轴的大小应为非负整数",
    "1e3": "看不懂“1e3”，轴的大小应为非负整数",
    "<b>": "看不懂“<b>”，轴的大小应为非负整数",
    "2,-1": "轴的大小不能为负，得到 -1",
    "－1": "轴的大小不能为负，得到 -1",
    "–1": "轴的大小不能为负，得到 -1",
    "+3": "看不懂“+3”，轴的大小应为非负整数",
    "x": "看不懂“x”，轴的大小应为非负整数",
    "3.5": "轴的大小应为整数，得到 3.5",
    "3.": "轴的大小应为整数，得到 3.",
    "3,,4": "逗号旁边缺一个大小",
    ",3": "逗号旁边缺一个大小",
    "(,)": "逗号旁边缺一个大小",
    "(3,4": "括号不成对",
    "(3,4]": "括号不成对",
    "(3,4))": "括号不成对",
    "np.ones((2, 3)": "括号不成对",
    "np.ones((2, 3))": "多了文字或括号，只写 (2, 3) 就行",
    "((3,1))": "多了文字或括号，只写 (3,1) 就行",
    "3,(4)": "括号至多一对，写在最外面",
    **dict.fromkeys(product_messages(), "这是矩阵乘法的报错，不是广播：前一个的列数要等于后一个的行数"),
    MESSAGE: "这句报错里没有形状，只有一根轴上的两个大小",
    "3;4": "一格只写一个形状",
    "(3,) (4,)": "一格只写一个形状",
    "(3,)+(4,)": "一格只写一个形状",
    " ".join("1" * 65): "numpy 的数组至多 64 根轴，这里有 65 根",
    "1000000000": "轴的大小在这里至多 999999999，得到 1000000000",
    "9" * 40: "轴的大小在这里至多 999999999，得到 9999999999999999…",
}


def test_reading_shapes(ask):
    read_shapes = ask("calculator.parseShape", list(READ) + list(REFUSED))
    assert [given.get("shape", given.get("error")) for given in read_shapes] == [*READ.values(), *REFUSED.values()]


def test_address_keeps_the_shapes(ask):
    kept = ask(
        "shapes => calculator.fromQuery(calculator.toQuery(shapes)).map(text => calculator.parseShape(text).shape)",
        CASES,
    )
    assert kept == [[list(shape) for shape in shapes] for shapes in CASES]


EXPLAINED = {
    ((5, 3, 4, 1), (3, 1, 1)): ["y 缺，当作 1，伸长成 5", "相等", "y 的 1 伸长成 4", "相等"],
    ((5, 2, 4, 1), (3, 1, 1)): ["y 缺，当作 1，伸长成 5", "不合：2 与 3", "y 的 1 伸长成 4", "相等"],
    ((1, 2), (2,)): ["y 缺，当作 1", "相等"],
    ((1,), (0,)): ["x 的 1 缩成 0"],
    ((), (0,)): ["x 缺，当作 1，缩成 0"],
    ((3, 1), (4,), (1, 1)): ["y 缺，当作 1，伸长成 3；z 的 1 伸长成 3", "x、z 的 1 伸长成 4"],
}


def test_each_axis_is_explained(ask):
    told = ask(
        "shapes => calculator.align(shapes).map(axis => calculator.explain(axis, ['x', 'y', 'z']))", list(EXPLAINED)
    )
    assert told == list(EXPLAINED.values())


def test_shapes_in_a_pasted_sentence(ask):
    texts = [
        "ValueError: operands could not be broadcast together with shapes (5,2,4,1) (3,1,1) ",
        "np.ones((3, 1)) + np.ones(())",
        "torch.Size([2, 3])，torch.Size([])",
        "(3, 1)",
        "5,3,4,1\n 3 1 1 \n",
        "３，１；４",
        "3\nx",
        "RuntimeError: The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 1",
    ]
    found = [
        ["(5,2,4,1)", "(3,1,1)"],
        ["(3, 1)", "()"],
        ["[2, 3]", "[]"],
        [],
        ["5,3,4,1", "3 1 1"],
        ["3,1", "4"],
        [],
        [],
    ]
    assert ask("calculator.findShapes", texts) == found
    assert ask("calculator.findShapes", product_messages()) == [[]] * 4


def test_message_of_torch_is_the_one_pasted():
    torch = pytest.importorskip("torch", reason="没有装 torch")
    assert error_of(lambda: torch.ones(2, 3) @ torch.ones(2, 3)) == product_messages()[-1]


# ---------- 页面 ----------


@pytest.fixture
def open_calculator(open_page, server, site, widget):
    def open_(query="", **options):
        return open_page(server + widget.parent.relative_to(site).as_posix() + "/" + query, **options)

    return open_


def field(page, k):
    """第 k 格。"""
    return page.get_by_label(re.compile("^形状 .$")).nth(k)


def fill(page, *texts):
    for k, text in enumerate(texts):
        field(page, k).fill(text)


def shapes_in(page):
    return page.locator(".calc-form input").evaluate_all("inputs => inputs.map(input => input.value)")


def test_typing_answers_at_once(open_calculator):
    page = open_calculator()
    assert query_of(page) == "", "没有动过，网址就不变"
    fill(page, "（3，1）", "4")
    assert verdict(page) == "能广播，结果是 (3, 4)，共 12 个数。"
    assert rows(page) == [
        ["", "轴 0", "轴 1"],
        ["x", "3", "1"],
        ["y", "缺", "4"],
        ["理由", "y 缺，当作 1，伸长成 3", "x 的 1 伸长成 4"],
        ["结果", "3", "4"],
    ]
    assert printed(page) == ["G.sum(axis=1, keepdims=True)", "G.sum(axis=0)"]
    labels = page.locator(".calculator svg").evaluate_all("all => all.map(svg => svg.getAttribute('aria-label'))")
    assert labels[0] == "x、y 的形状右对齐。轴 0：y 缺，当作 1，伸长成 3。轴 1：x 的 1 伸长成 4。"
    assert labels[1] == "从 G 的形状 (3, 4) 到 x 的形状 (3, 1)，沿轴 1 求和。"
    assert query_of(page) == "?shapes=3,1;4"


def test_messages_are_printed(open_calculator):
    page = open_calculator("?shapes=5,2,4,1;3,1,1")
    assert verdict(page) == "不能广播：轴 1 上是 2 与 3，不相等，又都不是 1。"
    assert printed(page) == [
        "ValueError: operands could not be broadcast together with shapes (5,2,4,1) (3,1,1) ",
        "RuntimeError: The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 1",
        "ValueError: shape mismatch: objects cannot be broadcast to a single shape.  "
        "Mismatch is between arg 0 with shape (5, 2, 4, 1) and arg 1 with shape (3, 1, 1).",
    ]

    page.get_by_role("button", name="加一个形状").click()
    fill(page, "2,1", "1,3", "4,1")
    assert page.locator("h2:has-text('报错') + p").text_content() == "从左到右算：x + y 得到 (2, 3)，再加 z 时报错。"
    assert printed(page)[0] == "ValueError: operands could not be broadcast together with shapes (2,3) (4,1) "


def test_bad_input_is_answered_in_place(open_calculator):
    page = open_calculator("?shapes=3,1;4")
    details = page.locator(".calc-details")
    y = field(page, 1)
    fill(page, "3,1", "-4")
    error = page.locator("#" + y.get_attribute("aria-describedby"))
    assert error.text_content() == "轴的大小不能为负，得到 -4"
    assert error.get_attribute("role") == "status"
    assert y.get_attribute("aria-invalid") == "true"
    assert (verdict(page), details.evaluate("e => e.inert")) == ("等 y 填好了再算。", True)
    assert query_of(page) == "?shapes=3,1;4", "网址里留着上一次的"
    fill(page, "3,1", "")
    assert (error.text_content(), y.get_attribute("aria-invalid")) == ("还没有填；零维写作 ()", "false")
    fill(page, "3,1", "5")
    assert (error.text_content(), details.evaluate("e => e.inert")) == ("", False)
    assert verdict(page) == "能广播，结果是 (3, 5)，共 15 个数。"
    fill(page, "<img/src=x>")
    assert page.locator(".calc-field p").first.text_content() == "看不懂“<img/src=x>”，轴的大小应为非负整数"
    assert page.locator(".calculator img").count() == 0


def test_address_is_restored_and_copied(open_calculator, open_page):
    page = open_calculator("?shapes=%28%29;0;2,1", permissions=["clipboard-read", "clipboard-write"])
    assert shapes_in(page) == ["()", "0", "2,1"]
    assert verdict(page) == "能广播，结果是 (2, 0)，共 0 个数。"
    page.get_by_role("button", name="复制链接").click()
    page.get_by_text("链接已复制").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert shapes_in(open_page(copied)) == ["()", "0", "2,1"]


def test_examples(open_calculator):
    page = open_calculator()
    told = []
    for button in page.get_by_role("group", name="例子").get_by_role("button").all():
        button.click()
        told.append((button.text_content(), verdict(page)))
    assert told == [
        ("(5,3,4,1) + (3,1,1)", "能广播，结果是 (5, 3, 4, 1)，共 60 个数。"),
        ("(3,1) + (4,)", "能广播，结果是 (3, 4)，共 12 个数。"),
        ("(5,2,4,1) + (3,1,1)", "不能广播：轴 1 上是 2 与 3，不相等，又都不是 1。"),
        ("(0,) + (2,2)", "不能广播：轴 1 上是 0 与 2，不相等，又都不是 1。"),
        ("() + (0,)", "能广播，结果是 (0,)，共 0 个数。"),
    ]


def test_keyboard_alone(open_calculator):
    page = open_calculator("?shapes=2,3;3")
    field(page, 0).focus()
    for key in ("Tab", "Tab", "Enter"):  # y，“加一个形状”，按下
        page.keyboard.press(key)
    page.keyboard.type("(4,1,1)")
    assert verdict(page) == "能广播，结果是 (4, 2, 3)，共 24 个数。"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "去掉 z"
    page.keyboard.press("Enter")
    assert shapes_in(page) == ["2,3", "3"]
    assert page.evaluate("document.activeElement.value") == "3", "焦点留在相邻的一格"


def test_pasting_an_error_fills_the_fields(open_calculator):
    page = open_calculator(permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.clipboard.writeText('could not be broadcast together with shapes (2,3) (4,) ')")
    field(page, 0).focus()
    page.keyboard.press("Control+v")
    assert shapes_in(page) == ["(2,3)", "(4,)"]
    assert verdict(page) == "不能广播：轴 1 上是 3 与 4，不相等，又都不是 1。"


def test_on_a_phone_and_on_paper(open_calculator):
    query = "?shapes=12345678,1,3,1,5,1,7,1;1,2,1,4,1,6,1,888888888;9,9"
    page = open_calculator(query)
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".calc-picture[tabindex]").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    boxes = page.locator(".calc-scroll")
    wide = boxes.evaluate_all("all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.tabIndex)")
    assert wide and not any(wide), "要横着滚的，键盘也够得着"
    page.emulate_media(media="print")
    assert not page.locator(".calc-form button:visible").count()
    assert page.locator(".calc-verdict").is_visible() and page.locator(".calculator svg").first.is_visible()


def test_instant_navigation_there_and_back(open_page, server, open_calculator, widget, site):
    page = open_page(server)
    page.wait_for_load_state("networkidle")
    page.evaluate("window.same = true")
    address = widget.parent.relative_to(site).as_posix()
    page.locator(f".md-nav a[href*='{address}']").first.evaluate("link => link.click()")
    field(page, 0).wait_for()
    page.wait_for_function("getComputedStyle(document.querySelector('.calculator input')).textAlign === 'right'")
    fill(page, "6,1", "7")
    page.locator(".md-footer__link").first.evaluate("link => link.click()")
    page.locator(".calculator").wait_for(state="detached")
    page.go_back()
    field(page, 0).wait_for()
    assert shapes_in(page) == ["6,1", "7"]
    assert verdict(page) == "能广播，结果是 (6, 7)，共 42 个数。"
    assert page.evaluate("window.same"), "应当不重新加载整页"


def test_from_disk(open_page, widget):
    page = open_page(widget.as_uri() + "?shapes=2,1;3")
    assert verdict(page) == "能广播，结果是 (2, 3)，共 6 个数。"
    fill(page, "4,1")
    assert query_of(page) == "?shapes=4,1;3"
    assert shapes_in(open_page(page.url)) == ["4,1", "3"]


def test_without_javascript(open_calculator):
    page = open_calculator(java_script_enabled=False)
    told = page.locator("#calculator")
    assert "JavaScript" in told.inner_text()
    assert told.get_by_role("link").count() == 3
