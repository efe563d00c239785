/* “运行”：点了才取这个文件。会话的一块变成编辑器，到这里为止的各块在网页里的 Python 中依次运行，
   输出写在各条语句下面，与印着的不同的标出来。按钮是构建时写进网页的（notes/site/runtime.py）。 */
import { python } from "./python.js"

const at = (path) => new URL(path, import.meta.url).href
const stylesheet = loadStyle(at("run.css"))
const blocks = new Map()
let editor, py, loading

export async function start(button) {
  const box = button.closest(".highlight")
  const block = blocks.get(box) ?? new Block(button, box)
  blocks.set(box, block)
  await stylesheet
  block.toggle()
}

function loadStyle(href) {
  // 放在 body 里：即时导航会把 head 里新页没有的去掉
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href })
  document.body.append(link)
  return new Promise((resolve) => (link.onload = link.onerror = resolve))
}

async function load() {
  loading ??= (async () => {
    const { folder } = await (await fetch(at("../runtime/manifest.json"), { cache: "no-cache" })).json()
    editor = await import(at(`../runtime/${folder}/editor.js`))
  })()
  try {
    await loading
  } catch (error) {
    loading = undefined
    throw new Error(`取不到编辑器，请检查网络，再试一次（${error.message}）`)
  }
}

/** 印着的一块：代码，以及 [{ line 代码的第几行之后, lines 输出 }]；与 notes/sessions.py 的 add_line 一样。 */
export function printed(text) {
  const code = [], outputs = []
  for (const line of text.replace(/\n$/, "").split("\n").map((each) => each.trimEnd())) {
    const last = outputs.at(-1)
    const begun = last?.line === code.length
    if (line === ">>>" || line.startsWith(">>> ") || ((line === "..." || line.startsWith("... ")) && !begun)) code.push(line.slice(4))
    else if (begun) last.lines.push(line)
    else outputs.push({ line: code.length, lines: [line] })
  }
  return { code: code.join("\n"), outputs }
}

class Block {
  constructor(button, box) {
    this.button = button
    this.box = box
    this.pre = box.querySelector("pre")
    ;[this.page, this.section] = button.dataset.run.split(":")
    this.printed = printed(this.pre.querySelector("code").textContent)
    this.busy = false
  }

  get open() {
    return Boolean(this.view) && this.box.isConnected
  }

  toggle() {
    this.busy ? stop() : this.run()
  }

  /** 一行：状态在左，按钮在右；编辑器在它下面。 */
  build() {
    this.status = make("span", { class: "run-status", role: "status" })
    this.amount = make("span", { class: "run-amount", "aria-hidden": "true" })
    this.meter = make("progress", { class: "run-meter", "aria-label": "取 Python 的进度", hidden: "" })
    this.reset = make("button", { class: "run", type: "button", "aria-label": "还原", hidden: "" })
    this.reset.onclick = () => this.restore()
    this.bar = make("div", { class: "run-bar" }, this.status, this.amount, this.reset)
    this.box.prepend(this.bar)
    const focused = document.activeElement === this.button
    this.bar.append(this.button)
    if (focused) this.button.focus({ preventScroll: true }) // 搬动会丢掉焦点
    this.bar.after(this.meter)
    this.box.classList.add("running")
  }

  edit() {
    const { EditorState, EditorView, Prec, keymap } = editor
    this.locked = new editor.Compartment()
    const keys = Prec.highest(keymap.of([
      { key: "Mod-Enter", run: () => (this.busy || this.run(), true) },
      { key: "Escape", run: () => (this.button.focus(), true) },
    ]))
    const attributes = { "aria-label": "代码，可以改；Ctrl+Enter 运行，Esc 离开", autocapitalize: "off", autocorrect: "off", spellcheck: "false" }
    this.view = new EditorView({
      parent: this.box,
      state: EditorState.create({
        doc: this.printed.code,
        extensions: [
          keys, this.locked.of([]), outputs(), EditorView.contentAttributes.of(attributes), ...basics(),
          EditorView.updateListener.of(({ docChanged }) => docChanged && this.changed()),
        ],
      }),
    })
    this.put(this.printed.outputs.map(({ line, lines }) => ({ line, got: lines, same: true })))
    this.pre.hidden = true
    this.reset.hidden = false
  }

