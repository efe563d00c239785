"""常用公式表：每条公式是一个小函数，返回函数值与它声称的导数；页面上的表由它们生成。"""

import inspect
import re
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy import cos, diag, exp, eye, kron, log, ones, outer, sin, sqrt, tanh, trace
from numpy.linalg import det, eigh, inv, matrix_power, norm, pinv, svd

from start.verification import jacobian_by_complex_step, jacobian_by_differences


# --8<-- [start:record]
@dataclass(frozen=True)
class Identity:
    """一条公式：两边的 TeX，以及返回（函数值，声称的导数）的函数 rule。"""

    rule: object
    value_tex: str
    derivative_tex: str
    cookbook: str = ""  # The Matrix Cookbook（2012-11-15）里的编号
    by: str = ""  # 求导的变量怎样写，默认就是第一个参数的名字
    order: int = 1  # 2 表示二阶导数

    @property
    def arguments(self):
        """{参数名: 它的大小与前提，写在类型的附注里}；第一个参数就是求导的变量。"""
        parameters = inspect.signature(self.rule).parameters
        return {name: " ".join(p.annotation.__metadata__) for name, p in parameters.items()}


GROUPS = {}


def group(name):
    """开一组公式，返回登记用的装饰器。"""
    rows = GROUPS[name] = []

    def identity(*texts, **options):
        """登记一条公式，参数见 Identity；函数的说明就由这些参数写出。"""

        def register(rule):
            rows.append(Identity(rule, *texts, **options))
            rule.__doc__ = "{}，导数是 {}。".format(*texts)
            return rule

        return register

    return identity
# --8<-- [end:record]


# --8<-- [start:sizes]
# 参数的类型：R 是数，Rmn 是 m 行 n 列的矩阵，余类推
R = Annotated[float, "scalar"]
Rm = Annotated[np.ndarray, "m"]
Rn = Annotated[np.ndarray, "n"]
Rp = Annotated[np.ndarray, "p"]
Rmm = Annotated[np.ndarray, "m m"]
Rmn = Annotated[np.ndarray, "m n"]
Rmp = Annotated[np.ndarray, "m p"]
Rnm = Annotated[np.ndarray, "n m"]
Rnn = Annotated[np.ndarray, "n n"]
Rnp = Annotated[np.ndarray, "n p"]
Rnq = Annotated[np.ndarray, "n q"]
Rpm = Annotated[np.ndarray, "p m"]
Rpn = Annotated[np.ndarray, "p n"]
Rpp = Annotated[np.ndarray, "p p"]
Rpq = Annotated[np.ndarray, "p q"]
Rqm = Annotated[np.ndarray, "q m"]
Integer = Annotated[int, "integer"]
# --8<-- [end:sizes]


# --8<-- [start:draw]
SIZES = {"m": 2, "n": 3, "p": 4, "q": 5}


def draw(words, rng):
    """按“n n symmetric”这样的说明随机取一个数、向量或矩阵。"""
    words = words.split()
    if "integer" in words:
        return int(rng.integers(2, 5))
    x = rng.standard_normal([SIZES[word] for word in words if word in SIZES])
    if "positive" in words:
        return x @ x.T + eye(len(x)) if x.ndim == 2 else np.abs(x) + 0.5
    if "symmetric" in words:
        return x + x.T
    if "invertible" in words:
        return x + 3 * eye(len(x))
    return np.abs(x) / np.abs(x).sum(axis=-1, keepdims=True) if "weights" in words else x
# --8<-- [end:draw]


# --8<-- [start:error]
def derivative(identity, values):
    """由函数值算出的导数：参数里有 dX 的，求沿 dX 方向的；否则对第一个参数求全部偏导。"""

    def value(**moved):
        return identity.rule(**(values | moved))[0]

    moving = [name for name in values if "d" + name in values]
    if moving:
        return jacobian_by_differences(
            lambda t: value(**{name: values[name] + t * values["d" + name] for name in moving}),
            np.array(0.0),
        )
    first, x = next(iter(values.items()))
    x = np.asarray(x)
    if identity.order == 1:
        return jacobian_by_differences(lambda x: value(**{first: x}), x)
    gradient = lambda x: jacobian_by_complex_step(lambda x: value(**{first: x}), x)
    return jacobian_by_differences(gradient, x)


def error(identity, seed):
    """随机取一组参数，公式与差分的最大相对误差；形状不同算无穷大。"""
    rng = np.random.default_rng(seed)
    values = {name: draw(words, rng) for name, words in identity.arguments.items()}
    claimed, truth = np.asarray(identity.rule(**values)[1]), derivative(identity, values)
    if claimed.shape != truth.shape:
        return np.inf
    return float(np.max(np.abs(claimed - truth) / np.maximum(1, np.abs(truth))))
# --8<-- [end:error]


# --8<-- [start:markdown]
CONDITIONS = {
    "symmetric": "对称",
    "invertible": "可逆",
    "positive": ["大于 0", "各元素大于 0", "正定"],
    "weights": ["", "各元素之和为 1", "各行之和为 1"],
    "integer": "正整数",
    "scalar": "",
}


