#!/usr/bin/env python3
"""Strange but valid numbers: constant, huge, tiny, subnormal, few, equal, far from zero. Trains every kind of model on
each, then encodes, reconstructs, evaluates and compresses: what ends with status 0 is finite and keeps its word, what
does not says why in one line, and weights that were saved on the way can be read.

usage: numerics.py PROGRAM [MODELS] [--only DATA] [--seed N]     MODELS kinds of model for each data set; 0 for all
"""

import array
import glob
import math
import os
import random
import re
import struct
import sys

from common import Torture, load_safetensors, message_problems, printable, read_npy, write_npy

torture = Torture(__doc__, count=3, count_help="kinds of model for each data set")
chance = random.Random(torture.options.seed)
ROWS, FEATURES = 200, 5
BASE = [[chance.gauss(0, 1) for _ in range(FEATURES)] for _ in range(ROWS)]
LARGEST = struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]


def each(function):
    return [[function(value, i, j) for j, value in enumerate(row)] for i, row in enumerate(BASE)]


SCALES = (1e30, 1e-30, 1, 1e15, 1e-15)
MIX = [chance.gauss(0, 1) for _ in range(FEATURES)]
DATA = {
    "constant feature": each(lambda value, i, j: 7 if j == 2 else value),
    "constant of 1e20": each(lambda value, i, j: 1e20 if j == 2 else value),
    "zeros": each(lambda value, i, j: 0), "ones": each(lambda value, i, j: 1),
    "equal numbers": each(lambda value, i, j: 3.7),
    "one sample": BASE[:1], "two samples": BASE[:2], "equal samples": BASE[:1] * ROWS,
    "one feature": [row[:1] for row in BASE], "one number": [BASE[0][:1]],
    "1e30": each(lambda value, i, j: value * 1e30), "1e37": each(lambda value, i, j: value * 1e37),
    "largest floats": each(lambda value, i, j: math.copysign(LARGEST, value)),
    "1e-30": each(lambda value, i, j: value * 1e-30), "subnormal": each(lambda value, i, j: value * 1e-40),
    "mixed scales": each(lambda value, i, j: value * SCALES[j]),
    "one outlier": each(lambda value, i, j: 1e30 if i + j == 0 else value),
    "far from zero": each(lambda value, i, j: value * 0.01 + 1e7), "binary": each(lambda value, i, j: float(value > 0)),
    "tiny fractions": each(lambda value, i, j: min(1, abs(value) * 1e-10)),
    "collinear": each(lambda value, i, j: BASE[i][0] * MIX[j]),
}
MODELS = {name: words.split() for name, words in {
    "deep": "--hidden 6 --latent 2", "wide code": "--variant vanilla --latent 20", "pca": "--variant pca --latent 1",
    "pca by share": "--variant pca --latent 0.9", "pca by Minka": "--variant pca --latent mle",
    "pca by gram": "--variant pca --latent 1 --solver gram",
    "pca randomized": "--variant pca --latent 1 --solver randomized",
    "vae": "--variant vae --hidden 6 --latent 2", "start pca": "--start pca --hidden 4 --latent 1 --loss squared-error",
    "unscaled": "--hidden 6 --latent 2 --scaling none --loss squared-error",
    "muon": "--hidden 6,4 --latent 2 --optimizer muon",
    "soap": "--hidden 6 --latent 2 --optimizer soap", "kfac": "--hidden 6 --latent 2 --optimizer kfac",
    "lbfgs": "--hidden 6 --latent 2 --optimizer lbfgs", "lion": "--hidden 6 --latent 2 --optimizer lion",
    "contractive": "--variant contractive --latent 3", "sparse-kl": "--variant sparse-kl --latent 8",
    "rate": "--hidden 6 --latent 2 --rate-weight 0.1", "student-t": "--hidden 6 --latent 2 --loss student-t:3:1",
    "laplace": "--hidden 6 --latent 2 --loss laplace:1",
}.items()}


def floats(data):
    numbers = array.array("f", data)
    if sys.byteorder != "little":
        numbers.byteswap()
    return numbers


def finite(numbers):
    return all(map(math.isfinite, numbers))


def stored_problems(path):
    """Returns what is wrong with a model that was saved."""
    try:
        tensors = load_safetensors(path)[1]
    except ValueError as error:
        return [f"{path} is broken: {error}"]
    wrong = [name for name, (_, _, data) in tensors.items() if not finite(floats(data))]
    told = torture.measured("info", path)
    return [f"{path}: {name} is not finite" for name in wrong[:1]] + (
        [] if told.status == 0 else [f"info {path}: {printable(told.err)}"])


def use(command, *words):
    """Runs a command on the trained model; returns the run and what is wrong with it."""
    run = torture.measured(command, "--model", "m.safetensors", "--data", "d.npy", *words)
    if run.status in (0, 65, 64):
        return run, []
    return run, [f"{command}: status {run.status}: {printable(run.err)}"]


USES = {"encode": ["--out", "codes.npy"], "reconstruct": ["--out", "back.npy"], "evaluate": ["--json"],
        "compress": ["--out", "o.aez", "--verify"]}


def trial(data, model):
    """Trains a model on the data and uses it."""
    for path in glob.glob("*.safetensors") + glob.glob("*.npy") + glob.glob("*.aez"):
        if path != "d.npy":
            os.unlink(path)
    words = ["train", "--data", "d.npy", "--model", "m.safetensors", *MODELS[model]]
    run = torture.measured(*words, *([] if model.startswith("pca") else ["--epochs", "5"]))
    problems = []
    if run.status not in (0, 64, 65):
        problems.append(f"status {run.status}")
    if min(run.seconds, run.busy) > 5:
        problems.append(f"{run.seconds:.1f} s")
    if run.status not in (0, 64):
        problems += message_problems(run)
    for path in glob.glob("*.safetensors"):
        problems += stored_problems(path)
    if run.status == 0:
        refused = []
        for command, words in USES.items():
            used, wrong = use(command, *words)
            problems += wrong
            refused += [command] if used.status else []
            if used.status == 0 and words[-1].endswith(".npy") and not finite(read_npy(words[-1])):
                problems.append(f"{command}: numbers that are not finite, status 0")
        used, wrong = use("compress", "--out", "b.aez", "--max-error", "0.01", "--verify")
        problems += wrong
        bound = re.search(r"at most ([\d.e+-]+|nan|inf)", used.out.decode())
        if used.status == 0 and bound and not float(bound.group(1)) <= 0.01:
            problems.append(f"--max-error 0.01 ends with {bound.group(1)}")
        detail = "status 0" + (f", refused: {', '.join(refused)}" if refused else "")
    else:
        detail = f"status {run.status}  {printable(run.err, 100)}"
    torture.case(f"numerics {data}, {model}", problems, detail)


for data, rows in DATA.items():
    if not torture.wants(data):
        continue
    write_npy("d.npy", len(rows), len(rows[0]), [value for row in rows for value in row])
    most = int(torture.options.count)
    for model in MODELS if most <= 0 else chance.sample(list(MODELS), min(most, len(MODELS))):
        trial(data, model)
torture.close()
