"""搜索：读者怎样问都找得到讲它的页；站上没有的，说没有；什么也不会让它出错。

查询在浏览器里用页面自己的程序算（docs/assets/search/），一次算一批；对话框里的几件事再在真的页面上试。
"""

import hashlib
import importlib.util
import json
import re
from pathlib import Path

import pytest

from notes.generated import glossary
from notes.operators.registry import OPERATORS
from notes.page import pages
from notes.paths import ROOT

ASSETS = ROOT / "docs" / "assets" / "search"
SCRIPTS = ["minisearch", "text", "glossary", "engine"]
# npm 上 minisearch 7.2.0 的 dist/umd/index.js，一个字节也没有改
MINISEARCH = "03c27931eb603af1d3358579e9885eafdb6a2f5fa9929557b3e77d7e99d06d03"
SETUP = "docs => { globalThis.docs = JSON.parse(docs).docs; globalThis.engine = new Engine(globalThis.docs, GLOSSARY) }"
ANSWER = """queries => JSON.stringify(queries.map(query => {
  const { items, notice } = engine.forMaterial(query)
  return { pages: items.map(([page]) => page.location.replace(/\\/$/, "")), notice, items }
}))"""


def questions():
    """[(读者输入的, 答得上来的页)]；站上没有的题目，页是空的。"""
    lines = (Path(__file__).parent / "questions.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.partition("\t") for line in lines if line and not line.startswith("#"))
    return [(query, answering.split()) for query, _, answering in rows]


@pytest.fixture(scope="session")
def engine(browser, site):
    """浏览器里的一页，已经造好索引。"""
    page = browser.new_page()
    for name in SCRIPTS:
        page.add_script_tag(path=site / "assets" / "search" / f"{name}.js")
    page.evaluate(SETUP, (site / "search" / "search_index.json").read_text(encoding="utf-8"))
    yield page
    page.close()


@pytest.fixture(scope="session")
def ask(engine):
    """一批查询的答案：[{pages: 各页, notice: 没有讲它的页时说的话, items: 给对话框的}]。"""
    return lambda queries: json.loads(engine.evaluate(ANSWER, queries))


def address(page):
    """答案里的写法：网址去掉末尾的斜线，章的首页 a/index 是 a。"""
    return page.url.rstrip("/")


def missed(rows, answers, first):
    """前 first 个里没有该有的页的：一行一个。"""
    pairs = zip(rows, answers, strict=True)
    return [
        f"{query}：应有 {'、'.join(wanted)}，前几个是 {'、'.join(given['pages'][:3]) or '没有'}"
        for (query, wanted), given in pairs
        if not set(wanted) & set(given["pages"][:first])
    ]


# ---------- 找得到 ----------


def test_every_tag_leads_to_its_page(ask):
    """页面开头的 tags：搜这些词，第一个结果应是这一页。"""
    rows = [(str(tag), [address(page)]) for page in pages() for tag in page.markdown.meta.get("tags", [])]
    assert len(rows) >= len(pages()) - 1
    assert not missed(rows, ask([tag for tag, _ in rows]), 1)


def test_every_title_leads_to_its_page(ask):
    rows = [(page.title, [address(page)]) for page in pages() if page.name != "index"]
    assert not missed(rows, ask([re.sub(r"\$", "", title) for title, _ in rows]), 1)


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=str)
def test_operator_is_a_tag(operator):
    if operator.name not in operator.page.markdown.meta.get("tags", []):
        raise operator.page.fault(1, f"算子 {operator} 没有写进页面开头的 tags，搜不到")


def test_questions_lead_to_the_page_that_answers(ask):
    """questions.tsv 里站上答得上来的：95% 在前三个，80% 是第一个。"""
    rows = [row for row in questions() if row[1]]
    answers = ask([query for query, _ in rows])
    third, first = missed(rows, answers, 3), missed(rows, answers, 1)
    assert len(third) <= 0.05 * len(rows), "\n".join(third)
    assert len(first) <= 0.2 * len(rows), "\n".join(first)


def test_questions_name_pages_that_exist():
    known = {page.name for page in pages()}
    assert not [row for row in questions() if set(row[1]) - known]


def test_every_name_in_the_glossary_leads_home(ask):
    """术语表里的各个名字，同义的也是：讲它的那一页在前三个。"""
    rows = [(name, [place.strip("/")]) for names, place in glossary.entries() for name in names]
    failed = missed(rows, ask([name for name, _ in rows]), 3)
    assert len(failed) <= 0.05 * len(rows), "\n".join(failed)