def describe(names, words, end):
    """大小与前提相同的几个参数写在一起，例如“B, C ∈ ℝⁿˣⁿ 对称”；end 是后面的标点。"""
    sizes = [word for word in words.split() if word in SIZES]
    said = [CONDITIONS[word] for word in words.split() if word not in SIZES]
    said = "".join(text if isinstance(text, str) else text[len(sizes)] for text in said)
    shape = r"\times ".join(sizes)
    space = r"\in\mathbb R" + (f"^{{{shape}}}" if shape else "")
    tex = ",".join(names) + ("" if "integer" in words else space)
    return f"${{{tex}}}$ {said}{'，' if end else ''}" if said else f"${{{tex}{end}}}$"


def row(identity):
    """表里的一行。公式外面的花括号让它不在中间换行。"""
    names = list(identity.arguments)
    moving = [name for name in names if name[1:] in names]
    power = "" if identity.order == 1 else f"^{identity.order}"
    side = "df" if moving else rf"\partial{power}_{{{identity.by or names[0]}}}f"
    same = {}
    for name, words in identity.arguments.items():
        if name not in moving:
            same.setdefault(words, []).append(name)
    ends = [","] * (len(same) - 1) + [""]
    sizes = " ".join(describe(n, w, end) for (w, n), end in zip(same.items(), ends))
    number = re.sub(r"\d+", r"(\g<0>)", identity.cookbook)
    value, derivative = f"${{{identity.value_tex}}}$", f"${{{side}={identity.derivative_tex}}}$"
    return f"| {value} | {derivative} | {sizes} | {number} |"


SCISSORS = "--8<" + "--"  # 小节的标记；分开写，免得这一行自己被当成标记


def markdown():
    """identities.md 的全文：一组一张表，各成一个小节。"""
    lines = ["<!-- 由 identities.py 的 markdown() 生成，不要手改 -->", ""]
    for name, rows in GROUPS.items():
        lines += [
            f"<!-- {SCISSORS} [start:{name}] -->",
            "| 函数 $f$ | 导数 | 大小与前提 | Cookbook |",
            "|---|---|---|---|",
            *map(row, rows),
            f"<!-- {SCISSORS} [end:{name}] -->",
            "",
        ]
    return "\n".join(lines)
# --8<-- [end:markdown]


# --8<-- [start:scalars]
scalars = group("scalars")


def sigma(x):
    """sigmoid，即 1 / (1 + e⁻ˣ)。"""
    return 1 / (1 + exp(-x))

@scalars(r"x^a", r"a\,x^{a-1}")
def d_power(x: Annotated[R, "positive"], a: R):
    return x**a, a * x ** (a - 1)

@scalars(r"a^x", r"a^x\ln a")
def d_exponential(x: R, a: Annotated[R, "positive"]):
    return a**x, a**x * log(a)

@scalars(r"\ln\lvert x\rvert", r"1/x")
def d_logarithm(x: R):
    return log(np.abs(x)), 1 / x

@scalars(r"1/x", r"-1/x^2")
def d_reciprocal(x: Annotated[R, "positive"]):
    return 1 / x, -1 / x**2

@scalars(r"\sqrt x", r"\frac{1}{2\sqrt x}")
def d_root(x: Annotated[R, "positive"]):
    return sqrt(x), 1 / (2 * sqrt(x))

@scalars(r"\sin x", r"\cos x")
def d_sine(x: R):
    return sin(x), cos(x)

@scalars(r"\tanh x", r"1-\tanh^2x")
def d_tanh(x: R):
    return tanh(x), 1 - tanh(x) ** 2

@scalars(r"\sigma(x)", r"\sigma(x)\bigl(1-\sigma(x)\bigr)")
def d_sigmoid(x: R):
    return sigma(x), sigma(x) * (1 - sigma(x))

@scalars(r"\ln(1+e^x)", r"\sigma(x)")
def d_softplus(x: R):
    return log(1 + exp(x)), sigma(x)
# --8<-- [end:scalars]


# --8<-- [start:vectors]
vectors = group("vectors")

@vectors(r"a^\top x", r"a", "69")
def d_linear(x: Rn, a: Rn):
    return a @ x, a

@vectors(r"Ax+b", r"A")
def d_affine(x: Rn, A: Rmn, b: Rm):
    return A @ x + b, A

@vectors(r"a\odot x", r"\mathrm{diag}(a)")
def d_scale(x: Rn, a: Rn):
    return a * x, diag(a)

@vectors(r"\tanh x", r"\mathrm{diag}\bigl(1-\tanh^2(x)\bigr)")
def d_elementwise(x: Rn):
    return tanh(x), diag(1 - tanh(x) ** 2)

@vectors(r"x-\tfrac1n\mathbf 1\mathbf 1^\top x", r"I-\tfrac1n\mathbf 1\mathbf 1^\top")
def d_center(x: Rn):
    return x - x.mean(), eye(len(x)) - ones((len(x), len(x))) / len(x)

@vectors(r"\prod_i x_i", r"f\,(1/x_1,\dots,1/x_n)^\top")
def d_product(x: Annotated[Rn, "positive"]):
    return x.prod(), x.prod() / x

@vectors(r"s(x)^\top A\,r(x)", r"J_s^\top Ar+J_r^\top A^\top s", "93")
def d_inner(x: Rn, A: Rmp, S: Rmn, R: Rpn):
    s, r = tanh(S @ x), sin(R @ x)
    J_s, J_r = diag(1 - s**2) @ S, diag(cos(R @ x)) @ R
    return s @ A @ r, J_s.T @ A @ r + J_r.T @ A.T @ s
