#!/usr/bin/env python3
"""Makes the k-th open, write, fsync, rename and close fail, once or from then on, with ENOSPC and EIO, for every kind
of output; lets writes be short and be interrupted; kills the program before and behind each of these calls. However it
ends, each output is its old file or its new one, whole; status 0 is for runs after which everything is there, 73 and
74 for those that could not write, with one line that names the file; nothing else is left, behind a kill by the next
run.

usage: faults.py PROGRAM [K] [--only NAME] [--seed N]     K calls at most of each command and kind of fault; 0 for all
"""

import collections
import glob
import os
import random
import shutil
import subprocess

from common import Torture, load_safetensors, log_problems, printable
from outputs import NEW, OLD, OUTPUTS, command, prepare

torture = Torture(__doc__, count=3, count_help="calls of each command and kind of fault")
library = torture.compile("faults.c", "-shared", "-fPIC", "-ldl")
inputs, out, spare = (os.path.join(torture.work, name) for name in ("in", "out", "tmp"))
chance = random.Random(torture.options.seed)
ERRORS = {"ENOSPC": 28, "EIO": 5}
runs = collections.Counter()


def run(words, **faults):
    """Runs a command under faults; returns the run, the calls that counted, as letters, and the status."""
    count = os.path.join(torture.work, "count")
    if os.path.exists(count):
        os.unlink(count)
    settings = {"FAULT_" + name.upper(): str(value) for name, value in faults.items()}
    # While libraries are loaded, the program hides the last variable that none of them needs (OneBLASThread.c).
    environment = dict(os.environ, LD_PRELOAD=library, FAULT_COUNT=count, TMPDIR=spare, HOME=spare, **settings, LAST="1")
    ended = subprocess.run([torture.program, *words], capture_output=True, stdin=subprocess.DEVNULL, timeout=120,
                           env=environment)
    runs["all"] += 1
    if not os.path.exists(count):
        return ended, ""
    with open(count) as file:
        return ended, file.read().partition(" ")[2]


def place(old):
    """Puts the old outputs in an empty folder."""
    for folder in (out, spare):
        shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(spare)
    shutil.copytree(old, out)


def contents(folder):
    """Returns the bytes of every file below a folder."""
    found = {}
    for path in glob.glob(folder + "/**", recursive=True, include_hidden=True):
        if os.path.isfile(path):
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = file.read()
    return found


def untold(png):
    """Returns a PNG file without the text that names the files beside it."""
    length = int.from_bytes(png[33:37], "big")
    return png[:33] + png[45 + length:] if png[37:41] == b"tEXt" else png


def state(name, before, after, ended):
    """Returns old, new, or what is wrong with an output after a run."""
    path = os.path.join(out, name)
    if not os.path.exists(path):
        return "lost" if name in before else "old"
    with open(path, "rb") as file:
        data = file.read()
    if data == after.get(name):
        return "new"
    if data == before.get(name):
        return "old"
    if name.endswith(".jsonl"):
        problems = log_problems(path, epochs=None if ended else 3)
        return problems[0] if problems else "new"
    if name.endswith((".safetensors", ".prev")):
        try:
            load_safetensors(path)
            return "new"
        except ValueError as error:
            return f"broken ({error})"
    # A picture with files beside it may name those of a run that was stopped as well.
    if name.endswith(".png") and untold(data) in (untold(after[name]), untold(before.get(name, b""))):
        return "new"
    # The study of codecs writes down seconds, so that two runs differ in digits.
    if "rate-distortion." in name and data.endswith((b"\n", b"}")) and data.count(b"\n") == after[name].count(b"\n"):
        return "new"
    return f"neither ({len(data)} bytes)"


def problems_of(ended, before, after, outputs):
    """Returns what is wrong after a run that may have failed, and how many outputs are old and new."""
    problems, status = [], ended.returncode
    states = {name: state(name, before, after, status) for name in after}
    problems += [f"{name} is {what}" for name, what in states.items() if what not in ("old", "new")]
    extra = set(contents(out)) - set(after) - set(before)
    if status == -9:
        return problems
    if extra:
        problems.append(f"left {', '.join(sorted(extra))}")
    errors = [line for line in ended.stderr.decode(errors="replace").split("\n") if line.startswith("error")]
    if status == 0 and "old" in states.values():
        problems.append("status 0 with " + ", ".join(name for name, what in states.items() if what == "old") + " old")
    if status not in (0, 73, 74):
        problems.append(f"status {status}: {printable(ended.stderr)}")
    if status != 0 and len(errors) != 1:
        problems.append(f"{len(errors)} lines of error")
    elif status != 0 and not any(f"{out}/{name}" in errors[0] for name in set(after) | set(outputs)):
        problems.append(f"the message does not name the file: {errors[0][:160]}")
    for path in contents(spare):
        if not errors or os.path.basename(path) not in errors[0]:
            problems.append(f"left {path} in the folder for temporary files")
    return problems


