"""Computes three steps of each optimizer in NumPy, the golden numbers for OptimizerGoldenTests. Run in this
folder: python numpy_optimizers.py > numpy_optimizers.json (NumPy 2)

The script follows the papers' formulas, with explicit inverses, eigenvectors and Kronecker products where the program
has factorisations. The network is dense with layers of `sizes`; in its parameters the bias follows every weight m x n.
`numbers` below gives the start and the gradients, which the test makes again."""
import json

import numpy as np

rate, decay = 0.02, 0.1
sizes = [6, 9, 4, 9, 6]
square = [5, 5, 5]


def numbers(count, seed):
    """Returns sin(0.7 i^2 / (1 + 0.1 i) + 1.3 seed) + 0.5 cos(0.31 i seed) for i = 0 ... count - 1."""
    i = np.arange(count)
    return np.sin(0.7 * i * i / (1 + 0.1 * i) + 1.3 * seed) + 0.5 * np.cos(0.31 * i * seed)


def layers(sizes):
    """Returns (shape of weight, its offset, offset of bias) for each layer, and the number of all parameters."""
    found, offset = [], 0
    for n, m in zip(sizes, sizes[1:]):
        found.append(((m, n), offset, offset + m * n))
        offset += m * n + m
    return found, offset


class Adam:
    """Adam on one tensor; its decay is decoupled or joins the gradient."""

    def __init__(self, beta1=0.9, beta2=0.999, epsilon=1e-8, decoupled=True):
        self.betas, self.epsilon, self.m, self.v = (beta1, beta2), epsilon, 0.0, 0.0
        self.decoupled = decoupled

    def step(self, theta, g, t, rate, decay):
        b1, b2 = self.betas
        if not self.decoupled:
            g, decay = g + decay * theta, 0
        self.m, self.v = b1 * self.m + (1 - b1) * g, b2 * self.v + (1 - b2) * g * g
        m, v = self.m / (1 - b1**t), self.v / (1 - b2**t)
        return (1 - rate * decay) * theta - rate * m / (np.sqrt(v) + self.epsilon)


class SGD:
    def step(self, theta, g, t, rate, decay):
        return theta - rate * (g + decay * theta)


class Momentum:
    """The velocity is a sum of gradients, as PyTorch has it."""

    def __init__(self):
        self.velocity = 0.0

    def step(self, theta, g, t, rate, decay):
        self.velocity = 0.9 * self.velocity + g + decay * theta
        return theta - rate * self.velocity


class RMSProp:
    def __init__(self):
        self.v = 0.0

    def step(self, theta, g, t, rate, decay):
        g = g + decay * theta
        self.v = 0.99 * self.v + 0.01 * g * g
        return theta - rate * g / (np.sqrt(self.v) + 1e-8)


class Lion:
    """Lion after Chen et al. 2023, algorithm 2."""

    def __init__(self):
        self.m = 0.0

    def step(self, theta, g, t, rate, decay):
        c = 0.9 * self.m + 0.1 * g
        self.m = 0.99 * self.m + 0.01 * g
        return theta - rate * (np.sign(c) + decay * theta)


class Muon:
    def __init__(self, kind):
        self.kind, self.m = kind, 0.0

    def orthogonal(self, n):
        if n.shape[0] > n.shape[1]:
            return self.orthogonal(n.T).T
        k = n.shape[0]
        if self.kind == "newton-schulz":
            x = n / np.linalg.norm(n)
            for _ in range(5):
                a = x @ x.T
                x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
            return x
        a = n @ n.T
        a = a + 1e-3 * np.trace(a) / k * np.eye(k)
        if self.kind == "cholesky":
            return np.linalg.inv(np.linalg.cholesky(a)) @ n
        values, vectors = np.linalg.eigh(a)
        return vectors @ np.diag(values**-0.5) @ vectors.T @ n

    def step(self, w, g, t, rate, decay):
        self.m = 0.95 * self.m + g
        n = g + 0.95 * self.m
        factor = max(1, w.shape[0] / w.shape[1]) ** 0.5
        return (1 - rate * decay) * w - rate * factor * self.orthogonal(n)