# --8<-- [end:vectors]


# --8<-- [start:quadratics]
quadratics = group("quadratics")

@quadratics(r"x^\top Bx", r"(B+B^\top)x", "81")
def d_quadratic(x: Rn, B: Rnn):
    return x @ B @ x, (B + B.T) @ x

@quadratics(r"x^\top Bx", r"2Bx")
def d_quadratic_symmetric(x: Rn, B: Annotated[Rnn, "symmetric"]):
    return x @ B @ x, 2 * B @ x

@quadratics(r"x^\top Ax+b^\top x", r"(A+A^\top)x+b", "97")
def d_quadratic_linear(x: Rn, A: Rnn, b: Rn):
    return x @ A @ x + b @ x, (A + A.T) @ x + b

@quadratics(r"x^\top Ax+b^\top x", r"A+A^\top", "98", order=2)
def d_quadratic_hessian(x: Rn, A: Rnn, b: Rn):
    return x @ A @ x + b @ x, A + A.T

@quadratics(r"(Bx+b)^\top C(Dx+d)", r"\begin{aligned}[t]&B^\top C(Dx+d)\\&{}+D^\top C^\top(Bx+b)\end{aligned}", "78")
def d_two_affine(x: Rn, B: Rmn, b: Rm, C: Rmp, D: Rpn, d: Rp):
    return (B @ x + b) @ C @ (D @ x + d), B.T @ C @ (D @ x + d) + D.T @ C.T @ (B @ x + b)

@quadratics(r"(x-s)^\top W(x-s)", r"2W(x-s)", "85")
def d_weighted_x(x: Rn, s: Rn, W: Annotated[Rnn, "symmetric"]):
    return (x - s) @ W @ (x - s), 2 * W @ (x - s)

@quadratics(r"(x-s)^\top W(x-s)", r"-2W(x-s)", "86")
def d_weighted_s(s: Rn, x: Rn, W: Annotated[Rnn, "symmetric"]):
    return (x - s) @ W @ (x - s), -2 * W @ (x - s)

@quadratics(r"\tfrac12\lVert Ax-b\rVert^2", r"A^\top(Ax-b)")
def d_least_squares(x: Rn, A: Rmn, b: Rm):
    return ((A @ x - b) ** 2).sum() / 2, A.T @ (A @ x - b)

@quadratics(r"\frac{x^\top Ax}{x^\top x}", r"\frac{2}{x^\top x}(Ax-f\,x)")
def d_rayleigh(x: Rn, A: Annotated[Rnn, "symmetric"]):
    ratio = x @ A @ x / (x @ x)
    return ratio, 2 / (x @ x) * (A @ x - ratio * x)

@quadratics(
    r"\frac{x^\top A^\top Ax}{x^\top B^\top Bx}",
    r"\frac{2A^\top Ax-2f\,B^\top Bx}{x^\top B^\top Bx}",
    "95，已更正",
)
def d_ratio(x: Rn, A: Rmn, B: Rpn):
    above, below = x @ A.T @ A @ x, x @ B.T @ B @ x
    return above / below, 2 * A.T @ A @ x / below - 2 * above * B.T @ B @ x / below**2
# --8<-- [end:quadratics]


# --8<-- [start:residuals]
residuals = group("residuals")

@residuals(r"(x-As)^\top W(x-As)", r"-2A^\top W(x-As)", "84")
def d_residual_s(s: Rn, x: Rm, A: Rmn, W: Annotated[Rmm, "symmetric"]):
    e = x - A @ s
    return e @ W @ e, -2 * A.T @ W @ e

@residuals(r"(x-As)^\top W(x-As)", r"2W(x-As)", "87")
def d_residual_x(x: Rm, A: Rmn, s: Rn, W: Annotated[Rmm, "symmetric"]):
    e = x - A @ s
    return e @ W @ e, 2 * W @ e

@residuals(r"(x-As)^\top W(x-As)", r"-2W(x-As)s^\top", "88")
def d_residual_matrix(A: Rmn, x: Rm, s: Rn, W: Annotated[Rmm, "symmetric"]):
    e = x - A @ s
    return e @ W @ e, -2 * outer(W @ e, s)

@residuals(r"(Xb+c)^\top D(Xb+c)", r"(D+D^\top)(Xb+c)b^\top", "83")
def d_affine_quadratic(X: Rmn, b: Rn, c: Rm, D: Rmm):
    e = X @ b + c
    return e @ D @ e, outer((D + D.T) @ e, b)

@residuals(r"b^\top X^\top DXc", r"D^\top Xbc^\top+DXcb^\top", "82")
def d_sandwich_vectors(X: Rmn, D: Rmm, b: Rn, c: Rn):
    return b @ X.T @ D @ X @ c, outer(D.T @ X @ b, c) + outer(D @ X @ c, b)

@residuals(r"b^\top X^\top Xc", r"X(bc^\top+cb^\top)", "77")
def d_gram_vectors(X: Rmn, b: Rn, c: Rn):
    return b @ X.T @ X @ c, X @ (outer(b, c) + outer(c, b))

@residuals(r"\tfrac12\lVert WX-T\rVert_F^2", r"(WX-T)X^\top")
def d_matrix_least_squares(W: Rmn, X: Rnp, T: Rmp):
    return ((W @ X - T) ** 2).sum() / 2, (W @ X - T) @ X.T
