"""量速度用的页面：像一篇真的推导，87 条行内公式，40 条独立成行，每次生成都一样。"""

INLINE, DISPLAYED = 87, 40

# 每一节用一组字母，公式因此各不相同
LETTERS = [("Y", "W", "X"), ("Z", "A", "B"), ("H", "U", "V"), ("S", "Q", "K"), ("P", "C", "D")]
SECTIONS = ["定义", "对左边的梯度", "对右边的梯度", "链式法则", "逐元素的函数", "归一化", "二次型", "小结"]

DISPLAYS = [
    r"\frac{\partial @Y_{ij}}{\partial @W_{ab}}=\sum_{k=1}^{n}\frac{\partial @W_{ik}}{\partial @W_{ab}}\,@X_{kj}"
    r"=\sum_{k=1}^{n}\delta_{ia}\,\delta_{kb}\,@X_{kj}=\delta_{ia}\,@X_{bj}",
    r"\bar @W_{ab}=\frac{\partial L}{\partial @W_{ab}}=\sum_{i=1}^{m}\sum_{j=1}^{p}\frac{\partial L}{\partial @Y_{ij}}"
    r"\,\frac{\partial @Y_{ij}}{\partial @W_{ab}}=\sum_{j=1}^{p}G_{aj}\,@X_{bj}",
    r"\begin{aligned} \bar @X_{ab} &=\sum_{i=1}^{m}\sum_{j=1}^{p}G_{ij}\,@W_{ia}\,\delta_{jb} \\"
    r" &=\sum_{i=1}^{m}(@W^\top)_{ai}\,G_{ib} \\ &=(@W^\top G)_{ab} \end{aligned}",
    r"\mathrm{d}L=\operatorname{tr}\!\left(G^\top\,\mathrm{d}@Y\right)"
    r"=\operatorname{tr}\!\left(G^\top(\mathrm{d}@W)\,@X\right)+\operatorname{tr}\!\left(G^\top @W\,\mathrm{d}@X\right)",
    r"\bar b=\Bigl(\sum_{i=1}^{m}\frac{\partial L}{\partial @Y_{i1}},\dots,\sum_{i=1}^{m}\frac{\partial L}{\partial @Y_{ip}}\Bigr)"
    r"=G^\top\mathbf{1},\qquad \ell(@Y+\Delta)=\ell(@Y)+\langle G,\Delta\rangle+\mathcal{O}\bigl(\lVert\Delta\rVert^2\bigr)",
    r"\operatorname{softmax}(@X)_{ij}=\frac{\exp(@X_{ij})}{\sum_{k=1}^{n}\exp(@X_{ik})},\qquad"
    r"\frac{\partial s_i}{\partial x_j}=s_i\left(\delta_{ij}-s_j\right)",
]
INLINES = [
    r"@Y=@W@X",
    r"@W\in\mathbb{R}^{m\times n}",
    r"@X_{kj}",
    r"\bar @W=G@X^\top",
    r"\bar @X=@W^\top G",
    r"G=\partial L/\partial @Y",
    r"\delta_{ia}",
    r"i\neq a",
    r"(m,n)",
    r"\ell(@Y)=\sum_{ij}\sin @Y_{ij}",
    r"\lVert @X\rVert_2^2",
]
SENTENCES = [
    "记 {}，其中 {} 的各个元素互相独立，求和里只留下一项。",
    "把 {} 代入上式，再按 {} 合并同类项，就得到下面的结果。",
    "形状不对时先看 {}：它与上游梯度 {} 同形，这一点到处都成立。",
]
SESSION = "```pycon\n>>> G = np.ones((2, 4))\n>>> (G @ X.T).shape\n(2, 3)\n>>> np.round(W.T @ G, 4)[0]\narray([1., 3., 5., 7.])\n```"


def lettered(template, letters):
    for name, letter in zip("YWX", letters, strict=True):
        template = template.replace("@" + name, letter)
    return template


def shared(total, parts):
    """把 total 尽量平均地分成 parts 份。"""
    return [total * (k + 1) // parts - total * k // parts for k in range(parts)]


def derivation(displayed=DISPLAYED, inline=INLINE):
    """整页的 Markdown。"""
    lines = ["# 一篇长的推导", ""]
    displays, inlines, tag = iter_displays(), iter_inlines(), 0
    counts = zip(SECTIONS, shared(displayed, len(SECTIONS)), shared(inline, len(SECTIONS)), strict=True)
    for number, (title, blocks, words) in enumerate(counts):
        lines += [f"## {title}", ""]
        for count in shared(words, blocks):
            tag += 1
            lines += [prose(count, inlines), "", "$$", next(displays) + f" .\n\\tag{{{tag}}}", "$$", ""]
        if number % 2:
            lines += [SESSION, ""]
    return "\n".join(lines)


def prose(count, inlines):
    """含 count 条行内公式的一段话。"""
    texts = []
    while count:
        sentence = SENTENCES[len(texts) % len(SENTENCES)]
        used = min(count, 2)
        formulas = [f"${next(inlines)}$" for _ in range(used)] + ["它"] * (2 - used)
        texts.append(sentence.format(*formulas))
        count -= used
    return "".join(texts) or "同样的推导再做一遍，就得到："


def iter_displays():
    for letters in LETTERS * 100:
        for template in DISPLAYS:
            yield lettered(template, letters)


def iter_inlines():
    for letters in LETTERS * 100:
        for template in INLINES:
            yield lettered(template, letters)


def synthetic(number):
    """量构建时间用的一页：20 条公式、5 段引用的代码，各页的公式不同。"""
    lines = [f"# 第 {number} 页", ""]
    for k in range(5):
        lines += [
            f"第 {k} 节，$x_{{{number}}}^{{{k}}}$ 与 $\\bar W_{{{k}}}=G_{{{number}}}X^\\top$，再看 $y_{{{k}{number}}}$：",
            "",
        ]
        lines += [
            "$$",
            f"\\sum_{{i=1}}^{{{number}}}\\frac{{\\partial L}}{{\\partial W_{{i{k}}}}}=G_{{{number}}}",
            "$$",
            "",
        ]
        lines += ["```python", f'--8<-- "code.py:part{k}"', "```", ""]
    return "\n".join(lines)


def snippets():
    """synthetic 引用的代码。"""
    part = "# --8<-- [start:part{0}]\ndef part{0}(x, W):\n    y = W @ x + {0}\n    return y.sum(axis=0)\n# --8<-- [end:part{0}]\n"
    return "\n".join(part.format(k) for k in range(5))
