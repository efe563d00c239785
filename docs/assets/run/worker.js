// 在 Worker 里启动 Python，回答 python.js 的问题；文件都在旁边的 assets/runtime/ 里。
const runtime = new URL("../runtime/", import.meta.url)
const fetched = self.fetch
const early = new Map()
let answers, current

const ready = start().catch(error => {
  // 网络不通时 fetch 与 import 抛的都是 TypeError
  throw error instanceof TypeError ? new Error(`取不到 Python 的文件，请检查网络，再试一次（${error.message}）`) : error
})
ready.catch(() => {})

self.onmessage = async ({ data: { id, name, arguments: given } }) => {
  try {
    const versions = await ready
    current = id
    const answer = name === "start" ? JSON.stringify({ value: versions }) : answers[name](...given)
    self.postMessage({ id, answer })
  } catch (error) {
    self.postMessage({ id, fatal: String(error.message ?? error).trim().split("\n").at(-1) })
  }
}

async function start() {
  const manifest = await (await get("manifest.json", { cache: "no-cache" })).json()
  const folder = new URL(`${manifest.folder}/`, runtime)
  const progress = progressOf(manifest)
  // 几个大的一起取；Pyodide 自己要的时候，给它已经在取的
  for (const name of ["pyodide.asm.wasm", "python_stdlib.zip", "numpy.zip"]) early.set(new URL(name, folder).href, progress.get(`${manifest.folder}/${name}`))
  const notes = progress.get(manifest.notes)
  self.fetch = (url, options) => early.get(String(url)) ?? fetched(url, options)
  const { loadPyodide } = await import(new URL("pyodide.js", folder))
  const pyodide = await loadPyodide({ indexURL: folder.href })
  const numpy = await early.get(new URL("numpy.zip", folder).href)
  pyodide.unpackArchive(await numpy.arrayBuffer(), "zip", { extractDir: `/lib/python${manifest.python.split(".", 2).join(".")}/site-packages` })
  pyodide.unpackArchive(await (await notes).arrayBuffer(), "zip", { extractDir: "/home/pyodide/site" })
  self.fetch = fetched
  early.clear()
  const module = pyodide.runPython(`
    import sys
    sys.path[:0] = ["/home/pyodide/site", "/home/pyodide/site/snippets"]
    from notes import live
    live`)
  const answer = module.Answer(text => self.postMessage({ id: current, event: JSON.parse(text) }))
  answers = { run: answer.run, call: answer.call, outputs: answer.outputs }
  progress.tell("ready")
  return { python: manifest.python, numpy: manifest.numpy }
}

async function get(name, options) {
  const response = await fetched(new URL(name, runtime), options)
  if (!response.ok) throw new Error(`网站里没有 ${name}（${response.status}）`)
  return response
}

/** 数着一共取了多少字节；取完了还要启动。 */
function progressOf({ files, folder, notes }) {
  const wanted = { ...Object.fromEntries(["pyodide.asm.wasm", "python_stdlib.zip", "numpy.zip"].map(name => [`${folder}/${name}`, files[name]])), [notes]: files[notes] }
  const total = Object.values(wanted).reduce((a, b) => a + b)
  let loaded = 0, stage = "download", last = 0
  const tell = (now = stage) => {
    stage = now
    last = performance.now()
    self.postMessage({ progress: { loaded, total, stage } })
  }
  tell()
  return {
    tell,
    async get(name) {
      const response = await get(name)
      count(response.clone().body.getReader())
      return response
    },
  }
  async function count(reader) {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      loaded += value.length
      if (loaded >= total) tell("start")
      else if (performance.now() > last + 50) tell()
    }
  }
}
