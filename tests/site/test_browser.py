"""真的浏览器里：没有报错，没有站外请求，公式都在，手机上不出横向滚动条，标签页、复制都能用。

需要 requirements-dev.txt 里的 playwright 与系统的 Chromium；没有就跳过，并说明。
"""

import re

import pytest

from notes.page import pages

UNFOLD = "document.querySelectorAll('details').forEach(details => details.open = true)"
# 会左右滚动的框，自己能得到焦点，或者里面有能得到焦点的元素
REACHABLE = """() => [...document.querySelectorAll("article *")]
  .filter(e => e.scrollWidth > e.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(e).overflowX))
  .every(e => e.tabIndex >= 0 || e.querySelector("a[href], button, [tabindex='0']"))"""
# 公式的编号都在屏幕里，没有被裁掉；编号后面的括号也在
CUT_NUMBERS = """() => [...document.querySelectorAll(".mjx-display a[href^='#eq-']")]
  .filter(number => number.checkVisibility())
  .filter(number => {
    const box = number.closest(".mjx-display").getBoundingClientRect()
    return [...number.children].map(e => e.getBoundingClientRect())
      .some(glyph => glyph.width && (glyph.left < box.left - 1 || glyph.right > box.right + 1 || glyph.right > innerWidth))
  }).map(number => number.getAttribute("href"))"""
# 左右装不下、又没有渐隐的边的框
UNHINTED = """() => [...document.querySelectorAll("article *")]
  .filter(e => e.scrollWidth > e.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(e).overflowX))
  .filter(e => !getComputedStyle(e).backgroundImage.includes("gradient") && !e.matches(".tabbed-labels"))
  .map(e => e.outerHTML.slice(0, 200))"""
# 表格里有几个汉字，一行却排不下三个的格：一个字一行，读不成句
SQUEEZED = r"""() => [...document.querySelectorAll("article table:not([class]) :is(th, td)")].filter(cell => {
  const style = getComputedStyle(cell)
  const width = cell.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
  return cell.checkVisibility() && /[\u4e00-\u9fff]{3}/.test(cell.textContent) && width < 2.5 * parseFloat(style.fontSize)
}).map(cell => cell.textContent)"""
# 代码里排不下的行：读者写的（会话的输出可能是别人的话，长短由不得我们）
LONG_LINES = r"""() => [...document.querySelectorAll("article pre > code")].filter(code => code.checkVisibility()).flatMap(code => {
  const style = getComputedStyle(code), ruler = document.createElement("canvas").getContext("2d")
  ruler.font = `${style.fontSize} ${style.fontFamily}`
  const width = code.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
  const written = code.querySelector(".gp") ? /^(>>>|\.\.\.)/ : /./
  return code.textContent.split("\n").filter(line => written.test(line) && ruler.measureText(line).width > width + 1)
})"""
WIDE_FORMULAS = """() => [...document.querySelectorAll(".mjx-display")]
  .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.dataset.tex)"""
# 让 axe 快几倍：公式换成文字（字形对读屏软件隐藏，MathML 它又不读）；目录里的一项，在别的页上、同样的祖先里查过的，去掉；
# 没有查过颜色的元素作上记号。链接的颜色还要与一段里别的字比，所以在不在一段话里也算；有换行的不好说，都查
THIN = """seen => {
  document.querySelectorAll("mjx-container").forEach(e => e.replaceWith("公式"))
  const known = new Set(seen)
  const words = e => [...e.childNodes].some(node => node.nodeType === 3 && node.data.trim())
  const kinOf = e => {
    let kin = ""
    for (let up = e; up !== document.body; up = up.parentElement) kin += `${up.localName}.${up.getAttribute("class")} `
    return kin
  }
  for (const e of document.querySelectorAll(".md-nav li:not(:has(li, [id]))")) {
    let item = e.innerHTML.replace(/href="[^"]*"/g, "href").replace(/\\s+/g, " ")
    for (let up = e; up; up = up.parentElement) item += up.cloneNode().outerHTML
    if (known.has(item)) e.remove()
    known.add(item)
  }
  const count = e => e.textContent.replace(/\\s+/g, "").length
  const block = e => {
    while (getComputedStyle(e).display === "inline") e = e.parentElement
    return e
  }
  for (const e of document.querySelectorAll("a[href]")) {
    const around = block(e), inside = [...around.querySelectorAll("a[href]")].map(count).reduce((a, b) => a + b, 0)
    const kin = `${kinOf(e)} ${count(around) > 2 * inside} ${around.querySelector("br, hr") ? e.outerHTML : ""}`
    if (!known.has(kin)) e.dataset.unseen = ""
    known.add(kin)
  }
  for (const e of [...document.querySelectorAll("body *")].filter(words)) {
    const kin = kinOf(e)
    if (!known.has(kin)) e.dataset.unseen = ""
    else if (e.matches("code span")) e.remove()
    known.add(kin)
  }
  return [...known]
}"""
# 颜色的规则：只看没有查过的
COLOURS = ["color-contrast", "link-in-text-block"]
# 表格比正文宽一半以上：多半是有一格没有断行
WIDE_TABLES = """() => [...document.querySelectorAll("article table")].filter(e => e.checkVisibility()
  && e.scrollWidth > 1.5 * document.querySelector("article").clientWidth).map(e => e.innerText.slice(0, 40))"""
