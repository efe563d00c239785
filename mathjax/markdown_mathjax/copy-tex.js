// 复制时把选中的公式换成它的 TeX。
document.addEventListener("copy", event => {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return;
  const whole = node => (node.nodeType === 1 ? node : node.parentNode).closest("[data-tex]");
  const range = selection.getRangeAt(0).cloneRange();
  const first = whole(range.startContainer), last = whole(range.endContainer);
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  const part = range.cloneContents(), formulas = part.querySelectorAll("[data-tex]");
  if (!formulas.length) return;
  for (const formula of formulas) {
    const tex = formula.dataset.tex;
    formula.replaceWith(formula.localName === "div" ? "\n$$\n" + tex + "\n$$\n" : "$" + tex + "$");
  }
  event.clipboardData.setData("text/plain", part.textContent.trim().replace(/\n{3,}/g, "\n\n"));
  event.preventDefault();
});
