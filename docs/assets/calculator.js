/* 形状演算器。前半是纯函数，不碰页面，tests/site/test_calculator.py 拿它们与 Python 逐字对拍；
   后半把答案写到页面上。即时导航会把这个脚本再执行一遍，所以一切都在函数里面。 */
(window.widgetsUsers ??= []).push((widgets) => {
  "use strict";

  const { halfWidth, python, html, svg, text, picture, table, code, setText, setAddress, copyText, letKeyboardScroll } =
    widgets;
  const MAX_RANK = 64; // numpy 的上限
  const MAX_RANK_OF_BROADCAST_SHAPES = 32; // np.broadcast_shapes 自己的上限
  const MAX_SIZE = 999999999;
  const MAX_OPERANDS = 32;
  const SHAPE = /\([\d\s,]*\)|\[[\d\s,]*\]/g; // 一个带括号的形状
  const SIZES_ONLY = /size of tensor a \(\d+\)/; // PyTorch 的这句报错，括号里不是形状，是一根轴上的大小
  // 矩阵乘法与 einsum 的报错：里面的括号不是要广播的形状
  const PRODUCT = /\bmatmul:|\(dim \d+\) != |cannot be multiplied|core dimension|remapped shapes/;

  /* ---------- 读形状 ---------- */

  /** "（3，1，1）" → { shape: [3, 1, 1] }；看不懂时 → { error: 一句话 }。 */
  function parseShape(text) {
    let body = halfWidth(text).trim();
    if (!body) return { error: "还没有填；零维写作 ()", empty: true };
    if (PRODUCT.test(body)) return { error: "这是矩阵乘法的报错，不是广播：前一个的列数要等于后一个的行数" };
    if (SIZES_ONLY.test(body)) return { error: "这句报错里没有形状，只有一根轴上的两个大小" };
    if (/;|[\d)\]]\s*\+|[)\]]\s*,?\s*[([]/.test(body)) return { error: "一格只写一个形状" };
    body = body.replace(/^torch\.Size\((.*)\)$/, "$1");
    const inside = /^\((.*)\)$/.exec(body) ?? /^\[(.*)\]$/.exec(body);
    if (/[()[\]]/.test(inside ? inside[1] : body)) return { error: misplacedBrackets(body) };
    if (inside) body = inside[1].trim();
    if (inside && !body) return { shape: [] };

    const parts = body.replace(/(\d)\s*[xX*]\s*(?=\d)/g, "$1,").replace(/,$/, "").trim().split(/\s*[,×]\s*|\s+/);
    for (const part of parts) {
      const error = complaint(part);
      if (error) return { error };
    }
    if (parts.length > MAX_RANK) return { error: `numpy 的数组至多 ${MAX_RANK} 根轴，这里有 ${parts.length} 根` };
    return { shape: parts.map(Number) };
  }

  /** 括号不只最外面的一对，错在哪里。 */
  function misplacedBrackets(text) {
    const open = [];
    for (const c of text) {
      if ("([".includes(c)) open.push(c);
      else if (")]".includes(c) && open.pop() !== (c === ")" ? "(" : "[")) return "括号不成对";
    }
    if (open.length) return "括号不成对";
    const [shape] = text.match(SHAPE) ?? [];
    return shape && !/\d/.test(text.replace(shape, "")) ? `多了文字或括号，只写 ${shape} 就行` : "括号至多一对，写在最外面";
  }

  /** 一个大小错在哪里；没有错是 undefined。 */
  function complaint(part) {
    const shown = part.length > 16 ? part.slice(0, 16) + "…" : part;
    if (!part) return "逗号旁边缺一个大小";
    if (/^-\d+$/.test(part)) return `轴的大小不能为负，得到 ${shown}`;
    if (/^[+-]?(\d+\.\d*|\.\d+)$/.test(part)) return `轴的大小应为整数，得到 ${shown}`;
    if (!/^\d+$/.test(part)) return `看不懂“${shown}”，轴的大小应为非负整数`;
    if (Number(part) > MAX_SIZE) return `轴的大小在这里至多 ${MAX_SIZE}，得到 ${shown}`;
  }

  /** 一段文字里的形状：带括号的，例如粘贴来的报错或代码；或者一行一个。不足两个时是空的。 */
  function findShapes(text) {
    const found = halfWidth(text).match(SHAPE) ?? [];
    if (SIZES_ONLY.test(text) || PRODUCT.test(text)) return [];
    if (found.length > 1) return found;
    const lines = halfWidth(text).split(/[\r\n;]+/).map((line) => line.trim()).filter(Boolean);
    return lines.length > 1 && lines.every((line) => parseShape(line).shape) ? lines : [];
  }

  /** 网址里的一段："?shapes=5,3,4,1;3,1,1"。括号要转义：有的程序不把它当作网址的一部分。 */
  function toQuery(shapes) {
    return "?shapes=" + shapes.map((shape) => shape.join(",") || "%28%29").join(";");
  }

  function fromQuery(query) {
    const text = new URLSearchParams(query).get("shapes");
    return text === null ? null : text.split(";");
  }

  /* ---------- 广播 ---------- */

  /** 右对齐，逐轴：sizes 是各操作数的大小，缺的是 null；size 是结果的大小，不合时是 null。 */
  function align(shapes) {
    const rank = Math.max(...shapes.map((shape) => shape.length));
    return Array.from({ length: rank }, (_, axis) => {
      const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? null);
      const others = [...new Set(sizes.filter((n) => n !== null && n !== 1))];
      return { axis, sizes, others, size: others.length > 1 ? null : others[0] ?? 1 };
    });
  }

  /** 广播之后的形状；不能广播时是 null。 */
  function broadcast(shapes) {
    const sizes = align(shapes).map(({ size }) => size);
    return sizes.includes(null) ? null : sizes;
  }

  /** 一根轴为什么合、怎样合。 */
  function explain({ sizes, others, size }, names) {
    if (size === null) return `不合：${others.join(" 与 ")}`;
    const who = (wanted) => names.filter((_, k) => sizes[k] === wanted).join("、");
    const become = size === 1 ? "" : size === 0 ? "缩成 0" : `伸长成 ${size}`;
    const reasons = [];
    if (sizes.includes(null)) reasons.push(`${who(null)} 缺，当作 1` + (become && `，${become}`));
    if (become && sizes.includes(1)) reasons.push(`${who(1)} 的 1 ${become}`);
    return reasons.join("；") || "相等";
  }

  /* ---------- 两个库的报错 ---------- */

  /** x + y + z 从左到右算，停在哪一步：第 at 个操作数与前面的结果 left 不合；能算完是 null。 */
  function failingStep(shapes) {
    let left = shapes[0];
    for (let at = 1; at < shapes.length; at++) {
      const sum = broadcast([left, shapes[at]]);
      if (!sum) return { at, left, right: shapes[at] };
      left = sum;
    }
    return null;
  }

  /** numpy 对 x + y 的报错。句末有一个空格，numpy 就是这样写的。 */
  function numpyMessage(left, right) {
    return `operands could not be broadcast together with shapes ${python(left, ",")} ${python(right, ",")} `;
  }

  /** PyTorch 对 x + y 的报错，只说最右边不合的轴。 */
  function torchMessage(left, right) {
    const { axis, sizes } = align([left, right]).findLast(({ size }) => size === null);
    const [a, b] = sizes;
    return `The size of tensor a (${a}) must match the size of tensor b (${b}) at non-singleton dimension ${axis}`;
  }

  /** np.broadcast_shapes 的报错，说最左边不合的轴，以及冲突的是哪两个；轴太多时它说的是另一回事，不写。 */
  function broadcastShapesMessage(shapes) {
    const axes = align(shapes);
    if (axes.length > MAX_RANK_OF_BROADCAST_SHAPES) return null;
    const { sizes, others } = axes.find(({ size }) => size === null);
    const [i, j] = [sizes.indexOf(others[0]), sizes.indexOf(others[1])];
    return (
      "shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between " +
      `arg ${i} with shape ${python(shapes[i])} and arg ${j} with shape ${python(shapes[j])}.`
    );
  }

  /* ---------- 梯度 ---------- */

  /** 上游梯度 G 的形状是 result；形状为 shape 的操作数，梯度沿哪些轴求和，用 numpy 怎样写。 */
  function gradient(shape, result) {
    const extra = result.length - shape.length;
    const axes = result.flatMap((size, axis) => ((shape[axis - extra] ?? 1) === size ? [] : [axis]));
    const tuple = axes.length === 1 ? axes[0] : python(axes);
    const summedAll = axes.length === extra && axes.every((axis) => axis < extra);
    let line = "G";
    if (axes.length && !shape.length) line += ".sum()";
    else if (axes.length && summedAll) line += `.sum(axis=${tuple})`;
    else {
      if (axes.length) line += `.sum(axis=${tuple}, keepdims=True)`;
      if (extra) line += `.reshape(${python(shape)})`;
    }
    return { axes, line };
  }

  /** 对若干形状的全部答案。 */
  function answer(shapes) {
    const result = broadcast(shapes);
    if (result) return { result, gradients: shapes.map((shape) => gradient(shape, result)) };
    const step = failingStep(shapes);
    return {
      result,
      step,
      numpy: numpyMessage(step.left, step.right),
      torch: torchMessage(step.left, step.right),
      broadcastShapes: broadcastShapesMessage(shapes),
    };
  }

  window.calculator = { parseShape, findShapes, toQuery, fromQuery, align, explain, answer };

  /* ---------- 页面 ---------- */

  const EXAMPLES = ["(5,3,4,1) + (3,1,1)", "(3,1) + (4,)", "(5,2,4,1) + (3,1,1)", "(0,) + (2,2)", "() + (0,)"];

  const nameOf = (k) => "xyzuvw"[k] ?? `x${k}`;
  function mount(root) {
    const fields = html("div", { class: "calc-fields" });
    const add = html("button", { type: "button", onclick: addField }, "加一个形状");
    const copy = html("button", { type: "button", onclick: copyLink }, "复制链接");
    const copied = html("span", { class: "calc-copied", role: "status" });
    const verdict = html("p", { class: "calc-verdict", role: "status" });
    const details = html("div", { class: "calc-details" });
    let link = location.href;

    const examples = EXAMPLES.map((text) =>
      html("button", { type: "button", onclick: () => setTexts(findShapes(text)) }, text)
    );
    root.replaceChildren(
      html(
        "div",
        { class: "calc-form", role: "group", "aria-label": "形状" },
        fields,
        html("div", { class: "calc-buttons" }, add, copy, copied),
        html("div", { class: "calc-examples", role: "group", "aria-label": "例子" }, html("span", {}, "例子"), ...examples)
      ),
      verdict,
      details
    );

    const given = fromQuery(location.search);
    setTexts(given ?? findShapes(EXAMPLES[0]), { keepAddress: true });

    /** 换上一组形状，重画输入框；至少两格，太多时余下的挤在最后一格，由它报错。 */
    function setTexts(texts, options) {
      const kept = texts.slice(0, MAX_OPERANDS - 1);
      if (texts.length >= MAX_OPERANDS) kept.push(texts.slice(MAX_OPERANDS - 1).join(";"));
      while (kept.length < 2) kept.push("");
      fields.replaceChildren(...kept.map((text, k) => field(text, k, kept.length)));
      add.disabled = kept.length >= MAX_OPERANDS;
      update(options);
    }

    function field(text, k, count) {
      const id = `calc-shape-${k}`;
      const input = html("input", {
        id,
        type: "text",
        value: text,
        autocomplete: "off",
        autocapitalize: "off",
        spellcheck: "false",
        "aria-describedby": `${id}-error`,
        oninput: () => update(),
        onpaste: pasteShapes,
      });
      const onclick = () => removeField(k);
      const remove = { type: "button", class: "calc-remove", "aria-label": `去掉 ${nameOf(k)}`, onclick };
      return html(
        "div",
        { class: "calc-field" },
        html("label", { for: id }, html("span", { class: "for-ears" }, "形状 "), nameOf(k)),
        input,
        ...(count > 2 ? [html("button", remove, "×")] : []),
        html("p", { id: `${id}-error`, role: "status" })
      );
    }

    function inputs() {
      return [...fields.querySelectorAll("input")];
    }

    function texts() {
      return inputs().map((input) => input.value);
    }

    function addField() {
      setTexts([...texts(), ""]);
      inputs().at(-1).focus();
    }

    function removeField(k) {
      setTexts(texts().filter((_, at) => at !== k));
      inputs()[Math.min(k, inputs().length - 1)].focus();
    }

    /** 粘贴来的文字里有几个形状，就填几格。 */
    function pasteShapes(event) {
      const shapes = findShapes(event.clipboardData.getData("text"));
      if (!shapes.length) return;
      event.preventDefault();
      setTexts(shapes);
      inputs().at(-1).focus();
    }

    /** 读全部输入，更新答案与网址；有一格读不懂，就保留上一次的答案，但变淡。 */
    function update({ keepAddress = false } = {}) {
      const parsed = inputs().map((input) => {
        const result = parseShape(input.value);
        const error = input.parentElement.querySelector("p");
        setText(error, result.error ?? "");
        input.setAttribute("aria-invalid", String(Boolean(result.error && !result.empty)));
        return result;
      });
      const waiting = parsed.flatMap(({ error }, k) => (error ? [nameOf(k)] : []));
      details.inert = copy.disabled = waiting.length > 0;
      copied.textContent = "";
      verdict.classList.toggle("calc-wrong", false);
      if (waiting.length) return setText(verdict, `等 ${waiting.join("、")} 填好了再算。`);

      const shapes = parsed.map(({ shape }) => shape);
      const found = answer(shapes);
      verdict.classList.toggle("calc-wrong", !found.result);
      setText(verdict, conclusion(shapes, found));
      details.replaceChildren(...explanation(shapes, found));
      details.querySelectorAll(".calc-scroll").forEach(letKeyboardScroll);
      link = new URL(toQuery(shapes), location.href).href;
      if (!keepAddress) setAddress(link);
    }

    async function copyLink() {
      copied.textContent = (await copyText(link)) ? "链接已复制" : "";
    }
  }

  /* ---------- 答案的文字 ---------- */

  function conclusion(shapes, { result }) {
    if (result) return `能广播，结果是 ${python(result)}，共 ${count(result)} 个数。`;
    const wrong = align(shapes).filter(({ size }) => size === null);
    const where = wrong.map(({ axis, others }) => `轴 ${axis} 上是 ${others.join(" 与 ")}`).join("，");
    return `不能广播：${where}，不相等，又都不是 1。`;
  }

  function count(shape) {
    return shape.reduce((product, n) => product * BigInt(n), 1n);
  }

  function explanation(shapes, found) {
    const names = shapes.map((_, k) => nameOf(k));
    const axes = align(shapes);
    const aligned = axes.length
      ? [alignmentPicture(axes, names), alignmentTable(axes, names)]
      : [html("p", {}, "都是零维，没有轴要对齐。")];
    return [...aligned, ...(found.result ? gradients(shapes, names, found) : errors(names, found))];
  }

  /** 第 k 个操作数在这根轴上与别的不合：不是 1，也不缺。 */
  function clashes({ sizes, size }, k) {
    return size === null && (sizes[k] ?? 1) !== 1;
  }

  function alignmentTable(axes, names) {
    const row = (head, cell) => html("tr", {}, html("th", { scope: "row" }, head), ...axes.map(cell));
    const cell = (text, wrong) => html("td", wrong ? { class: "calc-wrong" } : {}, String(text));
    const head = axes.map(({ axis }) => html("th", { scope: "col" }, `轴 ${axis}`));
    return table("逐轴的表", "", [html("td", {}), ...head], [
      ...names.map((name, k) => row(name, (axis) => cell(axis.sizes[k] ?? "缺", clashes(axis, k)))),
      row("理由", (axis) => cell(explain(axis, names), axis.size === null)),
      row("结果", (axis) => cell(axis.size ?? "无", axis.size === null)),
    ]);
  }

  function errors(names, { step, numpy, torch, broadcastShapes }) {
    const sum = names.join(" + ");
    const done = names.slice(0, step.at).join(" + ");
    const next = names[step.at];
    const several = step.at > 1;
    const block = (title, message, note) =>
      html("div", { class: "calc-error" }, html("h3", {}, title), code(message), html("p", {}, note));

    const blocks = [
      block(`NumPy：${sum}`, `ValueError: ${numpy}`, "句末有一个空格。"),
      block(
        `PyTorch：${sum}`,
        `RuntimeError: ${torch}`,
        `a 是 ${several ? `${done} 的结果` : done}，b 是 ${next}；有几根轴不合时，只说最右边的一根。`
      ),
    ];
    if (broadcastShapes) {
      const call = `np.broadcast_shapes(${names.map((name) => `${name}.shape`).join(", ")})`;
      blocks.push(block(call, `ValueError: ${broadcastShapes}`, "arg 从 0 数起；有几根轴不合时，说的是最左边的一根。"));
    }
    if (names.length > 2) {
      const where = several ? `${done} 得到 ${python(step.left)}，再加 ${next} 时报错` : `第一步 ${done} + ${next} 就报错`;
      blocks.unshift(html("p", {}, `从左到右算：${where}。`));
    }
    return [html("h2", {}, "报错"), ...blocks];
  }

  function gradients(shapes, names, { result, gradients }) {
    const cards = gradients.map(({ axes, line }, k) => {
      const words = [html("h3", {}, `${names[k]} 的梯度`), html("p", {}, summing(shapes[k], result, axes)), code(line)];
      const pictures = result.length ? [gradientPicture(shapes[k], result, axes, names[k])] : [];
      return html("div", { class: "calc-gradient" }, ...pictures, html("div", {}, ...words));
    });
    const given = `设运算是 ${names.join(" + ")}，上游梯度 G 与结果同形，是 ${python(result)}。`;
    return [
      html("h2", {}, "梯度"),
      html("p", {}, `${given}别的逐元素运算，先把 G 乘上偏导，再做同样的求和。`),
      ...cards,
    ];
  }

  /** 一句话：沿哪些轴求和。 */
  function summing(shape, result, axes) {
    const dropped = shape.length < result.length;
    if (!axes.length) return dropped ? `不用求和，只去掉前面的轴，还原成 ${python(shape)}。` : "不用求和，G 就是它。";
    const empty = axes.some((axis) => result[axis] === 0) && !shape.includes(0) ? "求和一项也没有，得 0。" : "";
    return `沿轴 ${axes.join("、")} 求和，还原成 ${python(shape)}。${empty}`;
  }

  /* ---------- 画图 ---------- */

  const UNIT = 12; // 一个数：10 见方，间隔 2
  const MOST = 6; // 一根轴至多画几个数，再多就省略

  /** 一根轴上的 n 个数，前 real 个是原有的，其余是伸长出来的。 */
  function strip(left, top, n, real) {
    if (n === 0) return [text(left + UNIT / 2, top + 9, "空", "calc-quiet calc-small")];
    return Array.from({ length: Math.min(n, MOST) }, (_, k) => {
      const x = left + k * UNIT;
      if (n > MOST && k === MOST - 2) return text(x + UNIT / 2 - 1, top + 7, "…", "calc-quiet calc-small");
      return svg("rect", { x, y: top, width: 10, height: 10, rx: 2, class: k < real ? "calc-real" : "calc-copy" });
    });
  }

  /** 右对齐的方框，一行一个操作数，一列一根轴，最下面是结果。 */
  function alignmentPicture(axes, names) {
    const rowHeight = 54;
    const labelWidth = 44;
    const slots = axes.map(({ sizes, size }) => Math.min(MOST, Math.max(1, size ?? 0, ...sizes)));
    const widths = axes.map(({ sizes, size }, k) => {
      const digits = Math.max(...[...sizes, size].map((n) => String(n ?? "").length));
      return Math.max(64, slots[k] * UNIT + 20, digits * 8 + 56);
    });
    const lefts = widths.map((_, k) => labelWidth + widths.slice(0, k).reduce((sum, w) => sum + w + 8, 0));
    const top = (row) => 26 + row * rowHeight;
    const bottom = top(names.length) + 8;
    const width = lefts.at(-1) + widths.at(-1) + 2;

    const box = (k, y, kind, label, squares) => {
      const middle = lefts[k] + widths[k] / 2;
      return svg(
        "g",
        { class: kind },
        svg("rect", { x: lefts[k], y, width: widths[k], height: rowHeight - 8, rx: 6, class: "calc-box" }),
        text(middle, y + 19, label, "calc-number"),
        ...squares(middle - (slots[k] * UNIT - 2) / 2, y + 29)
      );
    };
    const operand = (axis, k, row) => {
      const given = axis.sizes[row];
      const missing = given === null;
      const stretched = axis.size !== null && axis.size !== 1 && (missing || given === 1);
      const kind = [clashes(axis, row) && "calc-clash", missing && "calc-missing", stretched && "calc-stretched"];
      const label = (given ?? "缺") + (stretched ? ` → ${axis.size}` : "");
      const [count, real] = stretched ? [axis.size, missing ? 0 : 1] : [given ?? 1, given ?? 0];
      return box(k, top(row), kind.filter(Boolean).join(" "), label, (x, y) => strip(x, y, count, real));
    };
    const result = ({ size }, k) =>
      size === null
        ? box(k, bottom, "calc-clash", "不合", () => [])
        : box(k, bottom, "calc-result", size, (x, y) => strip(x, y, size, size));

    const label = axes.map((axis) => `轴 ${axis.axis}：${explain(axis, names)}`).join("。");
    const drawing = [
      ...axes.map(({ axis, size }, k) =>
        text(lefts[k] + widths[k] / 2, 14, `轴 ${axis}`, `calc-small ${size === null ? "calc-red" : "calc-quiet"}`)
      ),
      ...names.map((name, row) => text(18, top(row) + 28, name, "calc-name")),
      ...names.flatMap((_, row) => axes.map((axis, k) => operand(axis, k, row))),
      svg("line", { x1: 0, x2: width, y1: bottom - 8, y2: bottom - 8, class: "calc-rule" }),
      text(18, bottom + 28, "结果"),
      ...axes.map(result),
    ];
    return html(
      "figure",
      { class: "calc-figure" },
      picture(width, bottom + rowHeight, `${names.join("、")} 的形状右对齐。${label}。`, ...drawing),
      html("figcaption", {}, "实心的方块是原有的数，虚线的是广播时伸长出来的。")
    );
  }

  /** 上面一行是 G，下面一行是梯度，Σ 标出求和的轴。 */
  function gradientPicture(shape, result, axes, name) {
    const extra = result.length - shape.length;
    const cell = Math.max(34, ...result.map((n) => String(n).length * 8 + 14));
    const left = (axis) => 26 + axis * (cell + 6);
    const box = (axis, y, size, kind) =>
      svg(
        "g",
        { class: kind },
        svg("rect", { x: left(axis), y, width: cell, height: 26, rx: 5, class: "calc-box" }),
        text(left(axis) + cell / 2, y + 18, size, "calc-number")
      );
    const summed = axes.length ? `沿轴 ${axes.join("、")} 求和` : "不用求和";
    return picture(
      left(result.length) - 4,
      84,
      `从 G 的形状 ${python(result)} 到 ${name} 的形状 ${python(shape)}，${summed}。`,
      text(10, 19, "G", "calc-name"),
      text(10, 75, name, "calc-name"),
      ...result.flatMap((size, axis) => {
        const isSummed = axes.includes(axis);
        const kind = isSummed ? "calc-stretched" : "";
        const middle = left(axis) + cell / 2;
        return [
          box(axis, 1, size, kind),
          isSummed
            ? text(middle, 47, "Σ", "calc-name calc-blue")
            : svg("line", { x1: middle, x2: middle, y1: 32, y2: axis < extra ? 38 : 52, class: "calc-rule" }),
          axis < extra ? box(axis, 57, "", "calc-gone") : box(axis, 57, shape[axis - extra], kind),
        ];
      })
    );
  }

  const root = document.getElementById("calculator");
  if (root) mount(root);
});