# 查颜色之前，里面没有要看的各段、各项都去掉，axe 不必走一遍；一段之内一个字也不动
PRUNE = """() => document.querySelectorAll("article > *, article details > *, .md-nav li")
  .forEach(e => e.matches("[data-unseen], :has([data-unseen])") || e.remove())"""
# 只要毛病：没有毛病的一千多处，不必逐个写出是哪里
VIOLATIONS = """([where, options]) => !document.querySelector(where) ? [] : axe.run(where, {...options, resultTypes: ["violations"]}).then(
  ({violations}) => violations.flatMap(v => v.nodes.map(node => `${v.id}：${node.html.slice(0, 200)}`)))"""
PROSE = """() => {
  const copy = document.querySelector("article").cloneNode(true)
  copy.querySelectorAll(".arithmatex, code, pre").forEach(e => e.remove())
  return copy.textContent
}"""
RAW_TEX = re.compile(r"\$|\\\(|\\\[|\\frac|\\sum|\\bar")


@pytest.fixture(scope="module")
def seen():
    """颜色查过的元素：各自的一串祖先。颜色只由它们的类名决定，同样的不必再查。"""
    return set()


@pytest.mark.parametrize("page", pages(), ids=str)
def test_page(page, visit, server, axe, seen):
    """公式都排好了，编号都看得见，没有横向滚动条，会滚动的框看得出来、用键盘够得着，axe 在两种配色下都挑不出毛病。"""
    page = visit(server + page.url)
    page.add_style_tag(content="* { transition: none !important; content-visibility: visible !important }")
    page.evaluate(UNFOLD)
    assert not page.evaluate(LONG_LINES), "宽屏上，代码有一行装不下"
    assert page.evaluate("document.documentElement.lang") == "zh"
    assert page.evaluate("document.querySelectorAll('mjx-merror, [data-mjx-error]').length") == 0
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"宽 {width} 时整页出现了横向滚动条"
        assert not page.evaluate(CUT_NUMBERS), f"宽 {width} 时公式的编号被裁掉"
        assert not page.evaluate(UNHINTED), f"宽 {width} 时装不下，又看不出来"
        assert not page.evaluate(SQUEEZED), f"宽 {width} 时表格里一个字一行"
        if width == 1280:
            assert not page.evaluate(WIDE_FORMULAS), "宽屏上公式装不下"
            assert not page.evaluate(WIDE_TABLES), "宽屏上表格要滚动很远"
    page.wait_for_function(REACHABLE)
    seen.update(page.evaluate(THIN, list(seen)))
    prose = page.evaluate(PROSE)
    assert not RAW_TEX.search(prose), f"没有排版的公式：{RAW_TEX.search(prose)}"
    page.evaluate(axe)
    # 有渐变的背景，axe 就不说对比度够不够：代码、宽的公式与表格都有渐隐的边
    page.add_style_tag(content="article * { background-image: none !important }")
    assert not page.evaluate(VIOLATIONS, ["body", {"rules": {name: {"enabled": False} for name in COLOURS}}])
    page.evaluate(PRUNE)
    for scheme in ("default", "slate"):
        page.evaluate("scheme => document.body.dataset.mdColorScheme = scheme", scheme)
        found = page.evaluate(VIOLATIONS, ["[data-unseen]", {"runOnly": COLOURS}])
        assert not found, f"配色 {scheme}"


