/* 两个计算器（calculator.js、sizes.js）共用的：读填进来的字，造页面上的节点与图。
   即时导航把一页的几个脚本一起取，谁先到不一定：计算器先到，就排在 widgetsUsers 里等它。 */
(() => {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";

  /** 全角的字母、数字、标点换成半角，顿号换成逗号，别的括号与减号也换成常用的。 */
  function halfWidth(text) {
    return text
      .replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
      .replace(/\u3000/g, " ")
      .replace(/、/g, ",")
      .replace(/[【〔]/g, "[")
      .replace(/[】〕]/g, "]")
      .replace(/[\u2010-\u2015\u2212]/g, "-");
  }

  /** 与 Python 的 str(tuple) 相同：(3,)、(3, 1)。 */
  function python(shape, comma = ", ") {
    return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(comma)})`;
  }

  const html = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
  const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes ?? {})) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }

  function code(text) {
    return html("pre", { class: "no-copy" }, html("code", {}, text));
  }

  function text(x, y, content, kind = "") {
    return svg("text", { x, y, class: `calc-text ${kind}` }, String(content));
  }

  /** 一张图：宽高、替代文字、内容。 */
  function picture(width, height, label, ...children) {
    const size = { viewBox: `0 0 ${width} ${height}`, width, height, style: `min-width: ${Math.round(width * 0.8)}px` };
    const drawing = svg("svg", { ...size, role: "img", "aria-label": label }, ...children);
    return html("div", { class: "calc-scroll calc-picture" }, drawing);
  }

  /** 一张能横着滚的表：说明、类名、表头的各格、各行。 */
  function table(label, kind, head, rows) {
    const content = [html("thead", {}, html("tr", {}, ...head)), html("tbody", {}, ...rows)];
    return html("div", { class: "calc-scroll", role: "region", "aria-label": label }, html("table", { class: `calc-table ${kind}`.trim() }, ...content));
  }

  /** 文字没有变就不动它，免得读屏软件重读。 */
  function setText(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }

  /** 浏览器可能不许改（例如改得太勤），那就算了：复制链接用的不是地址栏。 */
  function setAddress(link) {
    try {
      history.replaceState(history.state, "", link);
    } catch {}
  }

  /** 宽到要横着滚的时候，让键盘也能滚。 */
  function letKeyboardScroll(node) {
    new ResizeObserver(() => {
      if (node.scrollWidth > node.clientWidth) node.tabIndex = 0;
      else node.removeAttribute("tabindex");
    }).observe(node);
  }

  /** 复制一个链接；浏览器不许，就请读者自己复制，返回 false。 */
  async function copyText(link) {
    try {
      await navigator.clipboard.writeText(link);
      return true;
    } catch {
      prompt("复制这个链接：", link);
      return false;
    }
  }

  const widgets = {
    halfWidth,
    python,
    html,
    svg,
    text,
    picture,
    table,
    code,
    setText,
    setAddress,
    copyText,
    letKeyboardScroll,
  };
  const waiting = window.widgetsUsers ?? [];
  window.widgetsUsers = { push: (start) => start(widgets) };
  if (Array.isArray(waiting)) waiting.forEach((start) => start(widgets));
})();
