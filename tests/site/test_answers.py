"""会答的图，在真的浏览器里：每一格都问一遍，答的算式就是格里的数；碰到图之前什么也不取，没有脚本时和以前一样。"""

import re

import pytest

from notes.drawing.answers import FUNCTIONS, SIGNS
from notes.page import pages
from notes.site import browsers

MARK = "data-answers="
ONE = "matrix/product"
# 只留会答的图：每问一格都要量位置，几万个元素的公式不必跟着排版
ONLY_FIGURES = """document.querySelectorAll("article > *")
  .forEach(e => e.matches("[data-answers], :has([data-answers])") || e.remove())"""
BEGIN = "window.answering || document.querySelector('[data-answers]').dispatchEvent(new PointerEvent('pointerover'))"
# 逐格问，各格：名字、写着什么、答的几行、框着哪些格
ASK = """async () => {
  await answering
  const answers = []
  for (const svg of document.querySelectorAll("[data-answers]")) {
    svg.scrollIntoView({block: "center", behavior: "instant"})
    const boxes = [...svg.querySelectorAll("rect.cell")]
    const side = (box, name) => box.getAttribute(name)
    const same = (a, b) => ["x", "y", "width", "height"].every(name => side(a, name) === side(b, name))
    const cells = boxes.map((box, k) => {
      const {left, top, width, height} = box.getBoundingClientRect()
      svg.dispatchEvent(new PointerEvent("pointermove", {bubbles: true, clientX: left + width / 2, clientY: top + height / 2}))
      const card = document.querySelector(".figure-answer")
      const answered = svg.classList.contains("answering")
      const marked = kind => [...svg.querySelectorAll(`.figure-marks .${kind}`)].map(mark => boxes.findIndex(box => same(box, mark)))
      const frame = card?.getBoundingClientRect()
      return {
        shown: box.nextElementSibling.textContent,
        lines: answered ? [...card.children].map(row => row.textContent) : [],
        from: marked("from"), to: marked("to"), chosen: marked("chosen"),
        inside: !answered || frame.left >= 0 && frame.right <= innerWidth && frame.bottom <= innerHeight,
      }
    })
    svg.dispatchEvent(new PointerEvent("pointerover", {bubbles: true, clientX: -1, clientY: -1}))
    answers.push({told: svg.dataset.answers, cells})
  }
  return answers
}"""
# 用方向键从第一次走到的一格出发，走得到哪些格；每一格的四个方向都试，各幅图走到了 wanted 里的那么多格就不再走
WALK = """async (wanted = []) => {
  await answering
  return [...document.querySelectorAll("[data-answers]")].map((svg, n) => {
    svg.scrollIntoView({block: "center", behavior: "instant"})
    const boxes = [...svg.querySelectorAll("rect.cell")]
    const current = () => {
      const mark = svg.querySelector(".figure-marks .chosen")
      return boxes.findIndex(box => ["x", "y"].every(name => box.getAttribute(name) === mark.getAttribute(name)))
    }
    const press = key => svg.dispatchEvent(new KeyboardEvent("keydown", {bubbles: true, key}))
    const click = k => {
      const {left, top, width, height} = boxes[k].getBoundingClientRect()
      svg.dispatchEvent(new MouseEvent("click", {bubbles: true, clientX: left + width / 2, clientY: top + height / 2}))
    }
    press("Escape")
    press("Enter")
    const untried = new Map()
    for (let here = current(); untried.size < (wanted[n] ?? Infinity); here = current()) {
      if (!untried.has(here)) untried.set(here, ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"])
      const [other] = untried.get(here).length ? [here] : [...untried].find(([, keys]) => keys.length) ?? []
      if (other === undefined) break
      if (other !== here) click(other)
      press(untried.get(other).pop())
    }
    press("Escape")
    return [...untried.keys()]
  })
}"""
VIOLATIONS = """axe.run({include: [".figure-answer", ".diagram:has(.answering)"]})
  .then(({violations}) => violations.map(found => found.id + found.nodes[0].html))"""