HOME = {
    "softmax的梯度": "losses/softmax",
    "KL散度": "losses/binary",
    "relu的导数": "elementwise/activations",
    "einsum怎么求导": "shapes/einsum",
    "numpy的broadcasting规则": "broadcasting/rules",
    "克罗内克积": "matrix/kronecker",
    "kronecker product": "matrix/kronecker",
    "哈达玛积": "elementwise/mul_div",
    "海森矩阵": "matrix/layout",
    "梯度检验": "start/verification",
    "gradient check": "start/verification",
    "log softmax": "losses/softmax",
    "ＳＯＦＴＭＡＸ": "losses/softmax",
    "LogSoftmax": "losses/softmax",
    "BCEWithLogitsLoss": "losses/binary",
    "soft max": "losses/softmax",
    "kroneker": "matrix/kronecker",
}


def test_synonyms_spellings_and_latin_beside_chinese(ask):
    rows = [(query, [page]) for query, page in HOME.items()]
    assert not missed(rows, ask(list(HOME)), 1)


def test_function_words_and_letters_do_not_count(ask):
    """英语的虚词不改变结果；虚词与单个的字母都不当作别的词的开头。"""
    plain, wordy, chinese = ask(["softmax gradient", "what is the gradient of a softmax", "softmax 的 gradient 是什么"])
    assert plain["pages"] == wordy["pages"] == chinese["pages"]
    for query in ("i", "on", "to", "x"):
        [given] = ask([query])
        for _, *sections in given["items"]:
            marked = re.findall(
                "<mark>(.*?)</mark>", "".join(section["title"] + section["text"] for section in sections)
            )
            assert {word.lower() for word in marked} <= {query}


# ---------- 什么也不会让它出错 ----------

NUMPY = "ValueError: operands could not be broadcast together with shapes (3,) (4,) "
TORCH = "RuntimeError: The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 1"
# 站上有其中的词，所以都应当有结果
WITH_WORDS = [
    "1", "0", "axis=1", "axis = 1", "axis=-1", "(N,1)", "(N, 1)", "(3,)", "()", "A^T", "Aᵀ", "A^{-1}", "W^T x", "QK^T", "x**2", "a @ b",
    "W.T", "x[:, None]", "dL/dW", "∂L/∂W", r"\frac{\partial L}{\partial W}", "$Y=WX$", "𝑊𝑋", "x_bar", "1e-7", "-1", "+=", "f(x)=x^2",
    "+softmax -relu", "softmax~2", "title:softmax", "softmax^10", "*softmax*", '"softmax', "'softmax'", "softmax*", "soft?ax softmax",
    "(softmax", "softmax)", "[softmax", "softmax}}", "softmax\\", "\\softmax", "softmax AND relu", "NOT softmax", "softmax || relu",
    "<b>softmax</b>", "<script>alert(1)</script> softmax", "&lt;softmax&gt;", "softmax%00", "softmax\x00", "softmax\u200b梯度",
    "softmax 😀", "softmax\n梯度\t反向", "的", "求", "x", "i", "the", "a of the", "softmax " * 1000, "广播" * 3000, "a" * 5000 + " softmax",
    "__proto__ softmax", "constructor softmax", "toString hasOwnProperty softmax", "softmax.*", "^softmax$", "(?:softmax)", "(a+)+ softmax",
    NUMPY, TORCH, "Traceback (most recent call last):\n  File \"a.py\", line 3, in <module>\n    x + y\n" + NUMPY,
    "RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [3]]",
    "numpy._core._exceptions._UFuncOutputCastingError: Cannot cast ufunc 'subtract' output from dtype('float64') to dtype('int64')",
    "RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x4 and 3x2)",
    "UserWarning: Using a target size (torch.Size([4])) that is different to the input size (torch.Size([4, 1])). This will likely lead to"
    " incorrect results due to broadcasting. Please ensure they have the same size.",
]  # fmt: skip
# 什么词也没有，或者站上没有
WITHOUT = [
    "", " ", "\n", "!", "？！。", "...", "(((", ")))", "[]{}", "\\", "\\\\", "/", "''", '"', "😀😀", "👨‍👩‍👧‍👦", "~^*+-:", "<>", "&&",
    "\u0000", "\ud800", "\u202e", "ʕ•ᴥ•ʔ", "здравствуйте", "こんにちは", "안녕하세요", "العربية", "zzzzqqqq", "!" * 10000,
    "龘" * 10000, "q" * 10000, "constructor", "__proto__", "toString", "hasOwnProperty",
]  # fmt: skip