# --8<-- [end:residuals]


# --8<-- [start:norms]
norms = group("norms")

@norms(r"\lVert x-a\rVert_2", r"\frac{x-a}{\lVert x-a\rVert_2}", "129")
def d_distance(x: Rn, a: Rn):
    return norm(x - a), (x - a) / norm(x - a)

@norms(
    r"\frac{x-a}{\lVert x-a\rVert_2}",
    r"\frac{I}{\lVert x-a\rVert_2}-\frac{(x-a)(x-a)^\top}{\lVert x-a\rVert_2^3}",
    "130",
)
def d_direction(x: Rn, a: Rn):
    r = norm(x - a)
    return (x - a) / r, eye(len(x)) / r - outer(x - a, x - a) / r**3

@norms(r"\lVert x\rVert_2^2", r"2x", "131")
def d_squared_norm(x: Rn):
    return x @ x, 2 * x

@norms(r"\lVert x\rVert_1", r"\mathrm{sign}(x)")
def d_one_norm(x: Rn):
    return np.abs(x).sum(), np.sign(x)

@norms(
    r"\lVert x\rVert_a",
    r"x\odot\lvert x\rvert^{a-2}/\lVert x\rVert_a^{a-1}",
)
def d_general_norm(x: Rn, a: Integer):
    r = (np.abs(x) ** a).sum() ** (1 / a)
    return r, x * np.abs(x) ** (a - 2) / r ** (a - 1)

@norms(
    r"\frac{a^\top x}{\lVert a\rVert\,\lVert x\rVert}",
    r"\frac{a}{\lVert a\rVert\,\lVert x\rVert}-\frac{a^\top x}{\lVert a\rVert\,\lVert x\rVert^3}\,x",
)
def d_cosine(x: Rn, a: Rn):
    return a @ x / (norm(a) * norm(x)), a / (norm(a) * norm(x)) - a @ x / (norm(a) * norm(x) ** 3) * x

@norms(r"\lVert X\rVert_F^2", r"2X", "132")
def d_squared_frobenius(X: Rmn):
    return (X**2).sum(), 2 * X

@norms(r"\lVert X\rVert_F", r"X/\lVert X\rVert_F")
def d_frobenius(X: Rmn):
    return sqrt((X**2).sum()), X / sqrt((X**2).sum())

@norms(r"\lVert X\rVert_2", r"u_1v_1^\top")
def d_spectral(X: Rmn):
    U, s, Vt = svd(X)
    return s[0], outer(U[:, 0], Vt[0])

@norms(r"\lVert X\rVert_*", r"UV^\top")
def d_nuclear(X: Rmn):
    U, s, Vt = svd(X, full_matrices=False)
    return s.sum(), U @ Vt
# --8<-- [end:norms]


# --8<-- [start:softmaxes]
softmaxes = group("softmaxes")


def lse(x):
    """log-sum-exp。"""
    return log(exp(x).sum())


def soft(x):
    """softmax。"""
    return exp(x) / exp(x).sum()

@softmaxes(r"\mathrm{lse}(x)", r"s")
def d_lse(x: Rn):
    return lse(x), soft(x)

@softmaxes(r"\mathrm{lse}(x)", r"\mathrm{diag}(s)-ss^\top", order=2)
def d_lse_hessian(x: Rn):
    s = soft(x)
    return lse(x), diag(s) - outer(s, s)

@softmaxes(r"\mathrm{softmax}(x)", r"\mathrm{diag}(s)-ss^\top")
def d_softmax(x: Rn):
    s = soft(x)
    return s, diag(s) - outer(s, s)

@softmaxes(r"g^\top\mathrm{softmax}(x)", r"s\odot\bigl(g-(g^\top s)\mathbf 1\bigr)")
def d_softmax_vjp(x: Rn, g: Rn):
    s = soft(x)
    return g @ s, s * (g - g @ s)

@softmaxes(r"\ln\mathrm{softmax}(x)", r"I-\mathbf 1s^\top")
def d_log_softmax(x: Rn):
    return log(soft(x)), eye(len(x)) - outer(ones(len(x)), soft(x))

@softmaxes(r"-t^\top\ln\mathrm{softmax}(x)", r"s-t")
def d_cross_entropy(x: Rn, t: Annotated[Rn, "weights"]):
    return -t @ log(soft(x)), soft(x) - t

@softmaxes(r"-t^\top\ln\mathrm{softmax}(x)", r"(\mathbf 1^\top t)\,s-t")
def d_cross_entropy_general(x: Rn, t: Rn):
    return -t @ log(soft(x)), t.sum() * soft(x) - t

@softmaxes(r"-s^\top\ln s", r"-s\odot(\ln s+f\mathbf 1)")
def d_entropy(x: Rn):
    s = soft(x)
    H = -(s @ log(s))
    return H, -s * (log(s) + H)
# --8<-- [end:softmaxes]


# --8<-- [start:losses]
losses = group("losses")

@losses(r"\mathrm{lse}(Ax+b)", r"A^\top\mathrm{softmax}(Ax+b)")
def d_lse_affine(x: Rn, A: Rmn, b: Rm):
    return lse(A @ x + b), A.T @ soft(A @ x + b)