TOP = "document.querySelector('[data-answers]').scrollIntoView({block: 'center', behavior: 'instant'})"


def answering(page, site):
    """这一页有没有会答的图。"""
    return MARK in page.html(site).read_text(encoding="utf-8")


def names(told):
    """{第几格: 名字}；没有名字的格不答。"""
    found, at = {}, 0
    for part in told.split("|"):
        name, *rest = part.split(":")
        if not rest:
            at += int(name)
            continue
        for index in indices([int(size) for size in rest[0].split(",") if size]):
            found[at] = name.replace("\u0304", "的梯度") + (f"[{','.join(map(str, index))}]" if index else "")
            at += 1
    return found


def indices(shape):
    return [()] if not shape else [(i, *rest) for i in range(shape[0]) for rest in indices(shape[1:])]


def calculated(words):
    return eval(words.translate(SIGNS), dict(FUNCTIONS))


def number(words):
    return float(words.replace("−", "-") or 0)


def check(figure):
    """一幅图的每一格：算式提到的就是点亮的，照着算就是格里的数；来处与去处互相对得上。"""
    cells, called = figure["cells"], names(figure["told"])
    mention = re.compile("|".join(map(re.escape, sorted(called.values(), key=len, reverse=True))))
    for k, name in called.items():
        cell = cells[k]
        shown = cell["shown"] or "0"
        assert cell["lines"] and cell["inside"] and cell["chosen"] == [k], f"{name} 没有答，或不在屏幕里"
        first = cell["lines"][0].removeprefix("来自")
        left, *middle, right = re.split(" [=≈] ", first)
        assert (left, right) == (name, shown), first
        if middle:
            values = {called[source]: f"({cells[source]['shown'] or '0'})" for source in cell["from"]}
            assert set(mention.findall(middle[0])) == set(values), first
            middle[0] = mention.sub(lambda found, values=values: values[found[0]], middle[0])
        for words in middle:
            assert abs(calculated(words) - number(shown)) <= (2e-3 if "≈" in first else 1e-9), first
        assert all(k in cells[target]["from"] for target in cell["to"]), "去的地方，没有说从这里来"
        assert all(k in cells[source]["to"] for source in cell["from"]), "来的地方，没有说到这里去"
        if cell["to"]:
            said = [each.split("\u2060")[0] for each in cell["lines"][1].removeprefix("用于").split("、")]
            assert said == [called[target] for target in cell["to"]]


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_cell_answers(page, server, site, visit):
    """每一页上每一幅会答的图，每一格都问一遍；方向键从任何地方走得到每一格。"""
    if not answering(page, site):
        return
    page = visit(server + page.url)
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    page.evaluate(ONLY_FIGURES)
    page.evaluate(BEGIN)
    answers = page.evaluate(ASK)
    for n, figure in enumerate(answers):
        try:
            check(figure)
        except AssertionError as error:
            raise AssertionError(f"第 {n} 幅：{error}") from None
    answering_cells = [{k for k, cell in enumerate(figure["cells"]) if cell["lines"]} for figure in answers]
    walked = page.evaluate(WALK, [len(cells) for cells in answering_cells])
    for cells, reached in zip(answering_cells, walked, strict=True):
        assert cells <= set(reached)


def test_there_are_many(site):
    """少了许多，就是有一类图没有接上。"""
    figures = [page.html(site).read_text(encoding="utf-8").count(MARK) for page in pages()]
    assert sum(figures) >= 45 and sum(map(bool, figures)) >= 25


@pytest.fixture
def opened(open_page, server):
    """打开 Y = WX 一页，停在第一幅图。"""

    def open_(**options):
        page = open_page(f"{server}{ONE}/", **options)
        page.wait_for_load_state("networkidle")
        page.evaluate(TOP)
        return page

    return open_


def loaded(page):
    """程序与样式各取过几次。"""
    asked = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name.split('/').at(-1))")
    return [asked.count(name) for name in ("figures.css", "figures.js")]


