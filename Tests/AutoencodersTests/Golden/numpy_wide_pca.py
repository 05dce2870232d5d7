"""Computes numpy_wide_pca.json: probabilistic PCA of a table with fewer samples than features, from the definitions.
Run: python numpy_wide_pca.py > numpy_wide_pca.json (numpy 2). The table, which the test makes again, is 60 × 300 and has 15
directions over noise: x = 3 U W + e with h(a, b) = frac(43758.5453 sin(12.9898 a + 78.233 b)) - 1/2, U[i, k] = h(i, k),
W[k, j] = h(j + 100, k + 50), e[i, j] = h(i + 7, j + 1000) / 2."""
import json
import math
import numpy as np


def h(a, b):
    v = 43758.5453 * np.sin(12.9898 * a + 78.233 * b)
    return v - np.floor(v) - 0.5


N, n, k = 60, 300, 15
i, j, f = np.arange(N)[:, None], np.arange(n)[None, :], np.arange(k)
x = 3 * h(i, f[None, :]) @ h(j + 100, f[:, None] + 50) + h(i + 7, j + 1000) / 2
mean = x.mean(0)
eigenvalues, vectors = np.linalg.eigh((x - mean).T @ (x - mean) / (N - 1))
eigenvalues, vectors = np.maximum(eigenvalues[::-1], 0), vectors[:, ::-1]
eigenvalues[N - 1 :] = 0


def log_likelihood(d):
    """The mean of the multivariate normal log density with Tipping and Bishop's covariance, equations 7 and 8."""
    noise = eigenvalues[d:].mean()
    w = vectors[:, :d] * np.sqrt(eigenvalues[:d] - noise)
    c = w @ w.T + noise * np.eye(n)
    quadratic = np.einsum("ij,ij->i", (x - mean) @ np.linalg.inv(c), x - mean).mean()
    return noise, -0.5 * (n * math.log(2 * math.pi) + np.linalg.slogdet(c)[1] + quadratic)


def evidence(d):
    """Minka (2000), equation 30, in logarithms, with all n eigenvalues."""
    noise = eigenvalues[d:].mean()
    hat = np.concatenate([eigenvalues[:d], np.full(n - d, noise)])
    pu = -d * math.log(2) + sum(math.lgamma((n - q) / 2) - (n - q) / 2 * math.log(math.pi) for q in range(d))
    m = n * d - d * (d + 1) / 2
    az = sum(
        math.log((eigenvalues[a] - eigenvalues[b]) * (1 / hat[b] - 1 / hat[a]) * N) for a in range(d) for b in range(a + 1, n)
    )
    return (
        pu - N / 2 * np.log(eigenvalues[:d]).sum() - N * (n - d) / 2 * math.log(noise)
        + (m + d) / 2 * math.log(2 * math.pi) - az / 2 - d / 2 * math.log(N)
    )


noise, likelihood = log_likelihood(k)
print(
    json.dumps(
        {
            "noise_variance": noise,
            "log_likelihood": likelihood,
            "minka": max(range(1, N - 1), key=evidence),
            "log_likelihood_of_58": log_likelihood(58)[1],
        }
    )
)
