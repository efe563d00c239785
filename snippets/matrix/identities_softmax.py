"""公式表：标量函数、softmax 与损失。每条公式是一个小函数，返回函数值与它声称的导数。"""

from typing import Annotated

import numpy as np
from numpy import cos, diag, exp, eye, log, ones, outer, sin, sqrt, tanh

from matrix.identities_check import Groups, R, Rm, Rmn, Rmp, Rn, Rnp

# --8<-- [start:groups]
GROUPS = Groups()
markdown = GROUPS.markdown
# --8<-- [end:groups]

# --8<-- [start:scalars]
scalars = GROUPS.open("scalars", "标量函数")


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


# --8<-- [start:softmaxes]
softmaxes = GROUPS.open("softmaxes", "softmax 与 log-sum-exp")


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
losses = GROUPS.open("losses", "常见的损失")

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
