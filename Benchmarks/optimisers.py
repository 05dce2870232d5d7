"""Measures the test error against training seconds of every optimizer, and of PyTorch with Adam, on the deep
autoencoder 784-1000-500-250-30 (ReLU, cross-entropy on logits). It makes the table, the curves and the numbers of
docs/optimisers.md. Runs take turns. Needs Python 3, and for PyTorch an interpreter that has it.

Usage: optimisers.py AETOOL --mnist FOLDER --out FOLDER [--peer PYTHON] [--rounds 2] [--only "NAME;…"] [--grid]

--grid first tries PyTorch's rates and batch sizes with a part of the training images held out, prints when each reaches
an error of 4.0 on that part, and takes the one that does so first for PyTorch's run."""
import argparse
import gzip
import json
import os
import re
import statistics
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("program")
parser.add_argument("--mnist", required=True)
parser.add_argument("--out", required=True)
parser.add_argument("--peer", help="a Python with PyTorch and NumPy")
parser.add_argument("--rounds", type=int, default=2)
parser.add_argument("--only", help="names of runs, separated by semicolons")
parser.add_argument("--grid", action="store_true")
args = parser.parse_args()

train, test = (os.path.join(args.mnist, f"{part}-images-idx3-ubyte.gz") for part in ("train", "t10k"))
network = "--variant deep --hidden 1000,500,250 --latent 30"

elu = "--optimizer muon --activation elu --learning-rate 0.04 --weight-decay 0.1 --start fan-in --batch 256 --schedule linear "
# These words follow `aetool train`. The start is named because it matters as much as the optimizer. The epochs are
# chosen for about two minutes, but for the short run.
runs = {
    "adam, He": "--optimizer adam --start he --batch 128 --epochs 20",
    "muon": "--optimizer muon --start fan-in --batch 256 --epochs 14 --schedule linear",
    "muon, ELU, decay": elu + "--epochs 14",
    "muon, ELU, decay, short": elu + "--epochs 4",
    "muon, polar": "--optimizer muon --orthogonalise polar --start fan-in --batch 256 --epochs 8 --schedule linear",
    "muon, Newton-Schulz":
        "--optimizer muon --orthogonalise newton-schulz --start fan-in --batch 256 --epochs 6 --schedule linear",
    "soap": "--optimizer soap --start fan-in --batch 512 --epochs 4 --schedule linear",
    "kfac": "--optimizer kfac --start fan-in --output-bias mean --batch 512 --epochs 5 --schedule linear",
    "lbfgs": "--optimizer lbfgs --start he --batch 4096 --epochs 10",
}
peer = {"PyTorch adam, He": "--rate 1e-3 --batch 128 --epochs 20"}
grid = [("5e-4", 128), ("1e-3", 128), ("2e-3", 128), ("2e-3", 256)]


def run(words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"optimisers: {' '.join(words)} failed:\n{done.stderr}")


def stem(name, round):
    """Returns the path of a run's files without their endings."""
    return os.path.join(args.out, re.sub(r"\W+", "-", name.lower()) + (f"-{round}" if round > 1 else ""))


def curve(name, options, round):
    """Runs the training and returns its epochs as (seconds, squared error)."""
    log = stem(name, round) + ".jsonl"
    if name in peer:
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers", "torch_deep.py")
        run([args.peer, script, "--images", train, "--test", test, "--log", log, "--seed", str(round), *options.split()])
    else:
        run([args.program, "train", "--data", train, "--validation", test, *network.split(), *options.split(),
             "--seed", str(round), "--log", log, "--model", stem(name, round) + ".safetensors"])
    with open(log) as lines:
        epochs = [json.loads(line) for line in lines]
    return [(epoch["seconds"], epoch["validation_squared_error"]) for epoch in epochs]


def reaches(epochs, error):
    """Returns the seconds until the error is at or under a value, by interpolation between epochs; None means never."""
    before = None
    for seconds, value in epochs:
        if value <= error:
            if before is None:
                return seconds
            share = (before[1] - error) / (before[1] - value)
            return before[0] + share * (seconds - before[0])
        before = (seconds, value)
    return None


