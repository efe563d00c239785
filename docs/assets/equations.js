// 指着“(n)”，或用键盘走到它，就在旁边显示那条公式：本页的就地取，别页的取正文末尾备着的一份。
{
  const card = document.createElement("div")
  card.className = "equation-card"
  card.id = "equation-card"
  card.setAttribute("role", "tooltip")
  card.hidden = true
  let shown = null

  const formula = link =>
    link.dataset.equation
      ? document.querySelector(`.equation-previews [data-equation="${CSS.escape(link.dataset.equation)}"] > *`)
      : document.getElementById(decodeURIComponent(link.hash.slice(1)))

  const hide = () => {
    if (!shown) return
    shown.removeAttribute("aria-describedby")
    shown = null
    card.hidden = true
  }

  const show = link => {
    const source = formula(link)
    if (!source || shown === link) return
    hide()
    const copy = source.cloneNode(true)
    for (const element of [copy, ...copy.querySelectorAll("[id], [tabindex], a")]) {
      element.removeAttribute("id")
      element.removeAttribute("tabindex")
      element.removeAttribute("href")
    }
    card.replaceChildren(copy)
    card.hidden = false
    document.querySelector("article").append(card)
    shown = link
    link.setAttribute("aria-describedby", card.id)
    place(link)
  }

  // 放在链接的上方，放不下就放下方；左右不出正文
  const place = link => {
    const box = card.parentElement.getBoundingClientRect()
    const at = link.getBoundingClientRect()
    const left = Math.min(Math.max(at.left - box.left - card.offsetWidth / 2, 0), box.width - card.offsetWidth)
    const above = at.top - card.offsetHeight - 8
    card.style.left = `${left}px`
    card.style.top = `${(above > 60 ? above : at.bottom + 8) - box.top}px`
  }

  const link = event => event.target.closest?.("a.equation-link")
  addEventListener("pointerover", event => {
    if (event.pointerType === "touch") return
    const found = link(event)
    if (found) show(found)
    else if (!event.target.closest?.(".equation-card") && shown !== document.activeElement) hide()
  })
  addEventListener("focusin", event => (link(event) ? show(link(event)) : hide()))
  addEventListener("focusout", hide)
  addEventListener("keydown", event => event.key === "Escape" && hide())
  addEventListener("click", hide, true)
}
