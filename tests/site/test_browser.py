"""真的浏览器里：没有报错，没有站外请求，公式都在，手机上不出横向滚动条，标签页、复制都能用。

需要 requirements-dev.txt 里的 playwright 与系统的 Chromium；没有就跳过，并说明。
"""

import json
import re

import pytest

from notes.page import pages

# 全都展开，没有选中的标签页也是；屏幕之外的也排版
UNFOLD = """() => {
  const style = document.createElement("style")
  style.textContent = "* { transition: none !important; content-visibility: visible !important }"
    + ".tabbed-content > .tabbed-block { display: block !important }"
  document.head.append(style)
  document.querySelectorAll("details").forEach(details => details.open = true)
}"""
ERRORS = "() => [...document.querySelectorAll('mjx-merror, [data-mjx-error]')].map(e => e.textContent)"
TOO_WIDE = "() => document.documentElement.scrollWidth <= innerWidth ? [] : [document.documentElement.scrollWidth]"
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
# 让 axe 快几倍：公式换成文字（字形对读屏软件隐藏，MathML 它又不读），不显示的 template 与 wbr 去掉；
# 目录里的一项，在别的页上、同样的祖先里查过的，去掉；没有查过颜色的元素作上记号。链接的颜色还要与一段里别的字比，
# 所以在不在一段话里也算；有换行的不好说，都查。查过的是 53 位的散列，返回这一页新添的
THIN = """seen => {
  document.querySelectorAll("mjx-container").forEach(e => {
    const around = e.parentElement.matches("span.arithmatex") ? e.parentElement : e
    around.replaceWith("公式")
  })
  document.querySelectorAll("template, wbr").forEach(e => e.remove())
  const known = new Set(seen), added = []
  const isNew = text => {
    let a = 0xdeadbeef, b = 0x41c6ce57
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      a = Math.imul(a ^ code, 2654435761)
      b = Math.imul(b ^ code, 1597334677)
    }
    a = Math.imul(a ^ a >>> 16, 2246822507) ^ Math.imul(b ^ b >>> 13, 3266489909)
    b = Math.imul(b ^ b >>> 16, 2246822507) ^ Math.imul(a ^ a >>> 13, 3266489909)
    const hash = 4294967296 * (b & 2097151) + (a >>> 0)
    if (known.has(hash)) return false
    known.add(hash)
    added.push(hash)
    return true
  }
  const words = e => [...e.childNodes].some(node => node.nodeType === 3 && node.data.trim())
  // 一个元素连同它的祖先，由 tell 写成的一串
  const line = (tell, last) => {
    const told = new Map([[last, ""]])
    return function all(e) {
      if (!told.has(e)) told.set(e, tell(e) + (e.parentElement ? all(e.parentElement) : ""))
      return told.get(e)
    }
  }
  const kinOf = line(e => `${e.localName}.${e.getAttribute("class")} `, document.body)
  const shells = line(e => e.cloneNode().outerHTML)
  for (const e of document.querySelectorAll(".md-nav li:not(:has(li, [id]))")) {
    if (!isNew(e.innerHTML.replace(/href="[^"]*"/g, "href").replace(/\\s+/g, " ") + shells(e))) e.remove()
  }
  const count = e => e.textContent.replace(/\\s+/g, "").length
  const block = e => {
    while (getComputedStyle(e).display === "inline") e = e.parentElement
    return e
  }
  for (const e of document.querySelectorAll("a[href]")) {
    const around = block(e), inside = [...around.querySelectorAll("a[href]")].map(count).reduce((a, b) => a + b, 0)
    const forced = around.querySelector("br, hr") ? e.outerHTML : ""
    if (isNew(`${kinOf(e)} ${count(around) > 2 * inside} ${forced}`)) e.dataset.unseen = ""
  }
  for (const e of [...document.querySelectorAll("body *")].filter(words)) {
    if (isNew(kinOf(e))) e.dataset.unseen = ""
    else if (e.matches("code span")) e.remove()
  }
  return added
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


# 哪儿有毛病: 找出它们的函数，返回有毛病的各处
ANYWHERE = {
    "整页出现了横向滚动条": TOO_WIDE,
    "公式的编号被裁掉": CUT_NUMBERS,
    "装不下，又看不出来": UNHINTED,
    "表格里一个字一行": SQUEEZED,
}
ON_A_WIDE_SCREEN = {"代码有一行装不下": LONG_LINES, "公式装不下": WIDE_FORMULAS, "表格要滚动很远": WIDE_TABLES}


def require_none(page, checks, when):
    """一样毛病也没有；一次问完，浏览器只排版一次。"""
    asked = ", ".join(f"{json.dumps(told)}: ({check})()" for told, check in checks.items())
    found = [f"{when}{told}：{places}" for told, places in page.evaluate(f"() => ({{{asked}}})").items() if places]
    assert not found, "\n".join(found)


@pytest.fixture(scope="module")
def seen():
    """颜色查过的元素：各自的一串祖先。颜色只由它们的类名决定，同样的不必再查。"""
    return set()


@pytest.mark.parametrize("page", pages(), ids=str)
def test_page(page, visit, server, axe, seen):
    """公式都排好了，编号都看得见，没有横向滚动条，会滚动的框看得出来、用键盘够得着，axe 在两种配色下都挑不出毛病。"""
    page = visit(server + page.url)
    page.evaluate(UNFOLD)
    assert page.evaluate("document.documentElement.lang") == "zh"
    require_none(page, {"公式排不了": ERRORS, **ON_A_WIDE_SCREEN, **ANYWHERE}, "宽 1280 时")
    page.set_viewport_size({"width": 360, "height": 900})
    require_none(page, ANYWHERE, "宽 360 时")
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
