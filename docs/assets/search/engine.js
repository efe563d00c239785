/* 搜索：由索引里的各节造出两份 MiniSearch 的索引（页与节），把一句话里的各个词分别去查，再合成页的次序。

一句话先认出术语表与 tags 里的名字，余下的按虚词断开，各是一个“词”。一页的分数是各个词的分数之和，
乘以它说到了这句话的多少：少见的词说到了才算数，几十页都有的词说不说到都一样。各词的写法不止一种
（同义词、名字的各段、词的开头、拼错一两个字母），取最好的一种。 */
"use strict";

const FIELDS = { title: 6, tags: 8, names: 3, headings: 3, lead: 2, text: 1 }
const HOME = 4           // 术语表或 tags 说这一页讲它，加多少分
const FLOOR = 0.08       // 几十页都有的词，与最少见的词同在时至少还算几成
const COVERED = 0.65     // 一句话里要紧的词，至少几成有页讲，才算讲它
const ASIDE = 0.6        // 别的词有页专讲时，没有写到的词少算几成：LSTM 为什么能“缓解”梯度消失
const TITLED = 1         // 一句话都在标题里，分数加几倍
const RESULTS = 10       // 至多给出几页
const CLOSER = 15        // 前几页再看得细一些
const NEAREST = 3        // 没有讲它的页时，给出最接近的几页
const STOP = new Set(`a an and any are as be been but by can cannot could did do does doing done for from get gets got had has have
  how i if in into is it its me my no not of on or our so than that the their them then there these they this to too
  use used using vs was we were what when where which who why will with without would you your want need should must
  same different like about after before between during each other some such only own very just don doesn isn won
  over under across along through within per being because while also both more most much many any respect whether given`
  .trim().split(/\s+/).map(word => stem(word)))
// 怎样问，而不是问什么：还算数，但站上有没有写到都不要紧
const ASKING = new Set(`example explain explanation formula derive derivation implement implementation implementing verify compute computing
  calculate calculation pass way method simple tutorial meaning difference vs understand intuition proof prove trick correct right wrong error step
  question problem 问题 原理 推导 机制 公式 步骤 例子 举例 实现 教程 详解 证明 性质 意义 理解 讲解 技巧 方法 代码 手写 手动 计算 过程 求 写 算 用`
  .trim().split(/\s+/).map(word => stem(word)))
// 断开汉字的虚词。单个的字还可能是别的词的一部分（求和、规则、原地），要看上下文
const PARTICLES = new RegExp(`(${`为什么|为啥|什么时候|是什么|什么|怎么样|怎么办|怎么写|怎么|怎样|如何|哪一个|哪些|哪个|哪里|多少|可以|能不能|是不是
  |有没有|应该|应当|需要|请问|到底|究竟|我的|这个|那个|一个|两个|以及|或者|还是|因为|所以|但是|如果|的时候|时候|的话|关于|对于|之间
  |区别|意思|没有|一下|[的了吗呢吧啊]`.replace(/\s+/g, "")})`, "u")
const MAYBE = /[和与及或在是被把让给从到对得过就也都还又要会能该而且则为时里中上下后前做有求算写错没]/u

const BREAK = "\u0001"

class Engine {
  /** docs 是索引里的各节（MkDocs 的 docs 或 Zensical 的 items），glossary 是术语表的各行。 */
  constructor(docs, glossary = []) {
    this.sections = docs.map((doc, id) => ({ ...doc, id, place: doc.location.split("#")[0], title: plain(doc.title), text: plain(doc.text) }))
    this.pages = this.gather()
    this.byPlace = new Map(this.pages.map(page => [page.place, page]))
    this.glossary = glossary
    this.seen = new Map() // 查过的词
    this.names = this.vocabulary()
    // 一页的文字由各节接成，每节只切一次
    const cut = new Map()
    const once = text => cut.get(text) || cut.set(text, terms(text)).get(text)
    const tokenize = (text, field) => field === "tags" || field === "names" ? wholes(text) : text.split(BREAK).flatMap(once)
    const options = { tokenize, processTerm: term => term }
    this.pageIndex = new MiniSearch({ ...options, fields: Object.keys(FIELDS) })
    this.pageIndex.addAll(this.pages)
    this.sectionIndex = new MiniSearch({ ...options, fields: ["title", "text"] })
    this.sectionIndex.addAll(this.sections)
    // 名字与标题里相邻的两个字
    this.heads = new Set([...this.names.keys(), ...this.sections.map(section => section.title)].flatMap(wholes).filter(term => HAN.test(term)))
  }

