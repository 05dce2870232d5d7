"""Computes directions of L-BFGS in NumPy, the golden numbers for LBFGSTests. Run in this folder:
python numpy_lbfgs.py > numpy_lbfgs.json (NumPy 2)

The script makes the inverse Hessian as a matrix, by Nocedal and Wright's (7.16) from (7.20), where the program has the
two-loop recursion. It takes six steps of given lengths on f(x) = x'Ax/2 + sum(x^4)/4 with a memory of three pairs."""
import json

import numpy as np

n, memory = 7, 3
steps = [0.05, 0.5, 1.0, 0.8, 1.0, 0.6]
i = np.arange(n)
a = np.diag(i + 1.0) + 0.3 * np.cos(i[:, None] - i[None, :])


def gradient(x):
    return a @ x + x**3


def inverse_hessian(pairs):
    if not pairs:
        return np.eye(n)
    s, y = pairs[-1]
    h = (s @ y) / (y @ y) * np.eye(n)
    for s, y in pairs:
        rho = 1 / (s @ y)
        v = np.eye(n) - rho * np.outer(y, s)
        h = v.T @ h @ v + rho * np.outer(s, s)
    return h


x, pairs, directions = np.sin(1.0 + 2.0 * i), [], []
for step in steps:
    g = gradient(x)
    d = -inverse_hessian(pairs[-memory:]) @ g
    directions.append(d.tolist())
    pairs.append((step * d, gradient(x + step * d) - g))
    assert pairs[-1][0] @ pairs[-1][1] > 0
    x = x + step * d
print(json.dumps(directions))
