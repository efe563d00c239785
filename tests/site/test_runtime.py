"""网页里的 Python：全部 NumPy 小节在 Chromium 里运行一遍；按钮、编辑器、停止、还原，在 Chromium 与 Firefox 里用一遍。

没有 make runtime 就跳过，并说明；CI 先 make runtime，一个也不跳过。
"""

import json
import re
import socket
import subprocess
import sys
import time

import pytest

from notes import sessions
from notes.errors import Fault
from notes.files import read
from notes.page import Page, pages
from notes.paths import display
from notes.site import differences, runtime
from notes.site.server import free_port

PAGE = Page("matrix/product")
BUTTON = ".run[data-run='matrix/product:{}']"
# 从打开到现在取过的、与运行有关的文件
FETCHED = (
    "performance.getEntriesByType('resource').map(e => e.name).filter(name => /assets\\/(run|runtime)\\//.test(name))"
)
STATUS = "document.querySelector('.run-status')?.textContent ?? ''"
# 运行完了：刚点下去，按钮还没有变成“停止”时，状态是“改过了”
IDLE = (
    "document.querySelector('.run-bar .run[data-run]')?.ariaLabel === '运行'"
    " && /^(?!改过了)./.test(document.querySelector('.run-status').textContent)"
)
# 把编辑器里的代码全部换掉
TYPE = """(async () => {{
  const module = performance.getEntriesByType('resource').find(({{ name }}) => name.endsWith('/editor.js')).name
  const view = (await import(module)).EditorView.findFromDOM(document.querySelector('.cm-editor'))
  view.dispatch({{ changes: {{ from: 0, to: view.state.doc.length, insert: {} }}, userEvent: 'input.type' }})
}})()"""


@pytest.fixture(scope="module", autouse=True)
def _made():
    if not runtime.complete():
        pytest.skip("没有网页里的 Python，先 make runtime")


@pytest.fixture
def use(reader, server):
    """打开一页，返回 (call(选择器) 点一下并等到运行完, 窗口)。"""

    def wait(condition, seconds=120):
        until = time.monotonic() + seconds
        while not reader.evaluate(f"Boolean({condition})"):
            assert time.monotonic() < until, reader.evaluate(STATUS)
            time.sleep(0.05)

    def open_(page, width=1280):
        reader.size(width, 900)
        reader.open(server + page.url)
        return wait

    return open_


def both(function):
    return pytest.mark.parametrize("launched", ["chromium", "firefox"], indirect=True, scope="session")(function)


@both
def test_run_change_fail_stop_and_restore(use, reader):
    wait = use(PAGE)
    wait("document.readyState === 'complete'")
    assert reader.evaluate(FETCHED) == [], "点之前什么也不取"
    button = BUTTON.format("example")
    reader.click(button)
    wait(IDLE)
    assert reader.evaluate(STATUS) == "✓ 输出与印着的相同"
    assert reader.evaluate("document.querySelectorAll('.run-output').length") == outputs_of("example")

    def change(code):
        reader.evaluate(TYPE.format(json.dumps(code)))
        reader.click(button)

    source = sessions.parse(PAGE.session)["example"].source()
    first = source.replace("1.", "7.", 1)
    assert first != source
    change(first)
    wait(IDLE)
    assert re.fullmatch(r"≠ 有 \d 处与印着的不同", reader.evaluate(STATUS))
    shown = reader.evaluate("document.querySelector('.run-output.differs').textContent")
    assert shown.startswith("现在") and "印着" in shown

    change("1 / 0\n2")
    wait(IDLE)
    assert reader.evaluate(STATUS).startswith("✗ 有一步报了错")
    assert "ZeroDivisionError: division by zero" in reader.evaluate("document.querySelector('.run-output').textContent")

    change("x = = 1")
    wait(IDLE)
    assert reader.evaluate(STATUS).startswith("✗ 第 1 行语法不对")

    change("while True:\n    pass")
    wait(f"({STATUS}).startsWith('正在运行')")
    reader.click(button)
    wait(IDLE)
    assert reader.evaluate(STATUS).startswith("停下了")
    change("print(6 * 7)")
    wait(IDLE)
    assert reader.evaluate("document.querySelector('.run-output').textContent.trim()") == "42"

    reader.click(".run-bar .run:not([data-run])")
    assert reader.evaluate("!document.querySelector('.cm-editor, .run-bar')")
    assert reader.evaluate(f'document.activeElement === document.querySelector("{button}")')
    assert reader.evaluate(f"document.querySelector(\"{button}\").closest('pre').checkVisibility()")


