"""Measures aetool's training step, PyTorch's and JAX's in turn, round after round, and prints ratios of medians. A
convolutional case is measured in PyTorch's channels-last modes too. Needs torch, jax and numpy.

Usage: compare.py AETOOL_BENCH [--cases dense,deep,dense-16,conv] [--rounds 3] [--threads N] [--images FILE]
[--json FILE]"""
import argparse
import json
import os
import statistics
import subprocess
import sys

import mnist

here = os.path.dirname(os.path.abspath(__file__))
parser = argparse.ArgumentParser()
parser.add_argument("bench")
parser.add_argument("--cases", default="dense,deep,dense-16,conv")
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--threads", type=int, default=os.cpu_count())
parser.add_argument("--images", help="MNIST's training images; found as aetool-bench finds them where not given")
parser.add_argument("--json")
args = parser.parse_args()


def find_images():
    folders = [os.path.join(os.environ["AETOOL_DATA"], "mnist")] if "AETOOL_DATA" in os.environ else []
    for folder in folders + ["data/mnist", "../shared/data/mnist"]:
        path = os.path.join(folder, "train-images-idx3-ubyte.gz")
        if os.path.exists(path):
            return path
    sys.exit("compare: needs MNIST; fetch it with Scripts/fetch-mnist.sh")


images = args.images or find_images()


def run(*words):
    environment = {**os.environ, "OMP_NUM_THREADS": str(args.threads)}
    done = subprocess.run(words, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"compare: {' '.join(words)} failed:\n{done.stderr}")
    return done.stdout


def aetool(case):
    words = [args.bench, "--case", case["name"], "--step-only", "--json", "--rounds", "3", "--data", images]
    return json.loads(run(*words, "--threads", str(args.threads)))["training"][0]["step_ms"] / 1e3


def python(script, case, *more):
    # The steps take one to three seconds. A case has the options that describe its network.
    network = {key: case[key] for key in ["widths", "channels", "kernel", "stride", "latent"] if case.get(key)}
    steps = min(max(30, int(6.7e9 / (case["batch"] * mnist.products(**network)))), 1000)
    words = ["--batch", str(case["batch"]), "--images", images, "--steps", str(steps)]
    for key, value in network.items():
        words += ["--" + key, "-".join(map(str, value)) if isinstance(value, list) else str(value)]
    return float(run(sys.executable, os.path.join(here, script), *words, *more))


def torch(mode):
    return lambda case: python("torch_step.py", case, "--mode", mode, "--threads", str(args.threads))


all_runners = {
    "aetool": aetool,
    "PyTorch eager": torch("eager"),
    "PyTorch fused Adam": torch("fused"),
    "PyTorch compiled": torch("compiled"),
    "PyTorch channels-last": torch("channels-last"),
    "PyTorch channels-last, fused Adam": torch("channels-last-fused"),
    "PyTorch channels-last, compiled": torch("channels-last-compiled"),
    "JAX": lambda case: python("jax_step.py", case),
}


def runners(case):
    every = all_runners.items()
    return {name: runner for name, runner in every if case.get("channels") or "channels-last" not in name}


def speed(result, name):
    seconds = result["median_seconds"].get(name)
    return f"{result['case']['batch'] / seconds:,.0f}" if seconds else "–"


wanted = args.cases.split(",")
results = []
for case in [case for case in json.loads(run(args.bench, "--list")) if case["name"] in wanted]:
    seconds = {name: [] for name in runners(case)}
    for round in range(args.rounds):
        for name, runner in runners(case).items():
            seconds[name].append(runner(case))
            print(f"{case['name']} round {round + 1} {name}: {seconds[name][-1] * 1e3:.3f} ms", file=sys.stderr)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    results.append({"case": case, "seconds": seconds, "median_seconds": medians})

columns = [name for name in all_runners if any(name in result["median_seconds"] for result in results)]
headings = ["case"] + [f"{name} samples/s" for name in columns] + ["against PyTorch's best", "against JAX"]
print("| " + " | ".join(headings) + " |")
print("|---" * len(headings) + "|")
for result in results:
    medians = result["median_seconds"]
    best = min(value for name, value in medians.items() if name.startswith("PyTorch"))
    cells = [result["case"]["name"]] + [speed(result, name) for name in columns]
    cells += [f"{peer / medians['aetool']:.2f}×" for peer in [best, medians["JAX"]]]
    print("| " + " | ".join(cells) + " |")
if args.json:
    with open(args.json, "w") as file:
        json.dump(results, file, indent=1)