  /** 同一页的各节合成一页。 */
  gather() {
    const pages = new Map()
    for (const section of this.sections) {
      if (!pages.has(section.place)) pages.set(section.place, { place: section.place, sections: [], tagged: section.tags || [] })
      pages.get(section.place).sections.push(section)
    }
    return [...pages.values()].map((page, id) => {
      const top = page.sections.find(section => section.location === page.place) || page.sections[0]
      const below = page.sections.filter(section => section !== top)
      const join = texts => texts.join(BREAK)
      return Object.assign(page, {
        id, top, title: top.title, lead: top.text, tags: join(page.tagged), names: "",
        headings: join(below.map(section => section.title)), text: join(below.map(section => section.text)),
      })
    })
  }

  /** 名字（规整过的）→ 同义的各个名字，与讲它的各页。 */
  vocabulary() {
    const found = new Map()
    const add = (name, same, place, weight) => {
      const key = spell(name)
      if (!key) return
      if (!found.has(key)) found.set(key, { key, same: new Map(), homes: new Map() })
      for (const other of same) found.get(key).same.set(spell(other), other)
      const home = this.byPlace.get(place)
      if (home) found.get(key).homes.set(home.id, Math.max(weight, found.get(key).homes.get(home.id) || 0))
    }
    for (const [names, place] of this.glossary) {
      for (const name of names) add(name, names, place, 1)
      const home = this.byPlace.get(place)
      if (home) home.names += names.join("\n") + "\n"
    }
    for (const page of this.pages) for (const tag of page.tagged) {
      const same = found.get(spell(tag))
      const names = same ? [...same.same.values()] : [tag]
      for (const name of names) add(name, names, page.place, spell(name) === spell(tag) ? 3 : 2)
    }
    return found
  }

  // ---------- 一句话分成词 ----------

  /** 一句话里的词，各有几种写法：[{ text, ways: [{ terms, weight, prefix }], homes }]。 */
  units(query) {
    const spelled = words(query).filter(word => word.han || word.whole.length < 80).flatMap(word => word.han ? this.cut(word.whole) : [{ ...word, latin: true }])
    this.brief = spelled.length < 6
    const units = []
    for (let k = 0; k < spelled.length;) {
      // 从这里起最长的一个名字，可以跨过几个词：gradient check、KL散度
      let taken = 1, name
      for (let n = Math.min(5, spelled.length - k); n > 0; n--) {
        const taking = spelled.slice(k, k + n).map(word => word.whole)
        name = this.names.get(loose(taking.join(" "))) || (n > 1 && this.names.get(taking.join(""))) // soft max 也是 softmax
        if (name) { taken = n; break }
      }
      const [first] = spelled.slice(k, k + 1)
      units.push(name ? this.named(name, spelled.slice(k, k + taken)) : this.unnamed(first, k + 1 === spelled.length))
      k += taken
    }
    const kept = units.filter(unit => !unit.stop)
    const said = unique(kept.length ? kept : units)
    // 公式里的 x*y、2/N 与别的词同在时，像单个的字母一样算得轻
    for (const unit of said) unit.letter ||= unit.operation && said.length > 1
    return said
  }

  /** 一串汉字切开：先认名字（长的在先），余下的按虚词断开。 */
  cut(run) {
    const characters = [...run]
    const pieces = []
    let rest = ""
    const flush = () => {
      const parts = this.split(rest)
      // 夹在名字之间的单个字（“不广播”的“不”）说明不了什么
      const lone = part => part.length === 1 && (characters.length > 1 || MAYBE.test(part)) && !this.names.has(part)
      pieces.push(...(parts.length ? parts : rest ? [rest] : []).map(part => ({ whole: part, han: true, empty: !parts.length || lone(part) })))
      rest = ""
    }
    for (let k = 0; k < characters.length;) {
      let n = Math.min(8, characters.length - k)
      while (n > 1 && !this.names.has(characters.slice(k, k + n).join(""))) n -= 1
      if (n > 1) { flush(); pieces.push({ whole: characters.slice(k, k + n).join(""), han: true }) }
      else rest += characters[k]
      k += n
    }
    flush()
    return pieces
  }