def chosen(calls):
    """Returns the numbers of the calls to make fail: all, or some with the first and the last."""
    most = int(torture.options.count)
    if most <= 0 or calls <= most:
        return range(1, calls + 1)
    return sorted({1, calls, *chance.sample(range(1, calls + 1), max(0, most - 2))})


def rescue(name, line, old, calls, model):
    """Lets the folder of the output be full from the last write on: the trained model must be somewhere else, whole."""
    place(old)
    ended, _ = run(line, k=calls.rindex("w") + 1, mode="sticky", error=ERRORS["ENOSPC"], under=out)
    kept, problems = contents(spare), []
    if ended.returncode not in (73, 74):
        problems.append(f"status {ended.returncode}: {printable(ended.stderr)}")
    if list(kept.values()) != [model]:
        problems.append(f"{len(kept)} files kept, expected the model, whole")
    elif not any(path.encode() in ended.stderr for path in kept):
        problems.append(f"the message does not say where the model is: {printable(ended.stderr)}")
    torture.case(f"{name} into a folder that is full", problems, printable(ended.stderr, 100))


def torment(name, words, outputs):
    """Runs one command under every fault and prints a line for each kind of fault."""
    old, after = os.path.join(torture.work, "old-" + name), None
    os.makedirs(old)
    torture.must(*command(words, old, inputs, OLD))
    before = contents(old)
    place(old)
    line = command(words, out, inputs, NEW)
    first, calls = run(line, k=0)
    if first.returncode != 0:
        torture.case(f"{name} without a fault", [f"status {first.returncode}: {printable(first.stderr)}"])
        return
    after = contents(out)
    for error, number in ERRORS.items():
        for mode in ("fail", "sticky"):
            found, statuses, picked = collections.Counter(), collections.Counter(), chosen(len(calls))
            for k in picked:
                place(old)
                ended, _ = run(line, k=k, mode=mode, error=number)
                statuses[ended.returncode] += 1
                for problem in problems_of(ended, before, after, outputs):
                    found[f"call {k} ({calls[k - 1]}): {problem}"] += 1
            told = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
            torture.case(f"{name} {error} {mode}", list(found)[:4], f"{len(picked)} of {calls[:40]}, statuses {told}")
    for label, faults in {
        "short writes of 1000": {"mode": "short", "short": 1000}, "short writes of 7": {"mode": "short", "short": 7},
        "interrupted calls": {"mode": "eintr"},
    }.items():
        place(old)
        ended, _ = run(line, k=0, **faults)
        wrong = problems_of(ended, before, after, outputs)
        if ended.returncode != 0 and not wrong:
            wrong = [f"status {ended.returncode}: {printable(ended.stderr)}"]
        torture.case(f"{name} {label}", wrong)
    if outputs == ["m.safetensors"]:
        rescue(name, line, old, calls, after["m.safetensors"])
    found, kills = collections.Counter(), 0
    for mode in ("kill", "killed"):
        for k in chosen(len(calls)):
            place(old)
            ended, _ = run(line, k=k, mode=mode)
            if ended.returncode != -9:
                continue
            kills += 1
            wrong = problems_of(ended, before, after, outputs)
            again, _ = run(line, k=0)
            if again.returncode != 0:
                wrong.append(f"the next run ended with {again.returncode}: {printable(again.stderr)}")
            else:
                wrong += ["next run: " + problem for problem in problems_of(again, before, after, outputs)]
            for problem in wrong:
                found[f"call {k} ({calls[k - 1]}): {problem}"] += 1
    runs["kills"] += kills
    torture.case(f"{name} killed at a call", list(found)[:4], f"{kills} kills")


os.makedirs(inputs)
prepare(torture, inputs)
for name, (words, outputs) in OUTPUTS.items():
    if torture.wants(name):
        torment(name, words, outputs)
print(f"{runs['all']} runs, {runs['kills']} kills at a call")
torture.close()