  changed() {
    if (this.busy) return
    this.view.dom.classList.add("run-stale")
    this.say("改过了，还没有运行")
  }

  async run() {
    if (!this.bar) this.build()
    this.working(true)
    this.say("正在取编辑器与 Python……")
    py ??= python(showProgress)
    try {
      await load()
      if (!this.view) this.edit()
      this.view.dispatch({ effects: this.locked.reconfigure(editor.EditorState.readOnly.of(true)) })
      await py.ready
      this.progress({ stage: "ready" })
      this.say("等着运行……")
      const edited = Object.fromEntries([...blocks.values()].filter((each) => each.open && each.page === this.page).map((each) => [each.section, each.view.state.doc.toString()]))
      this.result(await py.run(this.page, this.section, edited, (event) => this.tell(event)))
    } catch (error) {
      this.say(error.name === "Stopped" ? "停下了；再运行，就从这一页的第一块起" : error.message, error.name === "Stopped" ? "" : "wrong")
    }
    this.progress({ stage: "ready" })
    this.working(false)
  }

  working(busy) {
    this.busy = busy
    this.button.ariaLabel = busy ? "停止" : "运行"
    this.reset.disabled = busy
    if (!busy && this.view) {
      this.view.dispatch({ effects: [this.locked.reconfigure([]), age.of("remove")] })
    }
  }

  /** 运行中的事件：轮到哪一节；一步印到哪里；一步运行完了。别的块开着编辑器，输出也写到那里。 */
  tell(event) {
    const block = [...blocks.values()].find((each) => each.open && each.page === this.page && each.section === event.section)
    if (event.kind === "section") {
      this.say(event.section === this.section ? "正在运行……" : `先运行上面的，第 ${event.at} 块，共 ${event.of - 1} 块……`)
      block?.fresh()
    } else if (block) {
      if (event.kind === "step" && !event.same) block.differing += 1
      const lines = event.kind === "partial" ? event.text.split("\n") : event.got
      block.put([{ ...event, got: lines, partial: event.kind === "partial" }])
    }
  }

  fresh() {
    this.differing = 0
    this.view.dom.classList.remove("run-stale")
    this.view.dispatch({ effects: age.of("old") })
  }

  result({ state, section, line, message }) {
    const here = section === this.section
    const where = here ? "" : "上面的一块"
    const others = [...blocks.values()].filter((each) => each !== this && each.open)
    for (const each of others) each.view.dispatch({ effects: age.of("remove") })
    if (state === "syntax") this.say(`${where}第 ${line} 行语法不对：${message}`, "wrong", here ? null : section)
    else if (state === "error") this.say(`${where}有一步报了错，后面的没有运行`, "wrong", here ? null : section)
    else if (!this.differing) this.say("输出与印着的相同", "same")
    else this.say(`有 ${this.differing} 处与印着的不同${this.button.dataset.why && !this.edited ? `：${this.button.dataset.why}` : ""}`, "differs")
  }

  get edited() {
    return this.view.state.doc.toString() !== this.printed.code
  }

  say(text, kind = "", section = null) {
    const mark = { same: "✓ ", differs: "≠ ", wrong: "✗ " }[kind] ?? ""
    if (this.status.textContent !== mark + text) this.status.textContent = mark + text
    this.status.dataset.kind = kind
    if (!section) return
    const to = document.querySelector(`.run[data-run="${this.page}:${section}"]`)
    const go = make("button", { class: "run-go", type: "button" }, "到那里")
    go.onclick = () => (to.scrollIntoView({ block: "center" }), to.focus())
    this.status.append(" ", go)
  }

  progress({ loaded, total, stage }) {
    if (!this.bar) return
    const coming = stage === "download" && this.busy
    this.meter.hidden = !coming
    this.amount.textContent = coming && total ? `${(loaded / 1e6).toFixed(1)} / ${(total / 1e6).toFixed(1)} MB` : ""
    if (coming && total) Object.assign(this.meter, { max: total, value: loaded })
    if (this.busy && stage === "download") this.say("正在取 Python，只在第一次")
    if (this.busy && stage === "start") this.say("正在启动 Python……")
  }