def a_page(server, site, wanted):
    """网站里第一个一打开就看得见 wanted 这段 HTML 的页面：它在折叠块之前。"""
    return server + next(page.url for page in pages() if wanted in before_folds(page.html(site)))


def before_folds(path):
    return path.read_text(encoding="utf-8").split("<details")[0]


def test_tabs(open_page, server, site):
    page = open_page(a_page(server, site, "PyTorch</label>"))
    tabs = page.locator(".tabbed-set:has(label:nth-child(2)):visible").first
    tabs.locator(".tabbed-labels label").nth(1).click()
    assert tabs.locator(".tabbed-block").nth(1).is_visible()
    assert not tabs.locator(".tabbed-block").nth(0).is_visible()


def test_copy_button_leaves_out_prompts_and_outputs(open_page, server, site):
    page = open_page(a_page(server, site, 'class="go"'), permissions=["clipboard-read", "clipboard-write"])
    block = page.locator(".highlight:has(.go):visible").first
    block.hover()
    block.locator(".md-code__button[data-md-type=copy], .md-clipboard").first.click()
    page.wait_for_function("navigator.clipboard.readText().then(t => t.length > 0)")
    copied = page.evaluate("navigator.clipboard.readText()")
    shown = block.locator("code").inner_text()
    sources = [line[4:] for line in shown.split("\n") if line.startswith((">>> ", "... "))]
    assert [line for line in copied.split("\n") if line.strip()] == [line for line in sources if line.strip()]


def test_copied_formula_is_tex(open_page, server, site):
    page = open_page(a_page(server, site, "mjx-container"), permissions=["clipboard-read", "clipboard-write"])
    formula = page.locator("mjx-container:visible").first
    formula.evaluate("e => getSelection().selectAllChildren(e.parentElement)")
    page.keyboard.press("Control+c")
    assert "$" in page.evaluate("navigator.clipboard.readText()")


def test_instant_navigation_forth_and_back(open_page, server):
    page = open_page(server)
    page.wait_for_load_state("networkidle")
    page.evaluate("window.same = true")
    first = page.title()
    page.locator("article a[href]:not(.headerlink, [download])").first.click()
    page.wait_for_function("title => document.title !== title", arg=first)
    page.locator("article .arithmatex, article mjx-container").first.wait_for()
    page.go_back()
    page.wait_for_function("title => document.title === title", arg=first)
    assert page.evaluate("window.same"), "应当不重新加载整页"


def test_formulas_without_javascript(open_page, server, site):
    page = open_page(a_page(server, site, "mjx-container"), java_script_enabled=False)
    box = page.locator("mjx-container").first.bounding_box()
    assert box["width"] > 5 and box["height"] > 5


def test_equation_can_be_linked_to(open_page, server, site):
    page = open_page(a_page(server, site, 'id="eq-1"') + "#eq-1")
    assert page.locator("#eq-1").is_visible()
    assert page.evaluate("document.querySelector('#eq-1').getBoundingClientRect().top < innerHeight")