def centre(page, k):
    """第一幅图的第 k 格的中间。"""
    box = page.locator("[data-answers]").first.locator("rect.cell").nth(k).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def card(page):
    return page.locator(".figure-answer p").all_text_contents()


# 第 1 行第 2 列的 4，在第一幅图里是第 6 + 12 + 6 格
Y_12 = "来自Y[1,2] = W[1,0]·X[0,2] + W[1,1]·X[1,2] + W[1,2]·X[2,2] = 0·0 + 3·1 + 1·1 = 4"
W_11 = [
    "W[1,1] = 3",
    "用于Y[1,0]\u2060（×\u20600）、Y[1,1]\u2060（×\u20601）、Y[1,2]\u2060（×\u20601）、Y[1,3]\u2060（×\u20602）",
]


def test_nothing_is_fetched_before_the_figure_is_touched(opened, server, site):
    page = opened()
    assert loaded(page) == [0, 0]
    assert page.locator(".figure-answer").count() == 0
    page.mouse.move(*centre(page, 24))
    page.locator(".answering").wait_for()
    assert loaded(page) == [1, 1]
    assert card(page) == [Y_12]
    plain = next(page for page in pages() if not answering(page, site))
    assert "figures.js" not in plain.html(site).read_text(encoding="utf-8")


def test_pointer(opened):
    page = opened()
    page.mouse.move(*centre(page, 4))
    page.locator(".answering").wait_for()
    assert card(page) == W_11
    assert page.locator(".figure-marks .to").count() == 4 and page.locator(".figure-marks .from").count() == 0
    page.mouse.move(*centre(page, 24))
    assert card(page) == [Y_12]
    assert page.locator(".figure-marks .from").count() == 6
    page.mouse.move(1, 1)
    assert card(page) == [] and page.locator(".figure-marks").count() == 0
    # 点过的留着，指别的格再离开，又回到它；Esc 收起，鼠标还在上面也不再答，换一格才答
    page.mouse.click(*centre(page, 24))
    page.mouse.move(*centre(page, 4))
    assert card(page) == W_11
    page.mouse.move(1, 1)
    assert card(page) == [Y_12]
    page.mouse.move(*centre(page, 4))
    page.keyboard.press("Escape")
    x, y = centre(page, 4)
    page.mouse.move(x + 3, y + 3)
    assert card(page) == []
    page.mouse.move(*centre(page, 24))
    assert card(page) == [Y_12]
    page.mouse.click(5, 300)
    assert card(page) == []


def test_keyboard(opened):
    """一幅图只占一个 Tab；方向键走，Esc 收起之后方向键还给网页，回车再答。"""
    page = opened()
    svg = page.locator("[data-answers]").first
    focused = "document.activeElement.matches('[data-answers]')"
    page.evaluate("""() => {
      const all = [...document.querySelectorAll("a[href], button, [tabindex='0']")].filter(e => e.checkVisibility())
      all[all.indexOf(document.querySelector("[data-answers]")) - 1].focus()
    }""")
    page.keyboard.press("Tab")
    assert page.evaluate(focused)
    page.locator(".answering").wait_for()
    assert card(page) == [Y_12, "方向键走到别的格，Esc 收起"]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert card(page) == ["X[2,2] = 1", "用于Y[0,2]\u2060（×\u20602）、Y[1,2]\u2060（×\u20601）"]
    page.keyboard.press("Home")
    assert card(page)[0] == "W[0,0] = 1"
    page.keyboard.press("ArrowLeft")
    assert card(page)[0] == "W[0,0] = 1", "到头了"
    page.keyboard.press("Escape")
    assert card(page) == [] and page.evaluate(focused)
    before = page.evaluate("scrollY")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("before => scrollY > before", arg=before)
    page.keyboard.press("Enter")
    assert card(page) == [Y_12]
    page.keyboard.press("Tab")
    assert not svg.evaluate("svg => svg === document.activeElement") and card(page) == []


