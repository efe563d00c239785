"""会答的图：来处与真的函数相符，写错的都被发现；存着的各幅图，照着来处用格里写着的数算，就是格里的数。"""

import math
import re
from html import unescape

import numpy as np
import pytest

from linalg.matmul import matmul
from losses.softmax import softmax
from notes import figures
from notes.drawing import Figure, answers, show
from notes.files import read
from start.verification import jacobian_by_backward

STORED = [figure.stored for path in figures.files() for figure in figures.parse(path).values()]
CELL = re.compile(r'<rect [^>]*class="cell[^"]*" />\n<text[^>]*>(?:([^<]*)</text>|.*)')
LINE = re.compile(r'data-answers="([^"]*)"')
RNG = np.random.default_rng(0)


def number(words):
    return float(words.replace("−", "-") or 0)


def unpacked(svg):
    """图里的一行，另写一遍怎样读：{格: (算式, 提到的各格)} 与各格里的字；算式里 c[3] 是第 3 格的数。"""
    found, at = {}, 0
    for part in unescape(LINE.search(svg)[1]).split("|"):
        fields = part.split(":")
        if len(fields) == 1:
            at += int(part)
            continue
        size = math.prod(map(int, filter(None, fields[1].split(","))))
        for k, entry in enumerate(fields[2].split(";") if len(fields) == 3 else []):
            found[at + k] = formula(entry)
        assert len(fields) == 2 or len(fields[2].split(";")) == size
        at += size
    words = [each or "" for each in CELL.findall(svg)]
    assert at <= len(words)
    return found, words


def formula(entry):
    plain = entry.removeprefix("~")
    if "#" in plain:
        ids = [int(each, 36) for each in re.findall(r"#(\w+)", plain)]
        return re.sub(r"#(\w+)", lambda each: f"c[{int(each[1], 36)}]", plain).translate(answers.SIGNS), ids, entry
    terms, ids = [], []
    for term in filter(None, plain.split("+")):
        cells, _, coefficient = term.partition("*")
        here = [int(each, 36) for each in filter(None, cells.split("."))]
        ids += here
        terms.append("*".join([coefficient or "1", *(f"c[{each}]" for each in here)]))
    return "+".join(terms) or "0", ids, entry


def value(words, cells):
    return eval(words, {"c": cells, **answers.FUNCTIONS})


def table(function, sources, words=None, target=None):
    """画出输入与输出，得到图里的一行；输入是 {名字: 数组}。"""
    figure = Figure(100, 100)
    drawn = [figure.array(name, values, 0, 0) for name, values in sources.items()]
    output = function(*sources.values()) if target is None else target
    figure.explain(figure.array("输出", output, 0, 0), function, *drawn, words=words)
    return figure.html("标题\n\n替代文字。")


def test_line():
    svg = table(lambda a, b: matmul(a, b)[0], {"W": np.array([[1.0, 2.0]]), "X": np.array([[3.0], [4.0]])})
    assert LINE.search(svg)[1] == "W:1,2|X:2,1|输出:1,1:0.2+1.3"


@pytest.mark.parametrize("m", [1, 2, 3])
def test_matmul_on_random_numbers(m):
    """来处与雅可比非零的地方相同，换一批数照着算也与函数相同。"""
    W, X = RNG.integers(-4, 5, (m, 3)).astype(float), RNG.integers(-4, 5, (3, 4)).astype(float)
    found, words = unpacked(table(lambda W, X: matmul(W, X)[0], {"W": W, "X": X}))
    Y, backward = matmul(*(RNG.standard_normal(each.shape) for each in (W, X)))
    flat = [jacobian_by_backward(backward, Y.shape, k).reshape(Y.size, -1) for k in (0, 1)]
    J = np.concatenate(flat, axis=1)
    first = W.size + X.size
    assert [sorted(set(found[first + k][1])) for k in range(Y.size)] == [np.flatnonzero(row).tolist() for row in J]
    V, U = RNG.standard_normal(W.shape), RNG.standard_normal(X.shape)
    cells = [*V.ravel(), *U.ravel()]
    assert np.allclose([value(found[first + k][0], cells) for k in range(Y.size)], matmul(V, U)[0].ravel(), 1e-12)
    assert [number(each) for each in words[first:]] == matmul(W, X)[0].ravel().tolist()


def test_constants_and_coefficients():
    svg = table(lambda x: np.append(2.5 * x[0] - x[1], [3, 0]), {"x": np.array([1.0, 2.0])})
    assert LINE.search(svg)[1] == "x:2|输出:3:0*2.5+1*-1;*3;"


