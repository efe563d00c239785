/* 搜索里的文字：索引里的 HTML 与 TeX 怎样写成一行字，一句话怎样切成词。造索引与查询用的是同一套。 */
"use strict";

// ---------- TeX 写成一行字 ----------

const SYMBOLS = Object.fromEntries(`
  alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ kappa κ lambda λ mu μ nu ν xi ξ pi π rho ρ
  sigma σ tau τ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Sigma Σ Phi Φ Psi Ψ Omega Ω ell ℓ
  partial ∂ nabla ∇ sum ∑ prod ∏ int ∫ infty ∞ top ⊤ odot ⊙ otimes ⊗ oplus ⊕ times × cdot · circ ∘ pm ± mp ∓ div ÷ ast *
  le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ approx ≈ equiv ≡ sim ∼ propto ∝ ll ≪ gg ≫ in ∈ notin ∉ subset ⊂ cup ∪ cap ∩ forall ∀
  exists ∃ to → rightarrow → leftarrow ← mapsto ↦ Rightarrow ⇒ Leftrightarrow ⇔ iff ⇔ langle ⟨ rangle ⟩ lvert | rvert |
  vert | mid | lVert ‖ rVert ‖ Vert ‖ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ cdots … ldots … dots … vdots … ddots …
  prime ′ dagger † lbrace { rbrace } setminus ∖ varnothing ∅ emptyset ∅ oslash ⊘ Longrightarrow ⟹ implies ⟹
  leadsto ⇝ perp ⊥ land ∧ lor ∨ neg ¬ star ⋆ bullet •
`.trim().split(/ +|\n */).reduce((pairs, word, k, all) => k % 2 ? pairs : [...pairs, [word, all[k + 1]]], []))
const ACCENTS = { bar: "\u0304", overline: "\u0304", hat: "\u0302", widehat: "\u0302", tilde: "\u0303", dot: "\u0307", vec: "\u20d7" }
const RAISED = lookup("0123456789+-=()niTjk⊤′*", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀʲᵏᵀ′*")
const LOWERED = lookup("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
const TEX = /\\(?:[a-zA-Z]+|.)|\s+|[\s\S]/gu
// 只管样子、不管内容的命令，连同它们的参数
const SILENT = /\\(?:left|right|[bB]igg?[lrm]?|displaystyle|textstyle|limits|nolimits|bigl|bigr)(?![a-zA-Z])\.?|\\(?:begin|end)\s*\{[^}]*\}(?:\{[lcr|]*\})?|&|~|\\[,;:! ]/g

function lookup(from, to) {
  const characters = [...to]
  return new Map([...from].map((character, k) => [character, characters[k]]))
}

/** 一条 TeX 公式写成一行字：\bar W=GX^\top 是 W̄=GXᵀ。 */
function linear(tex) {
  const tokens = tex.replace(SILENT, match => match.startsWith("\\begin") || match.startsWith("\\end") ? "" : " ").match(TEX) || []
  let next = 0, spaced = false // spaced：在 \text 里，空格算数

  function group() {
    skip()
    if (tokens[next] !== "{") return atom()
    next += 1
    const inside = sequence()
    next += 1
    return inside
  }

  function skip() {
    while (/^\s+$/.test(tokens[next] || "")) next += 1
  }

  function sequence() {
    let text = ""
    while (next < tokens.length && tokens[next] !== "}") text += atom()
    return text
  }

  function atom() {
    const token = tokens[next++]
    if (token === undefined) return ""
    if (token === "{") { next -= 1; return group() }
    if (token === "^") return script(group(), RAISED, "^")
    if (token === "_") return script(group(), LOWERED, "_")
    if (token === "'") return "′"
    if (/^\s+$/.test(token)) return spaced ? " " : ""
    if (token[0] !== "\\") return token
    const name = token.slice(1)
    if (name === "\\") return "；"
    if (/^[dt]?frac$/.test(name)) return part(group()) + "/" + part(group())
    if (name === "sqrt") return "√" + part(group())
    if (name === "tag") return " (" + group() + ")"
    if (name in ACCENTS) { const [first = "", ...rest] = group(); return first + ACCENTS[name] + rest.join("") }
    if (name in SYMBOLS) return SYMBOLS[name]
    if (name === "quad" || name === "qquad") return "\u2003"
    if (/^(?:text|mbox)/.test(name)) { spaced = true; const inside = group(); spaced = false; return inside }
    if (/^(?:math|operatorname|boldsymbol|bm|under|over|substack|phantom)/.test(name)) return apart(group())
    return apart(name)
  }

  // ln x、tr A：名字不止一个字母的，与后面的字母隔开
  function apart(name) {
    skip()
    return /^\p{L}{2,}$/u.test(name) && /^[\p{L}\p{N}\\]/u.test(tokens[next] || "") ? name + " " : name
  }

  let text = ""
  while (next < tokens.length) { text += sequence(); next += 1 }
  return text.replace(/\s+/g, " ").replace(/ ?；(?: ?；)* ?/g, "；").replace(/^[；\s]+|[；\s.]+$/g, "")
}

function script(text, table, mark) {
  const characters = [...text.replace(/\s/g, "")]
  if (characters.every(character => table.has(character))) return characters.map(character => table.get(character)).join("")
  return mark + (characters.length > 1 ? `(${characters.join("")})` : characters.join(""))
}

function part(text) {
  return /^∂?[\p{L}\p{N}\p{M}]*$/u.test(text) ? text : `(${text})`
}

// ---------- 索引里的 HTML 写成一行字 ----------

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#x27;": "'", "&amp;": "&" }
const decode = text => text.replace(/&(?:lt|gt|quot|amp|#39|#x27);/g, entity => ENTITIES[entity])
const escape = text => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")

/** 索引里的一段 HTML：去掉标签，公式写成一行字，代码块自成一行。 */
function plain(html) {
  return html.split(/(<pre>[\s\S]*?<\/pre>)/).map((piece, k) => k % 2
    ? "\n" + decode(piece.replace(/<[^>]*>/g, "")).trim() + "\n"
    : decode(piece.replace(/<\/(?:p|li)>/g, "\n").replace(/<[^>]*>/g, ""))
      .replace(/\\\(([\s\S]*?)\\\)/g, (_, tex) => linear(tex))
  ).join("").replace(/[\u200b\u2060]/g, "").replace(/[^\S\n]+/g, " ").replace(/ ?\n[\n ]*/g, "\n").trim()
}

// ---------- 切成词 ----------

const HAN = /\p{sc=Han}/u
// 形状 (N, 1) 与 ()，运算 a*b，关键字 axis=1，乘方 A^T，名字 np.add.at，数，一串汉字，几个运算符
const WORDS = new RegExp([
  String.raw`(?<![\w\])])\(\s*\)`,
  String.raw`\((?:[A-Za-z]|\d{1,4})?(?:\s*,\s*(?:[A-Za-z]|\d{1,4})?)+\s*\)`,
  String.raw`(?<![\w.^)])[A-Za-z0-9](?:\*\*|[-+*/@])[A-Za-z0-9](?![\w.^(])`,
  String.raw`[A-Za-z_]\w*=-?\w+(?![\w(])`,
  String.raw`[A-Za-z]\w*\^\{?-?\w+`,
  String.raw`[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*`,
  String.raw`\d+(?:\.\d+)?(?:e[+-]?\d+)?`,
  String.raw`\p{sc=Han}+`,
  String.raw`[-+*/@]=|\*\*`,
].join("|"), "gu")

/** 全角、上下标、花体一律换成普通的字，重音去掉；长度可能变。 */
function normal(text) {
  return text.replace(/ᵀ|⊤/g, "^T").replace(/\^+/g, "^").replace(/\^T(?=[A-Za-z(])/g, "^T ").replace(/⁻¹/g, "^-1").normalize("NFKD").replace(/\p{M}/gu, "").replace(/−/g, "-")
}

/** 去掉英语的词尾：gradients 与 gradient、broadcasting 与 broadcast、accumulate 与 accumulation 是一个词。 */
function stem(word) {
  if (word.length > 3 && /[^aiosu]s$/.test(word)) word = word.slice(0, -1)
  if (word.length > 7 && /.{4}(?:ation|ating|ated|ate)$/.test(word)) return word.replace(/(?:ation|ating|ated|ate)$/, "")
  if (word.length > 6 && /ing$/.test(word)) return word.slice(0, -3)
  if (word.length > 5 && /[^e]ed$/.test(word)) return word.slice(0, -2)
  return word
}

/** 一个名字：整个的，以及在下划线、点、大小写处断开的各段。 */
function pieces(name) {
  const parts = name.split(/[._]+/).filter(Boolean)
  const camel = parts.flatMap(part => part.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) || []).filter(part => part.length > 2)
  const whole = stem(name.toLowerCase())
  return [...new Set([...(parts.length > 1 ? parts : []), ...camel].map(part => stem(part.toLowerCase())))].filter(part => part !== whole)
}

/** 同一个词在各页里一再出现，只拆一次。 */
const met = new Map()

/** 一句话里的词：[{ said, whole, parts, han }]。said 是原来的写法，whole 是整个的写法，parts 是它断开的各段；汉字的各段是相邻的两个字。 */
function words(text) {
  return (normal(text).match(WORDS) || []).map(said => {
    if (!met.has(said)) met.set(said, { said, ...word(said) })
    return met.get(said)
  })
}

function word(found) {
  if (HAN.test(found)) return { whole: found, parts: pairs(found), han: true }
  if (/^\W{2}$/.test(found)) return { whole: found, parts: [] }
  const low = found.toLowerCase()
  if (found[0] === "(") {
    const inside = low.slice(1, -1).replace(/\s/g, "").replace(/,$/, "")
    return { whole: `(${inside})`, parts: inside.split(",").filter(Boolean) }
  }
  // a*b、x*y 是一回事：乘
  const [, left, operation, right] = low.match(/^(\w)(\*\*|[-+*/@])(\w)$/) || []
  if (operation) return { whole: `x${operation}y`, parts: [left, right], operation: true }
  const [, name, value] = low.match(/^(\w+)=-?(.+)$/) || []
  if (name) return { whole: low, parts: [stem(name), value] }
  if (found.includes("^")) return { whole: low.replace(/\{/g, ""), parts: low.split(/\^\{?-?/) }
  return { whole: stem(low), parts: pieces(found) }
}

/** 一串汉字里相邻的两个字；只有一个字时就是它。 */
function pairs(run) {
  const characters = [...run]
  return characters.length === 1 ? characters : characters.slice(1).map((character, k) => characters[k] + character)
}

/** 名字进索引的词：只有整个的，broadcast_shapes 不算 broadcast。 */
function wholes(text) {
  return words(text).flatMap(({ whole, parts, han }) => han ? parts : [whole])
}

/** 一句话进索引的词。很长的数是算出来的，没有人搜。 */
function terms(text) {
  return words(text).flatMap(({ whole, parts, han, operation }) => han || operation
    ? parts
    : /^\d/.test(whole) ? whole.length < 7 ? [whole] : [] : [whole, ...parts])
}

if (typeof module !== "undefined") module.exports = { linear, plain, normal, words, wholes, terms, pairs, stem, escape, decode, HAN }