  /** 不是名字的一串汉字：按虚词断开，再在站上没有连着写过的两个字之间断开。 */
  split(run) {
    const pieces = run.split(PARTICLES).filter((part, k) => part && k % 2 === 0)
    return pieces.flatMap(piece => this.without(piece)).flatMap(piece => this.chain(piece))
  }

  /** 去掉可能是虚词的字：与两旁的字在名字、标题里都没有连着写过。 */
  without(piece) {
    const characters = [...piece]
    const loose = (character, k) => MAYBE.test(character) && characters.length > 1
      && !this.heads.has((characters[k - 1] || "") + character) && !this.heads.has(character + (characters[k + 1] || ""))
    return characters.map((character, k) => loose(character, k) ? " " : character).join("").split(" ").filter(Boolean)
  }

  chain(piece) {
    const parts = [""]
    const characters = [...piece]
    characters.forEach((character, k) => {
      if (k && !this.known(characters[k - 1] + character)) parts.push("")
      parts[parts.length - 1] += character
    })
    // 连着几个单字，站上都没有：还是一个词；单字是名字的（迹、轴）除外
    return parts.reduce((joined, part) => {
      const last = joined[joined.length - 1]
      const alone = text => text.length === 1 && !this.names.has(text)
      if (last && alone(part) && ![...last].some((_, k) => k && this.known(last[k - 1] + last[k])) && !this.names.has(last)) joined[joined.length - 1] += part
      else joined.push(part)
      return joined
    }, [])
  }

  named(name, taken) {
    const own = taken.map(word => word.whole).join(" ")
    const same = [...name.same.values()].map(other => words(other).map(word => word.whole).join(" "))
    const ways = [...new Set([own, ...same, ...name.same.keys()])].map(other => ({ ...way(other), weight: other === own ? 1 : 0.9 }))
    return { text: taken.map(word => word.whole).join(" "), said: taken.map(word => word.said || word.whole).join(" "), ways: ways.concat(taken.length === 1 ? this.looser(taken[0]) : []), homes: name.homes, operation: taken[0].operation }
  }

  unnamed(word, last) {
    const single = word.han && word.whole.length === 1
    const ways = word.han ? [{ terms: pairs(word.whole), run: word.whole, weight: 1, prefix: single }] : [{ terms: [word.whole], weight: 1 }, ...this.looser(word, last)]
    return { text: word.whole, said: word.said || word.whole, ways, homes: new Map(), stop: word.empty || STOP.has(word.whole), letter: /^.$/u.test(word.whole) }
  }

  /** 拉丁字母的词别的写法：断开的各段；词的开头（三个字母以上，正在打的或没有这个词时）；拼错的，贴进来的长句子除外。 */
  looser({ whole, parts = [], han, operation }, last = false) {
    if (han || operation) return []
    const ways = []
    const known = this.known(whole)
    if (parts.length) ways.push({ terms: parts, weight: known ? 0.2 : 0.6 })
    if (/^[a-z_.]{3,}$/.test(whole) && (last || !known)) ways.push({ terms: [whole], prefix: true, weight: 0.6 })
    if (this.brief && /^[a-z]{5,}$/.test(whole) && !known) ways.push({ terms: [whole], fuzzy: whole.length > 9 ? 2 : 1, weight: 0.4 })
    return ways
  }

  known(term) {
    return this.lookup(this.pageIndex, { term }).size > 0
  }

  // ---------- 查 ----------

  /** 一个词在各页（或各节）的分数与强弱。 */
  lookup(index, { term, prefix = false, fuzzy = false }) {
    const key = `${index === this.pageIndex} ${prefix} ${fuzzy} ${term}`
    if (!this.seen.has(key)) {
      if (this.seen.size > 2000) this.seen.clear()
      this.seen.set(key, this.look(index, term, prefix, fuzzy))
    }
    return this.seen.get(key)
  }

