/* 搜索的 Worker，代替 Material 与 Zensical 自带的：对话框还是它们的，查的是 engine.js。
   只有这一个文件随页面取来；其余的等读者要搜、索引到了才取。 */
"use strict";

const SETUP = 0, READY = 1, QUERY = 2, RESULT = 3
// 从磁盘打开时没有真的 Worker，这个文件在一个 iframe 里，importScripts 是异步的
const here = typeof document === "undefined" ? location.href : document.currentScript.src
let engine, modern = false

async function answer({ type, data }) {
  if (type === SETUP) {
    await importScripts(...["minisearch", "text", "glossary", "engine"].map(name => new URL(`${name}.js`, here).href))
    modern = "items" in data // Zensical
    engine = new Engine(data.docs || data.items, GLOSSARY)
    return { type: READY }
  }
  if (type === QUERY) return { type: RESULT, data: modern ? engine.forZensical(data) : engine.forMaterial(data) }
}

addEventListener("message", async ({ data }) => {
  const answered = await answer(data)
  if (answered) postMessage(answered)
})
