"""Makes the pages that the browser's tests look at, with small models of drawn digits."""

import os
import struct
import subprocess

# A file's name that is markup: on a page it must be text.
HOSTILE = "<img src=x onerror=alert(1)>"


class Pages:
    def __init__(self, aetool, folder):
        self.aetool, self.folder = aetool, folder
        train = ["train", "--data", "digits:2000", "--epochs", "5", "--validation", "0.1", "--hidden", "64", "--quiet"]
        self.run(*train, "--variant", "vae", "--latent", "2", "--model", "vae.safetensors", "--log", "vae.jsonl")
        self.run(*train, "--variant", "deep", "--latent", "6", "--model", f"{HOSTILE}.safetensors")
        self.run("train", "--data", "digits:2000", "--variant", "pca", "--latent", "6", "--model", "pca.safetensors",
                 "--quiet")
        self.run("train", "--data", "digits:500", "--encoder", "conv:8:elu:stride=2,max-pool:2,layer-norm,dense:6",
                 "--decoder", "dense:7x7x8:silu,upsample:14x14,conv-transpose:1:28x28:stride=2", "--epochs", "1",
                 "--model", "conv.safetensors", "--quiet")
        self.run("train", "--data", "moons:500", "--variant", "vae", "--latent", "2", "--model", "table.safetensors",
                 "--scaling", "standard", "--epochs", "3", "--quiet")
        digits = ["--data", "digits:400:2", "--quiet"]
        self.explorer = self.page("explore", "explorer.html", "pca", HOSTILE, "conv", "vae", extra=digits)
        self.bare = self.page("explore", "bare.html", "vae", extra=["--quiet"])
        self.table = self.page("explore", "table.html", "table", extra=["--data", "moons:300:2", "--quiet"])
        self.report = self.page("report", "report.html", "vae", extra=digits + ["--log", "vae.jsonl"])
        self.reports = self.page("report", "reports.html", "vae", HOSTILE, extra=digits)

    def run(self, *words):
        subprocess.run([self.aetool, *words], cwd=self.folder, check=True)

    def page(self, command, out, *models, extra):
        named = [word for model in models for word in ("--model", f"{model}.safetensors")]
        self.run(command, *named, "--out", out, *extra)
        return os.path.join(self.folder, out)

    def all(self):
        return [self.explorer, self.bare, self.table, self.report, self.reports]

    def through(self, command, model, numbers, shape):
        """Returns what `aetool encode` or `decode` makes of one sample or code."""
        header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({', '.join(map(str, [1, *shape]))},), }}"
        header += " " * (-(len(header) + 11) % 64) + "\n"
        with open(os.path.join(self.folder, "in.npy"), "wb") as file:
            file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
            file.write(struct.pack(f"<{len(numbers)}f", *numbers))
        self.run(command, "--model", f"{model}.safetensors", "--data", "in.npy", "--out", "out.csv", "--quiet")
        with open(os.path.join(self.folder, "out.csv")) as file:
            return [float(word) for word in file.read().split(",") for word in word.split()]
