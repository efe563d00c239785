"""在无头 Chromium 里打开一页，量到首屏的公式都看得见为止用了多久，还有字节、卡顿与版面移动。"""

from urllib.parse import urlsplit

# 慢的手机：CPU 慢 4 倍，下行 1.6 Mb/s，往返 150 ms
CPU_SLOWDOWN = 4
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
SCREEN = {"width": 412, "height": 823}
QUIET = 1500

# 每一帧看一次：首屏的公式（前 wanted 条）是否都排好、字体是否都到了。只读 DOM，不引起排版。
OBSERVE = """
window.seen = {formulas: null, shift: 0, tasks: [], last: 0}
let window_ = 0, from = 0, previous = 0
new PerformanceObserver(list => list.getEntries().forEach(entry => {
  if (entry.hadRecentInput) return
  if (entry.startTime - previous > 1000 || entry.startTime - from > 5000) { window_ = 0; from = entry.startTime }
  previous = entry.startTime
  window_ += entry.value
  seen.shift = Math.max(seen.shift, window_)
})).observe({type: "layout-shift", buffered: true})
new PerformanceObserver(list => list.getEntries().forEach(entry => {
  seen.tasks.push([entry.startTime, entry.duration])
})).observe({type: "longtask", buffered: true})
const look = () => {
  const painted = performance.getEntriesByName("first-contentful-paint").length
  const typeset = document.getElementsByTagName("mjx-container").length >= WANTED
  const loading = [...document.fonts].some(font => font.status === "loading")
  if (painted && typeset && !loading && seen.waited) seen.formulas = performance.now()
  // 排好之后下一帧才会去要字体，所以多等一帧
  seen.waited = painted && typeset
  if (seen.formulas === null) requestAnimationFrame(look)
}
requestAnimationFrame(look)
"""


def on_first_screen(browser, url):
    """首屏有几条公式（排好之后）。"""
    page = browser.new_page(viewport=SCREEN, device_scale_factor=2)
    page.goto(url)
    page.wait_for_timeout(QUIET)
    count = page.evaluate(
        "[...document.querySelectorAll('mjx-container')].filter(e => e.getBoundingClientRect().top < innerHeight).length"
    )
    page.close()
    return count


def measure(browser, url, counter, wanted):
    """打开一次，缓存是空的。"""
    context = browser.new_context(viewport=SCREEN, device_scale_factor=2)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    page.add_init_script(OBSERVE.replace("WANTED", str(wanted)))
    counter.reset()
    page.goto(url, wait_until="load", timeout=60_000)
    page.wait_for_function("seen.formulas !== null", timeout=60_000)
    wait_until_quiet(page, counter)
    seen = page.evaluate("seen")
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    context.close()
    return {
        "bytes": counter.total(),
        "scripts": sum(n for u, n in counter.bytes.items() if is_mathematics_script(urlsplit(u).path)),
        "painted": painted,
        "formulas": seen["formulas"],
        "blocking": blocking(seen["tasks"], painted),
        "shift": seen["shift"],
    }


def wait_until_quiet(page, counter):
    """等到一段时间里既没有新的字节，也没有长任务。"""
    state = None
    while state != (state := (counter.total(), page.evaluate("seen.tasks.length"))):
        page.wait_for_timeout(QUIET)


def blocking(tasks, since):
    """首次绘制之后，每个长任务超出 50 ms 的部分之和。"""
    return sum(
        max(0, min(start + duration - since, duration) - 50) for start, duration in tasks if start + duration > since
    )


def is_mathematics_script(path):
    return path.endswith(".js") and ("/es5/" in path or path.endswith("assets/setup.js"))