def test_print(open_page, server, site):
    page = open_page(a_page(server, site, "tabbed-set"))
    page.emulate_media(media="print")
    assert not page.locator(".md-header").is_visible()
    assert not page.locator(".md-sidebar").first.is_visible()
    assert page.evaluate("[...document.querySelectorAll('article details > *')].every(e => e.checkVisibility())"), (
        "有折叠块没有展开"
    )
    cut = page.evaluate(
        "[...document.querySelectorAll('pre code')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert cut == 0, f"打印时有 {cut} 块代码被裁掉"


# 卡片上印出来的字，以磅计；公式里的上下标照例小一号，不算
PRINTED_SIZES = """() => [...document.querySelectorAll("article > h1, .card-note, .card-note *, .card *")]
  .filter(e => e.checkVisibility() && !e.closest("mjx-container"))
  .filter(e => [...e.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
  .map(e => parseFloat(getComputedStyle(e).fontSize) * 0.75)"""
# 章名、词，后面都紧跟着表格
KEPT = """() => [...document.querySelectorAll(".card h2, .card p")]
  .every(e => getComputedStyle(e).breakAfter === "avoid")"""
# 表格跨页也完整：表头每页都印，一行不拆成两半，每一行有自己的边框；套着它的框也断得开，不比纸宽
OPEN_TABLES = """() => [...document.querySelectorAll("article table:not([class])")].filter(table => {
  const style = getComputedStyle
  const drawn = (cell, side) => parseFloat(style(cell)[`border${side}Width`]) > 0
  const boxes = [table, ...["div.md-typeset__table", "div.md-typeset__scrollwrap"].map(box => table.closest(box))]
  return style(table.tHead).display !== "table-header-group"
    || boxes.some(box => !/^(table|block)$/.test(style(box).display) || style(box).overflow !== "visible")
    || table.getBoundingClientRect().right > innerWidth + 1
    || [...table.rows].some(row => style(row).breakInside !== "avoid"
      || !drawn(row.cells[0], "Left") || !drawn([...row.cells].at(-1), "Right")
      || [...row.cells].some(cell => !drawn(cell, "Bottom") || cell.matches("th") && !drawn(cell, "Top")))
}).map(table => table.textContent.slice(0, 100))"""


@pytest.mark.parametrize("font", ["", "DejaVu Sans Mono"], ids=["自带的字体", "宽的代码字体"])
def test_card_prints_on_three_sides(font, open_page, server):
    """公式卡印成三面 A4，字不小于 7.5 磅，代码字体宽一些也放得下；没有裁掉的，第三面用得上。"""
    # A4 减去 card.css 里 @page 的页边，是 733 像素宽、1069 像素高
    page = open_page(server + "appendix/card/", viewport={"width": 733, "height": 1069})
    if font:
        page.add_style_tag(content=f".md-typeset code {{ font-family: '{font}' !important }}")
    made = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type */Page\b", made)) == 3
    page.emulate_media(media="print")
    assert min(page.evaluate(PRINTED_SIZES)) >= 7.5
    assert page.evaluate("document.querySelector('.card').getBoundingClientRect().bottom / innerHeight") > 2
    assert page.locator(".card tr:visible").count() == page.locator(".card tr").count()
    cut = "[...document.querySelectorAll('.card td')].filter(e => e.scrollWidth > e.clientWidth + 1)"
    assert not page.evaluate(f"{cut}.map(e => e.textContent)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "太宽，浏览器会把整页缩小"
    assert not page.evaluate(OPEN_TABLES)
    assert page.evaluate(KEPT), "章名会留在前一面的末尾"


@pytest.mark.parametrize("name", ["matrix/identities_vector", "appendix/verification"])
def test_tables_print_whole(name, open_page, server):
    """跨页的表格在每一页上都有表头、边框是闭合的，也没有比纸宽的。"""
    # A4 减去浏览器自己的页边
    page = open_page(f"{server}{name}/", viewport={"width": 718, "height": 1000})
    page.emulate_media(media="print")
    assert not page.evaluate(OPEN_TABLES)


# 打开之后版面移动了多少，由浏览器自己量
SHIFTED = """() => new Promise(done => {
  let total = 0
  new PerformanceObserver(list => total += list.getEntries().reduce((sum, e) => sum + e.value, 0))
    .observe({type: "layout-shift", buffered: true})
  setTimeout(() => done(total), 500)
})"""


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("name", ["engine/derive", "broadcasting/calculator", "cnn/sizes"])
def test_widgets_do_not_move_the_page(open_page, server, name, width):
    """放表单的脚本来得慢，段落先画了出来：表单放上去时，它们不动。"""
    page = open_page(server + "404.html", viewport={"width": width, "height": 800})
    page.wait_for_load_state("networkidle")

    def slowly(route):
        page.wait_for_timeout(600)
        route.continue_()

    page.route("**/assets/widgets.js", slowly)
    page.goto(f"{server}{name}/")
    page.wait_for_load_state()
    assert page.evaluate(SHIFTED) < 0.01
