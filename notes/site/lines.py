"""一页排成的行：哪些以标点开头，哪些全角标点被挤窄了。"""

from notes.site.browsers import Window

# 逐个看正文里的全角标点：[行首的, 不到一个字宽的]，各带前后几个字。两个标点相连，浏览器可以收紧，不算
PUNCTUATION = """(async () => {
  await document.fonts.ready
  const begins = [], squeezed = [], range = document.createRange(), whole = document.createRange()
  const skipped = "pre, mjx-container, svg, nav, script, style, .tabbed-labels, .calculator"
  const texts = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT)
  const rect = (text, at) => {
    range.setStart(text, at)
    range.setEnd(text, at + 1)
    return range.getClientRects()[0]
  }
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode
    const found = [...data.matchAll(/[，。、；：）」]/g)]
    if (!found.length || parentElement.closest(skipped)) continue
    const size = parseFloat(getComputedStyle(parentElement).fontSize)
    const block = parentElement.closest("p, li, td, th, dd, dt, summary, figcaption, h1, h2, h3, h4") ?? parentElement
    const style = getComputedStyle(block)
    const edge = block.getBoundingClientRect().left + parseFloat(style.borderLeftWidth) + parseFloat(style.paddingLeft)
    for (const { index } of found) {
      const { left, width } = rect(texts.currentNode, index) ?? {}
      if (!width) continue
      const words = data.slice(Math.max(0, index - 8), index + 8)
      // 表格的格子往往只有几个字宽，不算；前面一串字母自己就占了大半行的，断在哪里都一样
      whole.setStart(block, 0)
      whole.setEnd(texts.currentNode, index)
      const run = whole.toString().match(/[!-~]*(?=[，。、；：）」]*$)/)[0].length
      const forced = block.matches("td, th") || (run / 2 + 3) * size > block.clientWidth
      if (left < edge + 2 && style.textAlign !== "center" && !forced) begins.push(words)
      const alone = !/[（）「」《》“”，。、；：？]/.test((data[index - 1] ?? "）") + (data[index + 1] ?? "）"))
      // 行末的标点浏览器可以收紧
      if (alone && width < size * 0.9 && rect(texts.currentNode, index + 1)?.left > left) squeezed.push(words)
    }
  }
  return [begins, squeezed]
})()"""


def punctuation(window: Window) -> tuple[list[str], list[str]]:
    """(行首的标点, 被挤窄的标点)，各带前后几个字。"""
    begins, squeezed = window.evaluate(PUNCTUATION)
    return begins, squeezed
