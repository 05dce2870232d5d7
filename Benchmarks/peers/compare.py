"""aetool's training step against PyTorch's and JAX's, in turn, round after round; ratios of medians.

Usage: compare.py AETOOL_BENCH [--cases dense,deep,dense-16] [--rounds 3] [--images FILE] [--json FILE]"""
import argparse
import json
import os
import statistics
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
parser = argparse.ArgumentParser()
parser.add_argument("bench")
parser.add_argument("--cases", default="dense,deep,dense-16")
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
    # About three seconds of steps.
    steps = max(30, int(2e9 / (case["batch"] * sum(a * b for a, b in zip(case["widths"], case["widths"][1:])) * 6 / 20)))
    words = ["--widths", "-".join(map(str, case["widths"])), "--batch", str(case["batch"]), "--images", images]
    return float(run(sys.executable, os.path.join(here, script), *words, "--steps", str(min(steps, 1000)), *more))


runners = {
    "aetool": aetool,
    "PyTorch eager": lambda case: python("torch_step.py", case, "--mode", "eager"),
    "PyTorch fused Adam": lambda case: python("torch_step.py", case, "--mode", "fused"),
    "PyTorch compiled": lambda case: python("torch_step.py", case, "--mode", "compiled"),
    "JAX": lambda case: python("jax_step.py", case),
}
wanted = args.cases.split(",")
results = []
for case in [case for case in json.loads(run(args.bench, "--list")) if case["name"] in wanted]:
    seconds = {name: [] for name in runners}
    for round in range(args.rounds):
        for name, runner in runners.items():
            seconds[name].append(runner(case))
            print(f"{case['name']} round {round + 1} {name}: {seconds[name][-1] * 1e3:.3f} ms", file=sys.stderr)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    results.append({"case": case, "seconds": seconds, "median_seconds": medians})

print("| case | " + " | ".join(f"{name} samples/s" for name in runners) + " | against PyTorch's best | against JAX |")
print("|---" * (len(runners) + 3) + "|")
for result in results:
    medians = result["median_seconds"]
    best = min(value for name, value in medians.items() if name.startswith("PyTorch"))
    speeds = " | ".join(f"{result['case']['batch'] / value:,.0f}" for value in medians.values())
    print(
        f"| {result['case']['name']} | {speeds} | {best / medians['aetool']:.2f}× | {medians['JAX'] / medians['aetool']:.2f}× |"
    )
if args.json:
    with open(args.json, "w") as file:
        json.dump(results, file, indent=1)