@losses(r"c\,\mathrm{lse}(x/c)", r"\mathrm{softmax}(x/c)")
def d_lse_temperature(x: Rn, c: Annotated[R, "positive"]):
    return c * lse(x / c), soft(x / c)

@losses(r"\mathbf 1^\top\ln(1+e^x)-t^\top x", r"\sigma(x)-t")
def d_binary(x: Rn, t: Rn):
    return log(1 + exp(x)).sum() - t @ x, sigma(x) - t

@losses(r"\ln(1+e^{-t\,a^\top x})", r"-t\,\sigma(-t\,a^\top x)\,a")
def d_logistic(x: Rn, a: Rn, t: R):
    return log(1 + exp(-t * (a @ x))), -t * sigma(-t * (a @ x)) * a

@losses(r"\textstyle\sum_i x_i\ln x_i", r"\ln x+\mathbf 1")
def d_negative_entropy(x: Annotated[Rn, "positive"]):
    return x @ log(x), log(x) + 1

@losses(r"-\langle T,\ln S\rangle", r"X^\top(S-T)")
def d_classifier(W: Rnp, X: Rmn, T: Annotated[Rmp, "weights"]):
    S = exp(X @ W) / exp(X @ W).sum(axis=1, keepdims=True)
    return -(T * log(S)).sum(), X.T @ (S - T)
# --8<-- [end:losses]


# --8<-- [start:components]
components = group("components")

@components(r"X_{kl}", r"\delta_{ik}\delta_{lj}", "32", by="X_{ij}")
def d_entry(X: Rmn):
    return X, np.einsum("ik,lj->klij", eye(len(X)), eye(X.shape[1]))

@components(r"(XA)_{kl}", r"\delta_{ki}A_{jl}", "74", by="X_{ij}")
def d_right_product(X: Rmn, A: Rnp):
    return X @ A, np.einsum("ki,jl->klij", eye(len(X)), A)

@components(r"(X^\top A)_{kl}", r"\delta_{kj}A_{il}", "75", by="X_{ij}")
def d_left_product(X: Rmn, A: Rmp):
    return X.T @ A, np.einsum("kj,il->klij", eye(X.shape[1]), A)

@components(r"(AXB)_{kl}", r"A_{ki}B_{jl}", by="X_{ij}")
def d_two_sided(X: Rmn, A: Rqm, B: Rnp):
    return A @ X @ B, np.einsum("ki,jl->klij", A, B)

@components(r"(X^\top BX)_{kl}", r"\delta_{lj}(X^\top B)_{ki}+\delta_{kj}(BX)_{il}", "79", by="X_{ij}")
def d_sandwich(X: Rmn, B: Rmm):
    I = eye(X.shape[1])
    return X.T @ B @ X, np.einsum("lj,ki->klij", I, X.T @ B) + np.einsum("kj,il->klij", I, B @ X)

@components(r"(X^{-1})_{kl}", r"-(X^{-1})_{ki}(X^{-1})_{jl}", "60", by="X_{ij}")
def d_inverse_entry(X: Annotated[Rnn, "invertible"]):
    return inv(X), -np.einsum("ki,jl->klij", inv(X), inv(X))

@components(r"(X^a)_{kl}", r"\textstyle\sum_{r=0}^{a-1}(X^r)_{ki}(X^{a-1-r})_{jl}", "90", by="X_{ij}")
def d_power_entry(X: Rnn, a: Integer):
    P = [matrix_power(X, r) for r in range(a + 1)]
    return P[a], sum(np.einsum("ki,jl->klij", P[r], P[a - 1 - r]) for r in range(a))
# --8<-- [end:components]


# --8<-- [start:linear]
linear = group("linear")

@linear(r"a^\top Xb", r"ab^\top", "70")
def d_bilinear(X: Rmn, a: Rm, b: Rn):
    return a @ X @ b, outer(a, b)

@linear(r"a^\top X^\top b", r"ba^\top", "71")
def d_bilinear_transposed(X: Rmn, a: Rn, b: Rm):
    return a @ X.T @ b, outer(b, a)

@linear(r"a^\top Xa", r"aa^\top", "72")
def d_quadratic_in_matrix(X: Rnn, a: Rn):
    return a @ X @ a, outer(a, a)

@linear(r"\textstyle\sum_{klij}X_{kl}X_{ij}", r"2\bigl(\sum_{kl}X_{kl}\bigr)\mathbf 1\mathbf 1^\top", "76")
def d_squared_sum(X: Rmn):
    return X.sum() ** 2, 2 * X.sum() * ones(X.shape)

@linear(r"\mathrm{tr}(X)", r"I", "99")
def d_trace(X: Rnn):
    return trace(X), eye(len(X))

@linear(r"\mathrm{tr}(XA)", r"A^\top", "100")
def d_trace_right(X: Rmn, A: Rnm):
    return trace(X @ A), A.T

@linear(r"\mathrm{tr}(AXB)", r"A^\top B^\top", "101")
def d_trace_two_sided(X: Rmn, A: Rpm, B: Rnp):
    return trace(A @ X @ B), A.T @ B.T

@linear(r"\mathrm{tr}(AX^\top B)", r"BA", "102")
def d_trace_two_sided_transposed(X: Rmn, A: Rpn, B: Rmp):
    return trace(A @ X.T @ B), B @ A

