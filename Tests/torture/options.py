#!/usr/bin/env python3
"""Gives every option of every command hostile values: no signal, no hang, no status but those that are documented, and
one printable line of error.

usage: options.py PROGRAM [RUNS] [--only COMMAND] [--seed N]     RUNS of some 15,000 drawn by chance; 0 for all
"""

import collections
import json
import os
import random
import shutil
import subprocess

from common import Torture, message_problems, printable

torture = Torture(__doc__, count=400, count_help="runs")
must = torture.must
small = ["--hidden", "6", "--latent", "2", "--epochs"]
must("train", "--data", "digits:60:1", *small, "2", "--model", "m.safetensors", "--log", "l.jsonl", "--checkpoint",
     "c.safetensors")
must("train", "--data", "digits:60:1", "--variant", "vae", *small, "1", "--model", "v.safetensors")
must("train", "--data", "spiral:60:1", *small, "1", "--model", "s.safetensors")
must("compress", "--model", "m.safetensors", "--data", "digits:30:2", "--chunk", "10", "--out", "a.aez")
must("encode", "--model", "m.safetensors", "--data", "digits:20:2", "--out", "k.npy")

#: What each command needs to run at all.
COMMANDS = {name: words.split() for name, words in {
    "train": "--data digits:60:1 --model o.safetensors --epochs 1 --hidden 6 --latent 2",
    "encode": "--model m.safetensors --data digits:30:2 --out o.npy",
    "decode": "--model m.safetensors --data k.npy --out o.png",
    "reconstruct": "--model m.safetensors --data digits:30:2 --out o.png",
    "evaluate": "--model v.safetensors --data digits:30:2",
    "compress": "--model m.safetensors --data digits:30:2 --out o.aez",
    "decompress": "--model m.safetensors --data a.aez --out o.npy",
    "rate-distortion": "--model m.safetensors --data digits:30:2 --out o.folder",
    "filters": "--model m.safetensors --out o.png",
    "activations": "--model m.safetensors --data digits:30:2 --out o.csv",
    "vector-field": "--model s.safetensors --data spiral:30 --out o.svg",
    "sample": "--model v.safetensors --out o.png",
    "latent-grid": "--model v.safetensors --out o.png",
    "traverse": "--model v.safetensors --out o.gif",
    "interpolate": "--model v.safetensors --data digits:30:2 --from 1 --to 2 --out o.gif",
    "latent-scatter": "--model v.safetensors --data digits:30:2 --out o.svg",
    "explore": "--model v.safetensors --data digits:30:2 --out o.html",
    "report": "--model v.safetensors --data digits:30:2 --out o.html",
    "loss-ablation": "--data digits:30:2 --out o.svg --epochs 1 --hidden 6",
    "curves": "--logs l.jsonl --out o.svg",
    "pca-compare": "--data digits:30:2 --test digits:20:3 --out o.folder",
    "info": "m.safetensors", "gradient-check": "", "doctor": "",
}.items()}

NUMBERS = """0 -1 1 3 65536 2147483648 4611686018427387904 9223372036854775807 -9223372036854775808 18446744073709551615
 nan inf -inf 1e308 -1e308 1e-320 0.5 0,0 1,1 1,9223372036854775807 9223372036854775807,9223372036854775807
 0..<9223372036854775807 9223372036854775806..<9223372036854775807 9223372036854775807K
 4294967295G 0.05,1e308 1e-320,1""".split()
WORDS = """, - x gaussian:1e308 gaussian:nan gaussian:1e-320 masking:1 masking:2 salt-and-pepper:1 uniform:1e308
 threshold:nan student-t:1e308 student-t:0 laplace:1e308 laplace:1e-320""".split() + ["", "\x1b[31m\n"]
FILES = "- . / /dev/null none/x.npy m.safetensors k.npy a.aez l.jsonl c.safetensors 0.5 1 nan digits:1 spiral:3".split()
FILES.append("")
NAMING_FILES = {"out", "model", "log", "checkpoint", "picture", "scores", "data", "labels", "validation",
                "validation-labels", "init", "resume", "resume-or-start", "train", "test", "logs"}

REPLACED = {"model": ".safetensors", "checkpoint": ".safetensors", "resume-or-start": ".safetensors", "log": ".jsonl",
            "out": (".npy", ".aez")}

trials = []
dump = json.loads(must("--experimental-dump-help"))["command"]
for command in dump["subcommands"]:
    name = command["commandName"]
    if name not in COMMANDS or not torture.wants(name):
        continue
    for argument in command.get("arguments", []):
        if argument["kind"] != "option" or not argument.get("names"):
            continue
        option = [word["name"] for word in argument["names"] if word["kind"] == "long"][0]
        values = NUMBERS + WORDS + argument.get("allValues", [])
        if option in NAMING_FILES:
            values = FILES
        elif option == "threads":
            values = ["0", "-1", "1", "64", "256", "257", "9223372036854775807", "x", ""]
        trials += [(name, option, value) for value in values]

total = len(trials)
chance = random.Random(torture.options.seed)
chosen = trials if torture.options.count <= 0 else chance.sample(trials, min(total, int(torture.options.count)))
inputs = {name: open(name, "rb").read() for name in os.listdir(".")}
statuses = collections.Counter()
program, torture.program = torture.program, shutil.which("prlimit") or torture.program
limits = ["--as=6000000000", program] if torture.program != program else []
for name, option, value in sorted(chosen):
    for path in set(os.listdir(".")) - set(inputs):
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    for path, data in inputs.items():
        with open(path, "rb") as file:
            if file.read() == data:
                continue
        with open(path, "wb") as file:
            file.write(data)
    words = list(COMMANDS[name])
    if "--" + option in words:
        place = words.index("--" + option)
        del words[place:place + 2]
    run = torture.measured(*limits, name, *words, f"--{option}={value}", limit=20)
    statuses[run.status] += 1
    problems = []
    if run.status not in (0, 64, 65, 66, 71, 73, 74):
        problems.append(f"status {run.status}")
    taken = run.seconds if run.late else min(run.seconds, run.busy)
    if taken > 5:
        problems.append(f"{taken:.1f} s")
    if run.megabytes > 1000:
        problems.append(f"{run.megabytes} MB")
    # The parser of arguments says "Error: … Usage: …" of its own.
    if run.status not in (0, 64) or b"\x1b" in run.err:
        problems += message_problems(run)
    changed = []
    for path, data in inputs.items():
        # A file of the kind that an option writes may be replaced where the option names it.
        if path == value and path.endswith(REPLACED.get(option, "/")):
            continue
        if not os.path.isfile(path) or open(path, "rb").read() != data:
            changed.append(path)
    if changed:
        problems.append(f"{', '.join(changed)} changed")
    torture.case(f"options {name} --{option}={value!r}", problems, f"status {run.status}  {printable(run.err, 100)}")
print(f"{len(chosen)} of {total} runs, statuses {dict(sorted(statuses.items()))}")
torture.close()
