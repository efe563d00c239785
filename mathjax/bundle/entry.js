// 在裸 V8 中排版：没有 DOM、没有网络，所需文件全部静态打进一个包。
import {mathjax} from '@mathjax/src/mjs/mathjax.js';
import {TeX} from '@mathjax/src/mjs/input/tex.js';
import {MapHandler} from '@mathjax/src/mjs/input/tex/MapHandler.js';
import {CHTML} from '@mathjax/src/mjs/output/chtml.js';
import {liteAdaptor} from '@mathjax/src/mjs/adaptors/liteAdaptor.js';
import {RegisterHTMLHandler} from '@mathjax/src/mjs/handlers/html.js';
import {SerializedMmlVisitor} from '@mathjax/src/mjs/core/MmlTree/SerializedMmlVisitor.js';
import {MathJaxNewcmFont} from '@mathjax/mathjax-newcm-font/mjs/chtml.js';
import '@mathjax/src/mjs/input/tex/base/BaseConfiguration.js';
import '@mathjax/src/mjs/input/tex/ams/AmsConfiguration.js';
import '@mathjax/src/mjs/input/tex/amscd/AmsCdConfiguration.js';
import '@mathjax/src/mjs/input/tex/bbox/BboxConfiguration.js';
import '@mathjax/src/mjs/input/tex/boldsymbol/BoldsymbolConfiguration.js';
import '@mathjax/src/mjs/input/tex/braket/BraketConfiguration.js';
import '@mathjax/src/mjs/input/tex/cancel/CancelConfiguration.js';
import '@mathjax/src/mjs/input/tex/cases/CasesConfiguration.js';
import '@mathjax/src/mjs/input/tex/centernot/CenternotConfiguration.js';
import '@mathjax/src/mjs/input/tex/color/ColorConfiguration.js';
import '@mathjax/src/mjs/input/tex/configmacros/ConfigMacrosConfiguration.js';
import '@mathjax/src/mjs/input/tex/empheq/EmpheqConfiguration.js';
import '@mathjax/src/mjs/input/tex/enclose/EncloseConfiguration.js';
import '@mathjax/src/mjs/input/tex/extpfeil/ExtpfeilConfiguration.js';
import '@mathjax/src/mjs/input/tex/mathtools/MathtoolsConfiguration.js';
import '@mathjax/src/mjs/input/tex/physics/PhysicsConfiguration.js';
import '@mathjax/src/mjs/input/tex/textmacros/TextMacrosConfiguration.js';
import '@mathjax/src/mjs/input/tex/units/UnitsConfiguration.js';
import '@mathjax/src/mjs/input/tex/upgreek/UpgreekConfiguration.js';
import 'dynamic-fonts'; // build.mjs 提供：New CM 的全部动态字形表

// 配置里可以选的扩展。不含 newcommand：写在页面里的定义会泄漏到别的公式，缓存就靠不住了；宏一律在配置里定义。
const PACKAGES = [
  'ams', 'amscd', 'bbox', 'boldsymbol', 'braket', 'cancel', 'cases', 'centernot', 'color', 'empheq',
  'enclose', 'extpfeil', 'mathtools', 'physics', 'textmacros', 'units', 'upgreek',
];
// 别的扩展里也有定义命令、改变设置的命令，同样会泄漏：从各自的命令表里去掉。
const DEFINERS = {
  'AMSmath-macros': ['DeclareMathOperator'],
  'color': ['definecolor'],
  'extpfeil': ['Newextarrow'],
  'mathtools-macros': [
    'DeclarePairedDelimiter', 'DeclarePairedDelimiterX', 'DeclarePairedDelimiterXPP',
    'DeclarePairedDelimiters', 'DeclarePairedDelimitersX', 'DeclarePairedDelimitersXPP',
    'MakeAboxedCommand', 'mathtoolsset', 'newtagform', 'renewtagform', 'usetagform',
  ],
};
const DEFINITION = command([
  '(?:re)?newcommand', '(?:re)?newenvironment', 'providecommand', '[egx]?def', 'let', ...Object.values(DEFINERS).flat(),
]);
// 汉字、假名、谚文、全角标点：只应出现在 \text{} 里。
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uffef]/u;
// 交叉引用需要整页的信息，而公式是逐条排版的。
const REFERENCE = command(['eqref', 'ref', 'label']);
const TEXT_KINDS = new Set(['mtext', 'ms', 'annotation']);

function command(names) {
  return new RegExp(`(?<!\\\\)(?:\\\\\\\\)*(\\\\(?:${names.join('|')}))(?![A-Za-z])`); // \\ 是换行，之后的不是命令
}

mathjax.asyncLoad = () => {};
mathjax.asyncIsSynchronous = true;

const adaptor = liteAdaptor({fontSize: 16});
RegisterHTMLHandler(adaptor);

for (const [map, names] of Object.entries(DEFINERS)) {
  for (const name of names) {
    if (!MapHandler.getMap(map).map.delete(name)) throw new Error(`no \\${name} in ${map}`);
  }
}

// 包自己的错误：宿主按代号和所涉的文字写成句子。MathJax 的错误只有一句英语。
class Refusal extends Error {
  constructor(code, value) {
    super(code);
    Object.assign(this, {code, value});
  }
}

class CompactMmlVisitor extends SerializedMmlVisitor {
  // 读屏软件用不着 MathJax 自己的注记，id 则会在页内重复。
  getAttributes(node) {
    return super.getAttributes(node).replace(/ (?:data-[\w-]+|id)="[^"]*"/g, '');
  }
}
const mmlVisitor = new CompactMmlVisitor();