  look(index, term, prefix, fuzzy) {
    const boost = index === this.pageIndex ? FIELDS : { title: 3, text: 1 }
    const options = { tokenize: text => [text], processTerm: text => text, prefix, fuzzy, boost, bm25: { k: 1.2, b: 0.6, d: 0.3 } }
    return new Map(index.search(term, options).map(found => [found.id, found]))
  }

  /** 一个词的各种写法里，每页（每节）最好的一种：id → { score, cover, fields }。 */
  rate(index, unit) {
    const best = new Map()
    for (const { terms, run, prefix, fuzzy, weight } of unit.ways) {
      const found = terms.map(term => this.lookup(index, { term, prefix, fuzzy }))
      const ids = new Set(found.flatMap(map => [...map.keys()]))
      for (const id of ids) {
        const hits = found.map(map => map.get(id))
        const cover = (run ? covered(hits) : hits.filter(Boolean).length / hits.length)
        const score = weight * cover ** 2 * hits.reduce((sum, hit) => sum + (hit ? hit.score : 0), 0) / Math.sqrt(terms.length)
        const old = best.get(id)
        if (!old || score > old.score) best.set(id, { score, cover: cover * (fuzzy ? 0.7 : 1), fields: new Set(hits.flatMap(hit => hit ? Object.values(hit.match).flat() : [])) })
      }
    }
    return best
  }

  /** 各页的次序：[{ page, score, cover, sections }]，以及一句话里的词。 */
  rank(query) {
    const units = this.units(query).slice(0, 40)
    for (const unit of units) this.weigh(unit)
    const total = sum(units, unit => unit.weight)
    const present = sum(units, unit => unit.pages.size ? unit.weight : 0) || 1
    const heaviest = Math.max(...units.map(unit => unit.pages.size ? unit.weight : 0))
    const share = unit => Math.max(FLOOR, unit.weight / heaviest)
    const spelling = spell(query), name = this.names.get(spelling)
    const ranked = this.pages.map(page => {
      let score = 0, cover = 0
      for (const unit of units) {
        const found = unit.pages.get(page.id)
        if (!found) continue
        // 几十页都有的词，别的词在时就不算什么
        score += (found.score + (unit.homes.get(page.id) || 0) * HOME) * share(unit)
        cover += unit.weight * found.cover * found.strength
      }
      // 标题里就说到了几成
      const titled = sum(units, unit => unit.pages.get(page.id)?.fields.has("title") ? share(unit) * unit.pages.get(page.id).cover : 0)
      score *= 1 + TITLED * titled / sum(units, share)
      score *= 0.1 + cover / present
      if (spelling === (page.spelling ??= spell(page.title))) score *= 4
      if (name) score *= 1 + (name.homes.get(page.id) || 0)
      score *= page.top.boost || 1
      return { page, score, cover: total ? cover / total : 0, sections: [] }
    }).filter(({ score }) => score > 0).sort((a, b) => b.score - a.score)
    // 几个词在同一节里都说到的，在前
    for (const found of ranked.slice(0, CLOSER)) {
      found.sections = this.best(found.page, units, present)
      found.score *= 1 + Math.max(0, ...found.sections.map(({ cover }) => cover))
    }
    ranked.sort((a, b) => b.score - a.score)
    return { units, ranked: this.quoted(query, ranked) }
  }

  /** 贴进来的一句原话（报错的全文）：接连三个词（只有两个就两个）都在的，在前。 */
  quoted(query, ranked) {
    const said = words(query).filter(word => !word.han).map(word => word.whole).slice(0, 60)
    const long = Math.min(3, said.length)
    if (long < 2) return ranked
    const runs = said.slice(long - 1).map((_, k) => ` ${said.slice(k, k + long).join(" ")} `)
    for (const found of ranked.slice(0, CLOSER)) {
      found.page.spelled ??= ` ${words(`${found.page.lead}\n${found.page.text}`).map(word => word.whole).join(" ")} `
      found.score *= 1 + 4 * sum(runs, run => found.page.spelled.includes(run) ? 1 : 0) / runs.length
    }
    return ranked.sort((a, b) => b.score - a.score)
  }