class SOAP:
    """SOAP with a power iteration in every step."""

    def __init__(self):
        self.m, self.v = 0.0, 0.0

    def step(self, w, g, t, rate, decay):
        b = 0.95
        if t == 1:
            self.l, self.r = (1 - b) * g @ g.T, (1 - b) * g.T @ g
            self.ql, self.qr = (np.linalg.eigh(a)[1][:, ::-1] for a in (self.l, self.r))
            return (1 - rate * decay) * w
        rotated = self.ql.T @ g @ self.qr
        self.m, self.v = b * self.m + (1 - b) * g, b * self.v + (1 - b) * rotated**2
        correction1, correction2 = 1 - b ** (t - 1), 1 - b ** (t - 1)
        direction = (self.ql.T @ self.m @ self.qr) / (np.sqrt(self.v) + 1e-8)
        step = rate * np.sqrt(correction2) / correction1 * self.ql @ direction @ self.qr.T
        self.l, self.r = b * self.l + (1 - b) * g @ g.T, b * self.r + (1 - b) * g.T @ g
        left, right = np.argsort(-np.diag(self.ql.T @ self.l @ self.ql)), np.argsort(-np.diag(self.qr.T @ self.r @ self.qr))
        self.v = self.v[left][:, right]
        self.ql = np.linalg.qr(self.l @ self.ql[:, left])[0]
        self.qr = np.linalg.qr(self.r @ self.qr[:, right])[0]
        return (1 - rate * decay) * (w - step)


class KFAC:
    """K-FAC on [W, b]. The first step only gathers statistics, and every step takes fresh factors."""

    damping, batch = 0.1, 12

    def __init__(self):
        self.a, self.s, self.m = 0.0, 0.0, 0.0

    def direction(self, g, x, dz, t):
        keep = min((t - 1) / t, 0.95)
        ones = np.hstack([x, np.ones((len(x), 1))])
        per_sample = len(x) * dz
        self.a = keep * self.a + (1 - keep) * ones.T @ ones / len(x)
        self.s = keep * self.s + (1 - keep) * per_sample.T @ per_sample / len(x)
        if t == 1:
            return None
        pi = np.sqrt((np.trace(self.a) / len(self.a)) / (np.trace(self.s) / len(self.s)))
        root = np.sqrt(self.damping)
        a, s = self.a + pi * root * np.eye(len(self.a)), self.s + root / pi * np.eye(len(self.s))
        # The direction is (S x A)^-1 vec(G), where vec puts row after row.
        return np.linalg.solve(np.kron(s, a), g.ravel()).reshape(g.shape)


def run(sizes, make, inner=False, bias=Adam, bias_rate=1.0):
    places, count = layers(sizes)
    theta, rules = numbers(count, 0) * 0.1, {}
    for t in (1, 2, 3):
        g = numbers(count, t)
        for index, ((m, n), weight, offset) in enumerate(places):
            ends = inner and index in (0, len(places) - 1)
            rule = rules.setdefault(weight, bias() if ends else make())
            part = slice(weight, weight + m * n)
            theta[part] = rule.step(
                theta[part].reshape(m, n), g[part].reshape(m, n), t, rate * (bias_rate if ends else 1), decay).ravel()
            rule = rules.setdefault(offset, bias())
            part = slice(offset, offset + m)
            theta[part] = rule.step(theta[part], g[part], t, rate * bias_rate, 0)
    return theta.tolist()


def run_kfac(sizes):
    places, count = layers(sizes)
    theta, rules, momenta = numbers(count, 0) * 0.1, [KFAC() for _ in places], [0.0] * len(places)
    trust = 1e-3
    for t in (1, 2, 3):
        g, steps, total = numbers(count, t), [], 0.0
        for index, ((m, n), weight, offset) in enumerate(places):
            x = numbers(KFAC.batch * n, 10 + 7 * t + index).reshape(-1, n)
            dz = 0.1 * numbers(KFAC.batch * m, 50 + 7 * t + index).reshape(-1, m)
            whole = np.hstack([g[weight : weight + m * n].reshape(m, n), g[offset : offset + m, None]])
            step = rules[index].direction(whole, x, dz, t)
            steps.append(step)
            total += 0 if step is None else (step * whole).sum()
        if t == 1:
            continue
        factor = min(1, np.sqrt(trust / (rate**2 * total)))
        for index, ((m, n), weight, offset) in enumerate(places):
            momenta[index] = 0.9 * momenta[index] + factor * steps[index]
            part = slice(weight, weight + m * n)
            theta[part] = (1 - rate * decay) * theta[part] - rate * momenta[index][:, :-1].ravel()
            theta[offset : offset + m] -= rate * momenta[index][:, -1]
    return theta.tolist()


golden = {
    kind: run(sizes, lambda: Muon(kind), inner=True, bias_rate=0.05) for kind in ("cholesky", "polar", "newton-schulz")
}
# SOAP runs on square matrices alone: the first gradient of any other leaves some of the eigenvectors without an order.
golden["soap"] = run(square, SOAP, bias=lambda: Adam(0.95, 0.95))
golden["kfac"] = run_kfac(sizes)
# Rules that take every number by itself, under the optimizers' names.
elementwise = {
    "adam": lambda: Adam(decoupled=False),
    "adamw": Adam,
    "sgd": SGD,
    "momentum": Momentum,
    "rmsprop": RMSProp,
    "lion": Lion,
}
golden |= {name: run(sizes, make, bias=make) for name, make in elementwise.items()}
print(json.dumps(golden))
