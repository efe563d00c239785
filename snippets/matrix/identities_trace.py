"""公式表：迹与矩阵的乘积。每条公式是一个小函数，返回函数值与它声称的导数。"""

from typing import Annotated

import numpy as np
from numpy import cos, diag, exp, eye, kron, ones, outer, sin, trace
from numpy.linalg import inv, matrix_power

from matrix.identities_check import Groups, Integer, Rm, Rmm, Rmn, Rmp, Rn, Rnm, Rnn, Rnp, Rnq, Rpm, Rpn, Rpq, Rqm

# --8<-- [start:groups]
GROUPS = Groups()
markdown = GROUPS.markdown
# --8<-- [end:groups]

# --8<-- [start:linear]
linear = GROUPS.open("linear", "对矩阵的一次式")

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
traces = GROUPS.open("traces", "迹：二次式")

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
products = GROUPS.open("products", "迹：更长的乘积")

@products(r"\mathrm{tr}(AXBX)",
          r"\begin{aligned}[t]&A^\top X^\top B^\top\\&{}+B^\top X^\top A^\top\end{aligned}", "114")
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
powers = GROUPS.open("powers", "幂与矩阵函数")


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


# --8<-- [start:components]
components = GROUPS.open("components", "一个元素对一个元素")

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
