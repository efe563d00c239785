/* 网页里的 Python：Pyodide 与 numpy，在一个 Worker 里，全页共用一个；用到了才取，取过的在浏览器的缓存里。

   只有 make runtime 之后构建的网站里有它：没有 assets/runtime/ 时 ready 失败，message 说为什么。

     const { python } = await import(new URL("assets/run/python.js", 网站的根))   // 点了才 import
     const py = python(({ loaded, total, stage }) => …)   // 开始取；stage 依次是 download、start、ready
     const answer = await py.call("engine.derive.derive", "sum(x * y)", { x: [2, 3] })
     const result = await py.run("matrix/product", "example", { example: "代码" }, (event) => …)
     py.stop()   // 停不下来的循环：结束这个 Worker，等着的都失败（name 是 Stopped）；下一次 call、run 再开一个

   call 导入 snippets/ 里的模块，调用其中的函数：参数与返回值都经过 JSON（数组变成列表）；
   Python 报的错，变成一个 Error，name 是类名，message 是那句话。
   run 见 notes/live.py 的 Live.run。 */

const listeners = new Set()
let worker, waiting, count, state, versions

function begin() {
  if (worker) return
  waiting = new Map()
  count = 0
  state = { loaded: 0, total: 0, stage: "download" }
  worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" })
  worker.onmessage = ({ data }) => receive(data)
  worker.onerror = (event) => end(named("Failed", event.message || "取不到 Python 的文件，请检查网络，再试一次"))
  versions = ask("start")
  versions.catch(() => {})
}

function receive(data) {
  if (data.progress) {
    state = data.progress
    for (const tell of listeners) tell(state)
    return
  }
  const asked = waiting.get(data.id)
  if (data.event) return asked.onEvent(data.event)
  waiting.delete(data.id)
  if (data.fatal) return end(named("Failed", data.fatal), asked)
  const answer = JSON.parse(data.answer)
  answer.error ? asked.reject(named(...answer.error)) : asked.resolve(answer.value)
}

function end(error, asked) {
  worker?.terminate()
  worker = undefined
  asked?.reject(error)
  for (const { reject } of waiting.values()) reject(error)
  waiting.clear()
}

function named(name, message) {
  return Object.assign(new Error(message), { name })
}

function ask(name, arguments_ = [], onEvent = () => {}) {
  begin()
  return new Promise((resolve, reject) => {
    waiting.set(++count, { resolve, reject, onEvent })
    worker.postMessage({ id: count, name, arguments: arguments_ })
  })
}

export function python(onProgress = () => {}) {
  listeners.add(onProgress)
  begin()
  onProgress(state)
  return {
    get ready() {
      begin()
      return versions
    },
    call: (name, ...arguments_) => ask("call", [name, JSON.stringify(arguments_)]),
    run: (page, section, edited, onEvent) => ask("run", [page, section, JSON.stringify(edited)], onEvent),
    /** 一页照原样运行一遍，每一步真实的输出 {小节: [[行…]…]}；测试用。 */
    outputs: (page) => ask("outputs", [page]),
    stop: () => end(named("Stopped", "停下了")),
  }
}
