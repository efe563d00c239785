/* 反向推导器的页面。推导是 Python（snippets/engine/derive.py），在网页里的 Worker 中运行，见 run/python.js；
   点“推导”才取它。这里只管填的、画的、写的。前半是纯函数，不碰页面。即时导航会把这个脚本再执行一遍，所以一切都在函数里面。 */
{
  const source = document.currentScript.src;
  (window.widgetsUsers ??= []).push((widgets) => {
    "use strict";

    const { python: shape, html, svg, text, picture, table, setText, setAddress, copyText, letKeyboardScroll } = widgets;

    /* ---------- 式子里的变量 ---------- */

    const KNOWN = new Set("np numpy F pi e inf None True False and or not in is if else for lambda".split(" "));
    const TOKEN = /#[^\n]*|'[^'\n]*'|"[^"\n]*"|\d[\w.]*|[\p{L}_][\p{L}\p{N}_]*|\*\*|==|[<>]=|[^\s]/gu;

    /** 要填形状的变量，按出现的次序：起过名字的、算子、关键字参数的名字都不是。 */
    function variables(expression) {
      const found = [];
      const made = new Set();
      for (const statement of expression.split(/[\n;]/)) {
        const [, targets = ""] = /^\s*([\p{L}_][\p{L}\p{N}_,\s]*)=(?!=)/u.exec(statement) ?? [];
        const tokens = statement.slice(targets.length).match(TOKEN) ?? [];
        let depth = 0;
        tokens.forEach((token, k) => {
          if ("([{".includes(token)) depth += 1;
          if (")]}".includes(token)) depth -= 1;
          if (!/^[\p{L}_]/u.test(token) || KNOWN.has(token) || made.has(token)) return;
          const keyword = depth > 0 && tokens[k + 1] === "=";
          if (tokens[k - 1] === "." || tokens[k + 1] === "(" || keyword || found.includes(token)) return;
          found.push(token);
        });
        for (const name of targets.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []) made.add(name);
      }
      return found;
    }

    /* ---------- 网址 ---------- */

    /** "?expression=…&shapes=X=8,3;W=4,3&constant=t"。 */
    function toQuery({ expression, shapes, constant }) {
      const sizes = Object.entries(shapes).map(([name, size]) => `${name}=${size}`).join(";");
      const query = new URLSearchParams({ expression, shapes: sizes });
      if (constant.length) query.set("constant", constant.join(","));
      return `?${query}`;
    }

    function fromQuery(query) {
      const given = new URLSearchParams(query);
      if (!given.has("expression")) return null;
      const pairs = (given.get("shapes") ?? "").split(";").filter(Boolean).map((pair) => pair.split(/=(.*)/s, 2));
      const constant = (given.get("constant") ?? "").split(",").filter(Boolean);
      return { expression: given.get("expression"), shapes: Object.fromEntries(pairs), constant };
    }

    /* ---------- 磁带的图：与 figures/engine/derive.py 同一个画法 ---------- */

    const ROW = 38;
    const HIGH = 28;

    /** 每个数的线走第几道：[{ lane, from, to }]；只有紧接着的一行用到的，不绕道，lane 是 -1。 */
    function lanesOf(rows) {
      const taken = [];
      return rows.flatMap(({ names }, from) => {
        const to = rows.flatMap(({ inputs }, k) => (inputs.some((name) => names.includes(name)) ? [k] : []));
        if (!to.length) return [];
        if (to.length === 1 && to[0] === from + 1) return [{ lane: -1, from, to }];
        let lane = taken.findIndex((end) => end < from);
        if (lane < 0) lane = taken.length;
        taken[lane] = to.at(-1);
        return [{ lane, from, to }];
      });
    }

    function rowsOf({ variables, tape }) {
      const given = variables.map(({ name, shape }) => ({ names: [name], code: name, shapes: [shape], operator: "", inputs: [] }));
      return [...given, ...tape.map((step) => ({ ...step, code: step.code.at(-1) }))];
    }

    const shortened = (code) => (code.length > 40 ? code.slice(0, 38) + "…" : code);

    function tapePicture(found) {
      const rows = rowsOf(found);
      const wires = lanesOf(rows);
      const left = 28 + 11 * Math.max(0, ...wires.map(({ lane }) => lane + 1));
      const wide = Math.max(150, ...rows.map(({ code }) => shortened(code).length * 8 + 20));
      const sizes = left + wide + 10;
      const names = sizes + Math.max(60, ...rows.map(({ shapes }) => shapes.map((each) => shape(each)).join(" ").length * 7.5 + 14));
      const top = (k) => 4 + k * ROW;
      const middle = (k) => top(k) + HIGH / 2;
      const words = rows.map(
        ({ code, shapes, operator, inputs }) =>
          `${code}，形状 ${shapes.map((each) => shape(each)).join("、")}` + (operator ? `，${operator}，用到 ${inputs.join("、") || "常数"}` : "")
      );
      const written = (x, y, content, kind) => {
        const node = text(x, y, content, kind);
        node.style.textAnchor = "start";
        return node;
      };
      return picture(
        names + Math.max(...rows.map(({ operator }) => operator.length * 7.5)) + 4,
        top(rows.length),
        `磁带：${words.join("。")}。`,
        ...wires.flatMap(({ lane, from, to }) => wire(lane < 0 ? left + wide / 2 : left - 12 - 11 * lane, lane < 0, left, middle, from, to)),
        ...rows.flatMap(({ code, shapes, operator }, k) => [
          svg("g", { class: operator ? "" : "calc-result" }, svg("rect", { x: left, y: top(k), width: wide, height: HIGH, rx: 5, class: "calc-box" })),
          text(left + wide / 2, middle(k) + 5, shortened(code), "derive-code"),
          written(sizes, middle(k) + 5, shapes.map((each) => shape(each)).join(" "), "calc-small calc-quiet"),
          written(names, middle(k) + 5, operator, "calc-small calc-quiet"),
        ])
      );
    }

    /** 一个数的线，末端带箭头。 */
    function wire(across, straight, left, middle, from, to) {
      const path = (d) => svg("path", { d, class: "derive-wire" });
      const head = (x, y, turn) => svg("path", { d: "M0 0L-7 -3.5L-7 3.5Z", transform: `translate(${x} ${y}) rotate(${turn})`, class: "derive-head" });
      if (straight) {
        const end = middle(to[0]) - HIGH / 2 - 1;
        return [path(`M${across} ${middle(from) + HIGH / 2}V${end - 5}`), head(across, end, 90)];
      }
      const down = path(`M${left} ${middle(from)}H${across}V${middle(to.at(-1))}`);
      return [down, ...to.flatMap((k) => [path(`M${across} ${middle(k)}H${left - 6}`), head(left - 1, middle(k), 0)])];
    }

    /** 出错的那一行，下面用 ^ 指着。 */
    function pointed(expression, { line, column, end }) {
      const written = expression.split("\n")[line - 1] ?? "";
      const width = (part) => [...part].reduce((sum, c) => sum + (c > "\u2e80" ? 2 : 1), 0);
      return `${written}\n${" ".repeat(width(written.slice(0, column - 1)))}${"^".repeat(Math.max(1, width(written.slice(column - 1, end))))}`;
    }

    // 差是 nan 或无穷大，derive.py 写作它
    const HUGE = 1e99;

    /** 与 name 差多少：不到 10 的几次方；得 nan、无穷大的没有次数可说。 */
    function apart(name, error) {
      if (error >= HUGE) return `与${name}的差是 nan 或无穷大`;
      return `与${name}差不到 1e${Math.max(-15, Math.floor(Math.log10(error || 1e-99)) + 1)}`;
    }

    window.derive = { variables, toQuery, fromQuery, lanesOf, pointed, apart };

    /* ---------- 页面 ---------- */

    const EXAMPLES = {
      最小二乘: { expression: "mean((X @ W.T + b - t)**2)", shapes: { X: "8,3", W: "4,3", b: "4", t: "8,4" }, constant: ["X", "t"] },
      两层网络: {
        expression: "h = relu(X @ W.T + b)\ncross_entropy(h @ U.T + c, target=y)",
        shapes: { X: "8,3", W: "5,3", b: "5", U: "4,5", c: "4", y: "8<4" },
        constant: ["X"],
      },
      注意力: {
        expression: "P = softmax(Q @ K.T / sqrt(Q.shape[-1]))\nmean((P @ V - t)**2)",
        shapes: { Q: "4,3", K: "5,3", V: "5,2", t: "4,2" },
        constant: ["t"],
      },
      广播: { expression: "sum(x * y + x)", shapes: { x: "3,1", y: "4" }, constant: [] },
      二次型: { expression: "x @ A @ x / 2 - b @ x", shapes: { A: "3,3", x: "3", b: "3" }, constant: [] },
      高斯似然: { expression: "d = x - m\nd @ inv(S) @ d / 2 + slogdet(S)[1] / 2", shapes: { x: "3", m: "3", S: "3,3" }, constant: ["x"] },
    };

    function mount(root) {
      const box = html("textarea", {
        ...{ id: "derive-expression", rows: 2, spellcheck: "false", autocapitalize: "off", autocomplete: "off" },
        ...{ "aria-describedby": "derive-error", oninput: () => changed() },
      });
      const error = html("div", { id: "derive-error", class: "derive-error", role: "alert" });
      const fields = html("div", { class: "derive-fields", role: "group", "aria-label": "变量的形状" });
      const go = html("button", { type: "button", class: "derive-go", onclick: () => ask() }, "推导");
      const copy = html("button", { type: "button", onclick: copyLink }, "复制链接");
      const copied = html("span", { class: "calc-copied", role: "status" });
      const verdict = html("p", { class: "calc-verdict", role: "status" });
      const details = html("div", { class: "calc-details" });
      const kept = { shapes: {}, constant: new Set() };
      let py, asked, running, timer;

      const examples = Object.entries(EXAMPLES).map(([name, given]) =>
        html("button", { type: "button", onclick: () => (show(given), changed()) }, name)
      );
      root.replaceChildren(
        html(
          "div",
          { class: "calc-form", role: "group", "aria-label": "式子与形状" },
          html("label", { for: box.id, class: "derive-label" }, "式子：照 numpy 写，最后一行是标量"),
          box,
          error,
          fields,
          html("div", { class: "calc-buttons derive-buttons" }, go, copy, copied),
          html("div", { class: "calc-examples", role: "group", "aria-label": "例子" }, html("span", {}, "例子"), ...examples)
        ),
        verdict,
        details
      );
      const linked = fromQuery(location.search);
      show(linked ?? EXAMPLES.最小二乘);

      /** 换上一个式子与形状。 */
      function show({ expression, shapes, constant }) {
        box.value = expression;
        kept.shapes = { ...shapes };
        kept.constant = new Set(constant);
        fields.replaceChildren();
        listVariables();
      }

      /** 式子里的变量各一格；已有的格不动，填着的不丢。 */
      function listVariables() {
        box.rows = Math.max(2, box.value.split("\n").length);
        const names = variables(box.value);
        const old = new Map([...fields.children].map((field) => [field.dataset.name, field]));
        if (names.join() === [...old.keys()].join()) return;
        fields.replaceChildren(...names.map((name) => old.get(name) ?? field(name)));
      }

      function field(name) {
        const id = `derive-shape-${name}`;
        const input = html("input", {
          ...{ id, type: "text", value: kept.shapes[name] ?? "", autocomplete: "off", autocapitalize: "off", spellcheck: "false" },
          ...{ placeholder: "8,3", "aria-describedby": `${id}-error`, oninput: () => changed() },
        });
        const tick = html("input", { type: "checkbox", id: `${id}-free`, onchange: () => changed() });
        tick.checked = !kept.constant.has(name);
        return html(
          "div",
          { class: "derive-field", "data-name": name },
          html("label", { for: id }, html("span", { class: "for-ears" }, "形状 "), name),
          input,
          html("label", { for: tick.id, class: "derive-free" }, tick, html("span", { class: "for-ears" }, `${name} `), "求导"),
          html("p", { id: `${id}-error`, role: "status" })
        );
      }

      /** 现在填的；整数的变量不求导，不必再说。 */
      function given() {
        const shapes = {};
        const constant = [];
        for (const each of fields.children) {
          const [input, tick] = each.querySelectorAll("input");
          const { name } = each.dataset;
          kept.shapes[name] = shapes[name] = input.value.trim();
          const integers = /[<＜]/.test(input.value);
          tick.disabled = integers;
          kept.constant[tick.checked ? "delete" : "add"](name);
          if (!tick.checked && !integers) constant.push(name);
        }
        return { expression: box.value.trim(), shapes, constant };
      }

      /** 填的变了：Python 已经在了，就接着推导；停手片刻才问它。 */
      function changed() {
        listVariables();
        given();
        copied.textContent = "";
        clearTimeout(timer);
        details.inert = Boolean(details.children.length);
        if (py) timer = setTimeout(ask, 300);
      }

      /** 推导；正在推导的，完了再推导最后填的。 */
      async function ask() {
        clearTimeout(timer); // 停手之后的那一次，不必再推导一遍
        asked = given();
        if (running) return;
        running = go.disabled = true;
        try {
          py ??= await start();
          while (asked) {
            const now = asked;
            asked = undefined;
            setText(verdict, "正在推导……");
            verdict.classList.remove("calc-wrong");
            const { found, mistake } = await py.call("engine.derive.answer", now.expression, now.shapes, now.constant);
            if (asked) continue;
            complain(now, mistake);
            if (found) answer(now, found);
          }
        } catch (failure) {
          py = undefined;
          details.inert = true;
          verdict.classList.add("calc-wrong");
          setText(verdict, failure.message);
        } finally {
          running = go.disabled = false;
        }
      }

      async function start() {
        if (location.protocol === "file:") {
          throw new Error("从磁盘打开的网页，浏览器不许它运行 Python。在解压出来的 notes 文件夹里运行 python3 -m http.server，再打开 http://127.0.0.1:8000。");
        }
        setText(verdict, "取网页里的 Python，只在第一次……");
        const { python } = await import(new URL("run/python.js", source).href);
        const started = python(({ loaded, total, stage }) => {
          if (stage === "download" && total) setText(verdict, `取网页里的 Python：${(loaded / 1e6).toFixed(1)} / ${(total / 1e6).toFixed(1)} MB`);
          else if (stage === "start") setText(verdict, "启动 Python……");
        });
        await started.ready;
        return started;
      }

      /** 写错的地方：式子的写在式子下面，形状的写在那一格下面。 */
      function complain({ expression }, mistake) {
        const inExpression = mistake && !(mistake.variable && fields.querySelector(`[data-name="${CSS.escape(mistake.variable)}"]`));
        box.setAttribute("aria-invalid", String(Boolean(inExpression)));
        for (const each of fields.children) {
          const wrong = !inExpression && mistake?.variable === each.dataset.name;
          each.querySelector("input").setAttribute("aria-invalid", String(wrong));
          setText(each.querySelector("p"), wrong ? mistake.sentence : "");
        }
        if (!inExpression) error.replaceChildren();
        else {
          const where = mistake.line ? [html("pre", { class: "no-copy" }, html("code", {}, pointed(expression, mistake)))] : [];
          const subject = mistake.variable ? `${mistake.variable}：` : "";
          error.replaceChildren(html("p", {}, subject + mistake.sentence), ...where);
          error.querySelectorAll("code").forEach(letKeyboardScroll);
        }
        if (!mistake) return;
        details.inert = true;
        verdict.classList.add("calc-wrong");
        setText(verdict, inExpression ? "式子要改一处。" : `${mistake.variable} 的形状要改。`);
      }

      function answer(now, found) {
        details.inert = false;
        const worst = (key) => Math.max(...found.checks.map((check) => check[key]));
        const holds = worst("differences") < 1e-6 && worst("program") < 1e-12;
        verdict.classList.toggle("calc-wrong", !holds);
        const told = `${apart("差分", worst("differences"))}，${apart(" program ", worst("program"))}`;
        const why = "也许随机取的数在折点附近，也许数太大，差分本身不准";
        setText(verdict, `${found.checks.length} 个变量的梯度，${holds ? `已核对：${told}` : `核对没有过：${told}；${why}`}。`);
        details.replaceChildren(...explanation(found));
        details.querySelectorAll(".calc-scroll, pre > code").forEach(letKeyboardScroll);
        setAddress(new URL(toQuery(now), location.href).href);
      }

      async function copyLink() {
        copied.textContent = (await copyText(new URL(toQuery(given()), location.href).href)) ? "链接已复制" : "";
      }
    }

    /* ---------- 答案 ---------- */

    function explanation(found) {
      const explained = new Set(); // 公式卡的词，说一遍就够
      return [
        html("h2", {}, "磁带"),
        html("figure", { class: "calc-figure" }, tapePicture(found), html("figcaption", {}, "先是变量，再是一步一行；左边的线从用到的数指到用它的一步。")),
        html("h2", {}, "反向"),
        html("p", {}, html("code", {}, `${found.start} = 1`), "，从最后一步倒着走："),
        html("ol", { class: "derive-steps" }, ...found.backward.map((step) => stepOf(step, explained))),
        html("h2", {}, "代码"),
        codeOf(found.code),
        html("h2", {}, "核对"),
        html("p", {}, `变量取随机数（${found.kind}），运行上面的代码：`),
        checkTable(found),
      ];
    }

    /** 反向的一步：这一步是什么，规则的出处，交给各个输入的一份。 */
    function stepOf(step, explained) {
      const link = (words, equation = "") => html("a", { href: new URL(`../../${step.page}/${equation}`, location.href).href }, words);
      const pieces = step.cited ? `，${step.cited}`.split(/(\(\d+\))/) : [];
      const cited = pieces.map((piece) => (/^\(\d+\)$/.test(piece) ? link(piece, `#eq-${piece.slice(1, -1)}`) : piece));
      const stands = step.stands.map(([formal, name]) => `${formal} 是 ${name}`).join("，");
      const news = step.words.filter(([name]) => !explained.has(name) && explained.add(name));
      const words = news.map(([name, told]) => html("p", { class: "derive-quiet" }, html("code", {}, name), `：${told}`));
      return html(
        "li",
        {},
        html("p", {}, html("code", {}, step.code.at(-1)), "，", link(step.operator), ...cited),
        ...(step.code.length > 1 ? [html("pre", { class: "no-copy" }, html("code", {}, step.code.join("\n")))] : []),
        ...(stands ? [html("p", { class: "derive-quiet" }, `这里 ${stands}。`)] : []),
        ...words,
        ...step.shares.map((share) => shareOf(share))
      );
    }

    function shareOf({ of, rule, code, shape: size, summed, added }) {
      const notes = [
        ...(summed.length ? [`沿轴 ${summed.join("、")} 求和，因为 ${of} 在那里被广播`] : []),
        ...(added ? [`${of} 用了不止一次，加到已有的一份上`] : []),
      ];
      return html(
        "div",
        { class: "derive-share" },
        html("p", {}, `给 ${of}，形状 ${shape(size)}：`, html("code", {}, rule), ...(notes.length ? [`（${notes.join("；")}）`] : [])),
        html("pre", { class: "no-copy" }, html("code", {}, code.join("\n")))
      );
    }

    function codeOf(written) {
      const told = html("span", { class: "calc-copied", role: "status" });
      const copy = async () => (told.textContent = (await copyText(written)) ? "代码已复制" : "");
      return html(
        "div",
        { class: "derive-program" },
        html("div", { class: "derive-copy" }, html("button", { type: "button", onclick: copy }, "复制代码"), told),
        html("pre", { class: "no-copy" }, html("code", {}, written))
      );
    }

    function checkTable({ checks }) {
      const cell = (kind, words, scope) => html(kind, scope ? { scope } : {}, words);
      const head = ["变量", "核对几个数", "与差分差", "与 program 差"];
      const shown = (error) => (error >= HUGE ? "nan 或 ∞" : error.toExponential(0));
      const rows = checks.map(({ variable, count, differences, program }) =>
        html("tr", {}, cell("th", variable, "row"), ...[String(count), shown(differences), shown(program)].map((words) => cell("td", words)))
      );
      return table("核对的表", "derive-table", head.map((words) => cell("th", words, "col")), rows);
    }

    // 网站带了 Python 才有推导器，没有就留着页面上的那句话
    const root = document.getElementById("derive");
    if (root && "runtime" in document.documentElement.dataset) mount(root);
  });
}
