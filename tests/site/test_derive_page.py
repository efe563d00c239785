"""反向推导器的页面：认变量、网址、图的线是纯函数，成批地问；带了网页里的 Python，再真的推导。

没有浏览器就跳过，并说明；网站没有带 Python（make runtime）时，跳过的只有要它的那些。
"""

import json
import re

import pytest

from engine import derive
from engine.derive import Mistake
from notes.errors import Fault
from notes.site import browsers

SCRIPT = "assets/derive.js"
SECONDS = 120_000  # 取 Python、启动；机器忙时慢


VARIABLES = {
    "mean((X @ W.T + b - t)**2)": ["X", "W", "b", "t"],
    "h = relu(X @ W.T + b)\nmean(h**2)": ["X", "W", "b"],
    "h = relu(X @ W.T + b); mean(h**2)": ["X", "W", "b"],
    "a, c = split(x, 2, axis=-1)\nsum(a * c)": ["x"],
    "np.sum(x, axis=0).sum() * np.pi + e": ["x"],
    "cross_entropy(z, target=y, reduction='sum')": ["z", "y"],
    "x.sum() + 1e-3 * x.shape[0]": ["x"],
    "where(x > 0, a, b).mean()": ["x", "a", "b"],
    "sum(x == y)": ["x", "y"],
    "重量 @ x  # 乘 y": ["重量", "x"],
    "h = h + x\nsum(h)": ["h", "x"],
    "": [],
}


def test_variables_are_recognised(ask):
    assert ask("derive.variables", list(VARIABLES)) == list(VARIABLES.values())


def test_address_keeps_what_was_filled_in(ask):
    filled = [
        {
            "expression": "h = relu(X @ W.T); mean(h & x=1)",
            "shapes": {"X": "8,3", "W": "()", "y": "8<4"},
            "constant": ["X"],
        },
        {"expression": "a\nb", "shapes": {}, "constant": []},
    ]
    assert ask("given => derive.fromQuery(derive.toQuery(given))", filled) == filled
    assert ask("derive.fromQuery", ["?h=x"]) == [None]


def test_mistakes_are_pointed_at_like_in_the_shell(ask):
    """^ 画在与命令行相同的地方，汉字占两格。"""
    texts = ["mean(Z)", "sum(X @ X)", "重 + 汉字", "mean（X）", "X[9]"]
    found = []
    for text in texts:
        with pytest.raises(Mistake) as caught:
            derive.derive(text, {"X": "8,3", "重": "2"} if "重" in text else {"X": "8,3"})
        found.append((text, vars(caught.value), derive.pointed(text, caught.value)))
    expected = ["\n".join(line[4:] for line in told.splitlines()[1:]) for *_, told in found]
    assert ask("([text, mistake]) => derive.pointed(text, mistake)", [each[:2] for each in found]) == expected


def test_errors_are_rounded_like_in_the_shell(ask):
    errors = [0, 3e-17, 2e-11, 9.9e-8, 1e-3]
    exponents = [re.sub(r"e(-?)0*", r"e\1", derive.apart("差分", each)) for each in errors]
    assert ask("error => derive.apart('差分', error)", errors) == exponents
    assert ask("error => derive.apart(' program ', error)", [derive.HUGE]) == [derive.apart(" program ", derive.HUGE)]


def test_without_python_the_page_tells_how(open_page, server, site, widget):
    """网站没有带 Python：留着一句话，不显示用不了的表单。"""
    page = open_page(server + widget.parent.relative_to(site).as_posix() + "/")
    has = page.locator("[data-run]").count() > 0
    assert page.locator("#derive textarea").count() == has
    assert ("在终端里一样能用" in page.locator("#derive").text_content()) != has


# ---------- 真的推导 ----------


@pytest.fixture
def open_derive(open_page, server, site, widget):
    if not (site / "assets" / "runtime").is_dir():
        pytest.skip("网站没有带 Python，先 make runtime")

    def open_(query="", **options):
        page = open_page(server + widget.parent.relative_to(site).as_posix() + "/" + query, **options)
        page.set_default_timeout(SECONDS)
        return page

    return open_


def press(page):
    page.get_by_role("button", name="推导", exact=True).click()
    page.wait_for_function("!document.querySelector('.derive-go').disabled")


def settled(page):
    """停手之后自己推导，等它推导完。"""
    page.wait_for_timeout(400)
    page.wait_for_function("!document.querySelector('.derive-go').disabled")


def verdict(page):
    return page.locator("#derive .calc-verdict").text_content()