def test_nothing_throws_and_words_are_found(ask, engine):
    errors = []
    engine.on("pageerror", lambda error: errors.append(str(error)))
    engine.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    empty = [query for query, given in zip(WITH_WORDS, ask(WITH_WORDS), strict=True) if not given["pages"]]
    assert not empty
    ask(WITHOUT)
    ask([query + " " + other for query in WITH_WORDS[:40] for other in WITHOUT[:20]])
    assert not errors


def test_nothing_from_a_query_becomes_html(ask):
    for given in ask(["<img src=x onerror=alert(1)>", "<b>softmax</b>", "&lt;i&gt; softmax"]):
        for group in given["items"]:
            for item in group:
                tags = re.findall("<[^>]*>", item["title"] + item["text"])
                assert set(tags) <= {"<mark>", "</mark>"}


GHOSTS = """() => {
  const told = index => [...index._index.keys()]
  const spoken = new Set(engine.sections.flatMap(({ title, text }) => [...terms(title), ...terms(text)]))
  const indexed = new Set(told(engine.sectionIndex))
  const ghosts = [...indexed].filter(term => !spoken.has(term)), lost = [...spoken].filter(term => !indexed.has(term))
  // 每个词都查一遍：恰好是写着它的那几节
  const wrong = [...indexed].filter(term => {
    const found = engine.look(engine.sectionIndex, term, false, false)
    return !found.size || [...found.values()].some(({ terms }) => terms.length !== 1 || terms[0] !== term)
  })
  return JSON.stringify([ghosts, lost, wrong])
}"""


def test_no_ghost_terms(engine, ask):
    """索引里的每个词都在页面上写着，页面上的每个词都在索引里；逐个去查，都查得到。"""
    assert json.loads(engine.evaluate(GHOSTS)) == [[], [], []]
    typed = json.loads(engine.evaluate("() => JSON.stringify([...engine.sectionIndex._index.keys()])"))
    sample = [term for term in typed if term.startswith("-")] + (
        [term for term in typed if re.search(r"\d", term)][::7]
        + [term for term in typed if len(term) == 1]
        + typed[::97]
    )
    assert not [term for term, given in zip(sample, ask(sample), strict=True) if not given["pages"]]


# ---------- 站上没有的 ----------


def test_what_the_site_lacks_is_said(ask):
    """说没有，并给出至多三个最接近的页。有了讲它的页，请在 questions.tsv 里写上。"""
    rows = [query for query, answering in questions() if not answering]
    answers = ask(rows)
    silent = [query for query, given in zip(rows, answers, strict=True) if not given["notice"]]
    assert len(silent) <= 0.1 * len(rows), "\n".join(silent)
    assert all(len(given["pages"]) <= 3 for given in answers if given["notice"])
    [given] = ask(["CTC 反向"])
    assert given["notice"] == "本站没有专讲“CTC”的页面，最接近的 3 页是："


def test_what_the_site_has_is_not_denied(ask):
    rows = [query for query, answering in questions() if answering]
    denied = [query for query, given in zip(rows, ask(rows), strict=True) if given["notice"]]
    assert len(denied) <= 0.06 * len(rows), "\n".join(denied)
    tags = [str(tag) for page in pages() for tag in page.markdown.meta.get("tags", [])]
    assert not [tag for tag, given in zip(tags, ask(tags), strict=True) if given["notice"]]


# ---------- 显示 ----------


def test_formulas_are_readable(engine, ask):
    """公式写成一行字：没有 TeX 的命令，也没有空着的地方。"""
    everything = engine.evaluate("() => engine.sections.map(({ title, text }) => title + '\\n' + text).join('\\n')")
    texs = engine.evaluate(
        "() => docs.flatMap(({ text }) => [...text.matchAll(/\\\\\\(([^]*?)\\\\\\)/g)].map(([, tex]) => linear(decode(tex))))"
    )
    assert len(texs) > 5000
    assert not [tex for tex in texs if re.search(r"\\|undefined", tex)][:10]
    assert "Y=WX 的反向传播（backpropagation）里，为什么 X 要转置（transpose）？" in everything
    assert "要求的是 W̄=∂L/∂W 与 X̄=∂L/∂X，各与自己的变量同形。" in everything
    [given] = ask(["为什么 X 要转置"])
    assert any("W" in item["text"] for group in given["items"] for item in group)