def outputs_of(section):
    return sum(bool(step.want) for step in sessions.parse(PAGE.session)[section].steps)


@both
def test_what_is_above_runs_first(use, reader):
    """点下面的一块，上面的先运行；上面改过的，下面用改后的。手机上不必左右滚动。"""
    wait = use(PAGE, 360)
    names = list(sessions.parse(PAGE.session))
    above, below = BUTTON.format(names[0]), BUTTON.format("example")
    reader.click(above)
    wait(IDLE)
    reader.evaluate(TYPE.format(json.dumps("W_bar = X_bar = backward = None")))
    reader.click(below)
    settled = "[...document.querySelectorAll('.run-bar .run[data-run]')].every(e => e.ariaLabel === '运行')"
    wait(f"document.querySelectorAll('.run-bar').length === 2 && {settled}")
    status = reader.evaluate(f"document.querySelector(\"{below}\").closest('.run-bar').textContent")
    assert "报了错" in status
    assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_keyboard(open_page, server):
    """Tab 走得到按钮，回车运行，Tab 进编辑器，Ctrl+Enter 再运行，Esc 离开，再 Tab 就出来。"""
    page = open_page(server + PAGE.url)
    page.set_default_timeout(120_000)
    button = page.locator(BUTTON.format("example"))
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"({STATUS}).startsWith('✓')")
    inside = "document.activeElement.matches('.cm-content')"
    assert page.evaluate("document.activeElement.matches('.run')"), "焦点没有被搬走"
    page.keyboard.press("Tab")
    assert page.evaluate(inside)
    page.keyboard.press("Control+End")
    page.keyboard.type("\nprint(1 + 1)")
    assert page.evaluate(STATUS) == "改过了，还没有运行"
    page.keyboard.press("Control+Enter")
    page.wait_for_function("[...document.querySelectorAll('.run-output')].at(-1).textContent.trim() === '2'")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.run')")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert not page.evaluate(inside), "编辑器不是陷阱"
    assert page.locator(".run-status").get_attribute("role") == "status"


@pytest.fixture
def plain_server(site):
    """下载的人自己起的服务器：python3 -m http.server。"""
    port = free_port()
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]
    with subprocess.Popen(command, cwd=site, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait_for(port)
        yield f"http://127.0.0.1:{port}/"
        process.terminate()


def wait_for(port):
    for _ in range(200):
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.05)


def test_accessible_while_running(open_page, plain_server, axe):
    """运行着的编辑器与输出，axe 在两种配色下都挑不出毛病；用 Python 自带的服务器也能运行。"""
    page = open_page(plain_server + PAGE.url)
    page.set_default_timeout(120_000)
    page.locator(BUTTON.format("example")).click()
    page.wait_for_function(f"({STATUS}).startsWith('✓')")
    page.evaluate(TYPE.format(json.dumps("backward(2 * np.ones((2, 4)))[0]\n1 / 0")))
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+Enter")
    page.wait_for_function(f"({STATUS}).startsWith('✗')")
    page.evaluate(axe)
    for scheme in ("default", "slate"):
        page.evaluate("scheme => document.body.dataset.mdColorScheme = scheme", scheme)
        page.wait_for_timeout(400)  # 颜色渐变
        run = (
            "axe.run('.running').then(({violations}) => violations.flatMap(v => v.nodes.map(n => v.id + ' ' + n.html)))"
        )
        assert page.evaluate(run) == [], scheme


