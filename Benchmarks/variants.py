"""Trains every variant and prints the tables of docs/variants.md: parameters, training time, errors on the training
data, on unseen, corrupted and foreign images, and how sparse the codes are. Needs Python 3 and nothing else.

Usage: variants.py AETOOL --mnist FOLDER --other FILE --out FOLDER [--only NAME,…] [--json FILE]

The models stay in --out, for a look with `aetool filters` and the like."""
import argparse
import json
import os
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("program")
parser.add_argument("--mnist", required=True)
parser.add_argument("--other", required=True, help="images of 28 × 28 of another kind")
parser.add_argument("--out", required=True)
parser.add_argument("--only", help="names of runs, separated by commas")
parser.add_argument("--json")
args = parser.parse_args()

train, test = (os.path.join(args.mnist, f"{part}-images-idx3-ubyte.gz") for part in ("train", "t10k"))

# These words follow `aetool train --data … --model …`; --optimizer adam --seed 1 is added to each.
variants = {
    "pca": "--variant pca --latent 32",
    "linear": "--variant linear --latent 32",
    "vanilla": "--variant vanilla --latent 32",
    "deep": "--variant deep --hidden 512,256 --latent 32",
    "conv": "--variant conv --latent 32",
    "conv, three layers": "--variant conv --channels 32,64,128 --latent 32",
    "overcomplete": "--variant overcomplete",
    "sparse-l1": "--variant sparse-l1",
    "sparse-l1, 2048 units": "--variant sparse-l1 --latent 2048 --epochs 40 --learning-rate 2e-3",
    "overcomplete, 2048 units": "--variant overcomplete --latent 2048 --epochs 40 --learning-rate 2e-3",
    "sparse-kl": "--variant sparse-kl",
    "sparse-kl, running": "--variant sparse-kl --kl-mean running",
    "denoising": "--variant denoising",
    "contractive": "--variant contractive",
    "conv, everything": "--variant conv --noise masking:0.3 --l1 0.01",
}
# These runs have few samples and a network that could learn them by heart, alone and then with something against it.
few = ("digits:300:1", "digits:2000:2")
memorising = {
    "deep, code of 1": "--variant deep --hidden 512,256,128 --latent 1 --epochs 1000 --schedule constant",
    "the same, noise": "--variant deep --hidden 512,256,128 --latent 1 --epochs 1000 --schedule constant --noise masking:0.5",
    "overcomplete": "--variant overcomplete --epochs 300",
    "overcomplete, L1": "--variant overcomplete --epochs 300 --l1 0.2",
    "overcomplete, noise": "--variant overcomplete --epochs 300 --noise masking:0.5",
}


def aetool(*words):
    done = subprocess.run([args.program, *words, "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"variants: aetool {' '.join(words)} failed:\n{done.stderr}")
    return json.loads(done.stdout)


def measure(name, words, data, unseen):
    path = os.path.join(args.out, name.replace(",", "").replace(" ", "-") + ".safetensors")
    trained = aetool("train", "--data", data, "--model", path, "--optimizer", "adam", *words.split(), "--seed", "1")
    noisy = ["--noise", "masking:0.5"]
    result = {
        "name": name,
        "command": words,
        "parameters": aetool("info", path)["parameters"],
        "seconds": trained["seconds"],
        "train": aetool("evaluate", "--model", path, "--data", data),
        "test": aetool("evaluate", "--model", path, "--data", unseen, *noisy),
        "other": aetool("evaluate", "--model", path, "--data", args.other),
    }
    print(f"{name}: {result['test']['squared_error_per_sample']:.3f}", file=sys.stderr, flush=True)
    return result


def row(r):
    code = r["test"].get("code")
    sparsity = f"{code['active_share']:.1%} of {code['units']}, {code['units_never_active']} never" if code else "–"
    noise = r["test"]["denoising"]
    other = r["other"]["against_training"]
    cells = [
        r["name"],
        f"`{r['command']}`",
        f"{r['parameters']:,}",
        f"{r['seconds']:.0f} s",
        f"{r['train']['squared_error_per_sample']:.2f}",
        f"{r['test']['squared_error_per_sample']:.2f}",
        sparsity,
        f"{noise['squared_error_cleaned']:.1f} ({noise['gain_db']:+.1f} dB)",
        f"{r['other']['squared_error_per_sample']:.1f} ({other['share_beyond_99th_percentile']:.0%})",
    ]
    return "| " + " | ".join(cells) + " |"


heading = (
    "| run | `aetool train` with | parameters | training | train error | test error | active units | with masking:0.5 "
    "| other images (beyond the 99th percentile) |\n" + "|---" * 9 + "|"
)
os.makedirs(args.out, exist_ok=True)
only = args.only.split(",") if args.only else None
results = []
for title, runs, data in [("MNIST", variants, (train, test)), ("300 drawn digits", memorising, few)]:
    chosen = {name: words for name, words in runs.items() if only is None or name in only}
    if not chosen:
        continue
    print(f"\n{title}\n\n{heading}")
    for name, words in chosen.items():
        results.append(measure(name if data[0] == train else f"few: {name}", words, *data))
        print(row(results[-1]), flush=True)
if args.json:
    with open(args.json, "w") as file:
        json.dump(results, file, indent=1)