@linear(r"\mathrm{tr}(X^\top A)", r"A", "103")
def d_trace_left_transposed(X: Rmn, A: Rmn):
    return trace(X.T @ A), A

@linear(r"\mathrm{tr}(AX^\top)", r"A", "104")
def d_trace_right_transposed(X: Rmn, A: Rmn):
    return trace(A @ X.T), A

@linear(r"\mathrm{tr}(A\otimes X)", r"\mathrm{tr}(A)\,I", "105")
def d_trace_kronecker(X: Rnn, A: Rmm):
    return trace(kron(A, X)), trace(A) * eye(len(X))
# --8<-- [end:linear]


# --8<-- [start:traces]
traces = group("traces")

@traces(r"\mathrm{tr}(X^2)", r"2X^\top", "106")
def d_trace_square(X: Rnn):
    return trace(X @ X), 2 * X.T

@traces(r"\mathrm{tr}(X^2B)", r"(XB+BX)^\top", "107")
def d_trace_square_right(X: Rnn, B: Rnn):
    return trace(X @ X @ B), (X @ B + B @ X).T

@traces(r"\mathrm{tr}(X^\top BX)", r"BX+B^\top X", "108")
def d_trace_sandwich(X: Rmn, B: Rmm):
    return trace(X.T @ B @ X), B @ X + B.T @ X

@traces(r"\mathrm{tr}(BXX^\top)", r"BX+B^\top X", "109")
def d_trace_gram_left(X: Rmn, B: Rmm):
    return trace(B @ X @ X.T), B @ X + B.T @ X

@traces(r"\mathrm{tr}(XX^\top B)", r"BX+B^\top X", "110")
def d_trace_gram_right(X: Rmn, B: Rmm):
    return trace(X @ X.T @ B), B @ X + B.T @ X

@traces(r"\mathrm{tr}(XBX^\top)", r"XB^\top+XB", "111")
def d_trace_sandwich_transposed(X: Rmn, B: Rnn):
    return trace(X @ B @ X.T), X @ B.T + X @ B

@traces(r"\mathrm{tr}(BX^\top X)", r"XB^\top+XB", "112")
def d_trace_inner_left(X: Rmn, B: Rnn):
    return trace(B @ X.T @ X), X @ B.T + X @ B

@traces(r"\mathrm{tr}(X^\top XB)", r"XB^\top+XB", "113")
def d_trace_inner_right(X: Rmn, B: Rnn):
    return trace(X.T @ X @ B), X @ B.T + X @ B
# --8<-- [end:traces]


# --8<-- [start:products]
products = group("products")

@products(r"\mathrm{tr}(AXBX)", r"\begin{aligned}[t]&A^\top X^\top B^\top\\&{}+B^\top X^\top A^\top\end{aligned}", "114")
def d_trace_twice(X: Rmn, A: Rnm, B: Rnm):
    return trace(A @ X @ B @ X), A.T @ X.T @ B.T + B.T @ X.T @ A.T

@products(r"\mathrm{tr}(X^\top X)", r"2X", "115")
def d_trace_gram(X: Rmn):
    return trace(X.T @ X), 2 * X

@products(r"\mathrm{tr}(B^\top X^\top CXB)", r"C^\top XBB^\top+CXBB^\top", "116")
def d_trace_gram_weighted(X: Rmn, B: Rnp, C: Rmm):
    return trace(B.T @ X.T @ C @ X @ B), C.T @ X @ B @ B.T + C @ X @ B @ B.T

@products(r"\mathrm{tr}(X^\top BXC)", r"BXC+B^\top XC^\top", "117")
def d_trace_sandwich_right(X: Rmn, B: Rmm, C: Rnn):
    return trace(X.T @ B @ X @ C), B @ X @ C + B.T @ X @ C.T

@products(r"\mathrm{tr}(AXBX^\top C)", r"A^\top C^\top XB^\top+CAXB", "118")
def d_trace_five(X: Rmn, A: Rpm, B: Rnn, C: Rmp):
    return trace(A @ X @ B @ X.T @ C), A.T @ C.T @ X @ B.T + C @ A @ X @ B

@products(r"\mathrm{tr}(EE^\top)", r"2A^\top EB^\top", "119")
def d_trace_residual(X: Rmn, A: Rpm, B: Rnq, C: Rpq):
    E = A @ X @ B + C
    return trace(E @ E.T), 2 * A.T @ E @ B.T

@products(r"\mathrm{tr}(X\otimes X)", r"2\,\mathrm{tr}(X)\,I", "120")
def d_trace_kronecker_square(X: Rnn):
    return trace(kron(X, X)), 2 * trace(X) * eye(len(X))
# --8<-- [end:products]


# --8<-- [start:powers]
powers = group("powers")


def of_matrix(f, X):
    """矩阵函数：f 作用在特征值上，X 可对角化。"""
    values, V = np.linalg.eig(X)
    return (V @ diag(f(values)) @ inv(V)).real

@powers(r"\mathrm{tr}(X^a)", r"a\,(X^{a-1})^\top", "121")
def d_trace_power(X: Rnn, a: Integer):
    return trace(matrix_power(X, a)), a * matrix_power(X, a - 1).T

@powers(r"\mathrm{tr}(AX^a)", r"\textstyle\sum_{r=0}^{a-1}(P_rAP_{a-1-r})^\top", "122")
def d_trace_power_left(X: Rnn, A: Rnn, a: Integer):
    P = [matrix_power(X, r) for r in range(a + 1)]
    return trace(A @ P[a]), sum((P[r] @ A @ P[a - 1 - r]).T for r in range(a))