def test_touch(opened):
    page = opened(has_touch=True, is_mobile=True, viewport={"width": 360, "height": 740})
    page.touchscreen.tap(*centre(page, 24))
    page.locator(".answering").wait_for()
    assert card(page) == [Y_12]
    page.touchscreen.tap(*centre(page, 4))
    assert card(page) == W_11
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.touchscreen.tap(20, 80)
    assert card(page) == []


def test_without_javascript(open_page, server):
    """没有脚本：没有多余的 Tab 停点与按钮，图还是一幅图。"""
    page = open_page(f"{server}{ONE}/", java_script_enabled=False)
    assert page.locator("[data-answers][role=img]").count() == page.locator("[data-answers]").count() > 3
    assert page.locator("figure [tabindex], figure button, .figure-answer").count() == 0


def test_print(opened):
    """正在答的时候打印，印出来和以前一样。"""
    page = opened()
    looks = """() => [...document.querySelectorAll("[data-answers] *")].map(e => [e, getComputedStyle(e)])
      .filter(([e, {display}]) => !e.closest(".figure-marks") || display !== "none" && e.matches("g"))
      .map(([, {fill, stroke, strokeWidth, opacity, fontWeight}]) => [fill, stroke, strokeWidth, opacity, fontWeight].join())"""
    page.emulate_media(media="print")
    before = page.evaluate(looks)
    page.emulate_media(media="screen")
    page.evaluate(TOP)
    page.mouse.click(*centre(page, 24))
    page.locator(".answering").wait_for()
    assert page.evaluate(looks) != before
    page.emulate_media(media="print")
    assert page.locator(".answering").count() == 1
    assert page.evaluate(looks) == before and not page.locator(".figure-answer").is_visible()


def test_instant_navigation(opened):
    """换到别的页再回来，照样答，程序只取一次。"""
    page = opened()
    page.evaluate("window.same = true")
    for target in ("shape_check", "product"):
        page.evaluate("scrollTo(0, 0)")
        page.locator(f".md-nav a[href*='{target}/']").first.evaluate("link => link.click()")
        page.wait_for_function("target => location.pathname.includes(target)", arg=target)
        page.wait_for_load_state("networkidle")
    page.locator("[data-answers][tabindex]").first.wait_for()
    page.evaluate(TOP)
    for n in (1, 2):
        page.mouse.move(*centre(page, 24 - n))
        page.mouse.move(*centre(page, 24))
        page.locator(".answering").wait_for()
        assert card(page) == [Y_12]
    assert page.evaluate("window.same") and loaded(page) == [1, 1]


def test_axe_while_answering(opened, axe):
    page = opened()
    page.mouse.move(*centre(page, 24))
    page.locator(".answering").wait_for()
    page.add_style_tag(content="* { transition: none !important }")
    page.evaluate(axe)
    for scheme in ("default", "slate"):
        page.evaluate("scheme => document.body.dataset.mdColorScheme = scheme", scheme)
        assert not page.evaluate(VIOLATIONS)


@pytest.mark.parametrize("launched", browsers.NAMES, indirect=True)
def test_three_browsers(reader, server):
    """指着、点到、方向键与 Esc，三个浏览器里一样。"""
    reader.size(1280, 900)
    reader.open(f"{server}{ONE}/")
    reader.evaluate(TOP)
    reader.evaluate("document.querySelectorAll('[data-answers] .cell')[24].nextElementSibling.id = 'chosen'")
    reader.click("#chosen")
    lines = "[...document.querySelectorAll('.figure-answer p')].map(row => row.textContent)"
    reader.evaluate("answering.then(() => new Promise(done => setTimeout(done, 100)))")
    assert reader.evaluate(lines) == [Y_12]
    press = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {{bubbles: true, key: '{}'}}))"
    reader.evaluate(press.format("ArrowRight"))
    assert reader.evaluate(lines)[0].startswith("来自Y[1,3] = W[1,0]·X[0,3]")
    reader.evaluate(press.format("Escape"))
    assert reader.evaluate(lines) == []
    assert set(reader.evaluate(f"({WALK})()")[0]) == set(range(26))