  /** 一个词在各页、各节的分数；说到它的页越少，它越要紧。 */
  weigh(unit) {
    unit.pages = this.rate(this.pageIndex, unit)
    unit.sections = this.rate(this.sectionIndex, unit)
    const times = new Map()
    for (const [id, { cover }] of unit.sections) {
      const { place } = this.sections[id]
      if (cover > 0.99) times.set(place, (times.get(place) || 0) + 1)
    }
    for (const [id, found] of unit.pages) {
      // 只在正文里提过一两节的，算不上讲它
      const passing = !unit.homes.has(id) && ![...found.fields].some(field => field !== "text")
      found.strength = passing ? [0.4, 0.45, 0.6, 0.8][times.get(this.pages[id].place) || 0] || 1 : 1
    }
    const full = [...unit.pages.values()].filter(found => found.cover > 0.99).length
    unit.weight = Math.log(1 + (this.pages.length - full + 0.5) / (full + 0.5)) * (unit.letter ? 0.3 : 1) * (ASKING.has(unit.text) ? 0.25 : 1) + 0.05
  }

  /** 一页里最合的几节。 */
  best(page, units, total) {
    return page.sections.map(section => {
      let score = 0, cover = 0
      for (const unit of units) {
        const found = unit.sections.get(section.id)
        if (!found) continue
        score += found.score
        cover += unit.weight * found.cover
      }
      return { section, cover: total ? cover / total : 0, score: score * (cover / (total || 1)) }
    }).filter(({ score }) => score > 0).sort((a, b) => b.score - a.score)
  }

  // ---------- 给读者看的 ----------

  /** 一句话的结果：{ found, notice }。站上没有讲它的页时，notice 说没有，found 只有最接近的几页。 */
  search(query) {
    const { units, ranked } = this.rank(query.slice(0, 20000))
    const lacking = units.filter(unit => !ASKING.has(unit.text) && Math.max(0, ...[...unit.pages.values()].map(found => found.cover * found.strength)) < 0.7)
    const whole = sum(units, unit => unit.weight)
    const aside = ASIDE * sum(lacking.filter(unit => !unit.homes.size), unit => unit.weight)
    const home = page => units.some(unit => unit.homes.has(page.id) && !ASKING.has(unit.text))
    const covered = ranked.slice(0, NEAREST).some(({ page, cover }) => cover * whole >= COVERED * (whole - (home(page) ? aside : 0)))
    if (!units.length || covered || !lacking.length) {
      const most = ranked.length ? ranked[0].cover : 0
      return { units, found: ranked.filter(({ cover }) => cover >= most / 2).slice(0, RESULTS), notice: "" }
    }
    const found = ranked.slice(0, NEAREST)
    const told = lacking.slice(0, 3).map(unit => `“${shorten(unit.said, 20)}”`).join("、")
    return { units, found, notice: `本站没有专讲${told}的页面${found.length ? `，最接近的 ${found.length} 页是：` : ""}` }
  }

  /** Material 的对话框要的：每页一组，第一个是页，其余是节；分数低于第一个的收在“更多”里。 */
  forMaterial(query) {
    const { units, found, notice } = this.search(query)
    const marks = marker(units)
    const terms = page => Object.fromEntries(units.filter(unit => !unit.stop).map(unit => [unit.text, unit.pages.has(page.id)])
      .filter(([text, there]) => there ? /^(?:[a-z]{3,}|\p{sc=Han}{2,})$/u.test(text) : text.length < 30))
    const items = found.map(({ page, score, sections }) => {
      const known = terms(page)
      const show = (section, score) => ({
        location: section.location, title: marks(section.title), text: marks(excerpt(section.text, units)), score, terms: known,
      })
      const below = sections.filter(({ section }) => section !== page.top).slice(0, 5)
      const least = below.length ? below[0].score * 0.7 : 0
      return [show(page.top, score), ...below.map((found, k) => show(found.section, k < 2 && found.score >= least ? score : score / 2))]
    })
    return { items, notice, suggest: this.suggest(query) }
  }

  /** 灰色的提示：最后一个词补成一个名字。 */
  suggest(query) {
    const last = query.split(/[\s-]+/).pop()
    const name = last && [...this.names.values()].flatMap(({ same }) => [...same.values()]).find(name => name.startsWith(last) && !/[\s-]/.test(name))
    return name ? [name] : []
  }

