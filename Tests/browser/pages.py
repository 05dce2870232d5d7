"""Makes the pages that the browser's tests look at, with small models of drawn digits."""

import json
import os
import re
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
        self.run("train", "--data", "digits:300", "--variant", "deep", "--hidden", "64", "--latent", "1", "--epochs", "5",
                 "--model", "number.safetensors", "--quiet")
        self.run("train", "--data", "moons:500", "--variant", "denoising", "--noise", "gaussian:0.2", "--latent", "32",
                 "--epochs", "60", "--model", "field.safetensors", "--quiet")
        number = self.page("explore", "number.html", "number", extra=digits)
        field = self.page("explore", "field.html", "field", extra=["--data", "moons:200:2", "--quiet"])
        self.every = every_widget(self.explorer, number, field)
        self.reports = self.page("report", "reports.html", "vae", HOSTILE, extra=digits)

    def run(self, *words):
        subprocess.run([self.aetool, *words], cwd=self.folder, check=True)

    def page(self, command, out, *models, extra):
        named = [word for model in models for word in ("--model", f"{model}.safetensors")]
        self.run(command, *named, "--out", out, *extra)
        return os.path.join(self.folder, out)

    def all(self):
        return [self.explorer, self.bare, self.table, self.every, self.report, self.reports]

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


ASSETS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Sources/Pages/Assets")
DATA = re.compile(r'(<script type="application/json" id="data">)(.*?)(</script>)', re.DOTALL)
# A picture of one grey pixel and one of one white pixel.
PICTURES = ["data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==",
            "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsEgLCwAAAABJRU5ErkJggg=="]


def every_widget(explorer, number, field):
    """Writes a page with the kinds of widgets that explore has not, around the models of its pages."""
    def shared(path):
        with open(path) as file:
            return json.loads(DATA.search(file.read())[2])["shared"]

    with open(explorer) as file:
        html = file.read()
    models = shared(explorer) | {"number": shared(number)["model number"], "field": shared(field)["model field"],
                                 "plane": shared(field)["samples"]}
    digits = {"samples": "samples"}
    widgets = {
        "kl": {}, "coins": {},
        "rate": {"original": PICTURES[0], "stops": [
            {"bytes": 8, "rows": [{"name": "codec", "bytes": 8, "error": 3, "picture": PICTURES[0]}]},
            {"bytes": 16, "rows": [{"name": "codec", "bytes": 15, "error": 2, "picture": PICTURES[1]},
                                   {"name": "JPEG", "bytes": 16, "error": 4, "picture": PICTURES[0]}]}]},
        "units": {"model": "model vae", "layer": 0, **digits},
        "denoise": {"models": [{"name": "deep", "model": f"model {HOSTILE}"}], "noise": "masking", **digits},
        "field": {"model": "field", "samples": "plane"},
        "memory": {"model": "number", **digits},
    }
    boxes = "".join(
        f'<div class="widget" data-kind="{kind}" data-number="{place}"><div class="stage" hidden></div>'
        '<div class="fallback"><p>What is shown without scripts.</p></div></div>'
        for place, kind in enumerate(widgets))
    data = json.dumps({"shared": models, "widgets": list(widgets.values())}).replace("<", "\\u003c")
    scripts = ""
    for kind in widgets:
        with open(os.path.join(ASSETS, f"{kind}.js")) as file:
            scripts += f"<script>\n{file.read()}</script>\n"
    html = re.sub(r'(<main id="content">).*(</main>)', lambda m: m[1] + boxes + m[2], html, flags=re.DOTALL)
    html = DATA.sub(lambda m: m[1] + data + m[3], html)
    # The last script starts the page, so the others go before it.
    start = html.rindex("<script>")
    html = html[:start] + scripts + html[start:]
    path = os.path.join(os.path.dirname(explorer), "every.html")
    with open(path, "w") as file:
        file.write(html)
    return path
