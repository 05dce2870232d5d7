"""Measures aetool's and scikit-learn's principal components of MNIST in turn, round after round, and prints medians.

The seconds are those of the fit, with the data in memory; the memory is the whole process's peak. Usage: compare_pca.py
AETOOL IMAGES [--size 32] [--rounds 7]"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
parser = argparse.ArgumentParser()
parser.add_argument("aetool")
parser.add_argument("images")
parser.add_argument("--size", default="32")
parser.add_argument("--rounds", type=int, default=7)
args = parser.parse_args()
scratch = tempfile.mkdtemp()


def aetool(solver):
    words = [args.aetool, "train", "--data", args.images, "--variant", "pca", "--latent", args.size]
    process = subprocess.Popen(
        words + ["--solver", solver, "--model", os.path.join(scratch, "m.safetensors"), "--json"], stdout=subprocess.PIPE
    )
    report = json.loads(process.stdout.read())
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"compare_pca: aetool failed ({status})")
    return report["seconds"], usage.ru_maxrss / 1024


def sklearn(solver):
    words = [sys.executable, os.path.join(here, "sklearn_pca.py"), args.images, args.size, solver]
    seconds, memory = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    return float(seconds), float(memory)


runners = {f"aetool {solver}": (aetool, solver) for solver in ["gram", "svd", "randomized"]}
runners |= {f"scikit-learn {solver}": (sklearn, solver) for solver in ["covariance_eigh", "randomized", "full"]}
results = {name: [] for name in runners}
for round in range(args.rounds):
    for name, (run, solver) in runners.items():
        results[name].append(run(solver))
print("| program, solver | fit, seconds (median) | peak memory MB |\n|---|---|---|")
for name, values in results.items():
    print(f"| {name} | {statistics.median(v[0] for v in values):.3f} | {statistics.median(v[1] for v in values):.0f} |")