def test_rounded_numbers_are_told():
    """格里的数舍入过，算出来就不是一丝不差。"""
    svg = table(lambda x: x / 3, {"x": np.array([1.0, 0.0])})
    assert LINE.search(svg)[1] == "x:2|输出:2:0*0.3333;1*0.3333", "写着的两个数相乘，就是写着的"
    svg = table(lambda x: [x.sum() / 3], {"x": np.array([1.0, 2.0])})
    assert LINE.search(svg)[1] == "x:2|输出:1:~0*0.3333+1*0.3333", "系数也只写四位"


def spelled(i, j):
    row = " + ".join(f"exp(x[{i},{k}])" for k in range(3))
    return f"exp(x[{i},{j}])/({row})"


X = RNG.standard_normal((2, 3)).round(2)
SOFTMAX = lambda x: softmax(x, axis=1)[0]


def test_formula_of_softmax():
    found, _ = unpacked(table(SOFTMAX, {"x": X}, spelled))
    assert [sorted(set(found[6 + k][1])) for k in range(6)] == [[0, 1, 2]] * 3 + [[3, 4, 5]] * 3
    point = RNG.standard_normal((2, 3))
    assert np.allclose([value(found[6 + k][0], point.ravel()) for k in range(6)], SOFTMAX(point).ravel(), 1e-12)


ONE = {"x": np.array([[1.0, 2.0]])}
WRONG = {
    "画的数不是它算的": (lambda: table(np.transpose, {"x": X}, target=X.T + 1), "输出 画的是 .*，函数算出"),
    "转置错了": (lambda: table(np.transpose, {"x": X[:, :2]}, target=X[:, :2]), "输出 画的是 .*，函数算出"),
    "格数不同": (lambda: table(np.sum, ONE, target=[1, 2]), "输出 画了 2 格，函数算出 1 个数"),
    "不是一次的": (lambda: table(SOFTMAX, {"x": X}), "输出 对某个输入不是一次的，写不成几项之和"),
    "图上的数碰巧对": (lambda: table(np.square, {"x": np.ones(2)}), "输出 对某个输入不是一次的，写不成几项之和"),
    "算式错了": (lambda: table(SOFTMAX, {"x": X}, lambda i, j: spelled(i, (j + 1) % 3)), "输出 的算式算出来与函数不符"),
    "算式碰巧对": (lambda: table(np.square, {"x": np.ones(2)}, lambda i: f"x[{i}]"), "输出 的算式算出来与函数不符"),
    "多提了一格": (
        lambda: table(np.square, ONE, lambda i, j: f"x[{i},{j}]·x[{i},{j}] + 0·x[0,{1 - j}]"),
        "提到的格，与函数用到的不符",
    ),
}


@pytest.mark.parametrize(("draw", "said"), WRONG.values(), ids=WRONG)
def test_wrong_figures_are_found(draw, said):
    with pytest.raises(ValueError, match=said):
        draw()


def test_cell_that_shows_another_number():
    figure = Figure(100, 100)
    figure.cell("0.3", 0, 0)
    x = figure.called("x", [0.25])
    assert x.shown == 0.3
    figure.cell("0.4", 0, 0)
    with pytest.raises(ValueError, match=r"y 的格里写的是 0\.4，数却是"):
        assert figure.called("y", [0.25]).shown


@pytest.mark.parametrize("path", STORED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_numbers_in_the_cells_add_up(path):
    """存着的图：一丝不差的就一丝不差，舍入过的差不过舍入的误差。"""
    svg = read(path)
    if not LINE.search(svg):
        return
    found, words = unpacked(svg)
    assert found
    for k, (text, ids, entry) in found.items():
        cells = {each: number(words[each]) for each in ids}
        got, wanted = value(text, cells), number(words[k])
        slack = unit(words[k]) / 2 + sum(
            abs(value(text, cells | {each: cells[each] + unit(words[each]) / 2}) - got) for each in set(ids)
        )
        slack += sum(abs(cells[each]) for each in ids) * 5e-5  # 系数也只写四位
        assert abs(got - wanted) <= (slack if entry.startswith("~") else 1e-9), (k, text)


def unit(words):
    """写着的数的末位；没有小数点的是准的。"""
    return 10.0 ** -len(words.partition(".")[2]) if "." in words else 0


def test_show_is_read_back():
    assert [number(show(each)) for each in (-1.5, 0.0, 3.25)] == [-1.5, 0.0, 3.25]
