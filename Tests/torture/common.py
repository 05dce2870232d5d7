"""What the torture scripts share: the program, a folder to work in, cases with their outcome, measured runs, and a
reader of safetensors that owes nothing to the program's own."""

import argparse
import collections
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

Run = collections.namedtuple("Run", "status seconds busy megabytes late out err")


class Torture:
    """A script's run: its arguments, its folder and its counts."""

    def __init__(self, description, count=None, count_help=None, names=None):
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("program", type=os.path.abspath)
        if count is not None:
            parser.add_argument("count", nargs="?", type=float, default=count, help=count_help)
        parser.add_argument("--only", action="append", default=[], help="cases whose names have this text")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--keep", metavar="FOLDER", help="work here and leave everything")
        self.options = parser.parse_args()
        self.program = self.options.program
        self.passed = 0
        self.failed = []
        if self.options.keep:
            shutil.rmtree(self.options.keep, ignore_errors=True)
            os.makedirs(self.options.keep)
        self.folder = os.path.abspath(self.options.keep or tempfile.mkdtemp(prefix="torture-"))
        self.tools = os.path.join(self.folder, "tools")
        os.makedirs(self.tools)
        self.work = os.path.join(self.folder, "work")
        os.makedirs(self.work)
        os.chdir(self.work)
        help_text = subprocess.run([self.program, "train", "--help"], capture_output=True).stdout.decode()
        self.known = {word.strip("[],.") for word in help_text.split() if word.startswith("--")}

    def wants(self, name):
        return not self.options.only or any(text in name for text in self.options.only)

    def compile(self, source, *arguments):
        """Compiles a C file of this folder and returns the path of what comes out."""
        out = os.path.join(self.tools, source.replace(".c", ""))
        if not os.path.exists(out):
            compiler = os.environ.get("CC", "cc")
            subprocess.run([compiler, "-O2", "-o", out, os.path.join(HERE, source), *arguments], check=True)
        return out

    def case(self, name, problems, detail=""):
        """Prints a case's line and counts it."""
        if problems:
            self.failed.append(name)
            print(f"FAIL {name}: {'; '.join(problems)}  {detail}".rstrip(), flush=True)
        else:
            self.passed += 1
            print(f"ok   {name}  {detail}".rstrip(), flush=True)

    def close(self):
        """Prints the counts and ends the script."""
        os.chdir("/")
        if not self.options.keep:
            shutil.rmtree(self.folder, ignore_errors=True)
        if self.passed + len(self.failed) == 0:
            print("no case of that name")
            sys.exit(64)
        print(f"{self.passed} passed, {len(self.failed)} failed", flush=True)
        sys.exit(1 if self.failed else 0)

    def must(self, *arguments):
        """Runs the program where nothing may go wrong: what the cases need beforehand."""
        run = subprocess.run([self.program, *arguments], capture_output=True, stdin=subprocess.DEVNULL)
        if run.returncode != 0:
            sys.exit(f"preparation failed: {' '.join(arguments)}: {run.stderr.decode(errors='replace').strip()}")
        return run.stdout

    def measured(self, *arguments, limit=60, stdin=None, environment=None):
        """Runs the program and returns its status (minus the signal), seconds by the clock and of the processors, peak
        megabytes and what it wrote."""
        measure = self.compile("measure.c")
        figures = os.path.join(self.tools, "figures")
        out, err = os.path.join(self.tools, "out"), os.path.join(self.tools, "err")
        with open(out, "wb") as stdout, open(err, "wb") as stderr, open(stdin or os.devnull, "rb") as source:
            subprocess.run(
                [measure, figures, str(limit), self.program, *arguments],
                stdin=source, stdout=stdout, stderr=stderr, env=environment)
        with open(figures) as file:
            status, seconds, busy, megabytes, late = file.read().split()
        with open(out, "rb") as stdout, open(err, "rb") as stderr:
            return Run(int(status), float(seconds), float(busy), int(megabytes), late == "1",
                       stdout.read(1 << 20), stderr.read(1 << 20))


def printable(text, limit=160):
    """Returns the text's last line, cut, with control characters escaped, for a case's line."""
    if isinstance(text, bytes):
        text = text.decode(errors="replace")
    last = (text.strip().split("\n") or [""])[-1]
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in last)[:limit]


def message_problems(run):
    """Returns what is wrong with the message of a run that failed: it must be one line of printable text."""
    problems = []
    errors = [line for line in run.err.split(b"\n") if line.startswith(b"error")]
    if len(errors) != 1:
        problems.append(f"{len(errors)} lines of error")
    if b"Fatal error" in run.err or b"Crash" in run.err:
        problems.append("backtrace")
    if any(byte < 32 and byte != 10 or byte == 127 for byte in run.err):
        problems.append("control characters in the message")
    return problems


