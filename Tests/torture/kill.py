#!/usr/bin/env python3
"""Kills trainings of every kind with SIGKILL at random moments, lets them go on, and compares what comes out with the
run that was never stopped: the tensors of model and checkpoint bit by bit, the log line by line. No file may be
unreadable after any kill, and no temporary file may be left by the run that ends.

usage: kill.py PROGRAM [KILLS] [--only NAME] [--seed N]      KILLS in all, shared among the kinds of training
"""

import collections
import glob
import json
import os
import random
import shutil
import subprocess
import time

from common import Torture, differing_tensors, load_safetensors, log_problems, printable
from trainings import BATCH, DATA, TRAININGS

#: What differs between two runs of one command.
CLOCKS = ("seconds", "samples_per_second")

torture = Torture(__doc__, count=340, count_help="kills in all", names=TRAININGS)
chance = random.Random(torture.options.seed)
names = [name for name in TRAININGS if torture.wants(name)]
totals = collections.Counter()


def command(name, folder):
    """Returns the one command line that starts, goes on and ends a training."""
    words = f"train --data {DATA} {BATCH} {TRAININGS[name]}".split()
    words += ["--model", f"{folder}/m.safetensors", "--log", f"{folder}/l.jsonl"]
    words += ["--resume-or-start", f"{folder}/c.safetensors", "--checkpoint-every", chance.choice(("3", "7", "0.02s"))]
    return [torture.program, *words, "--threads", str(chance.choice((1, 2)))]


def run(words, seconds=None):
    """Runs a command, killed after so many seconds; returns its status (−9 where it was killed) and its errors."""
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        err = process.communicate(timeout=seconds)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        err = process.communicate()[1]
    return process.returncode, err


def epochs(path):
    """Returns the log's lines without what the clock says."""
    with open(path) as file:
        lines = [json.loads(line) for line in file]
    return [{key: value for key, value in line.items() if key not in CLOCKS} for line in lines]


def unreadable(folder, with_program):
    """Returns what is wrong with the files that a kill left."""
    problems = []
    for path in glob.glob(f"{folder}/*.safetensors*"):
        if not path.endswith((".safetensors", ".prev")):
            continue
        totals["files"] += 1
        try:
            load_safetensors(path)
        except ValueError as error:
            problems.append(f"{os.path.basename(path)} is broken: {error}")
        if with_program:
            told = subprocess.run([torture.program, "info", path], capture_output=True)
            if told.returncode != 0:
                problems.append(f"info of {os.path.basename(path)}: {printable(told.stderr)}")
    return problems


def chain(name, base, listing, length):
    """Kills one training several times, lets it end, and returns the number of kills and what went wrong."""
    folder = os.path.join(torture.work, "run")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    problems, kills, ended = [], 0, False
    for _ in range(chance.randint(2, 8)):
        late = chance.random() < 0.3
        status, err = run(command(name, folder), chance.uniform(0.001, length * (1.02 if late else 0.5)))
        if status != -9:
            ended = True
            if status != 0:
                problems.append(f"status {status}: {printable(err)}")
            break
        kills += 1
        problems += unreadable(folder, with_program=chance.random() < 0.1)
    if not ended:
        status, err = run(command(name, folder), 120)
        if status != 0:
            problems.append(f"the resumed run ended with {status}: {printable(err)}")
    if problems:
        return kills, problems
    for file in ("m.safetensors", "c.safetensors"):
        if different := differing_tensors(f"{base}/{file}", f"{folder}/{file}"):
            problems.append(f"{file} differs in {', '.join(different[:3])}")
    problems += log_problems(f"{folder}/l.jsonl")
    if not problems and epochs(f"{base}/l.jsonl") != epochs(f"{folder}/l.jsonl"):
        problems.append("the log's numbers differ from the uninterrupted run's")
    if left := sorted(set(os.listdir(folder)) - listing):
        problems.append(f"left: {', '.join(left)}")
    if missing := sorted(listing - set(os.listdir(folder))):
        problems.append(f"missing: {', '.join(missing)}")
    return kills, problems


for index, name in enumerate(names):
    base = os.path.join(torture.work, "base-" + name)
    os.makedirs(base)
    started = time.monotonic()
    status, err = run(command(name, base), 120)
    length = time.monotonic() - started
    if status != 0:
        torture.case(name, [f"the uninterrupted run ended with {status}: {printable(err)}"])
        continue
    listing = set(os.listdir(base))
    share = max(2, round((torture.options.count - totals["kills"]) / (len(names) - index)))
    kills, chains, problems = 0, 0, []
    while kills < share:
        more, wrong = chain(name, base, listing, length)
        kills, chains = kills + more, chains + 1
        problems += [problem for problem in wrong if problem not in problems]
        if more == 0 and chains > 20 + share:
            problems.append("the training is too short to be killed")
            break
    totals["kills"] += kills
    totals["chains"] += chains
    torture.case(f"kill {name}", problems, f"{kills} kills, {chains} resumed runs, {length:.2f} s a run")
print(f"{totals['kills']} kills, {totals['chains']} runs compared, {totals['files']} files read")
torture.close()