def test_results_are_few_and_short(ask):
    for given in ask(["梯度", "广播", "softmax", "x", "1"]):
        assert 1 <= len(given["pages"]) <= 10
        assert len(set(given["pages"])) == len(given["pages"])
        for group in given["items"]:
            assert all(len(re.sub("<[^>]*>", "", item["text"])) <= 140 for item in group)


def test_minisearch_is_untouched():
    assert hashlib.sha256((ASSETS / "minisearch.js").read_bytes()).hexdigest() == MINISEARCH
    assert "Luca Ongaro" in (ASSETS / "minisearch-LICENSE.txt").read_text(encoding="utf-8")


# ---------- 对话框 ----------


@pytest.fixture
def dialog(open_page, server):
    """打开首页，返回搜索框、结果上面的一行、各个结果。"""

    def open_(address=server, **options):
        page = open_page(address, **options)
        return (
            page,
            page.locator("input[name=query]"),
            page.locator(".md-search-result__meta"),
            page.locator(".md-search-result__item"),
        )

    return open_


def test_typing_finds(dialog):
    page, box, meta, items = dialog()
    box.press_sequentially("Y=WX 转置")
    page.wait_for_function("document.querySelector('.md-search-result__item a')?.href.includes('matrix/product')")
    assert meta.get_attribute("role") == "status" and "结果" in meta.inner_text()
    assert 1 <= items.count() <= 10
    items.first.locator("a").first.click()
    page.wait_for_url("**/matrix/product/?h=*")


def test_lacking_is_said_in_the_dialog(dialog):
    page, box, meta, items = dialog()
    box.fill("ctc backward")
    page.wait_for_function("document.querySelector('.md-search-result__meta').textContent.startsWith('本站没有')")
    assert items.count() == 3
    box.fill("softmax")
    page.wait_for_function("!document.querySelector('.md-search-result__meta').textContent.startsWith('本站没有')")
    assert meta.inner_text().endswith("结果") and items.count() > 3


@pytest.mark.parametrize("text", [NUMPY, "A^T"])
def test_pasting_with_a_mouse_searches(text, dialog):
    """没有按键，只有 input 事件：粘贴、长按、听写都是如此。"""
    page, box, _, items = dialog()
    box.click()
    page.evaluate("text => document.execCommand('insertText', false, text)", text)
    items.first.wait_for()


def test_nothing_is_fetched_before_searching(open_page, server):
    page = open_page(server)
    fetched = (
        "() => performance.getEntriesByType('resource').map(({ name }) => name).filter(name => /search/.test(name))"
    )
    page.wait_for_load_state("networkidle")
    assert [name.removeprefix(server) for name in page.evaluate(fetched)] in ([], ["assets/search/worker.js"])
    assert (ASSETS / "worker.js").stat().st_size < 2000


def test_from_disk(dialog, site):
    page, box, _, items = dialog((site / "index.html").as_uri())
    box.fill("ctc backward")
    page.wait_for_function("document.querySelector('.md-search-result__meta').textContent.startsWith('本站没有')")
    box.fill("梯度检验")
    page.wait_for_function("document.querySelector('.md-search-result__item a')?.href.includes('start/verification')")
    items.first.locator("a").first.click()
    page.wait_for_url("**/index.html?h=*")
    page.locator("article mjx-container").first.wait_for()


ZENSICAL = """index => {
  engine = new Engine(JSON.parse(index).items, GLOSSARY)
  const { items, pagination } = engine.forZensical({ input: "softmax 的梯度" })
  return [engine.sections[items[0].id].location, items.length === pagination.total]
}"""


def test_zensical_index(engine, built_by_zensical, site):
    """Zensical 的索引也查得了。"""
    if not importlib.util.find_spec("zensical"):
        pytest.skip("没有 zensical")
    try:
        index = (built_by_zensical / "search.json").read_text(encoding="utf-8")
        assert engine.evaluate(ZENSICAL, index) == ["losses/softmax/", True]
    finally:
        engine.evaluate(SETUP, (site / "search" / "search_index.json").read_text(encoding="utf-8"))