@powers(r"b^\top X^ac", r"\textstyle\sum_{r=0}^{a-1}P_r^\top RP_{a-1-r}^\top", "91")
def d_power_vectors(X: Rnn, b: Rn, c: Rn, a: Integer):
    P, R = [matrix_power(X, r) for r in range(a + 1)], outer(b, c)
    return b @ P[a] @ c, sum(P[r].T @ R @ P[a - 1 - r].T for r in range(a))

@powers(
    r"b^\top(X^a)^\top X^ac",
    r"\textstyle\sum_{r=0}^{a-1}P_r^\top P_a(R+R^\top)P_{a-1-r}^\top",
    "92，已更正",
)
def d_power_gram(X: Rnn, b: Rn, c: Rn, a: Integer):
    P, R = [matrix_power(X, r) for r in range(a + 1)], outer(b, c)
    return b @ P[a].T @ P[a] @ c, sum(P[r].T @ P[a] @ (R + R.T) @ P[a - 1 - r].T for r in range(a))

@powers(
    r"\mathrm{tr}(B^\top X^\top CXX^\top CXB)",
    r"\begin{aligned}[t]&CXX^\top CXQ\\&{}+CXQX^\top CX\\"
    r"&{}+C^\top XQX^\top C^\top X\\&{}+C^\top XX^\top C^\top XQ\end{aligned}",
    "123",
)
def d_trace_quartic(X: Rmn, B: Rnp, C: Rmm):
    M, N, Q = C @ X, C.T @ X, B @ B.T
    value = trace(B.T @ X.T @ C @ X @ X.T @ C @ X @ B)
    return value, M @ X.T @ M @ Q + M @ Q @ X.T @ M + N @ Q @ X.T @ N + N @ X.T @ N @ Q

@powers(r"\mathrm{tr}(\sin X)", r"(\cos X)^\top", "128")
def d_trace_sine(X: Rnn):
    return trace(of_matrix(sin, X)), of_matrix(cos, X).T

@powers(r"\mathrm{tr}(e^X)", r"(e^X)^\top")
def d_trace_exponential(X: Rnn):
    return trace(of_matrix(exp, X)), of_matrix(exp, X).T
# --8<-- [end:powers]


# --8<-- [start:inverses]
inverses = group("inverses")

@inverses(r"a^\top X^{-1}b", r"-X^{-\top}ab^\top X^{-\top}", "61")
def d_inverse_vectors(X: Annotated[Rnn, "invertible"], a: Rn, b: Rn):
    return a @ inv(X) @ b, -inv(X).T @ outer(a, b) @ inv(X).T

@inverses(r"\langle G,X^{-1}\rangle", r"-X^{-\top}GX^{-\top}")
def d_inverse_vjp(X: Annotated[Rnn, "invertible"], G: Rnn):
    return (G * inv(X)).sum(), -inv(X).T @ G @ inv(X).T

@inverses(r"g^\top X^{-1}b", r"X^{-\top}g")
def d_solve(b: Rn, X: Annotated[Rnn, "invertible"], g: Rn):
    return g @ inv(X) @ b, inv(X).T @ g

@inverses(r"\mathrm{tr}(AX^{-1}B)", r"-(X^{-1}BAX^{-1})^\top", "63、124")
def d_trace_inverse(X: Annotated[Rnn, "invertible"], A: Rmn, B: Rnm):
    return trace(A @ inv(X) @ B), -(inv(X) @ B @ A @ inv(X)).T

@inverses(r"\mathrm{tr}\bigl((X+A)^{-1}\bigr)", r"-\bigl((X+A)^{-2}\bigr)^\top", "64")
def d_trace_shifted_inverse(X: Rnn, A: Rnn):
    return trace(inv(X + A)), -(inv(X + A) @ inv(X + A)).T

@inverses(r"\mathrm{tr}(M^{-1}A)", r"-CXM^{-1}(A+A^\top)M^{-1}", "125")
def d_trace_gram_inverse(X: Rpn, C: Annotated[Rpp, "symmetric"], A: Rnn):
    M = X.T @ C @ X
    return trace(inv(M) @ A), -C @ X @ inv(M) @ (A + A.T) @ inv(M)

@inverses(r"\mathrm{tr}(M^{-1}N)", r"\begin{aligned}[t]&2BXM^{-1}\\&{}-2CXM^{-1}NM^{-1}\end{aligned}", "126")
def d_trace_ratio(X: Rpn, B: Annotated[Rpp, "symmetric"], C: Annotated[Rpp, "symmetric"]):
    M, N = X.T @ C @ X, X.T @ B @ X
    return trace(inv(M) @ N), 2 * B @ X @ inv(M) - 2 * C @ X @ inv(M) @ N @ inv(M)

@inverses(r"\mathrm{tr}(KN)", r"2BXK-2CXP", "127，补上前提")
def d_trace_shifted_ratio(
    X: Rpn,
    A: Annotated[Rnn, "symmetric"],
    B: Annotated[Rpp, "symmetric"],
    C: Annotated[Rpp, "symmetric"],
):
    K, N = inv(A + X.T @ C @ X), X.T @ B @ X
    P = K @ N @ K
    return trace(K @ N), 2 * B @ X @ K - 2 * C @ X @ P