def test_deriving_in_the_page(open_derive, server):
    """点了才取；推导出来的与这里的 Python 一样；随填；复制的代码与印着的一样。"""
    page = open_derive(permissions=["clipboard-read", "clipboard-write"])
    assert page.evaluate("location.search") == "" and verdict(page) == ""
    press(page)
    assert verdict(page).startswith("2 个变量的梯度，已核对：与差分差不到 1e-"), verdict(page)
    shapes = {"X": "8,3", "W": "4,3", "b": "4", "t": "8,4"}
    expected = derive.derive("mean((X @ W.T + b - t)**2)", shapes, ["X", "t"])
    assert page.locator(".derive-program pre").text_content() == expected["code"]
    steps = page.locator(".derive-steps > li").all_text_contents()
    assert len(steps) == 6 and all(
        step["code"][-1] in told for step, told in zip(expected["backward"], steps, strict=True)
    )
    assert "沿轴 0 求和，因为 b 在那里被广播" in steps[3]
    links = page.locator(".derive-steps a").evaluate_all("all => all.map(a => a.href)")
    for step in expected["backward"]:
        for number in ["", *(f"#eq-{n}" for n in re.findall(r"\((\d+)\)", step["cited"]))]:
            assert f"{server}{step['page']}/{number}" in links, (step["operator"], number)
    label = page.locator("#derive svg").get_attribute("aria-label")
    assert "v2 = X @ v1，形状 (8, 4)，matmul，用到 X、v1" in label
    page.get_by_role("button", name="复制代码").click()
    page.get_by_text("代码已复制").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == expected["code"]
    page.get_by_label("形状 b", exact=True).fill("8,1")
    settled(page)
    assert "沿轴 1 求和，因为 b 在那里被广播" in page.locator(".derive-steps > li").all_text_contents()[3]
    assert "b%3D8%2C1" in page.evaluate("location.search")


def test_mistakes_are_answered_in_place(open_derive):
    page = open_derive("?expression=mean(relue(X))&shapes=X=8,3")
    press(page)
    box, error = page.get_by_label("式子：照 numpy 写，最后一行是标量"), page.locator("#derive-error")
    assert error.locator("p").text_content() == "没有名叫 relue 的算子；想写的是 relu 吗"
    assert error.locator("pre").text_content() == "mean(relue(X))\n     ^^^^^"
    assert (box.get_attribute("aria-invalid"), verdict(page)) == ("true", "式子要改一处。")
    box.fill("mean(relu(X) @ W)")
    settled(page)
    field = page.locator("[data-name=W]")
    assert field.locator("p").text_content() == "还没有填形状；零维写作 ()"
    assert field.locator("input").first.get_attribute("aria-invalid") == "true" and error.text_content() == ""
    page.get_by_label("形状 W", exact=True).fill("3,4")
    settled(page)
    assert "已核对" in verdict(page) and box.get_attribute("aria-invalid") == "false"
    box.fill("sum(<img/src=x>)")
    settled(page)
    assert page.locator("#derive img").count() == 0 and verdict(page) == "式子要改一处。"
    assert page.locator("#derive .calc-details").evaluate("e => e.inert")


def test_address_is_shared(open_derive, open_page):
    page = open_derive(permissions=["clipboard-read", "clipboard-write"])
    for button in page.get_by_role("group", name="例子").get_by_role("button").all():
        button.click()
        press(page)
        assert "已核对" in verdict(page), (button.text_content(), verdict(page))
    page.get_by_role("button", name="复制链接").click()
    page.get_by_text("链接已复制").wait_for()
    again = open_page(page.evaluate("navigator.clipboard.readText()"))
    again.set_default_timeout(SECONDS)
    assert again.locator("#derive-expression").input_value() == page.locator("#derive-expression").input_value()
    assert again.locator(".derive-program").count() == 0, "点了才取 Python"
    press(again)
    assert again.locator(".derive-program pre").text_content() == page.locator(".derive-program pre").text_content()


def test_keyboard_narrow_and_accessible(open_derive, axe):
    """只用键盘；360 宽不左右滚；读屏的检查。"""
    page = open_derive(viewport={"width": 360, "height": 800})
    page.locator("#derive-expression").focus()
    for _ in range(9):  # 四个变量各两格，再到“推导”
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".derive-program")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for scheme in ("default", "slate"):
        page.evaluate("scheme => document.body.setAttribute('data-md-color-scheme', scheme)", scheme)
        page.evaluate(axe)
        found = page.evaluate("axe.run('#derive').then(found => found.violations.map(v => [v.id, v.nodes[0].html]))")
        assert not found, (scheme, found)


@pytest.mark.parametrize("name", ["firefox"])
def test_another_browser(name, shared_site, server, site, widget):
    if not (site / "assets" / "runtime").is_dir():
        pytest.skip("网站没有带 Python，先 make runtime")
    try:
        with browsers.launch(name, shared_site.url) as window:
            window.size(1280, 900)
            window.open(server + widget.parent.relative_to(site).as_posix() + "/")
            window.click(".derive-go")
            done = """new Promise(tell => {
              const look = () => document.querySelector(".derive-program") ? tell(true) : setTimeout(look, 200)
              look()
            })"""
            assert window.evaluate(done)
            code = window.evaluate("document.querySelector('.derive-program pre').textContent")
            assert json.dumps(code) and "b_bar = v3_bar.sum(axis=0)" in code
            assert not window.troubles
    except Fault as error:
        pytest.skip(str(error))