let jax, doc, scale, wrapper;

function createDocument(options) {
  scale = options.scale;
  jax = new CHTML({fontData: MathJaxNewcmFont, fontURL: '.', displayOverflow: 'overflow'});
  jax.processMath = (node, parent) => {
    wrapper = node; // 量尺寸时复用这次的排版结果
    CHTML.prototype.processMath.call(jax, node, parent);
  };
  const tex = new TeX({
    // 次序由这里定，排版结果不随配置里的次序变
    packages: ['base', 'configmacros', ...PACKAGES.filter(name => options.packages.includes(name))],
    macros: options.macros,
    tags: 'none',
    useLabelIds: false,
    formatError: (_, error) => { throw error; },
  });
  doc = mathjax.document('', {InputJax: tex, OutputJax: jax});
  return true;
}

function bareCJK(node) {
  if (TEXT_KINDS.has(node.kind)) return '';
  if (node.isKind('text')) return (node.getText().match(CJK) || [''])[0];
  for (const child of node.childNodes || []) {
    const found = child && bareCJK(child);
    if (found) return found;
  }
  return '';
}

// 样式和字体所需的全部信息：字符 [变体, 码位]、可伸展定界符、元素种类。
function usage() {
  return {
    chars: jax.font.charUsage.update(),
    delimiters: jax.font.delimUsage.update(),
    kinds: jax.wrapperUsage.update(),
  };
}

function charGlyph([variant, n]) {
  const {f, ff, c} = jax.font.getChar(variant, n)[3];
  return [ff || (f ? `NCM-${f}` : 'NCM-N'), (c || String.fromCodePoint(n)).codePointAt(0)];
}

function delimiterGlyphs(n) {
  const {stretch} = jax.font.getDelimiter(n);
  const variants = jax.font.getStretchVariants(n);
  return (stretch || []).flatMap((part, i) => {
    if (!part) return [];
    const {f, ff, c} = jax.font.getChar(variants[i], part)[3];
    const letter = f || (variants[i] === 'normal' ? '' : jax.font.getVariant(variants[i]).letter);
    return [[ff || (letter ? `NCM-${letter}` : 'NCM-N'), (c || String.fromCodePoint(part)).codePointAt(0)]];
  });
}

// 行内公式中不可断开的最宽一段（em）。断点由 MathJax 的 breakable 标记给出。
function widestPiece(wrapper) {
  const widths = [0];
  for (const child of wrapper.childNodes[0].childNodes) {
    if (child.node.getProperty('breakable')) widths.push(0);
    widths[widths.length - 1] += child.getOuterBBox().w;
  }
  return Math.max(...widths);
}

function compile(tex, display) {
  const item = new doc.options.MathItem(tex, doc.inputJax[0], display);
  item.start.node = adaptor.body(doc.document);
  item.setMetrics(16, 16 * jax.font.params.x_height, 1e6, scale);
  doc.inputJax[0].reset();
  item.compile(doc);
  const cjk = bareCJK(item.root);
  if (cjk) throw new Refusal('cjk', cjk);
  item.root.walkTree(node => {
    node.attributes?.unset?.('data-latex');
    node.attributes?.unset?.('data-latex-item');
  });
  return item;
}

// 去掉样式表用不着的属性。
function serialize(root) {
  for (const name of ['class', 'jax', 'overflow']) adaptor.removeAttribute(root, name);
  adaptor.setStyle(root, 'font-size', ''); // 字号由样式表统一规定
  return adaptor.outerHTML(root)
    .replace(/ style=""| style="height: NaNem;"| texclass="(?!VCENTER)[A-Z]+"/g, '')
    .replace(/(<mjx-utext) style="[^"]*"/g, '$1');
}

function refuse(code, match) {
  if (match) throw new Refusal(code, match[1]);
}

function typeset({tex, display}) {
  refuse('reference', tex.match(REFERENCE));
  refuse('definition', tex.match(DEFINITION));
  jax.clearCache();
  const item = compile(tex, display);
  item.typeset(doc);
  const box = wrapper.getOuterBBox();
  return {
    html: serialize(item.typesetRoot),
    mathml: mmlVisitor.visitTree(item.root).replace(/\n\s*/g, ''),
    width: box.w, height: box.h, depth: box.d,
    piece: display ? box.w : widestPiece(wrapper),
    used: usage(),
  };
}

// 用到的样式规则，以及字体里要有的字形 [字体, 码位]。
function stylesheet(used) {
  jax.clearCache();
  // 先求字形：动态字形表由此载入，样式才生成得出来
  const glyphs = [...used.chars.map(charGlyph), ...used.delimiters.flatMap(delimiterGlyphs)];
  used.chars.forEach(x => jax.font.charUsage.add(x));
  used.delimiters.forEach(x => jax.font.delimUsage.add(x));
  used.kinds.forEach(x => jax.wrapperUsage.add(x));
  return {css: adaptor.textContent(jax.styleSheet(doc)), glyphs};
}

// 宿主与包之间一律用 JSON 文本往来；错误也是返回值。
const json = f => text => {
  try {
    return JSON.stringify(f(JSON.parse(text)));
  } catch (error) {
    return JSON.stringify({error: {code: error instanceof Refusal ? error.code : '', value: error.value ?? error.message}});
  }
};
globalThis.MathTypesetter = {
  packages: json(() => PACKAGES),
  createDocument: json(createDocument),
  typeset: json(typeset),
  stylesheet: json(stylesheet),
};
