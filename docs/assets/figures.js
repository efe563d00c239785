// 会答的图：指着一格、点一格，或用键盘走到一格，就点亮它从哪里来、到哪里去，写出算式。
// 来处由 notes/drawing/answers.py 算好，写在 svg 的 data-answers 里；读者碰到图才取这个程序，见 overrides/main.html。
{
  const NS = "http://www.w3.org/2000/svg"
  const BAR = /(\S)\u0304/
  const number = words => Number(words.replace("−", "-"))
  const written = value => String(+value.toFixed(4)).replace("-", "−")

  /** data-answers 里的一条来处：算式，或几项之和，各项是系数与几格。 */
  const entry = text => {
    const about = text.startsWith("~")
    const plain = text.slice(about)
    if (plain.includes("#")) return { about, formula: plain, from: [...plain.matchAll(/#(\w+)/g)].map(found => parseInt(found[1], 36)) }
    const terms = (plain ? plain.split(/\+/) : []).map(term => {
      const [factors, coefficient = "1"] = term.split("*")
      return { coefficient: +coefficient, cells: factors ? factors.split(".").map(id => parseInt(id, 36)) : [] }
    })
    return { about, terms, from: terms.flatMap(term => term.cells) }
  }

  /** 形状 (2, 3) 的第 k 格的下标：[1,0]。 */
  const index = (shape, k) => {
    const at = []
    for (const size of [...shape].reverse()) {
      at.unshift(k % size)
      k = Math.floor(k / size)
    }
    return at.length ? `[${at}]` : ""
  }

  /** 一幅图的各格：位置、名字、写着的数、来处、去处。没有名字的格不答。 */
  const read = svg => {
    const boxes = [...svg.querySelectorAll("rect.cell")]
    const cells = []
    for (const part of svg.dataset.answers.split("|")) {
      const [name, sizes, entries] = part.split(":")
      if (sizes === undefined) {
        cells.length += +name
        continue
      }
      const shape = sizes ? sizes.split(",").map(Number) : []
      const entry_of = entries?.split(";")
      const count = shape.reduce((all, size) => all * size, 1)
      for (let k = 0; k < count; k++) {
        const box = boxes[cells.length]
        const [x, y, width, height] = ["x", "y", "width", "height"].map(side => +box.getAttribute(side))
        const shown = box.nextElementSibling.textContent || "0"
        const source = entry_of && entry(entry_of[k])
        cells.push({ box, x, y, width, height, name: name + index(shape, k), shown, value: number(shown), source, to: new Set() })
      }
    }
    cells.forEach((cell, k) => cell.source?.from.forEach(from => cells[from].to.add(k)))
    return cells
  }
  const figures = new WeakMap()
  const cells_of = svg => figures.get(svg) ?? figures.set(svg, read(svg)).get(svg)

  /** 来处写成一行：say 说一格，用名字或用数。 */
  const spelled = ({ formula, terms }, say) =>
    formula
      ? formula.replace(/#(\w+)/g, (_, id) => say(parseInt(id, 36)))
      : terms
          .map(({ coefficient, cells }, n) => {
            const size = Math.abs(coefficient)
            const sign = coefficient < 0 ? (n ? " − " : "−") : n ? " + " : ""
            return sign + [...(size === 1 && cells.length ? [] : [written(size)]), ...cells.map(say)].join("·")
          })
          .join("")

  /** 「Y[1,2] = W[1,0]·X[0,2] + … = 0·0 + … = 4」。 */
  const equation = (cells, { name, shown, source }) => {
    const names = spelled(source, k => cells[k].name)
    // 负数加括号；在开头、紧跟着括号与逗号的不用
    const numbers = spelled(source, k => (cells[k].shown.startsWith("−") ? `(${cells[k].shown})` : cells[k].shown)).replace(/(^|\(|, )\((−[\d.]+)\)/g, "$1$2")
    const equals = source.about ? " ≈ " : " = "
    const said = numbers && numbers !== shown ? ` = ${numbers}` : ""
    return names ? `${name} = ${names}${said}${equals}${shown}` : `${name} = ${shown}`
  }

  /** 「Y[1,0]（×2）」：这一格在那一格里乘着几。 */
  const use = (cells, k, target) => {
    const { name, source } = cells[target]
    const terms = source.terms?.filter(term => term.cells.includes(k))
    if (!terms || terms.every(term => term.cells.length === 1 && term.coefficient === 1)) return name
    const slope = terms.reduce((all, term) => all + term.cells.reduce((by, other) => by * (other === k ? 1 : cells[other].value), term.coefficient), 0)
    return `${name}\u2060（×\u2060${written(slope)}）`
  }

  const card = document.createElement("div")
  card.className = "figure-answer"
  card.setAttribute("role", "status")
  const marks = document.createElementNS(NS, "g")
  marks.setAttribute("class", "figure-marks")
  let shown = null // 正在答的 { svg, k }
  let kept = null // 点过的、用键盘走到的，鼠标离开之后还答它
  let refused = null // 按 Esc 收起的，鼠标还在上面也不再答

  /** 一行字；上面有一横的名字，那一横是画的。 */
  const line = (words, badge) => {
    const row = document.createElement("p")
    if (badge) {
      const mark = document.createElement("span")
      mark.className = `figure-${badge}`
      mark.textContent = { from: "来自", to: "用于" }[badge]
      row.append(mark)
    }
    words.split(BAR).forEach((part, n) => {
      if (!(n % 2)) return row.append(part)
      const letter = document.createElement("span")
      const spoken = document.createElement("span")
      letter.className = "figure-bar"
      letter.textContent = part
      spoken.className = "for-ears"
      spoken.textContent = "的梯度"
      row.append(letter, spoken)
    })
    return row
  }

  const same = (one, other) => one?.svg === other?.svg && one?.k === other?.k

  const hide = () => {
    if (!shown) return
    shown.svg.classList.remove("answering")
    marks.remove()
    card.replaceChildren()
    moved.disconnect()
    shown = null
  }

  const show = (svg, k, hint = "") => {
    if (same(shown, { svg, k })) return
    hide()
    const cells = cells_of(svg)
    const { source, to, name } = cells[k]
    const rows = [source ? line(equation(cells, cells[k]), source.from.length && "from") : line(`${name} = ${cells[k].shown}`)]
    if (to.size) rows.push(line([...to].map(target => use(cells, k, target)).join("、"), "to"))
    if (hint) rows.push(line(hint))
    marks.replaceChildren()
    for (const [kind, all] of Object.entries({ to, from: new Set(source?.from), chosen: [k] }))
      for (const each of all) {
        const mark = document.createElementNS(NS, "rect")
        mark.setAttribute("class", kind)
        for (const side of ["x", "y", "width", "height"]) mark.setAttribute(side, cells[each][side])
        marks.append(mark)
      }
    svg.append(marks)
    svg.classList.add("answering")
    const article = svg.closest("article")
    if (card.parentNode !== article) article.append(card)
    card.replaceChildren(...rows)
    shown = { svg, k }
    place()
    moved.observe(article)
  }

  // 放在图的下面；下面看不见，就放上面，再不行就贴着屏幕的下边。左右不出正文
  const place = () => {
    if (!shown) return
    const around = card.parentNode.getBoundingClientRect()
    const at = shown.svg.getBoundingClientRect()
    card.style.left = "0"
    const left = (at.left + at.right - card.offsetWidth) / 2 - around.left
    const height = card.offsetHeight
    const below = at.bottom + 4
    const above = at.top - height - 4
    const top = below + height < innerHeight ? below : above > 60 ? above : innerHeight - height - 4
    card.style.left = `${Math.min(Math.max(left, 0), around.width - card.offsetWidth)}px`
    card.style.top = `${top - around.top}px`
  }

  // 上面的段落正好排版，图会移动，跟着移动
  const moved = new ResizeObserver(place)

  const figure = event => event.target.closest?.("[data-answers]")
  const at = (svg, event) => {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse())
    return cells_of(svg).findIndex(cell => cell && x >= cell.x && x < cell.x + cell.width && y >= cell.y && y < cell.y + cell.height)
  }

  const point = event => {
    if (event.pointerType === "touch") return
    const svg = figure(event)
    const k = svg ? at(svg, event) : -1
    if (k >= 0 && same(refused, { svg, k })) return
    refused = null
    if (k >= 0) show(svg, k)
    else if (kept) show(kept.svg, kept.k)
    else hide()
  }
  addEventListener("pointerover", point)
  addEventListener("pointermove", point)
  addEventListener("click", event => {
    const svg = figure(event)
    const k = svg ? at(svg, event) : -1
    kept = k >= 0 ? { svg, k } : null
    refused = null
    k >= 0 ? show(svg, k) : hide()
  })

  /** 从一格往一个方向走，到最近的一格；没有就是 -1。 */
  const next = (cells, k, across, down) => {
    let best = -1
    let least = Infinity
    cells.forEach((cell, n) => {
      const right = cell.x + cell.width / 2 - cells[k].x - cells[k].width / 2
      const below = cell.y + cell.height / 2 - cells[k].y - cells[k].height / 2
      const along = right * across + below * down
      const cost = along + 3 * Math.abs(right * down - below * across)
      if (along > 1 && cost < least) [best, least] = [n, cost]
    })
    return best
  }
  const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }
  const first = cells => {
    const answers = cell => cell?.source?.from.length
    const marked = cells.findIndex(cell => answers(cell) && cell.box.matches(".meets"))
    return marked < 0 ? cells.findIndex(answers) : marked
  }
  const keep = (svg, k, hint) => {
    kept = { svg, k }
    refused = null
    show(svg, k, hint)
  }

  addEventListener("focusin", event => {
    const svg = figure(event)
    if (svg?.matches(":focus-visible")) keep(svg, first(cells_of(svg)), "方向键走到别的格，Esc 收起")
  })
  addEventListener("focusout", event => {
    if (!figure(event)) return
    kept = null
    hide()
  })
  addEventListener("keydown", event => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === "Escape") {
      refused = shown
      kept = null
      return hide()
    }
    const svg = figure(event)
    if (!svg) return
    const cells = cells_of(svg)
    const step = STEPS[event.key]
    const before = kept?.svg === svg ? kept.k : -1
    let k = -1
    if (before < 0) k = [" ", "Enter"].includes(event.key) ? first(cells) : -1
    else if (step) k = next(cells, before, ...step)
    else if (event.key === "Home") k = cells.findIndex(cell => cell)
    else if (event.key === "End") k = cells.length - 1
    if (k >= 0) keep(svg, k)
    if (k >= 0 || (before >= 0 && step)) event.preventDefault()
  })
  addEventListener("resize", place)
}
