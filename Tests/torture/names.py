#!/usr/bin/env python3
"""Plants links, FIFOs and folders where temporary files may come, names outputs by long, strange and linked names, and
starts two writers of one file: no victim is overwritten, nothing hangs, what is replaced keeps its permissions.

usage: names.py PROGRAM [--only NAME]
"""

import glob
import os
import shutil
import stat
import subprocess
import time

from common import Torture, load_safetensors, printable

torture = Torture(__doc__)
torture.must("train", "--data", "spiral:50", "--variant", "pca", "--latent", "1", "--model", "m.safetensors")
MODEL = os.path.abspath("m.safetensors")
PRECIOUS = b"PRECIOUS\n"


def encode(out, before=None, limit=30):
    """Encodes to a file; returns status (None where it hangs) and errors. `before` is called with the program's PID."""
    words = [torture.program, "encode", "--model", MODEL, "--data", "spiral:50", "--out", out]
    prepare = (lambda: before(os.getpid())) if before else None
    try:
        run = subprocess.run(words, capture_output=True, stdin=subprocess.DEVNULL, preexec_fn=prepare, timeout=limit)
        return run.returncode, run.stderr
    except subprocess.TimeoutExpired:
        return None, b""


def folder(name):
    """Makes a fresh folder and goes there."""
    os.chdir(torture.work)
    shutil.rmtree(name, ignore_errors=True)
    os.makedirs(name)
    os.chdir(name)


def planted(name, plant):
    """Plants something under the name that temporary files had of old, PATH.PID.partial."""
    if not torture.wants(name):
        return
    folder("planted")
    with open("victim", "wb") as victim:
        victim.write(PRECIOUS)
    status, err = encode("out.npy", before=lambda process: plant(f"out.npy.{process}.partial"))
    problems = []
    if status is None:
        problems.append("hangs")
    elif status not in (0, 73, 74):
        problems.append(f"status {status}: {printable(err)}")
    with open("victim", "rb") as victim:
        if victim.read() != PRECIOUS:
            problems.append("the victim was overwritten")
    if status == 0 and (os.path.islink("out.npy") or not os.path.isfile("out.npy")):
        problems.append("status 0 without a file")
    torture.case(name, problems, f"status {status}")


planted("planted symbolic link", lambda name: os.symlink("victim", name))
planted("planted hard link", lambda name: os.link("victim", name))
planted("planted FIFO", os.mkfifo)
planted("planted folder", os.mkdir)


def output(name, out, prepare=None, check=None, statuses=(0,)):
    """Encodes to a name and looks at what is there afterwards."""
    if not torture.wants(name):
        return
    folder("outputs")
    if prepare:
        prepare()
    before = set(glob.glob("**", recursive=True, include_hidden=True))
    status, err = encode(out)
    problems = [] if status in statuses else [f"status {status}: {printable(err)}"]
    if status == 0 and check:
        problems += check() or []
    if status != 0 and (left := set(glob.glob("**", recursive=True, include_hidden=True)) - before):
        problems.append(f"left {', '.join(sorted(left))}"[:120])
    if left := glob.glob("**/*.partial", recursive=True, include_hidden=True):
        problems.append(f"left {', '.join(left)}"[:120])
    torture.case(name, problems, f"status {status}")


def touch(name, mode=0o644):
    """Makes an earlier output."""
    shutil.copy(os.path.join(torture.work, "old.npy"), name)
    os.chmod(name, mode)


def expect(condition, text):
    return [] if condition else [text]


def mode_of(name):
    return stat.S_IMODE(os.stat(name).st_mode)


encode(os.path.join(torture.work, "old.npy"))
for length in (200, 240, 251, 255):
    name = "n" * (length - 4) + ".npy"
    output(f"name of {length} bytes", name, check=lambda: expect(os.path.isfile(name), "no file"))
output("name of 256 bytes", "n" * 252 + ".npy", statuses=(73,))
output("name in letters of four bytes", "🎲" * 60 + ".npy", check=lambda: expect(len(os.listdir(".")) == 1, "no file"))
output("name with a newline", "a\nb.npy", check=lambda: expect(os.path.isfile("a\nb.npy"), "no file"))
output("name with blanks and quotes", " 'a\" .npy", check=lambda: expect(os.path.isfile(" 'a\" .npy"), "no file"))
output("name that begins with a dot", ".npy", check=lambda: expect(os.path.isfile(".npy"), "no file"))
output("path of 4,000 bytes", "/".join(["x" * 99] * 40) + "/o.npy", statuses=(66, 73))
output("through a symbolic link", "link.npy",
       prepare=lambda: (os.mkdir("d"), touch("d/t.npy"), os.symlink("d/t.npy", "link.npy")),
       check=lambda: expect(os.path.islink("link.npy"), "the link was replaced"))