def test_instant_navigation_keeps_python(open_page, server):
    """换到另一页，Python 还在，不必再启动；编辑器还是那个样子。"""
    page = open_page(server + PAGE.url)
    page.set_default_timeout(120_000)
    page.wait_for_load_state("networkidle")
    page.locator(BUTTON.format("example")).click()
    page.wait_for_function(f"({STATUS}).startsWith('✓')")
    page.evaluate("window.same = true")
    page.locator(".md-nav a[href*='matrix/chain_rule']").first.evaluate("link => link.click()")
    other = page.locator(".run[data-run^='matrix/chain_rule:']:visible").first
    other.click()
    page.wait_for_function(f"/^[✓≠]/.test({STATUS})")
    assert page.evaluate("same"), "应当不重新加载整页"
    assert page.evaluate("getComputedStyle(document.querySelector('.cm-content')).whiteSpace") == "pre"
    assert len([url for url in page.evaluate(FETCHED) if url.endswith(".wasm")]) <= 1


def test_from_disk_says_why(contexts, site):
    page = contexts().new_page()
    page.goto(PAGE.html(site).as_uri())
    page.locator(BUTTON.format("example")).click()
    assert "python3 -m http.server" in page.locator(".run-note").inner_text()
    page.close()


def test_without_javascript_no_buttons(open_page, server):
    page = open_page(server + PAGE.url, java_script_enabled=False)
    assert page.locator(".run").count() > 0
    assert not page.locator(".run:visible").count()


def test_every_section_has_a_button(site):
    """每个 NumPy 小节恰好一个，除去要在仓库里运行的；结果不同的写着为什么。"""
    table = differences.stored()
    for page in pages():
        found = re.findall(r'data-run="([^"]*)"(?: data-why="([^"]*)")?', page.html(site).read_text(encoding="utf-8"))
        names = sessions.parse(page.session) if page.session.is_file() else {}
        reasons = table.get(page.name, {})
        wanted = [
            (f"{page}:{name}", differences.REASONS.get(reasons.get(name, ""), ""))
            for name in names
            if reasons.get(name) != "repository"
        ]
        assert sorted(found) == sorted(wanted), page


def test_code_in_the_page_is_the_code_of_the_session(contexts, server):
    """网页上从印着的一块取出代码与输出，与 notes/sessions.py 切的相同。"""
    page = contexts().new_page()
    page.goto(server)
    printed = "async texts => { const { printed } = await import('/assets/run/run.js'); return texts.map(printed) }"
    for each in pages():
        if not each.session.is_file():
            continue
        found = list(sessions.parse(each.session).values())
        texts = ["\n".join(line for s in each.steps for line in [*s.shown(), *s.want]) + "\n" for each in found]
        for section, got in zip(found, page.evaluate(printed, texts), strict=True):
            assert got["code"] == "\n".join(line.rstrip() for line in section.source().split("\n"))
            assert [one["lines"] for one in got["outputs"]] == [step.want for step in section.steps if step.want]
    page.close()


def test_every_section_runs_in_the_browser():
    """全部 NumPy 小节：结果与存着的相同，除去表里的，表里的恰好就是这些。"""
    try:
        found = differences.run(runtime.copy, differences.every_page())
    except Fault as error:
        if "没有" in str(error):
            pytest.skip(str(error))
        raise
    assert list(found) and set(found) == set(differences.every_page())
    made, stored = differences.table(found), differences.stored()
    told = json.loads(read(differences.STORED))
    assert {name: told[name] for name in runtime.facts()} == runtime.facts()
    for name in found:
        if made[name] != stored.get(name, {}):
            where = f"{display(Page(name).session)}  在网页里运行的结果变了"
            shown = f"  存着  {stored.get(name, {})}\n  现在  {made[name]}"
            raise Fault(f"{where}\n{shown}\n若改动是有意的：make runtime ARGS=--update")
