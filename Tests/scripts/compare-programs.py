#!/usr/bin/env python3
"""Proves that a change of the program's structure changed no trained bit: trains many small models with a program from
before and one from after the change, and compares them. Needs Python 3 and nothing else.

Usage: compare-programs.py OLD NEW [--quick] [--only TEXT] [--jobs N] [--keep DIR] [--skip-checkpoints]

For each configuration of `train`
  - both programs train with the same arguments. Tensors of model and checkpoint must have the same names, shapes and
    bytes, and what --json and --log report must be the same but for times.
  - the new program opens the old model: codes, reconstructions and the numbers of `evaluate --json` must be the old
    program's. So must the numbers of the new model. Of a report, only the keys that both programs write are compared.
  - both programs train on from the old model (--init), and go on from a checkpoint of the old program after its first
    epoch (--resume). The new one may refuse that with an error; its own checkpoint must then lead to the same model.
A configuration that both programs refuse with exit status 64 is counted as such; all other failures are differences.

Standard output has a line for each configuration that differs and one of counts, standard error has the progress. The
exit status is 1 if any differs. --quick takes every fifth configuration, --only those that contain TEXT, --jobs so many
at a time (2). --keep leaves data and models in DIR. --skip-checkpoints compares no tensors of checkpoints."""
import argparse
import concurrent.futures
import itertools
import json
import math
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile

# Small sizes for a configuration that names none. Batches are small too, since K-FAC moves only after its tenth step.
SIZES = {**dict.fromkeys(["deep", "denoising", "vae"], "--hidden 24,12"), "sparse-kl": "--latent 30",
         **dict.fromkeys(["conv", "conv-vae"], "--channels 3,5"),
         **dict.fromkeys(["overcomplete", "sparse-l1"], "--latent 150")}
# The lists that the table names.
LISTS = {
    "VARIANTS": "vanilla|deep|conv|overcomplete|sparse-l1|sparse-kl|denoising|contractive|vae|conv-vae|linear",
    "OPTIMIZERS": "adam|adamw|sgd|momentum|rmsprop|muon|muon --orthogonalise polar|muon --orthogonalise newton-schulz|"
                  "soap|kfac|lbfgs",
    "ACTIVATIONS": "identity|relu|leaky-relu|elu|silu|sigmoid|tanh"}