def at(epochs, seconds):
    """Returns the error of the last epoch that ended within `seconds`."""
    done = [value for time, value in epochs if time <= seconds]
    return done[-1] if done else None


def held_out():
    """Writes training images 1 to 54,000 and the rest as two files in --out and returns their paths."""
    with gzip.open(train) as file:
        content = file.read()
    count, size = 54_000, 784
    paths = []
    for name, part in (("fit", content[16 : 16 + count * size]), ("held", content[16 + count * size :])):
        path = os.path.join(args.out, name + "-images.gz")
        header = content[:4] + (len(part) // size).to_bytes(4, "big") + content[8:16]
        with gzip.open(path, "wb", 1) as file:
            file.write(header + part)
        paths.append(path)
    return paths


def search():
    fit, held = held_out()
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers", "torch_deep.py")
    print("| PyTorch Adam, rate | batch | seconds to 4.0 (held out) |\n| --- | --- | --- |")
    times = {}
    for rate, batch in grid:
        log = os.path.join(args.out, f"grid-{rate}-{batch}.jsonl")
        run([args.peer, script, "--images", fit, "--test", held, "--log", log, "--rate", rate, "--batch", str(batch),
             "--until", "4.0"])
        with open(log) as lines:
            epochs = [json.loads(line) for line in lines]
        time = reaches([(epoch["seconds"], epoch["validation_squared_error"]) for epoch in epochs], 4.0)
        print(f"| {rate} | {batch} | {text(time, 0)} |", flush=True)
        if time is not None:
            times[rate, batch] = time
    return min(times, key=times.get) if times else grid[0]


def text(value, digits=2):
    return "–" if value is None else f"{value:.{digits}f}"


os.makedirs(args.out, exist_ok=True)
if args.grid:
    if not args.peer:
        sys.exit("optimisers: --grid needs --peer")
    rate, batch = search()
    peer = {"PyTorch adam, He": f"--rate {rate} --batch {batch} --epochs 20"}
chosen = dict(runs, **(peer if args.peer else {}))
if args.only:
    unknown = [name for name in args.only.split(";") if name not in chosen]
    if unknown:
        sys.exit(f"optimisers: unknown {unknown}; known are {'; '.join(chosen)}")
    chosen = {name: chosen[name] for name in args.only.split(";")}
curves = {name: [] for name in chosen}
for round in range(1, args.rounds + 1):
    for name, options in chosen.items():
        curves[name].append(curve(name, options, round))
        seconds, error = curves[name][-1][-1]
        print(f"{name}, round {round}: {error:.3f} after {seconds:.0f} s", file=sys.stderr, flush=True)


def median(name, measure):
    values = [measure(epochs) for epochs in curves[name]]
    return None if None in values else statistics.median(values)


print("| optimizer | settings | s to 4.0 | error at 60 s | at 120 s | in the end | seconds |\n" + "| --- " * 7 + "|")
result = {}
for name, options in chosen.items():
    row = {
        "settings": options,
        "seconds_to_4": median(name, lambda epochs: reaches(epochs, 4.0)),
        "error_at_60": median(name, lambda epochs: at(epochs, 60)),
        "error_at_120": median(name, lambda epochs: at(epochs, 120)),
        "error": median(name, lambda epochs: epochs[-1][1]),
        "seconds": median(name, lambda epochs: epochs[-1][0]),
        "curves": curves[name],
    }
    result[name] = row
    print(
        f"| {name} | `{options}` | {text(row['seconds_to_4'], 0)} | {text(row['error_at_60'])} | "
        f"{text(row['error_at_120'])} | {text(row['error'])} | {text(row['seconds'], 0)} |")
with open(os.path.join(args.out, "optimisers.json"), "w") as file:
    json.dump(result, file, indent=1)
# Runs that stay far above the rest would flatten the picture, so their curves are left out.
logs = ",".join(stem(name, 1) + ".jsonl" for name in chosen if result[name]["error"] < 6)
picture = os.path.join(args.out, "optimisers.svg")
run([args.program, "curves", "--logs", logs, "--term", "validation_squared_error", "--over", "seconds", "--skip", "2",
     "--out", picture])
print(f"curves: {picture}", file=sys.stderr)