  put(found) {
    this.view.dispatch({ effects: found.map((each) => put.of(each)) })
  }

  /** 照印着的样子放回去。 */
  restore() {
    this.view.destroy()
    this.pre.hidden = false
    this.pre.prepend(this.button)
    this.bar.remove()
    this.meter.remove()
    this.box.classList.remove("running")
    blocks.delete(this.box)
    this.button.focus()
  }
}

function stop() {
  py.stop()
}

function showProgress(state) {
  for (const block of blocks.values()) if (block.busy) block.progress(state)
}

function make(tag, attributes, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

/* ---------- 编辑器 ---------- */

function basics() {
  const { EditorState, EditorView, tags } = editor
  // 颜色用网站给代码的那几种：类名与 Pygments 的相同
  const style = editor.HighlightStyle.define([
    { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword], class: "k" },
    { tag: [tags.number, tags.bool, tags.null], class: "mi" },
    { tag: tags.string, class: "s1" },
    { tag: tags.comment, class: "c1" },
    { tag: [tags.operator, tags.punctuation, tags.bracket, tags.separator], class: "o" },
    { tag: tags.function(tags.definition(tags.variableName)), class: "nf" },
  ])
  return [
    editor.history(), editor.drawSelection(), editor.indentOnInput(), editor.bracketMatching(), editor.python(),
    editor.indentUnit.of("    "), EditorState.tabSize.of(4), editor.syntaxHighlighting(style),
    editor.keymap.of([...editor.defaultKeymap, ...editor.historyKeymap]),
  ]
}

let put, age, field

/** 语句下面的输出：put 放一处；age 先把旧的都变淡（old），运行完了去掉没有换成新的（remove）。 */
function outputs() {
  if (field) return field
  const { Decoration, EditorView, StateEffect, StateField, WidgetType } = editor
  put = StateEffect.define()
  age = StateEffect.define()

  class Output extends WidgetType {
    constructor(found, old = false) {
      super()
      Object.assign(this, { found, old })
    }
    eq(other) {
      return other.found === this.found && other.old === this.old
    }
    toDOM() {
      return draw(this.found, this.old)
    }
    ignoreEvent() {
      return true
    }
  }

  const widget = (found, old, position) => Decoration.widget({ widget: new Output(found, old), block: true, side: 1 }).range(position)
  const all = (set) => {
    const found = []
    for (const cursor = set.iter(); cursor.value; cursor.next()) found.push([cursor.from, cursor.value.spec.widget])
    return found
  }
  field = StateField.define({
    create: () => Decoration.none,
    update(set, { changes, effects, state }) {
      set = set.map(changes)
      for (const effect of effects) {
        if (effect.is(age)) {
          const kept = all(set).filter(([, { old }]) => effect.value === "old" || !old)
          set = Decoration.set(kept.map(([position, { found }]) => widget(found, effect.value === "old", position)))
        } else if (effect.is(put)) {
          const position = state.doc.line(Math.min(effect.value.line, state.doc.lines)).to
          set = set.update({ filter: (from) => from !== position })
          const found = effect.value
          if (found.got.length || found.want?.length) set = set.update({ add: [widget(found, false, position)] })
        }
      }
      return set
    },
    provide: (self) => EditorView.decorations.from(self),
  })
  return field
}

/** 一处输出；与印着的不同，就两样都写出来，不同的各行标出来。 */
function draw({ got, want, same, partial }, old) {
  const lines = (found, other) => make("pre", {}, ...found.map((line, k) => make(other && line !== other[k] ? "mark" : "span", {}, line + "\n")))
  const box = make("div", { class: `run-output${old ? " old" : ""}` })
  if (same || partial) box.append(lines(got))
  else {
    box.classList.add("differs")
    const empty = ["（没有输出）"]
    box.append(make("b", {}, "现在"), lines(got.length ? got : empty, want), make("b", {}, "印着"), lines(want.length ? want : empty, got))
  }
  return box
}