# A line has the data, the variant and options; {a|b} stands for a configuration with each. --patience ends runs early.
TABLE = """
images.npy {VARIANTS} --optimizer {OPTIMIZERS}
digits:200:1 {VARIANTS}
digits:200:1 {deep|conv|vae|conv-vae} --noise {gaussian:0.3|masking:0.3|salt-and-pepper:0.2|uniform:0.4}
images.npy {deep|conv} --l1 0.01 {--optimizer adam|--sparse-layer 1|--kl-sparsity 0.1,1 --noise masking:0.3}
digits:200:1 {deep|conv|vanilla|sparse-kl} --kl-sparsity 0.05,3 --kl-mean {batch|running}
images.npy deep --activation sigmoid --kl-sparsity 0.1,1 --kl-mean running --sparse-layer 1 --optimizer {OPTIMIZERS}
images.npy {deep|conv|contractive} --contraction 0.1 --activation {relu|leaky-relu|elu|sigmoid|tanh}
digits:200:1 {deep|conv} {--quantisation-noise 0.5|--rate-weight 0.1|--quantisation-noise 0.3 --rate-weight 0.05}
images.npy {deep --rate-weight 0.1 --l1 0.01 --weight-decay 0.1|vae --binarise stochastic} --optimizer {OPTIMIZERS}
digits:200:1 {vae|conv-vae} --conditional {--beta 2|--importance-samples 3|--validation 0.2}
images.npy vae --conditional --labels labels.csv {--beta 2|--validation images.npy --validation-labels labels.csv}
digits:200:1 {deep|vae|conv-vae|vae --importance-samples 5} --binarise {threshold:0.4|stochastic}
images.npy {vae|conv-vae} --likelihood {bernoulli|gaussian:0.3|gaussian:learned} {--importance-samples 4|--beta 0.5}
images.npy {vae|vae --likelihood gaussian:learned} {--beta 4|--free-bits 0.1|--beta 0.5 --free-bits 0.3|--beta-warmup 1}
digits:200:1 {deep|conv|vae|vanilla} --output-bias mean {--start glorot|--loss squared-error --start fan-in}
images.npy {vanilla|linear|denoising|deep|contractive|overcomplete|vae} --start pca
{images.npy|table.csv} deep --start pca --loss squared-error --activation {ACTIVATIONS}
{images.npy|table.csv|colour.npy} {deep|vae|linear|conv} --scaling {none|standard}
images.npy {deep --activation|conv --activation|deep --code-activation|vanilla --code-activation} {ACTIVATIONS}
{table.csv|table.npy|spiral:100:1} {vanilla|overcomplete|denoising|vae|vae --importance-samples 6} --latent 3
table.csv deep --latent 3 --optimizer {soap|kfac|lbfgs} --noise gaussian:0.2 --output-bias mean
images.npy deep --schedule {constant|cosine|linear|stages} --warmup {0|5} --optimizer {adam|rmsprop --epsilon 1e-4|muon}
images.npy {deep|conv} --clip-norm 0.5 --average 0.9 --weight-decay 0.1 --optimizer {adam|momentum|muon|soap|kfac|lbfgs}
images.npy {deep|conv|vae} --epochs 6 --validation 0.25 {--average 0.9|--patience 1 --learning-rate 0.1 --optimizer sgd}
{images.npy|colour.npy} {conv|conv-vae} --pooling {max|stride} --kernel {3|5}
{images.npy|colour.npy} conv {--channels 4|--channels 3,4,5 --hidden 16|--stride 1|--kernel 2|--stride 3 --pooling max}
images.npy deep {--no-shuffle|--seed 7|--epochs 0|--batch 1|--batch 7|--batch 64|--batch 500}
images.npy {deep|conv} {--batch 2|--batch 2 --optimizer soap|--batch 2 --optimizer kfac|--optimizer lbfgs --epochs 15}
digits:200:1 {deep --hidden 256,64|vae --hidden 256,64|conv --channels 8,16|deep --clip-norm 1} --batch 128 --threads 2
images.npy {deep|conv|vae|sparse-l1} --optimizer {soap|kfac|lbfgs} --threads 2
images.npy {deep --l1 0.01|conv --noise gaussian:0.1} --contraction 0.1 --threads 2 --optimizer {muon|lbfgs|kfac}
digits:200:1 {deep --start pca|deep --rate-weight 1|vae --importance-samples 5|vae --conditional} --batch 99 --threads 2
{digits:200:1|images.npy|table.csv} pca --latent {4|0.9} --solver {auto|svd|gram|randomized}
{images.npy|colour.npy|table.npy} pca {--latent mle|--latent 5 --scaling standard --threads 2|--latent 5 --memory 64K}
images.npy deep {--kl-sparsity 0.1,1 --code-activation relu|--contraction 0.1 --activation silu|--channels 3|--batch 0}
images.npy deep {--conditional|--sparse-layer 1|--l1 0.1 --sparse-layer 9|--epochs -1|--optimizer sgd --epsilon 1e-6}
images.npy {vae --l1 0.1|conv-vae --rate-weight 0.1|vanilla --hidden 5|linear --activation relu|pca --noise masking:0.1}
table.csv deep {--noise salt-and-pepper:0.1|--loss cross-entropy|--binarise stochastic|--beta 2|--patience 1}
"""


def expanded(line):
    """Returns the configurations that a line of the table stands for."""
    parts = [LISTS.get(part, part).split("|") for part in re.split("[{}]", line)]
    return ["".join(chosen) for chosen in itertools.product(*parts)]


