/* 输出大小计算器。前半是纯函数，不碰页面，tests/site/test_sizes.py 拿它们与 Python 逐个对拍；
   后半把答案写到页面上。即时导航会把这个脚本再执行一遍，所以一切都在函数里面。 */
(window.widgetsUsers ??= []).push((widgets) => {
  "use strict";

  const { halfWidth, python, html, svg, text, picture, table, code, setText, setAddress, copyText, letKeyboardScroll } =
    widgets;

  const MAX_SIZE = 9999; // 输入的大小、通道数
  const MAX_STEP = 999; // 核、步长、补零、空洞

  /** 四种层：PyTorch 的名字，参数的次序（粘贴来的代码按它读），要填的参数。 */
  const LAYERS = {
    conv2d: {
      module: "Conv2d",
      order: ["in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups"],
      fields: ["in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups"],
    },
    conv_transpose2d: {
      module: "ConvTranspose2d",
      order: [
        ...["in_channels", "out_channels", "kernel_size", "stride", "padding", "output_padding", "groups", "bias"],
        "dilation",
      ],
      fields: [
        ...["in_channels", "out_channels", "kernel_size", "stride", "padding", "output_padding", "dilation", "groups"],
      ],
    },
    max_pool2d: {
      module: "MaxPool2d",
      order: ["kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode"],
      fields: ["kernel_size", "stride", "padding", "dilation", "ceil_mode"],
    },
    avg_pool2d: {
      module: "AvgPool2d",
      order: ["kernel_size", "stride", "padding", "ceil_mode"],
      fields: ["kernel_size", "stride", "padding", "ceil_mode"],
    },
  };

  /** 各个参数：几个数，最小是几，不填是几。 */
  const PARAMETERS = {
    input: { most: 4, least: 1, limit: MAX_SIZE },
    in_channels: { most: 1, least: 1, limit: MAX_SIZE },
    out_channels: { most: 1, least: 1, limit: MAX_SIZE },
    kernel_size: { most: 2, least: 1, limit: MAX_STEP },
    stride: { most: 2, least: 1, limit: MAX_STEP, missing: [1] },
    padding: { most: 2, least: 0, limit: MAX_STEP, missing: [0] },
    output_padding: { most: 2, least: 0, limit: MAX_STEP, missing: [0] },
    dilation: { most: 2, least: 1, limit: MAX_STEP, missing: [1] },
    groups: { most: 1, least: 1, limit: MAX_SIZE, missing: [1] },
  };

  const isPool = (layer) => layer.endsWith("pool2d");

  /* ---------- 读填进来的字 ---------- */

  /** 一格里的几个数："(7, 8)" → { numbers: [7, 8] }；看不懂时 → { error: 一句话 }。 */
  function parseNumbers(name, given) {
    const { most, least, limit } = PARAMETERS[name];
    const body = halfWidth(given).trim().replace(/^(?:torch\.Size)?[([]+(.*?)[)\]]+$/, "$1").replace(/,$/, "").trim();
    if (!body) return { error: "还没有填", empty: true };
    const parts = body.replace(/(\d)\s*[xX×*]\s*(?=\d)/g, "$1,").split(/\s*,\s*|\s+/);
    for (const part of parts) {
      const shown = part.length > 16 ? part.slice(0, 16) + "…" : part;
      if (!/^[+-]?\d+$/.test(part)) return { error: `看不懂“${shown}”，应为整数` };
      if (Number(part) < least) return { error: `${least ? "应为正整数" : "不能为负"}，得到 ${shown}` };
      if (Number(part) > limit) return { error: `在这里至多 ${limit}，得到 ${shown}` };
    }
    if (parts.length > most) return { error: `至多 ${most} 个数，这里有 ${parts.length} 个` };
    return { numbers: parts.map(Number) };
  }

  /** 各格的字 → { settings } 或 { errors: { 名字: { error } } }。少写的照 PyTorch 补：一个数是高与宽，N 是 1，C 是 in_channels。 */
  function read(layer, texts, ceil) {
    const settings = { layer };
    const errors = {};
    for (const name of ["input", ...LAYERS[layer].fields]) {
      if (name === "ceil_mode") {
        settings.ceil_mode = Boolean(ceil);
        continue;
      }
      const result = parseNumbers(name, texts[name] ?? "");
      const missing = name === "stride" && isPool(layer) ? settings.kernel_size : PARAMETERS[name].missing;
      if (result.empty && missing) result.numbers = missing;
      else if (result.error) errors[name] = result;
      if (result.numbers) settings[name] = result.numbers;
    }
    if (Object.keys(errors).length) return { errors };
    for (const [name, { most }] of Object.entries(PARAMETERS)) {
      if (!(name in settings)) continue;
      if (most === 1) [settings[name]] = settings[name];
      if (most === 2 && settings[name].length === 1) settings[name] = [settings[name][0], settings[name][0]];
    }
    const sizes = settings.input.length === 1 ? [settings.input[0], settings.input[0]] : settings.input;
    settings.input = [1, settings.in_channels ?? 1, ...[0, 0]].slice(0, 4 - sizes.length).concat(sizes);
    return { settings };
  }

  /** 粘贴来的一行 PyTorch："nn.Conv2d(3, 64, 7, stride=2)" → { layer, texts, ceil }；不是就是 null。 */
  function parseCode(given) {
    const found = /\b(Conv2d|ConvTranspose2d|MaxPool2d|AvgPool2d)\s*\(/.exec(given);
    if (!found) return null;
    const layer = Object.keys(LAYERS).find((name) => LAYERS[name].module === found[1]);
    const parts = [""];
    let depth = 0;
    for (const c of given.slice(found.index + found[0].length)) {
      if (c === ")" && !depth) break;
      if ("([".includes(c)) depth += 1;
      if (")]".includes(c)) depth -= 1;
      if (c === "," && !depth) parts.push("");
      else parts[parts.length - 1] += c;
    }
    const values = {};
    parts.forEach((part, k) => {
      const [, name, value] = /^\s*(?:(\w+)\s*=)?(.*)$/s.exec(part);
      if (value.trim()) values[name ?? LAYERS[layer].order[k]] = value.trim();
    });
    const known = Object.keys(PARAMETERS).filter((name) => name in values);
    return {
      layer,
      texts: Object.fromEntries(known.map((name) => [name, values[name].replace(/^\((.*)\)$/s, "$1")])),
      ceil: values.ceil_mode === "True",
    };
  }

  /* ---------- 大小 ---------- */

  /** 一根轴上的窗口数：卷积与池化的输出大小。 */
  function windowCount(size, kernel, stride, padding, dilation, ceil) {
    const room = size + 2 * padding - dilation * (kernel - 1) - 1;
    if (!ceil) return Math.floor(room / stride) + 1;
    return Math.min(Math.ceil(room / stride) + 1, Math.ceil((size + padding) / stride));
  }

  /** 转置卷积一根轴上的输出大小。 */
  function transposedSize(size, kernel, stride, padding, dilation, extra) {
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 + extra;
  }

  /** 一根轴：输出的大小，核的跨度，放窗口时余下的格数。k 是 0（高）或 1（宽）。 */
  function axis(settings, k) {
    const { layer, kernel_size, stride, padding, ceil_mode, output_padding } = settings;
    const size = settings.input[2 + k];
    const dilation = settings.dilation ? settings.dilation[k] : 1;
    const given = [kernel_size[k], stride[k], padding[k], dilation];
    const transposed = layer === "conv_transpose2d";
    const output = transposed
      ? transposedSize(size, ...given, output_padding[k])
      : windowCount(size, ...given, ceil_mode);
    const span = dilation * (kernel_size[k] - 1) + 1;
    return {
      ...{ size, output, span, transposed, kernel: kernel_size[k], stride: stride[k], padding: padding[k], dilation },
      ...{ ceil: Boolean(ceil_mode), extra: output_padding ? output_padding[k] : 0 },
    };
  }

  /** 窗口与格的两边：卷积、池化的窗口读输入，转置卷积的窗口写输出。 */
  const windowsOf = ({ transposed, size, output }) => (transposed ? size : output);
  const cellsOf = ({ transposed, size, output }) => (transposed ? output : size);

  /** 第 o 个窗口碰到的格，按核的次序；不在 0 到 cells - 1 之间的是补出来的，或被裁掉。 */
  function touched({ kernel, stride, padding, dilation }, o) {
    return Array.from({ length: kernel }, (_, t) => o * stride - padding + t * dilation);
  }

  /** 每个输入格、每个输出格各有几条路：{ perInput, perOutput }。 */
  function paths(line) {
    const perCell = new Array(cellsOf(line)).fill(0);
    const perWindow = new Array(windowsOf(line)).fill(0);
    for (let o = 0; o < perWindow.length; o++) {
      for (let t = 0, at = o * line.stride - line.padding; t < line.kernel; t++, at += line.dilation) {
        if (at < 0 || at >= perCell.length) continue;
        perCell[at] += 1;
        perWindow[o] += 1;
      }
    }
    return line.transposed
      ? { perInput: perWindow, perOutput: perCell }
      : { perInput: perCell, perOutput: perWindow };
  }

  /** 离两头远的各格，路数是否不一样：路数只与位置除以 stride 的余数有关。 */
  function isUneven({ kernel, stride, dilation }) {
    const counts = new Array(stride).fill(0);
    for (let t = 0; t < kernel; t++) counts[(t * dilation) % stride] += 1;
    return new Set(counts).size > 1;
  }

  /** avg_pool2d 每个窗口除以几：count_include_pad=True 时数声明过的补零，不数 ceil_mode 多出来的。 */
  function divisors({ size, output, kernel, stride, padding }) {
    return Array.from({ length: output }, (_, o) => Math.min(kernel, size + 2 * padding - o * stride));
  }

  /* ---------- 不合法 ---------- */

  const NAMES = ["高", "宽"];
  const list = (numbers) => `[${numbers.join(", ")}]`;
  const by = ([h, w]) => `(${h} x ${w})`;
  const half = (n) => Math.floor(n / 2);

  /** weight 的形状；池化没有。 */
  function weightShape({ layer, in_channels, out_channels, groups, kernel_size }) {
    if (isPool(layer)) return null;
    if (layer === "conv2d") return [out_channels, Math.floor(in_channels / groups), ...kernel_size];
    return [in_channels, Math.floor(out_channels / groups), ...kernel_size];
  }

  /** 第一处不合法：{ reason, torch }；合法是 null。次序与 PyTorch 检查的相同。 */
  function complaint(settings, lines) {
    return isPool(settings.layer) ? poolComplaint(settings, lines) : convComplaint(settings, lines);
  }

  function convComplaint(settings, lines) {
    const { layer, input, in_channels, out_channels, groups, stride, dilation, output_padding } = settings;
    const transposed = layer === "conv_transpose2d";
    const weight = weightShape(settings);
    for (const [name, count] of Object.entries({ in_channels, out_channels })) {
      if (count % groups === 0) continue;
      return { reason: `${name} 是 ${count}，不能被 groups=${groups} 整除`, torch: `ValueError: ${name} must be divisible by groups` };
    }
    if (input[1] !== in_channels) {
      return {
        reason: `输入有 ${input[1]} 个通道，in_channels 是 ${in_channels}`,
        torch:
          `RuntimeError: Given ${transposed ? "transposed=1" : `groups=${groups}`}, weight of size ${list(weight)}, ` +
          `expected input${list(input)} to have ${in_channels} channels, but got ${input[1]} channels instead`,
      };
    }
    if (!transposed) {
      const k = lines.findIndex(({ output }) => output < 1);
      if (k < 0) return null;
      const padded = lines.map(({ size, padding }) => size + 2 * padding);
      return {
        reason: `${NAMES[k]}：补零之后是 ${padded[k]}，核的跨度是 ${lines[k].span}，放不下`,
        torch:
          `RuntimeError: Calculated padded input size per channel: ${by(padded)}. ` +
          `Kernel size: ${by(lines.map(({ span }) => span))}. Kernel size can't be greater than actual input size`,
      };
    }
    const wide = lines.findIndex((line) => line.extra >= Math.max(line.stride, line.dilation));
    if (wide >= 0) {
      const both = (name, [h, w]) => `${name}_height: ${h} ${name}_width: ${w}`;
      return {
        reason: `${NAMES[wide]}：output_padding=${output_padding[wide]} 既不小于 stride，也不小于 dilation`,
        torch:
          "RuntimeError: output padding must be smaller than either stride or dilation, but got " +
          [both("output_padding", output_padding), both("stride", stride), both("dilation", dilation)].join(" "),
      };
    }
    const small = lines.findIndex(({ output }) => output < 1);
    if (small < 0) return null;
    return {
      reason: `${NAMES[small]}：两边裁掉 padding 之后，输出的大小是 ${lines[small].output}`,
      torch:
        `RuntimeError: Given input size per channel: ${by(input.slice(2))}. ` +
        `Calculated output size per channel: ${by(lines.map(({ output }) => output))}. Output size is too small`,
      // float32 有时由 oneDNN 计算，它的检查不同
      double: true,
      note:
        "这是 float64 的报错。float32 时，PyTorch 有时换一个后端：算出的大小是负数，" +
        "报的是 could not construct a memory descriptor using a format tag；恰好是 0，不报错，给一个空的数组。",
    };
  }

  function poolComplaint({ layer, input }, lines) {
    const k = lines.findIndex(({ padding, span }) => padding > half(span));
    if (k >= 0) {
      const { padding, kernel, dilation } = lines[k];
      return {
        reason: `${NAMES[k]}：padding=${padding} 超过了核的跨度 ${lines[k].span} 的一半`,
        torch:
          "RuntimeError: pad should be at most half of effective kernel size, but got " +
          `pad=${padding}, kernel_size=${kernel} and dilation=${dilation}`,
      };
    }
    const wide = lines.findIndex(({ padding, kernel }) => padding > half(kernel));
    if (wide >= 0) {
      const [h, w] = lines;
      return {
        reason: `${NAMES[wide]}：padding=${lines[wide].padding} 超过了 kernel_size=${lines[wide].kernel} 的一半`,
        torch:
          "RuntimeError: pad should be smaller than or equal to half of kernel size, but got " +
          `padW = ${w.padding}, padH = ${h.padding}, kW = ${w.kernel}, kH = ${h.kernel}`,
      };
    }
    const small = lines.findIndex(({ output }) => output < 1);
    if (small < 0) return null;
    const { size, padding, span } = lines[small];
    const sizes = [input.slice(2), lines.map(({ output }) => output)];
    const [given, calculated] = sizes.map((pair) => `(${[input[1], ...pair].join("x")})`);
    return {
      reason: `${NAMES[small]}：补零之后是 ${size + 2 * padding}，核的跨度是 ${span}，一个窗口也放不下`,
      torch: `RuntimeError: Given input size: ${given}. Calculated output size: ${calculated}. Output size is too small`,
    };
  }

  /** 本站的算子报的错；不报错是 null。它没有 in_channels 与 out_channels，看的是 weight 的形状。 */
  function siteComplaint(settings, lines) {
    const { layer, input } = settings;
    const weight = weightShape(settings);
    const shapes = weight ? `${python(input)} 与 ${python(weight)}` : python(input);
    const check = { conv2d: convProblem, conv_transpose2d: transposedProblem }[layer] ?? poolProblem;
    const problem = check(settings, lines, input[1], weight);
    return problem && `ValueError: ${layer} 的输入形状为 ${shapes}：${problem}`;
  }

  function convProblem({ groups, kernel_size, dilation }, lines, channels, [outs, ins]) {
    const each = channels / groups;
    if (channels % groups || outs % groups) {
      return `groups=${groups} 应能整除输入的通道数 ${channels} 与输出的通道数 ${outs}`;
    }
    if (ins !== each) {
      return `weight 的轴 1 是 ${ins}，应是输入的通道数除以 groups，${channels} / ${groups} = ${each}`;
    }
    if (lines.every(({ output }) => output >= 1)) return null;
    const [spans, padded] = [lines.map(({ span }) => span), lines.map(({ size, padding }) => size + 2 * padding)];
    const kernel = `（核 ${python(kernel_size)}，空洞 ${python(dilation)}）`;
    return `核占 ${python(spans)}${kernel}，比补零之后的输入 ${python(padded)} 大`;
  }

  function transposedProblem({ groups, stride, padding, dilation, output_padding }, lines, channels, [ins]) {
    if (ins !== channels) return `weight 的轴 0 是 ${ins}，应是输入的通道数 ${channels}；输出的通道在轴 1`;
    if (channels % groups) return `groups=${groups} 应能整除输入的通道数 ${channels}`;
    if (lines.some((line) => line.extra >= Math.max(line.stride, line.dilation))) {
      const larger = `stride=${python(stride)} 与 dilation=${python(dilation)} 中大的一个`;
      return `output_padding=${python(output_padding)} 应小于 ${larger}`;
    }
    if (lines.every(({ output }) => output >= 1)) return null;
    const sizes = lines.map(({ output }) => output);
    return `输出的大小是 ${python(sizes)}，补零 ${python(padding)} 太大，或输入没有元素`;
  }

  function poolProblem(settings, lines) {
    for (const { size, padding, kernel, span, output } of lines) {
      if (2 * padding > kernel) return `padding=${padding} 应不超过核 ${kernel} 的一半`;
      if (output < 1) return `核占 ${span}，比补过之后的 ${size + 2 * padding} 大，一个窗口也没有`;
    }
    return null;
  }

  /* ---------- 答案 ---------- */

  /** 两个数相同就写一个：3；不同写 (3, 5)。 */
  const short = (pair) => (pair[0] === pair[1] ? String(pair[0]) : python(pair));

  /** 与默认不同的参数，照 Python 写：", stride=2, padding=1"。 */
  function keywords(settings) {
    const { layer, kernel_size } = settings;
    return LAYERS[layer].fields
      .slice(isPool(layer) ? 1 : 3)
      .map((name) => {
        const value = settings[name];
        if (name === "ceil_mode") return value ? ", ceil_mode=True" : "";
        const shown = Array.isArray(value) ? short(value) : String(value);
        const missing = name === "stride" && isPool(layer) ? short(kernel_size) : String(PARAMETERS[name].missing[0]);
        return shown === missing ? "" : `, ${name}=${shown}`;
      })
      .join("");
  }

  /** 同一件事的两行：PyTorch 的，本站的。 */
  function calls(settings, double) {
    const { layer, input, in_channels, out_channels, kernel_size } = settings;
    const given = keywords(settings);
    const kernel = short(kernel_size);
    const second = isPool(layer) ? `kernel_size=${kernel}` : `np.ones(${python(weightShape(settings))})`;
    const channels = isPool(layer) ? "" : `${in_channels}, ${out_channels}, `;
    return {
      torchCall: double
        ? `nn.${LAYERS[layer].module}(${channels}${kernel}${given}).double()(torch.ones(${input.join(", ")}).double())`
        : `nn.${LAYERS[layer].module}(${channels}${kernel}${given})(torch.ones(${input.join(", ")}))`,
      siteCall: `${layer}(np.ones(${python(input)}), ${second}${given})`,
    };
  }

  /** 全部答案；不合法时 output 是 null，wrong 说为什么，以及两边的报错。 */
  function answer(settings) {
    const { layer, input, out_channels } = settings;
    const lines = [axis(settings, 0), axis(settings, 1)];
    const wrong = complaint(settings, lines);
    const found = { ...calls(settings, wrong?.double), weight: weightShape(settings), wrong };
    if (wrong) return { ...found, output: null, site: siteComplaint(settings, lines) };
    return {
      ...found,
      output: [input[0], isPool(layer) ? input[1] : out_channels, ...lines.map(({ output }) => output)],
      axes: lines.map((line) => ({
        ...line,
        ...paths(line),
        divisors: layer === "avg_pool2d" ? divisors(line) : null,
      })),
    };
  }

  window.sizes = { parseNumbers, parseCode, read, answer, toQuery, fromQuery };

  /* ---------- 网址 ---------- */

  /** "?layer=conv2d&input=7,8&kernel_size=3"：只写填了的。 */
  function toQuery(layer, texts, ceil) {
    const parts = [`layer=${layer}`];
    for (const name of ["input", ...LAYERS[layer].fields]) {
      if (name === "ceil_mode") {
        if (ceil) parts.push("ceil_mode=True");
      } else {
        const { numbers } = parseNumbers(name, texts[name] ?? "");
        if (numbers) parts.push(`${name}=${numbers.join(",")}`);
      }
    }
    return "?" + parts.join("&");
  }

  /** 网址里记着的；没有就是 null。 */
  function fromQuery(query) {
    const given = new URLSearchParams(query);
    const layer = given.get("layer");
    if (!(layer in LAYERS)) return null;
    const known = Object.keys(PARAMETERS).filter((name) => given.has(name));
    return {
      layer,
      texts: Object.fromEntries(known.map((name) => [name, given.get(name)])),
      ceil: given.get("ceil_mode") === "True",
    };
  }

  /* ---------- 页面 ---------- */

  const EXAMPLES = {
    "步长有余数": "Conv2d(4, 6, 3, stride=2, groups=2) 1,4,7,8",
    "ResNet 的第一层": "Conv2d(3, 64, 7, stride=2, padding=3) 224",
    "步长与空洞": "Conv2d(1, 1, 3, stride=2, padding=2, dilation=2) 9",
    "棋盘纹": "ConvTranspose2d(4, 2, 3, stride=2) 1,4,4,5",
    ceil_mode: "MaxPool2d(2, stride=2, ceil_mode=True) 7,8",
    "核太大": "Conv2d(3, 4, 5, dilation=2) 8",
    "补得太多": "MaxPool2d(3, padding=2) 7,8",
  };
  const LABELS = { conv2d: "卷积", conv_transpose2d: "转置卷积", max_pool2d: "最大池化", avg_pool2d: "平均池化" };
  const HINTS = { input: "N, C, 高, 宽；或高, 宽", kernel_size: "高, 宽；或一个数" };

  function mount(root) {
    const chosen = html(
      "select",
      { id: "sizes-layer", onchange: () => show(chosen.value, texts(), ceil()) },
      ...Object.keys(LAYERS).map((name) => html("option", { value: name }, `${LABELS[name]} ${name}`))
    );
    const fields = html("div", { class: "sizes-fields" });
    const copy = html("button", { type: "button", onclick: copyLink }, "复制链接");
    const copied = html("span", { class: "calc-copied", role: "status" });
    const verdict = html("p", { class: "calc-verdict", role: "status" });
    const details = html("div", { class: "calc-details" });
    let link = location.href;
    let kept = {}; // 换一种层时，别的层的参数也记着

    const examples = Object.entries(EXAMPLES).map(([name, line]) =>
      html("button", { type: "button", onclick: () => showCode(line) }, name)
    );
    root.replaceChildren(
      html(
        "div",
        { class: "calc-form", role: "group", "aria-label": "层" },
        html("div", { class: "sizes-layer" }, html("label", { for: "sizes-layer" }, "算子"), chosen),
        fields,
        html("div", { class: "calc-buttons sizes-buttons" }, copy, copied),
        html("div", { class: "calc-examples", role: "group", "aria-label": "例子" }, html("span", {}, "例子"), ...examples)
      ),
      verdict,
      details
    );

    const given = fromQuery(location.search);
    if (given) show(given.layer, given.texts, given.ceil, { keepAddress: true });
    else showCode(Object.values(EXAMPLES)[0], { keepAddress: true });

    /** 一行代码，后面跟着输入的大小。 */
    function showCode(line, options) {
      const { layer, texts, ceil } = parseCode(line);
      kept = {};
      show(layer, { input: line.slice(line.lastIndexOf(")") + 1).trim(), ...texts }, ceil, options);
    }

    /** 换一种层，或换上一组参数，重画输入框。 */
    function show(layer, texts, ceil, options) {
      kept = { ...kept, ...texts };
      chosen.value = layer;
      fields.replaceChildren(
        ...["input", ...LAYERS[layer].fields].map((name) =>
          name === "ceil_mode" ? checkbox(ceil) : field(name, kept[name] ?? "", layer)
        )
      );
      update(options);
    }

    function field(name, value, layer) {
      const id = `sizes-${name}`;
      const missing = name === "stride" && isPool(layer) ? "与核相同" : String(PARAMETERS[name].missing ?? "");
      const input = html("input", {
        ...{ id, type: "text", value, autocomplete: "off", autocapitalize: "off", spellcheck: "false" },
        ...{ placeholder: HINTS[name] ?? missing, "data-name": name, "aria-describedby": `${id}-error` },
        ...{ oninput: () => update(), onpaste: pasteCode },
      });
      return html(
        "div",
        { class: `sizes-field sizes-${PARAMETERS[name].most}` },
        html("label", { for: id }, name),
        input,
        html("p", { id: `${id}-error`, role: "status" })
      );
    }

    function checkbox(ceil) {
      const box = html("input", { id: "sizes-ceil_mode", type: "checkbox", onchange: () => update() });
      box.checked = Boolean(ceil);
      return html("div", { class: "sizes-check" }, box, html("label", { for: "sizes-ceil_mode" }, "ceil_mode"));
    }

    function inputs() {
      return [...fields.querySelectorAll("input[type=text]")];
    }

    function texts() {
      return Object.fromEntries(inputs().map((input) => [input.dataset.name, input.value]));
    }

    function ceil() {
      return fields.querySelector("input[type=checkbox]")?.checked ?? false;
    }

    /** 粘贴来的是一行代码，就把各格填好；输入的大小留着。 */
    function pasteCode(event) {
      const found = parseCode(event.clipboardData.getData("text"));
      if (!found) return;
      event.preventDefault();
      const { input } = texts();
      kept = {};
      show(found.layer, { input, ...found.texts }, found.ceil);
      fields.querySelector("input").focus();
    }

    /** 读全部输入，更新答案与网址；有一格读不懂，就保留上一次的答案，但变淡。 */
    function update({ keepAddress = false } = {}) {
      const layer = chosen.value;
      const { settings, errors = {} } = read(layer, texts(), ceil());
      for (const input of inputs()) {
        const told = errors[input.dataset.name];
        setText(input.parentElement.querySelector("p"), told?.error ?? "");
        input.setAttribute("aria-invalid", String(Boolean(told && !told.empty)));
      }
      details.inert = copy.disabled = !settings;
      copied.textContent = "";
      verdict.classList.toggle("calc-wrong", false);
      kept = { ...kept, ...texts() };
      if (!settings) return setText(verdict, `等 ${Object.keys(errors).join("、")} 填好了再算。`);

      const found = answer(settings);
      verdict.classList.toggle("calc-wrong", !found.output);
      setText(verdict, found.output ? `输出是 ${python(found.output)}。` : `不合法：${found.wrong.reason}。`);
      details.replaceChildren(...(found.output ? explanation(settings, found) : errorsOf(found)));
      details.querySelectorAll(".calc-scroll").forEach(letKeyboardScroll);
      link = new URL(toQuery(layer, texts(), ceil()), location.href).href;
      if (!keepAddress) setAddress(link);
    }

    async function copyLink() {
      copied.textContent = (await copyText(link)) ? "链接已复制" : "";
    }
  }

  /* ---------- 答案的文字 ---------- */

  /** 0 到 n - 1 里画得下的：至多 most 个，太多就从中间省去，省去的地方是 null。 */
  function elide(n, most) {
    if (n <= most) return Array.from({ length: n }, (_, k) => k);
    const tail = Math.floor(most / 3);
    const head = most - tail - 1;
    return [...elide(head, head), null, ...Array.from({ length: tail }, (_, k) => n - tail + k)];
  }

  /** 一串数，太长就从中间省去。 */
  function row(numbers) {
    return elide(numbers.length, 15).map((k) => (k === null ? "…" : numbers[k])).join(", ");
  }

  /** 没有路的各格："7"、"1、3、5"、"4–9"；没有就是“无”。 */
  function missing(counts) {
    const spans = [];
    counts.forEach((count, k) => {
      if (count) return;
      if (spans.length && spans.at(-1)[1] === k - 1) spans.at(-1)[1] = k;
      else spans.push([k, k]);
    });
    const words = spans.map(([a, b]) => (a === b ? String(a) : `${a}–${b}`));
    const shown = elide(words.length, 9).map((k) => (k === null ? "…" : words[k]));
    return shown.join("、") || "无";
  }

  /** 输出的大小怎样算出来。 */
  function formula({ size, output, kernel, stride, padding, dilation, transposed, ceil, extra }) {
    const span = `${dilation}×(${kernel} − 1)`;
    if (transposed) return `(${size} − 1)×${stride} − 2×${padding} + ${span} + 1 + ${extra} = ${output}`;
    const room = `(${size} + 2×${padding} − ${span} − 1) / ${stride}`;
    return ceil
      ? `min(⌈${room}⌉ + 1, ⌈(${size} + ${padding}) / ${stride}⌉) = ${output}`
      : `⌊${room}⌋ + 1 = ${output}`;
  }

  function errorsOf({ wrong, torchCall, siteCall, site }) {
    const block = (title, call, message, ...notes) => {
      const words = notes.filter(Boolean).map((note) => html("p", {}, note));
      return html("div", { class: "calc-error" }, html("h3", {}, title), code(`>>> ${call}\n${message}`), ...words);
    };
    return [
      html("h2", {}, "报错"),
      block("PyTorch", torchCall, wrong.torch, wrong.note),
      block("本站", siteCall, site ?? "", site ? "" : "不报错：算子看的是 weight 的形状，没有 in_channels 与 out_channels。"),
    ];
  }

  function explanation(settings, found) {
    const { layer } = settings;
    const { axes, weight } = found;
    const same = JSON.stringify(axes[0]) === JSON.stringify(axes[1]);
    const shown = same ? [["高与宽", axes[0]]] : axes.map((line, k) => [NAMES[k], line]);
    const parameters = weight
      ? [`weight 的形状是 ${python(weight)}，连 bias 共 ${weight.reduce((a, b) => a * b) + settings.out_channels} 个参数。`]
      : [];
    return [
      ...parameters.map((words) => html("p", {}, words)),
      code(shown.map(([name, line]) => `${name}：${formula(line)}`).join("\n")),
      axisTable(layer, shown),
      html("div", { class: "sizes-pictures" }, ...shown.map(([name, line]) => windowPicture(name, line))),
      html("h2", {}, axes[0].transposed ? "写到哪里，梯度从哪里来" : "读到几次，梯度的去路"),
      html("p", {}, destination(settings, found)),
      countPicture(axes),
      html("h2", {}, "代码"),
      code(`${found.torchCall}\n${found.siteCall}`),
    ];
  }

  function axisTable(layer, shown) {
    const transposed = layer === "conv_transpose2d";
    const rows = [
      ["输入", ({ size }) => size],
      ...(transposed ? [] : [["补零之后", ({ size, padding }) => size + 2 * padding]]),
      ["核的跨度", ({ span }) => span],
      ["输出", ({ output }) => output],
      transposed
        ? ["没有输入写到的", ({ perOutput }) => missing(perOutput)]
        : ["从来读不到的", ({ perInput }) => missing(perInput)],
      transposed
        ? ["每个输出格由几个输入写成", ({ perOutput }) => row(perOutput)]
        : ["每个输入格被几个窗口读到", ({ perInput }) => row(perInput)],
      transposed
        ? ["每个输入格写到几格", ({ perInput }) => row(perInput)]
        : ["每个窗口读到几格", ({ perOutput }) => row(perOutput)],
      ...(layer === "avg_pool2d" ? [["每个窗口除以", ({ divisors }) => row(divisors)]] : []),
    ];
    return table(
      "逐轴的表",
      "sizes-table",
      [html("td", {}), ...shown.map(([name]) => html("th", { scope: "col" }, name))],
      rows.map(([head, of]) =>
        html("tr", {}, html("th", { scope: "row" }, head), ...shown.map(([, line]) => html("td", {}, String(of(line)))))
      )
    );
  }

  /** 一段话：上游梯度 G 的每个数回到哪里。 */
  function destination({ layer, groups, out_channels, in_channels }, { output, axes }) {
    const G = `G 的形状是 ${python(output)}。`;
    const counts = layer === "conv_transpose2d" ? axes.map(({ perOutput }) => perOutput) : axes.map(({ perInput }) => perInput);
    const lost = counts.some((each) => each.includes(0));
    if (layer === "conv_transpose2d") {
      const uneven = axes.some(isUneven);
      return (
        `${G}输入的一格写到几格输出，它的梯度就从这几格的 G 收回来，` +
        `还对同组的 ${out_channels / groups} 个输出通道求和。` +
        (uneven ? "中间各格由不同个数的输入写成，输出容易有棋盘纹。" : "中间各格由一样多的输入写成，没有棋盘纹。") +
        (lost ? "0 的各格只有 bias。" : "")
      );
    }
    const never = lost ? "0 的各格从来读不到，梯度恒为 0。" : "";
    const share = {
      conv2d: `一格被几个窗口读到，它的梯度就是几项之和，还对同组的 ${out_channels / groups} 个输出通道求和。`,
      max_pool2d: "每个窗口的 G 整个交给其中最大的一格，一格至多收到图上这么多份。",
      avg_pool2d: "每个窗口的 G 除以格数，平分给读到的格，一格收到图上这么多份。",
    };
    return G + share[layer] + never;
  }

  /* ---------- 画图 ---------- */

  const UNIT = 20;
  const HEAT = 26;

  /** 一根轴：上面一行是各格，下面一行一个窗口。 */
  function windowPicture(name, line) {
    const { padding, transposed } = line;
    const cells = cellsOf(line);
    const count = windowsOf(line);
    const counts = transposed ? paths(line).perOutput : paths(line).perInput;
    const last = Math.max(cells - 1 + (transposed ? 0 : padding), touched(line, count - 1).at(-1));
    const columns = elide(last + padding + 1, 17).map((k) => (k === null ? null : k - padding));
    const rows = elide(count, 8);
    const left = (k) => 52 + k * UNIT;
    const top = (k) => 46 + k * UNIT;
    const real = (at) => at >= 0 && at < cells;
    const kind = (at) => (!real(at) ? "calc-gone" : counts[at] ? "" : "calc-clash");

    const head = columns.flatMap((at, k) => {
      if (at === null) return [text(left(k) + 9, 34, "…", "calc-quiet calc-small")];
      const box = svg("rect", { x: left(k), y: 20, width: UNIT - 2, height: UNIT - 2, rx: 3, class: "calc-box" });
      const shown = real(at) && (at < 100 || k % 2 === 0); // 三位数挤不下，隔一格写一个
      const index = shown ? [text(left(k) + 9, 14, at, `calc-small ${counts[at] ? "calc-quiet" : "calc-red"}`)] : [];
      return [svg("g", { class: kind(at) }, box), ...index];
    });
    const body = rows.flatMap((o, r) => {
      if (o === null) return [text(24, top(r) + 13, "…", "calc-quiet calc-small")];
      const at = touched(line, o);
      const squares = columns.flatMap((cell, k) =>
        cell !== null && at.includes(cell)
          ? [
              svg("rect", {
                ...{ x: left(k), y: top(r), width: UNIT - 2, height: UNIT - 2, rx: 3 },
                class: real(cell) ? "sizes-read" : "calc-copy",
              }),
            ]
          : []
      );
      return [text(24, top(r) + 13, o, "calc-small calc-quiet"), ...squares];
    });
    const words = transposed
      ? `${name}：一行一个输入，涂色的是它写到的输出格。没有输入写到的：${missing(counts)}。`
      : `${name}：一行一个窗口，涂色的是它读的输入格。从来读不到的：${missing(counts)}。`;
    return html(
      "figure",
      { class: "calc-figure" },
      picture(
        left(columns.length) + 2,
        top(rows.length) + 4,
        words,
        text(24, 34, transposed ? "输出" : "输入", "calc-small"),
        ...head,
        ...body
      ),
      html(
        "figcaption",
        {},
        transposed
          ? `${name}：一行一个输入，涂色的是它写到的输出格，虚线的被 padding 裁掉。`
          : `${name}：一行一个窗口，涂色的是它读的输入格，虚线的是补出来的。`
      )
    );
  }

  /** 两根轴合起来：每格的路数是两根轴的乘积。 */
  function countPicture(axes) {
    const transposed = axes[0].transposed;
    const [down, across] = axes.map(({ perInput, perOutput }) => (transposed ? perOutput : perInput));
    const rows = elide(down.length, 12);
    const columns = elide(across.length, 13);
    const most = Math.max(...down) * Math.max(...across);
    const left = (k) => 30 + k * HEAT;
    const top = (k) => 22 + k * HEAT;
    const cell = (i, j, y, x) => {
      if (i === null || j === null) return [text(x + 12, y + 16, "…", "calc-quiet calc-small")];
      const count = down[i] * across[j];
      const size = { x, y, width: HEAT - 2, height: HEAT - 2, rx: 3 };
      const box = count
        ? svg("rect", { ...size, class: "sizes-heat", "fill-opacity": (0.08 + (0.3 * count) / most).toFixed(3) })
        : svg("rect", { ...size, class: "calc-box" });
      return [svg("g", { class: count ? "" : "calc-clash" }, box, text(x + 12, y + 16, count, "calc-small calc-number"))];
    };
    const never = [missing(down), missing(across)];
    const label =
      (transposed ? "每个输出格由几个输入写成" : "每个输入格被几个窗口读到") +
      `：行 ${row(down)}，列 ${row(across)}，一格是两者之积。0 的行：${never[0]}；0 的列：${never[1]}。`;
    return html(
      "figure",
      { class: "calc-figure" },
      picture(
        left(columns.length) + 2,
        top(rows.length) + 2,
        label,
        ...columns.flatMap((j, k) => (j === null ? [] : [text(left(k) + 12, 15, j, "calc-small calc-quiet")])),
        ...rows.flatMap((i, r) => (i === null ? [] : [text(14, top(r) + 16, i, "calc-small calc-quiet")])),
        ...rows.flatMap((i, r) => columns.flatMap((j, k) => cell(i, j, top(r), left(k))))
      ),
      html(
        "figcaption",
        {},
        (transposed ? "每个输出格由几个输入写成" : "每个输入格被几个窗口读到") + "：行的个数乘列的个数。红的是 0。"
      )
    );
  }

  const root = document.getElementById("sizes");
  if (root) mount(root);
});
