#!/usr/bin/env python3
"""Sends SIGINT, SIGTERM and SIGHUP at random moments to trainings of every kind and to other commands: the program ends
within a second with status 130, 143 or 129, leaves no temporary file, and a training goes on from its checkpoint to the
bits of the run that was never stopped.

usage: signals.py PROGRAM [SIGNALS] [--only NAME] [--seed N]     SIGNALS in all, shared among the commands
"""

import os
import random
import shutil
import signal
import subprocess
import time

from common import Torture, differing_tensors, log_problems, printable
from trainings import BATCH, DATA, TRAININGS

SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}

torture = Torture(__doc__, count=130, count_help="signals in all")
chance = random.Random(torture.options.seed)
folder, inputs = os.path.join(torture.work, "run"), os.path.join(torture.work, "in")
os.makedirs(inputs)

#: Commands that are no training of batches: RUN is the folder of outputs, IN that of inputs.
OTHERS = {
    "work after the last epoch": "train --data digits:2000:1 --hidden 8 --latent 400 --epochs 1 --batch 500"
                                 " --model RUN/m.safetensors",
    "pca": "train --data digits:3000:1 --variant pca --latent 20 --model RUN/m.safetensors",
    "encode": "encode --model IN/m.safetensors --data digits:20000:2 --out RUN/o.npy",
    "encode-csv": "encode --model IN/m.safetensors --data digits:20000:2 --out RUN/o.csv",
    "reconstruct": "reconstruct --model IN/m.safetensors --data digits:8000:2 --out RUN/o.npy",
    "compress": "compress --model IN/m.safetensors --data digits:20000:2 --max-error 0.1 --out RUN/o.aez",
    "decompress": "decompress --data IN/o.aez --out RUN/o.csv",
    "evaluate": "evaluate --model IN/m.safetensors --data digits:20000:2 --scores RUN/s.csv",
    "pca-compare": "pca-compare --data digits:2000:1 --test digits:500:2 --latent 2,8 --out RUN/folder",
    "rate-distortion": "rate-distortion --data digits:300:2 --model IN/m.safetensors --out RUN/folder",
    "loss-ablation": "loss-ablation --data digits:1000:1 --hidden 16 --epochs 4 --out RUN/o.svg",
}


def training(name):
    """Returns the command line that starts, goes on and ends a training."""
    words = f"train --data {DATA} {BATCH} {TRAININGS[name]} --model {folder}/m.safetensors".split()
    return words + ["--resume-or-start", f"{folder}/c.safetensors", "--log", f"{folder}/l.jsonl"]


def run(words, seconds=None, number=None):
    """Runs a command that gets a signal after so many seconds; returns status, errors and the seconds of the answer."""
    process = subprocess.Popen([torture.program, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    if seconds is None:
        err = process.communicate(timeout=120)[1]
        return process.returncode, err, 0
    try:
        err = process.communicate(timeout=seconds)[1]
        return process.returncode, err, 0
    except subprocess.TimeoutExpired:
        process.send_signal(number)
    sent = time.monotonic()
    try:
        err = process.communicate(timeout=20)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        err = process.communicate()[1]
    return process.returncode, err, time.monotonic() - sent


def interrupt(words, length):
    """Interrupts a command at a random moment; returns whether it ended by that, the answer's seconds, the problems."""
    number = chance.choice(list(SIGNALS))
    status, err, answer = run(words, chance.uniform(0.001, length * 1.02), number)
    problems = []
    # A signal that comes before the program's own handlers are there ends it as the system does; shells show the same
    # status for both.
    if status not in (0, SIGNALS[number], -number):
        problems.append(f"status {status} after {number.name}: {printable(err)}")
    if answer > allowed:
        problems.append(f"{number.name} answered after {answer:.1f} s")
    return status != 0, answer, problems


def fresh():
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)


def left(listing):
    """Returns the files that do not belong there; what an interrupted training saved does."""
    found = {os.path.relpath(os.path.join(at, name), folder) for at, _, names in os.walk(folder) for name in names}
    return sorted(name for name in found - listing if ".interrupted" not in name)


def torment(name, words, share, is_training):
    fresh()
    started = time.monotonic()
    status, err, _ = run(words)
    length = time.monotonic() - started
    if status != 0:
        return torture.case(name, [f"the uninterrupted run ended with {status}: {printable(err)}"])
    listing = {os.path.relpath(os.path.join(at, file), folder) for at, _, files in os.walk(folder) for file in files}
    if is_training:
        base = os.path.join(torture.work, "base")
        shutil.rmtree(base, ignore_errors=True)
        shutil.copytree(folder, base)
    sent, slowest, problems, tries = 0, 0, [], 0
    while sent < share and tries < 20 * share + 20:
        fresh()
        for _ in range(chance.randint(1, 3) if is_training else 1):
            tries += 1
            stopped, answer, wrong = interrupt(words, length)
            sent, slowest = sent + stopped, max(slowest, answer)
            wrong += [f"left {name}" for name in left(listing)]
            problems += [problem for problem in wrong if problem not in problems]
        if is_training:
            status, err, _ = run(words)
            if status != 0:
                problems.append(f"the resumed run ended with {status}: {printable(err)}")
                continue
            for file in ("m.safetensors", "c.safetensors"):
                if different := differing_tensors(f"{base}/{file}", f"{folder}/{file}"):
                    problems.append(f"{file} differs in {', '.join(different[:3])}")
            problems += log_problems(f"{folder}/l.jsonl")
    torture.case(f"signals {name}", sorted(set(problems))[:5],
                 f"{sent} signals, the slowest answer {slowest:.2f} s, {length:.2f} s a run")


torture.must("train", "--data", "digits:1000:1", "--hidden", "16", "--latent", "4", "--epochs", "2", "--model",
             f"{inputs}/m.safetensors")
torture.must("compress", "--model", f"{inputs}/m.safetensors", "--data", "digits:8000:2", "--embed-model", "--out",
             f"{inputs}/o.aez")
# A second, and a little more where the machine has so much else to do that it shows in the start of a program.
started = time.monotonic()
torture.must("--version")
allowed = 1 + 5 * (time.monotonic() - started)
commands = {name: (training(name), True) for name in TRAININGS if torture.wants(name)}
for name, words in OTHERS.items():
    if torture.wants(name):
        commands[name] = (words.replace("RUN/", folder + "/").replace("IN/", inputs + "/").split(), False)
share = max(1, round(torture.options.count / max(1, len(commands))))
for name, (words, is_training) in commands.items():
    torment(name, words, share, is_training)
torture.close()