def write_npy(path, descr, code, shape, values):
    """Writes an array as NPY."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00\x76\x00" + header.encode() + struct.pack(f"<{len(values)}{code}", *values))


def write_data(folder):
    """Writes images with a blob each, their classes, coloured images, and tables of 90 × 8 with a constant column."""
    numbers = random.Random(1)

    def blob(height, width):
        y, x, size = numbers.uniform(0, height), numbers.uniform(0, width), numbers.uniform(1, 3)
        return [math.exp(-((i - y) ** 2 + (j - x) ** 2) / size) for i in range(height) for j in range(width)]

    images = [blob(12, 10) for _ in range(120)]
    noisy = [min(1, max(0, value + numbers.gauss(0, 0.05))) for image in images for value in image]
    write_npy(folder / "images.npy", "<f4", "f", (120, 12, 10), noisy)
    (folder / "labels.csv").write_text("".join(f"{image.index(max(image)) // 40}\n" for image in images))
    write_npy(folder / "colour.npy", "|u1", "B", (60, 8, 7, 3), [int(255 * value) for value in noisy[:60 * 8 * 7 * 3]])
    rows = [[3.5] + [numbers.gauss(mean, 1 + mean / 2) for mean in (0, 0, 1, 2, 5, 9, 100)] for _ in range(90)]
    write_npy(folder / "table.npy", "<f8", "d", (90, 8), [value for row in rows for value in row])
    (folder / "table.csv").write_text("".join(",".join(map(repr, row)) + "\n" for row in rows))


def header_and_content(path):
    """Returns the header of a safetensors file, and the bytes behind it."""
    file = path.read_bytes()
    end = 8 + struct.unpack("<Q", file[:8])[0]
    return json.loads(file[8:end]), file[end:]


def tensors(path):
    """Returns type, shape and bytes of the tensors of a safetensors file, by name."""
    header, content = header_and_content(path)
    return {name: (entry["dtype"], entry["shape"], content[slice(*entry["data_offsets"])])
            for name, entry in header.items() if name != "__metadata__"}


def prolong(path, epochs):
    """Sets the run of a checkpoint to `epochs` epochs, as if the run had been interrupted before its end."""
    header, content = header_and_content(path)
    record = json.loads(header["__metadata__"]["aetool"])
    record["checkpoint"]["options"]["epochs"] = epochs
    header["__metadata__"]["aetool"] = json.dumps(record)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + content)


def message(result):
    """Returns what a program that failed says of its failure."""
    return next((line for line in result.stderr.splitlines() if "error" in line.lower()), "no message")


class Comparison:
    """One configuration, run with both programs. `differences`, `notes` and `is_refused` tell what came of the runs."""

    def __init__(self, configuration, programs, folder, stem):
        self.programs, self.folder, self.stem = programs, folder, stem
        self.data, self.variant, *self.words = configuration.split()
        usual = SIZES.get(self.variant, "") + " --latent 5 --seed 1 --threads 1"
        usual += "" if self.variant == "pca" else " --epochs 2 --batch 16"
        for option, value in re.findall(r"(\S+) (\S+)", usual):
            self.words += [option, value] if option not in self.words else []
        self.epochs = int(self.options("--epochs")[1]) if "--epochs" in self.words else 1
        self.differences, self.notes, self.is_refused = [], [], False

    def options(self, *names):
        """Returns those of the options `names` that the configuration has, each with its value."""
        return [word for i, option in enumerate(self.words) if option in names for word in self.words[i:i + 2]]

    def path(self, name):
        return self.folder / f"{self.stem}-{name}"

    def run(self, program, *words):
        return subprocess.run([self.programs[program], *words], cwd=self.folder, capture_output=True, encoding="utf-8",
                              stdin=subprocess.DEVNULL, timeout=300)

    def train(self, program, out, *words):
        return self.run(program, "train", "--data", self.data, "--model", self.path(out), *words)

    def succeeded(self, what, *results):
        """Returns whether all `results` ended with exit status 0; each that did not is a difference."""
        failed = [f"{what}: status {result.returncode}, {message(result)}" for result in results if result.returncode]
        self.differences += failed
        return not failed

    def compare_tensors(self, what, name):
        """Compares the files `name` of both programs, tensor by tensor."""
        old, new = (tensors(self.path(f"{program}{name}")) for program in self.programs)
        for name in sorted(old.keys() | new.keys()):
            if name not in old or name not in new:
                self.differences.append(f"{what}: only the {'new' if name in new else 'old'} one has {name}")
            elif old[name] != new[name]:
                count = sum(a != b for a, b in zip(old[name][2], new[name][2]))
                where = f"{count} of {len(old[name][2])} bytes" if old[name][:2] == new[name][:2] else "type or shape"
                self.differences.append(f"{what}: {name} differs in {where}")

    def compare_reports(self, what, first, second):
        """Compares reports of a JSON object a line by the keys that both have, but not names of files and times."""
        lines = itertools.zip_longest(first.splitlines(), second.splitlines(), fillvalue="{}")
        # A variational model's numbers may stand at the top level or under a key of their own.
        for old, new in (({**r.get("variational", {}), **r} for r in map(json.loads, pair)) for pair in lines):
            shared = (old.keys() & new.keys()) - {"model", "seconds", "samples_per_second", "variational"}
            self.differences += [] if shared else [f"{what}: the programs' reports have no key in common"]
            self.differences += [f"{what}: '{key}' differs" for key in sorted(shared)
                                 if json.dumps(old[key]) != json.dumps(new[key])]

    def compare(self, skips_checkpoints):
        words = ["--variant", self.variant, *self.words, "--json"]
        files = ["checkpoint", "log"] if self.variant != "pca" else []
        results = [self.train(name, f"{name}.safetensors", *words, *(
            word for file in files for word in (f"--{file}", self.path(f"{name}.{file}")))) for name in self.programs]
        self.is_refused = all(result.returncode == 64 for result in results)
        if self.is_refused or not self.succeeded("train", *results):
            return
        self.compare_tensors("model", ".safetensors")
        logs = [self.path(f"{name}.log").read_text() if files else "" for name in self.programs]
        self.compare_reports("train", *(result.stdout + log for result, log in zip(results, logs)))
        self.compare_uses()
        if self.epochs > 1 and self.variant != "pca":
            self.compare_going_on(skips_checkpoints)

    def compare_uses(self):
        """Compares what the programs make of the old model, and the numbers of the new one."""
        data = "digits:40:2" if self.data.startswith("digits:") else self.data
        common = ["--data", data, *self.options("--labels", "--threads"), "--model"]
        for command in ("encode", "reconstruct"):
            outputs = [self.path(f"{name}-{command}.npy") for name in self.programs]
            results = [self.run(name, command, *common, self.path("old.safetensors"), "--out", output)
                       for name, output in zip(self.programs, outputs)]
            if self.succeeded(command, *results) and outputs[0].read_bytes() != outputs[1].read_bytes():
                self.differences.append(f"{command}: the arrays of the old model differ")
        if "vae" in self.variant:
            common = ["--estimator", "importance", "--samples", "9", *common]
        reports = [self.run(program, "evaluate", "--json", *common, self.path(f"{model}.safetensors"))
                   for program, model in (("old", "old"), ("new", "old"), ("new", "new"))]
        if self.succeeded("evaluate", *reports):
            self.compare_reports("evaluate, the old model", reports[0].stdout, reports[1].stdout)
            self.compare_reports("evaluate, the new model", reports[0].stdout, reports[2].stdout)

    def compare_going_on(self, skips_checkpoints):
        """Compares checkpoints, what comes of the old model's weights, and runs that go on after their first epoch."""
        if not skips_checkpoints:
            self.compare_tensors("checkpoint", ".checkpoint")
        common = self.options("--labels", "--validation", "--validation-labels", "--threads")
        options = [*common, "--init", self.path("old.safetensors"), "--optimizer", "adam", "--epochs", "1"]
        if self.succeeded("--init", *(self.train(name, f"{name}-init", *options) for name in self.programs)):
            self.compare_tensors("--init", "-init")

        def resume(program, source):
            once = ["--variant", self.variant, *self.words]
            once[once.index("--epochs") + 1] = "1"
            path = self.path(f"{source}-once.checkpoint")
            self.train(source, f"{source}-once", *once, "--checkpoint", path).check_returncode()
            prolong(path, self.epochs)
            return self.train(program, f"{program}-resumed", *common, "--resume", path)

        results = [resume("old", "old"), resume("new", "old")]
        if results[1].returncode in (64, 65) and message(results[1]) != "no message":
            self.notes.append(f"the new program refuses the old checkpoint: {message(results[1])}")
            try:
                results[1] = resume("new", "new")
            except KeyError:
                return self.notes.append("its own could not be tried: it has the run's epochs in another place")
        if self.succeeded("--resume", *results):
            self.compare_tensors("--resume", "-resumed")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=pathlib.Path)
    parser.add_argument("new", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="", metavar="TEXT")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--skip-checkpoints", action="store_true")
    args = parser.parse_args()
    programs = {"old": args.old.absolute(), "new": args.new.absolute()}
    table = list(dict.fromkeys(whole for line in TABLE.strip().splitlines() for whole in expanded(line)))
    chosen = [number for number in range(0, len(table), 5 if args.quick else 1) if args.only in table[number]]
    counts = {"identical": 0, "refused by both": 0, "different": 0}

    def compared(number):
        comparison = Comparison(table[number], programs, folder, f"{number:03}")
        try:
            comparison.compare(args.skip_checkpoints)
        except (OSError, ValueError, LookupError, struct.error, subprocess.SubprocessError) as error:
            comparison.differences.append(f"{type(error).__name__}: {error}")
        for path in [] if args.keep else folder.glob(f"{number:03}-*"):
            path.unlink()
        return comparison

    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        folder = (args.keep or pathlib.Path(scratch)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        write_data(folder)
        for number, result in zip(chosen, pool.map(compared, chosen)):
            found = result.differences
            verdict = "different" if found else "refused by both" if result.is_refused else "identical"
            counts[verdict] += 1
            print(f"{number:03} {verdict}: {table[number]}", *result.notes, sep="\n    ", file=sys.stderr, flush=True)
            if found:
                print(f"different: {table[number]}: {'; '.join(found[:4])} ({len(found)} in all)", flush=True)
    print(f"{len(chosen)} configurations, " + ", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    return 1 if counts["different"] else 0


if __name__ == "__main__":
    sys.exit(main())
