"""页面里可以链接到的位置：标题与公式；从网址直接打开时，它们有没有停在该停的地方。"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from notes.page import Page
from notes.site.browsers import Window

# 容许差几个像素
TOLERANCE = 4
HEADING = re.compile(r'<h[1-6] id="([^"]+)"')
EQUATION = re.compile(r' id="(eq-[^"]+)"')

# 字体到齐，位置连着几帧、四分之一秒不再变，才算停下了：机器忙时，几帧之后还会再排一次
STILL = """(async () => {
  await document.fonts.ready
  const frame = () => new Promise(requestAnimationFrame)
  for (let last, same = 0, since = 0; same < 4 || performance.now() - since < 250; await frame()) {
    const now = `${scrollY} ${document.documentElement.scrollHeight}`
    if (now !== last) [last, same, since] = [now, 0, performance.now()]
    else same += 1
  }
})()"""
# 该停的地方：没有被页头遮着，也不离它太远；页面到头了可以远一些
STANDING = """
const standing = target => {
  const header = document.querySelector(".md-header").getBoundingClientRect().bottom
  const last = scrollY + innerHeight >= document.documentElement.scrollHeight - 1
  const top = target.getBoundingClientRect().top
  return top >= header && (top <= header + 40 || last)
}
"""
# 停在哪里，与现在再滚到那里相比，差几个像素；看不见、被遮着就是 null
MISSED = (
    f"""(() => {{ {STANDING}"""
    + """
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (!target?.checkVisibility()) return null
  const stood = target.getBoundingClientRect().top
  target.scrollIntoView({ behavior: "instant" })
  return standing(target) ? stood - target.getBoundingClientRect().top : null
})()"""
)
# 在打开着的一页里逐个滚过去，看不见、没有停在该停的地方的
ASTRAY = (
    f"""(names => {{ {STANDING}"""
    + """
  return names.filter(name => {
    const target = document.getElementById(name)
    target?.scrollIntoView({ behavior: "instant" })
    return !target?.checkVisibility() || !standing(target)
  })
})"""
)
# 这一个是不是停在该停的地方
STANDS = f"(name => {{ {STANDING} return standing(document.getElementById(name)) }})"


def anchors(page: Page, site: Path) -> list[str]:
    """这一页的标题与公式，按先后。"""
    html = page.html(site).read_text(encoding="utf-8")
    article = html[html.index("<article") : html.index("</article>")]
    found = [*HEADING.finditer(article), *EQUATION.finditer(article)]
    return [match[1] for match in sorted(found, key=lambda match: match.start())]


def missed(window: Window, address: str, names: list[str]) -> Iterator[tuple[str, float | None]]:
    """逐个从网址打开，给出没有停在该停的地方的，各差几个像素。"""
    for name in names:
        window.open(f"{address}#{quote(name)}")
        window.evaluate(STILL)
        off = window.evaluate(MISSED)
        if off is None or abs(off) > TOLERANCE:
            yield name, off


def astray(window: Window, names: list[str]) -> list[str]:
    """在打开着的一页里逐个滚过去，没有停在该停的地方的。"""
    found: list[str] = window.evaluate(f"{ASTRAY}({json.dumps(names)})")
    return found
