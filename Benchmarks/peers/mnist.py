"""MNIST's training images as a float32 array in [0, 1], from the file that aetool's benchmark reads."""
import gzip
import numpy as np


def load(path):
    with gzip.open(path) as file:
        return np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 784).astype(np.float32) / 255


def fastest_seconds(step_many, steps, repeats=3):
    """Seconds a step: the best of a few runs of `steps` steps, after a run that is not counted."""
    import time

    step_many(20)
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        step_many(steps)
        best = min(best, time.perf_counter() - start)
    return best / steps