output("through a link to nothing", "link.npy", prepare=lambda: os.symlink("t.npy", "link.npy"),
       check=lambda: expect(os.path.isfile("t.npy") and os.path.islink("link.npy"), "the link was replaced"))
output("through a link that leads to itself", "link.npy", prepare=lambda: os.symlink("link.npy", "link.npy"),
       statuses=(73,))
output("permissions of a replaced file", "o.npy", prepare=lambda: touch("o.npy", 0o640),
       check=lambda: expect(mode_of("o.npy") == 0o640, f"permissions are {oct(mode_of('o.npy'))}"))
output("permissions of a new file", "o.npy", prepare=lambda: os.umask(0o027),
       check=lambda: expect(mode_of("o.npy") == 0o640, f"permissions are {oct(mode_of('o.npy'))}"))
os.umask(0o022)
output("a folder in the place of the file", "o.npy", prepare=lambda: os.mkdir("o.npy"), statuses=(64, 73))
output("a folder that is not there", "none/o.npy", statuses=(73,))
output("a file in the place of the folder", "f/o.npy", prepare=lambda: touch("f"), statuses=(73,))


def input_is_output():
    """An output that is an input of the same command, also through links."""
    if not torture.wants("input is output"):
        return
    for name, link in {"itself": None, "a symbolic link": os.symlink, "a hard link": os.link}.items():
        folder("same")
        torture.must("reconstruct", "--model", MODEL, "--data", "spiral:50", "--out", "d.csv")
        with open("d.csv", "rb") as file:
            before = file.read()
        out = "e.csv" if link else "d.csv"
        if link:
            link("d.csv", out)
        for words in (["train", "--variant", "pca", "--latent", "1", "--model", out],
                      ["encode", "--model", MODEL, "--out", out], ["reconstruct", "--model", MODEL, "--out", out],
                      ["train", "--epochs", "1", "--model", "m", "--log", out],
                      ["train", "--epochs", "1", "--model", "m", "--checkpoint", out],
                      ["evaluate", "--model", MODEL, "--scores", out]):
            run = subprocess.run([torture.program, *words, "--data", "d.csv"], capture_output=True,
                                 stdin=subprocess.DEVNULL)
            problems = [] if run.returncode == 64 else [f"status {run.returncode}: {printable(run.stderr)}"]
            with open("d.csv", "rb") as file:
                if file.read() != before:
                    problems.append("the input was overwritten")
            with open("d.csv", "wb") as file:
                file.write(before)
            option = words[words.index(out) - 1]
            torture.case(f"input is output through {name}: {words[0]} {option}", problems)


def two_writers():
    """Two trainings with one model and one checkpoint, also with equal PIDs: at no moment is a file half there."""
    if not torture.wants("two writers"):
        return
    folder("two")
    words = ["train", "--data", "digits:200:1", "--hidden", "64", "--latent", "8", "--epochs", "150", "--model", "mm",
             "--checkpoint", "cc", "--threads", "1", "--seed"]
    prefix = ["unshare", "--pid", "--fork"]
    if subprocess.run([*prefix, "true"], capture_output=True).returncode != 0:
        prefix = []
    writers = [subprocess.Popen([*prefix, torture.program, *words, seed], stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE) for seed in "12"]
    problems, looked = [], 0
    while any(writer.poll() is None for writer in writers):
        time.sleep(0.003)
        for name in ("cc", "mm"):
            if os.path.exists(name):
                looked += 1
                shutil.copy(name, "seen")
                try:
                    load_safetensors("seen")
                except ValueError as error:
                    problems.append(f"{name} was broken: {error}")
    statuses = sorted(writer.returncode for writer in writers)
    if statuses[0] != 0 or statuses[1] == 0:
        problems.append(f"statuses {statuses}: one must be refused and the other end")
    left = set(os.listdir(".")) - {"mm", "cc", "cc.prev", "seen"}
    if left:
        problems.append(f"left {', '.join(sorted(left))}")
    torture.case("two writers of one model", list(dict.fromkeys(problems))[:4],
                 f"{looked} looks, statuses {statuses}" + ("" if prefix else ", without namespaces of PIDs"))


input_is_output()
two_writers()
torture.close()
