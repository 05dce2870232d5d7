#!/usr/bin/env python3
"""Small trainings, encodes, compressions and kills in a loop beside one long training, for hours: the memory of each
command stays what it was, the long training keeps its memory and its descriptors, and no file is left.

usage: soak.py PROGRAM [HOURS] [--seed N] [--keep FOLDER]
"""

import collections
import os
import random
import shutil
import signal
import statistics
import subprocess
import time

from common import Torture, load_safetensors, printable
from trainings import BATCH, DATA, TRAININGS

torture = Torture(__doc__, count=0.02, count_help="hours")
chance = random.Random(torture.options.seed)
start = time.monotonic()
end = start + torture.options.count * 3600
peaks = collections.defaultdict(list)
totals = collections.Counter()
problems = collections.Counter()
long_folder, folder = os.path.join(torture.work, "long"), os.path.join(torture.work, "round")
os.makedirs(long_folder)
temporaries = os.path.join(torture.work, "tmp")
os.makedirs(temporaries)
os.environ["TMPDIR"] = temporaries


def long_training():
    """Starts a training that does not end by itself: an epoch takes some 20 ms, and each writes a checkpoint."""
    words = ["train", "--data", "digits:4000:1", "--variant", "vae", "--hidden", "32", "--latent", "2", "--epochs",
             "1000000", "--validation", "0.2", "--average", "0.99", "--schedule", "constant", "--learning-rate", "1e-5",
             "--model", f"{long_folder}/m.safetensors", "--checkpoint", f"{long_folder}/c.safetensors",
             "--log", f"{long_folder}/l.jsonl", "--threads", "2"]
    with open(os.path.join(torture.tools, "long.err"), "wb") as err:
        return subprocess.Popen([torture.program, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=err)


def sample(process):
    """Returns the resident megabytes, descriptors and threads of a process."""
    figures = {}
    with open(f"/proc/{process.pid}/status") as status:
        for line in status:
            name, _, value = line.partition(":")
            if name in ("VmRSS", "Threads"):
                figures[name] = int(value.split()[0])
    return figures["VmRSS"] / 1024, len(os.listdir(f"/proc/{process.pid}/fd")), figures["Threads"]


def measured(label, *words):
    """Runs a command that must succeed and notes its peak memory."""
    run = torture.measured(*words, limit=300)
    totals["commands"] += 1
    peaks[label].append(run.megabytes)
    if run.status != 0:
        problems[f"{label}: status {run.status}: {printable(run.err)}"] += 1
    return run.status == 0


def killed(words, seconds):
    """Runs a command and kills it after so many seconds."""
    process = subprocess.Popen([torture.program, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        totals["kills"] += 1


def round_of_commands(names):
    """Trains one small model, sometimes killed before, and puts data through it and back."""
    os.makedirs(folder, exist_ok=True)
    name = next(names)
    model, data = f"{folder}/m.safetensors", "digits:40:2"
    if "--conditional" in TRAININGS[name]:
        data = "digits:40:1"
    train = f"train --data {DATA} {BATCH} {TRAININGS[name]} --model {model} --log {folder}/l.jsonl".split()
    train += ["--checkpoint", f"{folder}/c.safetensors"]
    for _ in range(chance.choice((0, 0, 1, 3))):
        killed(train, chance.uniform(0.005, 0.3))
    expected = {"m.safetensors", "c.safetensors", "l.jsonl"}
    if measured(f"train {name}", *train):
        measured("encode", "encode", "--model", model, "--data", data, "--out", f"{folder}/codes.npy")
        measured("reconstruct", "reconstruct", "--model", model, "--data", data, "--out", f"{folder}/o.png")
        measured("evaluate", "evaluate", "--model", model, "--data", data, "--json")
        expected |= {"codes.npy", "o.png"}
        if "--conditional" not in TRAININGS[name]:
            compress = ["compress", "--model", model, "--data", data, "--embed-model", "--out", f"{folder}/o.aez"]
            if chance.random() < 0.2:
                killed(compress, chance.uniform(0.005, 0.1))
            if measured("compress", *compress):
                measured("decompress", "decompress", "--data", f"{folder}/o.aez", "--out", f"{folder}/back.npy")
                expected |= {"o.aez", "back.npy"}
    left = {name for name in os.listdir(folder) if name not in expected and not name.endswith(".prev")}
    for path in left:
        problems[f"left {path.split('.')[-1]} files in a folder of outputs"] += 1
    if left := os.listdir(temporaries):
        problems[f"left {len(left)} files in the folder for temporary files"] += 1
    shutil.rmtree(folder)
    totals["rounds"] += 1


def kinds():
    """Returns the names of all trainings again and again, in a changing order."""
    while True:
        yield from chance.sample(list(TRAININGS), len(TRAININGS))


def drift(figures):
    """Returns the medians of the first and last fifth of some figures."""
    fifth = max(1, len(figures) // 5)
    return statistics.median(figures[:fifth]), statistics.median(figures[-fifth:])


training, names, samples, spoken = long_training(), kinds(), [], start
while time.monotonic() < end:
    round_of_commands(names)
    if training.poll() is not None and not problems:
        with open(os.path.join(torture.tools, "long.err")) as err:
            problems[f"the long training ended with {training.returncode}: {printable(err.read())}"] += 1
        break
    samples.append(sample(training))
    if time.monotonic() - spoken > 60:
        spoken = time.monotonic()
        megabytes, descriptors, threads = samples[-1]
        print(f"{(spoken - start) / 60:4.0f} min: {totals['rounds']} rounds, {totals['commands']} commands, "
              f"{totals['kills']} kills; long training {megabytes:.1f} MB, {descriptors} descriptors, "
              f"{threads} threads; {sum(problems.values())} problems", flush=True)

if training.poll() is None:
    training.send_signal(signal.SIGTERM)
    asked = time.monotonic()
    training.wait(30)
    took = time.monotonic() - asked
    torture.case("long training answers SIGTERM", [] if training.returncode == 143 and took < 2 else
                 [f"status {training.returncode} after {took:.2f} s"], f"{took:.2f} s")
    load_safetensors(f"{long_folder}/c.safetensors")
left = sorted(set(os.listdir(long_folder)) - {"m.safetensors", "c.safetensors", "l.jsonl", "c.safetensors.prev"})
left = [name for name in left if "interrupted" not in name]
torture.case("long training leaves no file", [f"left {', '.join(left)}"] if left else [])
if not samples:
    torture.case("long training runs", list(problems))
    torture.close()
with open(f"{long_folder}/l.jsonl", "rb") as log:
    epochs = sum(1 for _ in log)
for what, index, allowed in (("memory", 0, 4), ("descriptors", 1, 0), ("threads", 2, 0)):
    before, after = drift([figures[index] for figures in samples[3:] or samples])
    drifted = [f"from {before:g} to {after:g}"] if after > before + allowed else []
    torture.case(f"long training keeps its {what}", drifted,
                 f"{before:.1f} at the start, {after:.1f} at the end, {epochs} epochs, {len(samples)} samples")
for label, figures in sorted(peaks.items()):
    before, after = drift(figures)
    torture.case(f"memory of {label}", [f"from {before:g} to {after:g} MB"] if after > before + 4 else [],
                 f"{len(figures)} runs, at most {max(figures)} MB, median {before:g} MB first, {after:g} MB last")
torture.case("everything else", [f"{count} × {problem}" for problem, count in problems.most_common(8)],
             f"{totals['rounds']} rounds, {totals['commands']} commands, {totals['kills']} kills")
torture.close()
