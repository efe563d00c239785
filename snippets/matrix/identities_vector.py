"""公式表：向量、二次型与范数。每条公式是一个小函数，返回函数值与它声称的导数。"""

from typing import Annotated

import numpy as np
from numpy import cos, diag, eye, ones, outer, sin, sqrt, tanh
from numpy.linalg import norm, svd

from matrix.identities_check import Groups, Integer, Rm, Rmm, Rmn, Rmp, Rn, Rnn, Rnp, Rp, Rpn

# --8<-- [start:groups]
GROUPS = Groups()
markdown = GROUPS.markdown
# --8<-- [end:groups]

# --8<-- [start:vectors]
vectors = GROUPS.open("vectors", "向量：一次式与逐元素")

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
quadratics = GROUPS.open("quadratics", "二次型")

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

@quadratics(r"(Bx+b)^\top C(Dx+d)",
            r"\begin{aligned}[t]&B^\top C(Dx+d)\\&{}+D^\top C^\top(Bx+b)\end{aligned}", "78")
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
residuals = GROUPS.open("residuals", "残差的二次型")

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
norms = GROUPS.open("norms", "范数")

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