  /** Zensical 的对话框要的：一节一条，id 是它在索引里的次序；文字它自己从索引里取。 */
  forZensical({ input }) {
    const { found } = this.search(String(input || ""))
    const items = found.flatMap(({ page, sections }) => {
      const below = sections.filter(({ section }) => section !== page.top).slice(0, 2)
      return [page.top, ...below.map(({ section }) => section)]
    }).map(({ id }) => ({ id, score: 1, matches: [] }))
    return { items, pagination: { total: items.length }, aggregations: [] }
  }
}

/** 名字的规整写法：各个词以空格连起；cross_entropy 与 cross entropy 是一个名字。 */
function spell(name) {
  return loose(words(name).map(word => word.whole).join(" "))
}

function loose(spelled) {
  return spelled.split(/[ ._]+/).map(stem).join(" ").trim() || spelled
}

function way(spelled) {
  const parts = spelled.split(" ")
  const terms = parts.flatMap(part => HAN.test(part) ? pairs(part) : [part])
  return parts.length === 1 && HAN.test(spelled) ? { terms, run: spelled } : { terms }
}

/** 一串汉字里，说到了几成的字：相邻的两个字都在才算。 */
function covered(hits) {
  if (hits.length === 1) return hits[0] ? 1 : 0
  let count = 0
  for (let k = 0; k <= hits.length; k++) if (hits[k - 1] || hits[k]) count += 1
  return count / (hits.length + 1)
}

/** 一句话里的词在文字里怎样找：[正则]。 */
function patterns(units) {
  return units.filter(unit => !unit.stop).flatMap(unit => unit.pattern ??= [...new Set(unit.ways.map(({ run, terms }) => run || (unit.ways.length && terms.join(" "))))].map(text => {
    const source = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/,/g, "\\s*,\\s*").replace(/ /g, "[\\s-]*").replace(/(?<=[a-z]{3})(?=\[|$)/g, "\\w*")
    return /^\w/.test(text) && !HAN.test(text[0]) ? `(?<![A-Za-z0-9])${source}(?![A-Za-z0-9])` : source
  }))
}

/** 把一段文字里找到的词标出来，并写成 HTML。 */
function marker(units) {
  const sources = patterns(units).sort((a, b) => b.length - a.length)
  const regex = sources.length ? new RegExp(sources.join("|"), "giu") : undefined
  return text => {
    if (!regex) return escape(text)
    let html = "", from = 0
    for (const match of text.matchAll(regex)) {
      if (!match[0]) continue
      html += escape(text.slice(from, match.index)) + `<mark>${escape(match[0])}</mark>`
      from = match.index + match[0].length
    }
    return html + escape(text.slice(from))
  }
}

/** 一段文字里与这句话最有关系的一两句。 */
function excerpt(text, units, length = 110) {
  const sentences = text.split(/\n|(?<=[。？！；])/).filter(sentence => sentence.trim())
  const wanted = units.map(unit => ({ weight: unit.weight, regex: patterns([unit]).map(source => new RegExp(source, "iu")) }))
  const value = sentence => sum(wanted, ({ weight, regex }) => regex.some(one => one.test(sentence)) ? weight : 0)
  let best = 0, most = -1
  sentences.slice(0, 200).forEach((sentence, k) => {
    const worth = value(sentence)
    if (worth > most + 1e-9) { best = k; most = worth }
  })
  let shown = ""
  for (let k = best; k < sentences.length && (!shown || shown.length + sentences[k].length <= length); k++) shown += (shown && !/[。？！；]$/.test(shown) ? " " : "") + sentences[k].trim()
  // 一句话就很长的，从词的前面一点起
  const regex = wanted.flatMap(({ regex }) => regex)
  const at = Math.max(0, Math.min(...regex.map(one => shown.search(one)).filter(k => k >= 0), Infinity))
  const start = shown.length > length && at < Infinity && at > length / 2 ? at - 30 : 0
  const cut = shown.slice(start, start + length)
  return (best > 0 || start ? "…" : "") + cut + (start + length < shown.length ? "…" : "")
}

function shorten(text, length) {
  return text.length > length ? text.slice(0, length) + "…" : text
}

const sum = (list, of) => list.reduce((total, each) => total + of(each), 0)

function unique(units) {
  return [...new Map(units.map(unit => [unit.text, unit])).values()]
}

if (typeof module !== "undefined") module.exports = { Engine }