@inverses(
    r"\mathrm{tr}(KN)",
    r"\begin{aligned}[t]&BXK+B^\top XK^\top\\&{}-CXP-C^\top XP^\top\end{aligned}",
)
def d_trace_general_ratio(X: Rmn, A: Rnn, B: Rmm, C: Rmm):
    K, N = inv(A + X.T @ C @ X), X.T @ B @ X
    P = K @ N @ K
    return trace(K @ N), B @ X @ K + B.T @ X @ K.T - C @ X @ P - C.T @ X @ P.T
# --8<-- [end:inverses]


# --8<-- [start:determinants]
determinants = group("determinants")

@determinants(r"\det X", r"\det(X)\,X^{-\top}", "49")
def d_det(X: Annotated[Rnn, "invertible"]):
    return det(X), det(X) * inv(X).T

@determinants(r"\ln\lvert\det X\rvert", r"X^{-\top}", "57")
def d_log_det(X: Annotated[Rnn, "invertible"]):
    return log(np.abs(det(X))), inv(X).T

@determinants(r"\det(X^{-1})", r"-f\,X^{-\top}", "62")
def d_det_inverse(X: Annotated[Rnn, "invertible"]):
    return det(inv(X)), -det(inv(X)) * inv(X).T

@determinants(r"\det(AXB)", r"f\,X^{-\top}", "51")
def d_det_product(X: Annotated[Rnn, "invertible"], A: Rnn, B: Rnn):
    return det(A @ X @ B), det(A @ X @ B) * inv(X).T

@determinants(r"\det(X^a)", r"a\,f\,X^{-\top}", "58")
def d_det_power(X: Annotated[Rnn, "invertible"], a: Integer):
    return det(matrix_power(X, a)), a * det(matrix_power(X, a)) * inv(X).T

@determinants(r"\det(X^\top AX)", r"2f\,X^{-\top}", "52")
def d_det_square(X: Rnn, A: Rnn):
    D = det(X.T @ A @ X)
    return D, 2 * D * inv(X).T

@determinants(r"\det(X^\top AX)", r"2f\,AX(X^\top AX)^{-1}", "53")
def d_det_symmetric(X: Rpn, A: Annotated[Rpp, "symmetric"]):
    M = X.T @ A @ X
    return det(M), 2 * det(M) * A @ X @ inv(M)

@determinants(
    r"\det(X^\top AX)",
    r"\begin{aligned}[t]&f\,AX(X^\top AX)^{-1}\\&{}+f\,A^\top X(X^\top A^\top X)^{-1}\end{aligned}",
    "54",
)
def d_det_general(X: Rpn, A: Rpp):
    M = X.T @ A @ X
    return det(M), det(M) * (A @ X @ inv(M) + A.T @ X @ inv(M).T)

@determinants(r"\ln\det(X^\top X)", r"2(X^+)^\top", "55")
def d_log_det_gram(X: Rpn):
    return log(det(X.T @ X)), 2 * pinv(X).T
# --8<-- [end:determinants]


# --8<-- [start:differentials]
differentials = group("differentials")

@differentials(r"XY", r"dX\,Y+X\,dY", "37")
def d_of_product(X: Rmn, Y: Rnp, dX: Rmn, dY: Rnp):
    return X @ Y, dX @ Y + X @ dY

@differentials(r"X\odot Y", r"dX\odot Y+X\odot dY", "38")
def d_of_hadamard(X: Rmn, Y: Rmn, dX: Rmn, dY: Rmn):
    return X * Y, dX * Y + X * dY

@differentials(r"X\otimes Y", r"dX\otimes Y+X\otimes dY", "39")
def d_of_kronecker(X: Rmn, Y: Rnp, dX: Rmn, dY: Rnp):
    return kron(X, Y), kron(dX, Y) + kron(X, dY)

@differentials(r"X^{-1}", r"-X^{-1}\,dX\,X^{-1}", "40、59")
def d_of_inverse(X: Annotated[Rnn, "invertible"], dX: Rnn):
    return inv(X), -inv(X) @ dX @ inv(X)

@differentials(r"\det X", r"\det(X)\,\mathrm{tr}(X^{-1}dX)", "42、46")
def d_of_det(X: Annotated[Rnn, "invertible"], dX: Rnn):
    return det(X), det(X) * trace(inv(X) @ dX)

@differentials(r"\ln\det X", r"\mathrm{tr}(X^{-1}dX)", "43")
def d_of_log_det(X: Annotated[Rnn, "positive"], dX: Rnn):
    return log(det(X)), trace(inv(X) @ dX)

@differentials(r"X^\top", r"(dX)^\top", "44")
def d_of_transpose(X: Rmn, dX: Rmn):
    return X.T, dX.T

@differentials(r"X^2", r"dX\,X+X\,dX")
def d_of_square(X: Rnn, dX: Rnn):
    return X @ X, dX @ X + X @ dX

@differentials(r"\lambda_{\max}(A)", r"v^\top dA\,v", "67")
def d_of_eigenvalue(A: Annotated[Rnn, "symmetric"], dA: Annotated[Rnn, "symmetric"]):
    values, V = eigh(A)
    return values[-1], V[:, -1] @ dA @ V[:, -1]
# --8<-- [end:differentials]
