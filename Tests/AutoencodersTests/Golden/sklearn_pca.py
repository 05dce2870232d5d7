"""Computes sklearn_pca.json: scikit-learn's PCA of a small table. Run: python sklearn_pca.py > sklearn_pca.json
(scikit-learn 1.9). The table, which the test makes again, is 50 × 6:
x[i, j] = sin(0.7 i + 1.3 j + 0.11 i j) + 0.05 i [j = 2] + 3."""
import json
import numpy as np
from sklearn.decomposition import PCA

i, j = np.arange(50)[:, None], np.arange(6)[None, :]
x = np.sin(0.7 * i + 1.3 * j + 0.11 * i * j) + 0.05 * i * (j == 2) + 3
pca = PCA(3, svd_solver="full").fit(x)
components = pca.components_ * np.sign(pca.components_[np.arange(3), np.abs(pca.components_).argmax(1)])[:, None]
print(
    json.dumps(
        {
            "mean": pca.mean_.tolist(),
            "components": components.ravel().tolist(),
            "explained_variance": pca.explained_variance_.tolist(),
            "explained_variance_ratio": pca.explained_variance_ratio_.tolist(),
            "noise_variance": pca.noise_variance_,
            "score_samples": pca.score_samples(x)[:5].tolist(),
            "mle_components": int(PCA("mle").fit(x).n_components_),
            "components_for_0.8": int(PCA(0.8, svd_solver="full").fit(x).n_components_),
        }
    )
)