class BadFiles:
    """Runs the program on files that nobody meant well with, within limits of time and memory."""

    SECONDS, MEGABYTES = 2, 64

    def __init__(self, torture):
        self.torture = torture
        self.idle = torture.measured("--version").megabytes
        self.slowest = self.largest = 0

    def check(self, name, words, statuses=(65, 66), holds=0, seconds=None, stdin=None):
        """Runs a command. `holds` are the megabytes that its input truly has, packed or not."""
        if not self.torture.wants(name):
            return None
        run = self.torture.measured(*words, limit=60, stdin=stdin)
        problems = [] if run.status in statuses else [f"status {run.status}"]
        # Beside busy neighbours the clock goes on; without processor time the program waits for something.
        taken = run.seconds if run.late else min(run.seconds, run.busy)
        if taken > (seconds or self.SECONDS + holds / 100):
            problems.append(f"{taken:.1f} s")
        if run.megabytes > self.idle + self.MEGABYTES + 2 * holds:
            problems.append(f"{run.megabytes} MB")
        if run.status != 0:
            problems += message_problems(run)
        if any(byte < 32 and byte != 10 or byte == 127 for byte in run.out):
            problems.append("control characters in the result")
        self.slowest, self.largest = max(self.slowest, taken), max(self.largest, run.megabytes)
        told = printable(run.err if run.status else run.out.split(b"\n")[0], 110)
        self.torture.case(name, problems, f"status {run.status}, {taken:.2f} s, {run.megabytes} MB  {told}")
        return run

    def info(self, name, data, statuses=(65, 66), **limits):
        """Asks what a file of these bytes holds."""
        if not self.torture.wants(name):
            return None
        with open("x", "wb") as file:
            file.write(data)
        limits.setdefault("holds", len(data) >> 20)
        return self.check(name, ["info", "x"], statuses, **limits)

    def close(self):
        print(f"the slowest took {self.slowest:.2f} s, the largest {self.largest} MB; the idle program {self.idle} MB")
        self.torture.close()


def load_safetensors(path):
    """Returns the metadata and {name: (type, shape, bytes)}; raises ValueError where the file is not sound."""
    with open(path, "rb") as file:
        data = file.read()
    if len(data) < 8:
        raise ValueError("no room for the length")
    length = struct.unpack("<Q", data[:8])[0]
    if 8 + length > len(data):
        raise ValueError("the header is cut off")
    header = json.loads(data[8:8 + length])
    metadata = header.pop("__metadata__", {})
    base, tensors, end = 8 + length, {}, 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        start, stop = entry["data_offsets"]
        if start != end or base + stop > len(data):
            raise ValueError(f"the tensor {name} does not fit")
        tensors[name] = (entry["dtype"], tuple(entry["shape"]), data[base + start:base + stop])
        end = stop
    if base + end != len(data):
        raise ValueError("there are bytes behind the last tensor")
    return metadata, tensors


def differing_tensors(first, second):
    """Returns the names of the tensors that differ between two files."""
    a, b = load_safetensors(first)[1], load_safetensors(second)[1]
    return sorted(name for name in set(a) | set(b) if a.get(name) != b.get(name))


def log_problems(path, epochs=None):
    """Returns what is wrong with a log: torn lines, doubled or missing epochs, an end before the last epoch."""
    with open(path, "rb") as file:
        data = file.read()
    problems, seen = [], []
    if data and not data.endswith(b"\n"):
        problems.append("the log's last line is torn")
    for line in data.split(b"\n"):
        if not line:
            continue
        try:
            entry = json.loads(line)
        except ValueError:
            problems.append("a line of the log is torn")
            continue
        if "epoch" in entry:
            seen.append(int(entry["epoch"]))
    if len(seen) != len(set(seen)):
        problems.append(f"{len(seen) - len(set(seen))} epochs twice in the log")
    if seen and set(range(1, max(seen) + 1)) - set(seen):
        problems.append(f"{max(seen) - len(set(seen))} epochs missing in the log")
    if epochs is not None and (not seen or max(seen) != epochs):
        problems.append(f"the log ends with epoch {max(seen, default=0)} of {epochs}")
    return problems


def write_npy(path, rows, features, numbers):
    """Writes numbers as a float32 array of so many rows and features."""
    import array
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {features}), }}"
    header = header.ljust(117) + "\n"
    body = array.array("f", numbers)
    if sys.byteorder != "little":
        body.byteswap()
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + body.tobytes())


def read_npy(path):
    """Returns the numbers of a float32 array."""
    import array
    with open(path, "rb") as file:
        data = file.read()
    start = 10 + struct.unpack("<H", data[8:10])[0]
    numbers = array.array("f", data[start:])
    if sys.byteorder != "little":
        numbers.byteswap()
    return numbers
