"""公式表：逆、行列式与微分。每条公式是一个小函数，返回函数值与它声称的导数。"""

from typing import Annotated

import numpy as np
from numpy import kron, log, outer, trace
from numpy.linalg import det, eigh, inv, matrix_power, pinv

from matrix.identities_check import Groups, Integer, Rmm, Rmn, Rn, Rnm, Rnn, Rnp, Rpn, Rpp

# --8<-- [start:groups]
GROUPS = Groups()
markdown = GROUPS.markdown
# --8<-- [end:groups]

# --8<-- [start:inverses]
inverses = GROUPS.open("inverses", "逆")

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
determinants = GROUPS.open("determinants", "行列式")

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
differentials = GROUPS.open("differentials", "微分")

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
